"""A job's process dies at every k-th message to PostgreSQL; the next one ends it once.

Half of the deaths come before the message arrives, half after: then its effect may be committed and
nobody was told. `CRASH_STEP=1` (as `make faults` sets it) takes every k; by default a sample is
taken. The death is that of the process's connections: in memory nothing survives the test's worker.
"""

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from shared import jobs
from shared.db import Database
from shared.notifier import Notifier
from shared.row_access import WHOLE_REGION
from shared.worker import JobContext, ServiceWorker
from tests.databases import TestDatabase
from tests.faults.cut_proxy import CutProxy
from tests.harness.service import Service, ServiceUnderTest

STEP = int(os.environ.get("CRASH_STEP", "17"))
PADDING = " " * (1 << 20)
RATINGS = ServiceUnderTest("ratings", "ratings:read ratings:write ratings:publish")
TRAINING = ServiceUnderTest("training", "training:read training:write training:publish")
QUEUED = text("SELECT id::text FROM job WHERE state = 'queued' ORDER BY created_at")
FORGET_DEAD = text("""
    UPDATE job SET lease_until = clock_timestamp() - interval '1 second', crashes = 0
    WHERE state = 'running'
""")
FORGET_PAUSE = text("UPDATE job SET run_after = clock_timestamp() WHERE state = 'queued'")
GAPS = text("""
    SELECT (SELECT count(*) FROM job WHERE state <> 'done')
        + (SELECT count(*) FROM (SELECT position - lag(position) OVER (ORDER BY position) AS step
           FROM outbox) AS steps WHERE step <> 1)
""")
_values = count(101)
_halves = count()


@dataclass(frozen=True, slots=True)
class Work:
    """What queues a job, and what there must be one more of when it has ended."""

    service: ServiceUnderTest
    queue: Callable[[Service], Awaitable[None]]
    counted: str


async def observe(service: Service, padding: str = "") -> None:
    row = {
        "programme": "rum",
        "period": "2022",
        "territory": "08000000",
        "indicator": "1.1",
        "value": f"{next(_values) / 10:.1f}",
        "status": None,
        "source": None,
    }
    answer = await service.http.post(
        "/v1/ratings/imports",
        params={"kind": "observations"},
        content=json.dumps([row]) + padding,
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (200, 202), answer.text


async def import_large(service: Service) -> None:
    await observe(service, PADDING)


async def solve_plan(service: Service) -> None:
    half = next(_halves) % 2 + 1
    created = await service.post("/v1/training/plans", {"year": "2023", "half": half})
    assert created.status_code == 201, created.text
    solving = await service.post(f"/v1/training/plans/{created.json()['id']}/solve")
    assert solving.status_code == 202, solving.text


WORKS = {
    "recalculation": Work(RATINGS, observe, "SELECT count(*) FROM rating_revision"),
    "large import": Work(
        RATINGS, import_large, "SELECT count(*) FROM import_run WHERE status = 'done'"
    ),
    "plan": Work(TRAINING, solve_plan, "SELECT count(*) FROM plan_revision"),
}


@dataclass(slots=True)
class Worker:
    """A worker of a service by one way to PostgreSQL."""

    db: Database
    worker: ServiceWorker

    async def drain(self) -> None:
        """Run what is queued, and what that queues."""
        while queued := await self.queued():
            for job_id in queued:
                await self.worker.runner.run_job(job_id)

    async def queued(self) -> list[str]:
        async with self.db.reading() as session:
            return list((await session.execute(QUEUED)).scalars())

    async def number(self, question: str) -> int:
        async with self.db.reading() as session:
            found: int = (await session.execute(text(question))).scalar_one()
        return found

    async def take_over(self) -> None:
        """Do what time does: leases expire, pauses end; then requeue as every worker does."""
        async with self.db.transaction() as session:
            await session.execute(FORGET_DEAD)
        async with self.db.transaction() as session:
            await jobs.requeue_expired(session)
            await session.execute(FORGET_PAUSE)


@asynccontextmanager
async def working(work: Work, settings: Any, url: str, valkey: str) -> AsyncIterator[Worker]:
    name = work.service.name
    db = Database(url, name, territories=WHOLE_REGION)
    notifier = await Notifier.connect(valkey)
    spec = import_module(f"services.{name}.app").WORKER
    try:
        yield Worker(db, ServiceWorker(spec, JobContext(db, settings, {}, notifier)))
    finally:
        await notifier.close()
        await db.close()


@asynccontextmanager
async def cut_way(database: TestDatabase, service: str) -> AsyncIterator[tuple[CutProxy, str]]:
    """Give a proxy in front of the server and the service's address by it."""
    sockets = database.owner_url.split("host=")[1]
    proxy = CutProxy(Path(sockets))
    await proxy.open()
    try:
        yield proxy, database.url(service).replace(sockets, str(proxy.folder))
    finally:
        await proxy.close()


async def die_at(
    k: int, *, deliver: bool, work: Work, settings: Any, way: tuple[CutProxy, str], valkey: str
) -> bool:
    """Run what is queued until the k-th message; False when it ended before."""
    proxy, url = way
    async with working(work, settings, url, valkey) as dying:
        queued = await dying.queued()
        proxy.arm(k, deliver=deliver)
        for job_id in queued:
            try:
                await dying.worker.runner.run_job(job_id)
            except Exception:  # noqa: BLE001 -- whatever a dying process raises is lost with it.
                break
        died = proxy.broken
        proxy.heal()
    return died


@pytest.mark.parametrize("deliver", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", WORKS)
async def test_a_job_that_died_is_ended_once(
    name: str, deliver: bool, database: TestDatabase, valkey: str
) -> None:
    work = WORKS[name]
    deaths = 0
    async with (
        work.service.running(database, valkey, worker=False) as service,
        cut_way(database, work.service.name) as way,
        working(work, service.settings, database.url(work.service.name), valkey) as heir,
    ):
        await work.queue(service)
        await heir.drain()
        for k in count(1, STEP):
            before = await heir.number(work.counted)
            await work.queue(service)
            died = await die_at(
                k, deliver=deliver, work=work, settings=service.settings, way=way, valkey=valkey
            )
            await heir.take_over()
            await heir.drain()
            assert await heir.number(work.counted) == before + 1, f"after a death at {k}"
            async with heir.db.reading() as session:
                assert (await session.execute(GAPS)).scalar_one() == 0, f"after a death at {k}"
            deaths += died
            if not died:
                break
    assert deaths > 0
