"""Measurements of a process: HTTP, jobs, queues, logs; the gauges of queues are set by workers.

`/metrics` of every role exposes them. The queues of a service are read from its schema, so any of
its workers tells them, and several tell the same.
"""

from collections.abc import Mapping

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.log import lost_writes

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
STATES = ("queued", "running", "failed", "quarantined", "cancelled", "done")

JOB_SECONDS = Histogram(
    "kachestvo_job_seconds", "Time of one run of a job.", ["kind"], buckets=SECONDS
)
JOB_ENDS = Counter("kachestvo_job_runs_total", "Runs of jobs by how they ended.", ["kind", "end"])
JOBS = Gauge("kachestvo_jobs", "Stored jobs by state.", ["state"])
OLDEST_DUE_JOB = Gauge("kachestvo_oldest_due_job_seconds", "How long the oldest due job waits.")
EXPIRED_LEASES = Gauge("kachestvo_expired_leases", "Running jobs whose lease has expired.")
UNSENT_EVENTS = Gauge("kachestvo_unsent_events", "Committed events without a position yet.")
DEAD_EVENTS = Gauge("kachestvo_dead_events", "Events set aside after failed attempts.")
SOURCE_SILENCE = Gauge(
    "kachestvo_source_silence_seconds", "Time since a source of events last answered.", ["source"]
)
LAST_RECONCILE = Gauge(
    "kachestvo_last_reconcile_timestamp_seconds", "When a reconcile pass last succeeded."
)
PRUNED_ROWS = Counter("kachestvo_pruned_rows_total", "Rows removed by a retention rule.", ["rule"])
LOST_LOG_WRITES = Gauge("kachestvo_lost_log_writes", "Log lines that could not be written.")
LOST_LOG_WRITES.set_function(lost_writes)
LOST_SPANS = Counter("kachestvo_lost_spans_total", "Spans that no collector took.")

QUEUES = text("""
    SELECT
        (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(run_after)), 0) FROM job
         WHERE state = 'queued' AND run_after <= clock_timestamp()) AS oldest_due,
        (SELECT count(*) FROM job
         WHERE state = 'running' AND lease_until < clock_timestamp()) AS expired,
        (SELECT count(*) FROM outbox WHERE position IS NULL) AS unsent,
        (SELECT count(*) FROM inbox WHERE state = 'dead') AS dead
""")
JOB_STATES = text("SELECT state, count(*) AS n FROM job GROUP BY state")
SILENCE = text("""
    SELECT source, extract(epoch FROM clock_timestamp() - contacted_at) AS seconds FROM cursor
    WHERE contacted_at IS NOT NULL
""")


def exposition(registry: CollectorRegistry | None = None) -> bytes:
    """Return the text of this process's measurements and of a registry of its own, if any."""
    own = b"" if registry is None else generate_latest(registry)
    return own + generate_latest(REGISTRY)


async def measure_queues(session: AsyncSession) -> None:
    """Set the gauges of a service's queues from its schema."""
    row = (await session.execute(QUEUES)).one()
    OLDEST_DUE_JOB.set(float(row.oldest_due))
    EXPIRED_LEASES.set(row.expired)
    UNSENT_EVENTS.set(row.unsent)
    DEAD_EVENTS.set(row.dead)
    counts: Mapping[str, int] = {r.state: r.n for r in await session.execute(JOB_STATES)}
    for state in STATES:
        JOBS.labels(state).set(counts.get(state, 0))
    for source in await session.execute(SILENCE):
        SOURCE_SILENCE.labels(source.source).set(float(source.seconds))
