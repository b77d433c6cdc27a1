"""Background jobs: PostgreSQL is the source of truth, arq only delivers their ids.

A job names a scope. Queued jobs of one kind and scope coalesce, and no two of them run at the same
time (two partial unique indexes say so). A running job holds a lease that its worker renews, and
releases on SIGTERM; when the worker dies, the reconcile pass requeues the job within seconds.
Crashes are counted before each run: the third quarantines the job and its input is retained. An
ordinary failure is retried with growing pauses up to `MAX_ATTEMPTS`, that of a server, a disk or
another service until it is over; a refused rule is final; dead jobs can be read and retried. A
job ends in the transaction of its effect (`shared.worker.JobContext.effect`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import QUEUED_JOBS
from shared.log import current

LEASE_SECONDS = 10
HEARTBEAT_SECONDS = 2
MAX_CRASHES = 3
MAX_ATTEMPTS = 6
LONGEST_RUN_SECONDS = 3600

ENQUEUE = text("""
    INSERT INTO job (id, kind, scope, args, caller, request_id, run_after)
    VALUES (:id, :kind, :scope, CAST(:args AS jsonb), :caller, :request_id,
        clock_timestamp() + make_interval(secs => :delay))
    ON CONFLICT (kind, scope) WHERE state = 'queued'
    DO UPDATE SET args = excluded.args, run_after = least(job.run_after, excluded.run_after),
        request_id = coalesce(job.request_id, excluded.request_id)
    RETURNING id
""")
DUE = text("""
    SELECT id FROM job AS queued
    WHERE state = 'queued' AND run_after <= clock_timestamp()
    AND NOT EXISTS (
        SELECT FROM job AS other WHERE other.state = 'running'
        AND other.kind = queued.kind AND other.scope = queued.scope)
    ORDER BY created_at LIMIT :limit
""")
LEASE = text("""
    UPDATE job SET state = 'running', attempt = attempt + 1, crashes = crashes + 1,
        lease_owner = :owner, lease_until = clock_timestamp() + make_interval(secs => :lease),
        started_at = clock_timestamp(), error = NULL
    WHERE id = :id AND state = 'queued' AND run_after <= clock_timestamp()
    AND NOT EXISTS (SELECT FROM job AS other WHERE other.state = 'running'
                    AND other.kind = job.kind AND other.scope = job.scope)
    RETURNING id, kind, scope, args, attempt, caller, request_id
""")
RENEW = text("""
    UPDATE job SET lease_until = clock_timestamp() + make_interval(secs => :lease),
        progress_done = :done, progress_total = :total
    WHERE id = :id AND lease_owner = :owner AND state = 'running'
    RETURNING cancel_requested
""")
FINISH = text("""
    UPDATE job SET state = :state, result = CAST(:result AS jsonb), error = CAST(:error AS jsonb),
        progress_done = :done, progress_total = :total,
        crashes = 0, lease_until = NULL, finished_at = clock_timestamp()
    WHERE id = :id AND lease_owner = :owner AND attempt = :attempt AND state = 'running'
    RETURNING id
""")
DROP_SUPERSEDED = text("""
    DELETE FROM job WHERE id = :id AND lease_owner = :owner AND state = 'running' AND EXISTS (
        SELECT FROM job AS newer WHERE newer.state = 'queued'
        AND newer.kind = job.kind AND newer.scope = job.scope)
    RETURNING id
""")
RETRY_LATER = text("""
    UPDATE job SET state = 'queued', crashes = 0, lease_until = NULL,
        error = CAST(:error AS jsonb),
        run_after = clock_timestamp() + make_interval(secs => :pause)
    WHERE id = :id AND lease_owner = :owner AND state = 'running'
""")
RELEASE = text("""
    UPDATE job SET state = 'queued', attempt = attempt - 1, crashes = crashes - 1,
        lease_until = NULL
    WHERE id = :id AND lease_owner = :owner AND state = 'running'
""")
# A stale job goes back to the queue; if a newer one of its scope is already queued, that one
# represents both.
DROP_EXPIRED = text("""
    DELETE FROM job WHERE state = 'running' AND lease_until < clock_timestamp()
    AND crashes < :crashes AND EXISTS (
        SELECT FROM job AS newer WHERE newer.state = 'queued'
        AND newer.kind = job.kind AND newer.scope = job.scope)
