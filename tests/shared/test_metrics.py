"""What `/metrics` of a web process and of a worker says."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx
from sqlalchemy import text

from shared import jobs
from shared.db import Database
from shared.http import ServiceClient
from shared.log import attached
from shared.metrics import LAST_RECONCILE, exposition, measure_queues
from shared.notifier import Notifier
from shared.settings import Settings
from shared.web.middleware import request_id_of
from shared.web.worker_endpoints import worker_app
from shared.worker import JobContext, ServiceWorker, WorkerSpec
from tests.databases import TestDatabase
from tests.shared.plumbing import SCHEMA, make_plumbing, open_plumbing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def value(sample: str) -> float:
    (line,) = (row for row in exposition().decode().splitlines() if row.startswith(f"{sample} "))
    return float(line.rpartition(" ")[2])


async def fail(_context: JobContext, _args: Mapping[str, Any]) -> None:
    raise ZeroDivisionError


async def succeed(context: JobContext, _args: Mapping[str, Any]) -> None:
    async with context.effect():
        pass


async def test_queues_and_runs_are_counted(database: TestDatabase, valkey: str) -> None:
    await make_plumbing(database)
    db = open_plumbing(database)
    notifier = await Notifier.connect(valkey)
    settings = Settings(service=SCHEMA, database_url="unused://", redis_url=valkey)
    handlers = {"measured_well": succeed, "measured_badly": fail}
    worker = ServiceWorker(
        WorkerSpec(SCHEMA, jobs=handlers), JobContext(db, settings, {}, notifier)
    )
    async with db.transaction() as session:
        ids = [await jobs.enqueue(session, kind, "a") for kind in (*handlers, "unknown_kind")]
    for job_id in ids:
        await worker.runner.run_job(str(job_id))
    await run_expired_lease(db)
    async with db.reading() as session:
        await measure_queues(session)
    ends = {
        (kind, end): value(f'kachestvo_job_runs_total{{end="{end}",kind="{kind}"}}')
        for kind, end in (
            ("measured_well", "done"),
            ("measured_badly", "retried"),
            ("unknown_kind", "failed"),
        )
    }
    assert set(ends.values()) == {1.0}
    assert value('kachestvo_job_seconds_count{kind="measured_well"}') == 1
    states = {s: value(f'kachestvo_jobs{{state="{s}"}}') for s in ("queued", "failed", "done")}
    assert states == {"queued": 2, "failed": 1, "done": 1}
    assert value("kachestvo_expired_leases") == 1
    assert 3600 <= value("kachestvo_oldest_due_job_seconds") < 4000
    await notifier.close()
    await db.close()


async def run_expired_lease(db: Database) -> None:
    """Add a job whose worker has died, and one that waits for an hour."""
    async with db.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO job (id, kind, scope, args, state, lease_until, run_after) VALUES"
                " (gen_random_uuid(), 'k', 'dead', '{}', 'running', now() - interval '1 min',"
                " now()), (gen_random_uuid(), 'k', 'waiting', '{}', 'queued', NULL,"
                " now() - interval '1 hour')"
            )
        )


async def test_a_worker_answers_whether_it_lives_and_works() -> None:
    transport = httpx.ASGITransport(worker_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://worker") as client:
        LAST_RECONCILE.set(0)
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503
        LAST_RECONCILE.set_to_current_time()
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        said = await client.get("/metrics")
    assert said.headers["content-type"].startswith("text/plain")
    assert "kachestvo_last_reconcile_timestamp_seconds" in said.text
    assert "process_resident_memory_bytes" in said.text


def scope(**fields: str) -> dict[str, Any]:
    return {"headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in fields.items()]}


def test_a_request_takes_the_trace_it_belongs_to() -> None:
    assert request_id_of(scope(traceparent=PARENT)) == TRACE
    assert request_id_of(scope(traceparent=PARENT, x_request_id="own-1")) == "own-1"
    for broken in ("", "00-" + "0" * 32 + "-00f067aa0ba902b7-01", PARENT.upper(), PARENT[:40]):
        assert re.fullmatch("[0-9a-f]{32}", request_id_of(scope(traceparent=broken)))
        assert request_id_of(scope(traceparent=broken)) != TRACE


async def test_calls_of_other_services_carry_the_trace() -> None:
    seen: list[httpx.Headers] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        seen.append(request.headers)
        return httpx.Response(200)

    client = ServiceClient("ratings", "http://ratings", transport=httpx.MockTransport(answer))
    for request_id in (TRACE, "own-1"):
        with attached(request_id=request_id):
            await client.get("/")
    await client.close()
    assert re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-01", seen[0]["traceparent"])
    assert "traceparent" not in seen[1]