""")
REQUEUE_EXPIRED = text("""
    UPDATE job SET state = CASE WHEN crashes >= :crashes THEN 'quarantined' ELSE 'queued' END,
        lease_until = NULL,
        finished_at = CASE WHEN crashes >= :crashes THEN clock_timestamp() END
    WHERE state = 'running' AND lease_until < clock_timestamp()
    RETURNING id, state
""")
GET = text("""
    SELECT id, kind, scope, state, attempt, crashes, progress_done, progress_total, result, error,
        caller, request_id, created_at, started_at, finished_at FROM job WHERE id = :id
""")
LIST = text("""
    SELECT id, kind, scope, state, attempt, crashes, progress_done, progress_total, result, error,
        caller, request_id, created_at, started_at, finished_at FROM job
    WHERE state = ANY(:states) ORDER BY created_at DESC LIMIT :limit
""")
OF_REQUEST = text("""
    SELECT id, kind, scope, state, created_at, finished_at FROM job
    WHERE request_id = :request_id ORDER BY created_at, id LIMIT 200
""")
RUNNING = text("SELECT scope FROM job WHERE kind = :kind AND state = 'running'")
COUNTS = text("SELECT state, count(*) AS n FROM job GROUP BY state")
CANCEL = text("""
    UPDATE job SET cancel_requested = true,
        state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END,
        finished_at = CASE WHEN state = 'queued' THEN clock_timestamp() ELSE finished_at END
    WHERE id = :id AND state IN ('queued', 'running') RETURNING state
""")
RETRY_DEAD = text("""
    UPDATE job SET state = 'queued', attempt = 0, crashes = 0, error = NULL,
        cancel_requested = false, run_after = clock_timestamp(), finished_at = NULL
    WHERE id = :id AND state IN ('failed', 'quarantined', 'cancelled')
    AND NOT EXISTS (SELECT FROM job AS other WHERE other.state = 'queued'
                    AND other.kind = job.kind AND other.scope = job.scope)
    RETURNING id
""")


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job this worker holds."""

    id: UUID
    kind: str
    scope: str
    args: Mapping[str, Any]
    attempt: int
    caller: str | None
    request_id: str | None
    owner: str


async def enqueue(
    session: AsyncSession,
    kind: str,
    scope: str,
    args: Mapping[str, object] | None = None,
    *,
    caller: str | None = None,
    delay: float = 0.0,
) -> UUID:
    """Queue a job in the caller's transaction; it is started `delay` seconds after the commit.

    If one of the same kind and scope is already queued, that one takes the new arguments and its
    id is returned. It continues to name the first request that asked for it.
    """
    row = {
        "id": uuid4(),
        "kind": kind,
        "scope": scope,
        "args": json.dumps(args or {}, ensure_ascii=False),
        "caller": caller,
        "request_id": current("request_id"),
        "delay": delay,
    }
    queued: UUID = (await session.execute(ENQUEUE, row)).scalar_one()
    if not delay:
        _start_on_commit(session, queued)
    return queued


def _start_on_commit(session: AsyncSession, job_id: UUID) -> None:
    session.info.setdefault(QUEUED_JOBS, []).append(job_id)


async def running(session: AsyncSession, kind: str) -> set[str]:
    """Return the scopes in which a job of the kind is being run."""
    return {row.scope for row in await session.execute(RUNNING, {"kind": kind})}


async def due_jobs(session: AsyncSession, limit: int) -> Sequence[UUID]:
    """Return queued jobs that may run now, oldest first."""
    return list((await session.execute(DUE, {"limit": limit})).scalars())


async def lease(session: AsyncSession, job_id: UUID, owner: str) -> LeasedJob | None:
    """Take a queued job, or return None when it is taken, ended, or its scope is busy."""
    row = {"id": job_id, "owner": owner, "lease": LEASE_SECONDS}
    found = (await session.execute(LEASE, row)).one_or_none()
    if found is None:
        return None
    return LeasedJob(
        found.id,
        found.kind,
        found.scope,
        found.args,
        found.attempt,
        found.caller,
        found.request_id,
        owner,
    )


async def renew(session: AsyncSession, job: LeasedJob, done: int, total: int | None) -> bool | None:
    """Renew a lease; True asks the job to stop, None says that the lease is lost."""
    row = {
        "id": job.id,
        "owner": job.owner,
        "lease": LEASE_SECONDS,
        "done": done,
        "total": total,
    }
    answer: bool | None = (await session.execute(RENEW, row)).scalar_one_or_none()
    return answer


async def finish(
    session: AsyncSession,
    job: LeasedJob,
    state: str,
    *,
    progress: tuple[int, int | None] = (0, None),
    result: Mapping[str, object] | None = None,
    error: Mapping[str, object] | None = None,
) -> bool:
    """End a job as `done`, `failed` or `cancelled`; False when its lease was lost."""
    row = {
        "id": job.id,
        "owner": job.owner,
        "attempt": job.attempt,
        "state": state,
        "done": progress[0],
        "total": progress[1],
        "result": None if result is None else json.dumps(result, ensure_ascii=False, default=str),
        "error": None if error is None else json.dumps(error, ensure_ascii=False, default=str),
    }
    ended = (await session.execute(FINISH, row)).one_or_none()
    return ended is not None


async def retry_later(
    session: AsyncSession, job: LeasedJob, error: Mapping[str, object], pause: float
) -> None:
    """Put a failed job back for another attempt after a pause, unless a newer one is queued."""
    held = {"id": job.id, "owner": job.owner}
    if (await session.execute(DROP_SUPERSEDED, held)).one_or_none() is None:
        error_json = json.dumps(error, ensure_ascii=False, default=str)
        await session.execute(RETRY_LATER, {**held, "error": error_json, "pause": pause})


async def release(session: AsyncSession, job: LeasedJob) -> None:
    """Put a job back that its worker, stopped, did not finish: that is no crash."""
    held = {"id": job.id, "owner": job.owner}
    if (await session.execute(DROP_SUPERSEDED, held)).one_or_none() is None:
        await session.execute(RELEASE, held)


async def requeue_expired(session: AsyncSession) -> Sequence[tuple[UUID, str]]:
    """Take back the jobs whose worker stopped renewing; return each with its new state."""
    await session.execute(DROP_EXPIRED, {"crashes": MAX_CRASHES})
    rows = await session.execute(REQUEUE_EXPIRED, {"crashes": MAX_CRASHES})
    return [(r.id, r.state) for r in rows]


async def get(session: AsyncSession, job_id: UUID) -> Mapping[str, Any] | None:
    """Return one job, or None."""
    row = (await session.execute(GET, {"id": job_id})).mappings().one_or_none()
    return None if row is None else dict(row)


async def list_jobs(
    session: AsyncSession, states: Sequence[str], limit: int
) -> list[Mapping[str, Any]]:
    """Return the jobs in these states, newest first."""
    rows = await session.execute(LIST, {"states": list(states), "limit": limit})
    return [dict(r) for r in rows.mappings()]


async def of_request(session: AsyncSession, request_id: str) -> list[Mapping[str, Any]]:
    """Return the jobs that a request or its jobs queued, oldest first."""
    rows = await session.execute(OF_REQUEST, {"request_id": request_id})
    return [dict(r) for r in rows.mappings()]


async def counts(session: AsyncSession) -> Mapping[str, int]:
    """Return how many jobs are in each state."""
    return {r.state: r.n for r in await session.execute(COUNTS)}


async def cancel(session: AsyncSession, job_id: UUID) -> str | None:
    """Cancel a queued job at once, ask a running one to stop; None when it has ended."""
    state: str | None = (await session.execute(CANCEL, {"id": job_id})).scalar_one_or_none()
    return state


async def retry_dead(session: AsyncSession, job_id: UUID) -> bool:
    """Queue a job again that failed, was quarantined or cancelled."""
    queued = (await session.execute(RETRY_DEAD, {"id": job_id})).scalar_one_or_none()
    if queued is not None:
        _start_on_commit(session, job_id)
    return queued is not None
