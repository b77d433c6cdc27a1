import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from shared import jobs
from shared.db import Database
from shared.dispatch import Dispatcher
from shared.errors import Invalid
from shared.job_runner import LeaseLost
from shared.log import attached
from shared.notifier import Notifier
from shared.settings import Settings
from shared.worker import JobContext, JobHandler, ServiceWorker, WorkerSpec
from tests.databases import TestDatabase
from tests.shared.plumbing import SCHEMA, make_plumbing, open_plumbing, plumbing_url


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    await make_plumbing(database)
    opened = open_plumbing(database)
    yield opened
    await opened.close()


@asynccontextmanager
async def working(
    db: Database, valkey: str, handlers: Mapping[str, JobHandler], poll_seconds: float = 0.2
) -> AsyncIterator[Notifier]:
    settings = Settings(
        service=SCHEMA, database_url="unused://", redis_url=valkey, poll_seconds=poll_seconds
    )
    notifier = await Notifier.connect(valkey)
    worker = ServiceWorker(
        WorkerSpec(SCHEMA, jobs=handlers), JobContext(db, settings, {}, notifier)
    )
    running = asyncio.create_task(worker.run())
    try:
        yield notifier
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await notifier.close()


async def double(context: JobContext, args: Mapping[str, Any]) -> None:
    async with context.effect():
        context.result = {"twice": args["n"] * 2}


async def queue(db: Database, kind: str, scope: str, **args: object) -> UUID:
    async with db.transaction() as session:
        return await jobs.enqueue(session, kind, scope, args)


async def state(db: Database, job_id: UUID) -> Mapping[str, Any]:
    async with db.reading() as session:
        found = await jobs.get(session, job_id)
    assert found is not None
    return found


async def until(check: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await check():
            await asyncio.sleep(0.02)


async def ended(db: Database, job_id: UUID) -> Mapping[str, Any]:
    async def over() -> bool:
        return (await state(db, job_id))["state"] not in ("queued", "running")

    await until(over)
    return await state(db, job_id)


async def test_a_queued_job_names_the_first_request_that_asked_for_it(db: Database) -> None:
    await queue(db, "recompute", "rum/2022")
    named = []
    for request_id in ("asked-1", "asked-2"):
        with attached(request_id=request_id):
            job = await queue(db, "recompute", "rum/2022")
        named.append((await state(db, job))["request_id"])
    assert named == ["asked-1", "asked-1"]
    async with db.reading() as session:
        (found,) = await jobs.of_request(session, "asked-1")
        assert (found["id"], found["state"]) == (job, "queued")
        assert await jobs.of_request(session, "asked-2") == []


async def test_a_job_runs_with_its_arguments_and_keeps_its_result(
    db: Database, valkey: str
) -> None:
    async def double_in_steps(context: JobContext, args: Mapping[str, Any]) -> None:
        context.progress(2, 2)
        await double(context, args)

    async with working(db, valkey, {"double": double_in_steps}):
        done = await ended(db, await queue(db, "double", "a", n=21))
    assert (done["state"], done["result"]) == ("done", {"twice": 42})
    assert (done["progress_done"], done["progress_total"]) == (2, 2)


async def test_a_rolled_back_transaction_queues_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError):
        async with db.transaction() as session:
            await jobs.enqueue(session, "double", "a")
            raise RuntimeError
    async with db.reading() as session:
        assert await jobs.counts(session) == {}


async def test_a_burst_on_one_scope_costs_two_runs_at_most_and_none_overlap(
    db: Database, valkey: str
) -> None:
    running, most, runs, seen = 0, 0, 0, 0

    async def recompute(context: JobContext, _args: Mapping[str, Any]) -> None:
        nonlocal running, most, runs, seen
        running, runs = running + 1, runs + 1
        most = max(most, running)
        async with context.db.reading() as session:
            seen = (await session.execute(text("SELECT count(*) FROM note"))).scalar_one()
        await asyncio.sleep(0.3)
        running -= 1
        async with context.effect():
            pass

    async def change(_: int) -> None:
        async with db.transaction() as session:
            await session.execute(text("INSERT INTO note (text) VALUES ('n')"))
            await jobs.enqueue(session, "recompute", "rum/2022")

    async with working(db, valkey, {"recompute": recompute}):
        await asyncio.gather(*(change(n) for n in range(40)))

        async def idle() -> bool:
            async with db.reading() as session:
                counted = await jobs.counts(session)
            return not counted.get("queued") and not counted.get("running")

        await until(idle)
    assert seen == 40
    assert most == 1
    assert runs <= 8


async def test_an_ordinary_failure_is_tried_again(db: Database, valkey: str) -> None:
    tries = 0

    async def flaky(context: JobContext, _args: Mapping[str, Any]) -> None:
        nonlocal tries
        tries += 1
        if tries < 2:
            raise OSError("the disk hiccuped")
        async with context.effect():
            pass

    async with working(db, valkey, {"flaky": flaky}):
        done = await ended(db, await queue(db, "flaky", "a"))
    assert (done["state"], done["attempt"], tries) == ("done", 2, 2)


async def test_a_refused_rule_is_final_and_can_be_retried_by_hand(
    db: Database, valkey: str
) -> None:
    refuse = True

    async def strict(context: JobContext, _args: Mapping[str, Any]) -> None:
        if refuse:
            raise Invalid("BAND_GAP", "Между уровнями промежуток.")
        async with context.effect():
            pass

    async with working(db, valkey, {"strict": strict}):
        job_id = await queue(db, "strict", "a")
        failed = await ended(db, job_id)
        assert (failed["state"], failed["attempt"]) == ("failed", 1)
        assert failed["error"] == {"code": "BAND_GAP", "detail": "Между уровнями промежуток."}
        refuse = False
        async with db.transaction() as session:
            assert await jobs.retry_dead(session, job_id)

        async def done() -> bool:
            return bool((await state(db, job_id))["state"] == "done")

        await until(done)


async def test_a_running_job_can_be_cancelled(db: Database, valkey: str) -> None:
    began = asyncio.Event()

    async def endless(_work: JobContext, _args: Mapping[str, Any]) -> None:
        began.set()
        await asyncio.sleep(600)

    async with working(db, valkey, {"endless": endless}):
        job_id = await queue(db, "endless", "a")
        await asyncio.wait_for(began.wait(), 5)
        async with db.transaction() as session:
            assert await jobs.cancel(session, job_id) == "running"
        assert (await ended(db, job_id))["state"] == "cancelled"


async def test_a_dead_workers_job_is_taken_up_again(db: Database, valkey: str) -> None:
    job_id = await queue(db, "double", "a", n=1)
    await abandon(db, job_id)

    async with working(db, valkey, {"double": double}):
        done = await ended(db, job_id)
    assert (done["state"], done["attempt"], done["result"]) == ("done", 2, {"twice": 2})


async def abandon(db: Database, job_id: UUID) -> None:
    """Leave a job as a worker leaves it that was killed longer ago than a lease lasts."""
    async with db.transaction() as session:
        assert await jobs.lease(session, job_id, uuid4().hex) is not None
        await session.execute(
            text("UPDATE job SET lease_until = clock_timestamp() - interval '1 s' WHERE id = :id"),
            {"id": job_id},
        )


async def test_the_third_crash_is_quarantine_with_the_input_kept(db: Database) -> None:
    job_id = await queue(db, "poison", "a", n=7)
    for _ in range(jobs.MAX_CRASHES):
        await abandon(db, job_id)
        async with db.transaction() as session:
            await jobs.requeue_expired(session)
    assert (await state(db, job_id))["state"] == "quarantined"
    async with db.reading() as session:
        kept = await session.execute(text("SELECT args FROM job"))
    assert kept.scalar_one() == {"n": 7}


async def test_a_lost_lease_cannot_end_the_job_of_its_successor(db: Database) -> None:
    job_id = await queue(db, "double", "a")
    async with db.transaction() as session:
        first = await jobs.lease(session, job_id, "first")
    assert first is not None
    async with db.transaction() as session:
        await session.execute(text("UPDATE job SET lease_until = '2000-01-01'"))
        await jobs.requeue_expired(session)
        second = await jobs.lease(session, job_id, "second")
    assert second is not None
    async with db.transaction() as session:
        assert await jobs.renew(session, first, 0, None) is None
        await jobs.finish(session, first, "failed")
    assert (await state(db, job_id))["state"] == "running"


async def test_a_job_that_nobody_was_told_of_is_found_by_the_reconcile_pass(
    db: Database, valkey: str
) -> None:
    job_id = await queue(db, "double", "a", n=1)
    async with db.reading() as session:
        assert await jobs.due_jobs(session, 10) == [job_id]
    async with working(db, valkey, {"double": double}):
        assert (await ended(db, job_id))["state"] == "done"


async def test_a_job_of_another_process_is_delivered_by_arq(
    db: Database, database: TestDatabase, valkey: str
) -> None:
    # The same database under another address: no worker of this process is registered for it.
    web = Database(f"{plumbing_url(database)}&ssl=disable", SCHEMA)
    notifier = await Notifier.connect(valkey)
    dispatcher = Dispatcher(web, notifier)
    async with working(db, valkey, {"double": double}, poll_seconds=3600):
        assert (await ended(db, await queue(web, "double", "a", n=2)))["result"] == {"twice": 4}
    await dispatcher.close()
    await notifier.close()
    await web.close()


async def test_a_job_queued_by_its_own_process_starts_without_a_queue(
    db: Database, tmp_path: Path
) -> None:
    async with working(db, f"unix://{tmp_path}/nobody.sock", {"double": double}, 3600):
        assert (await ended(db, await queue(db, "double", "a", n=3)))["result"] == {"twice": 6}


async def write_note(context: JobContext, _args: Mapping[str, Any]) -> None:
    async with context.effect() as session:
        await session.execute(text("INSERT INTO note (text) VALUES ('effect')"))


async def notes(db: Database) -> int:
    async with db.reading() as session:
        found: int = (await session.execute(text("SELECT count(*) FROM note"))).scalar_one()
    return found


async def test_an_effect_whose_lease_was_lost_is_rolled_back(db: Database, valkey: str) -> None:
    job_id = await queue(db, "write", "a")
    async with db.transaction() as session:
        first = await jobs.lease(session, job_id, "worker")
    await expire(db)
    async with db.transaction() as session:
        second = await jobs.lease(session, job_id, "worker")
    notifier = await Notifier.connect(valkey)
    settings = Settings(service=SCHEMA, database_url="unused://", redis_url=valkey)
    with pytest.raises(LeaseLost):
        await write_note(JobContext(db, settings, {}, notifier, first), {})
    assert (await notes(db), (await state(db, job_id))["state"]) == (0, "running")
    await write_note(JobContext(db, settings, {}, notifier, second), {})
    assert (await notes(db), (await state(db, job_id))["state"]) == (1, "done")
    await notifier.close()


async def expire(db: Database) -> None:
    async with db.transaction() as session:
        await session.execute(text("UPDATE job SET lease_until = '2000-01-01'"))
        await jobs.requeue_expired(session)


async def test_an_effect_that_fails_leaves_neither_rows_nor_an_end(
    db: Database, valkey: str
) -> None:
    tries = 0

    async def fail_once(context: JobContext, _args: Mapping[str, Any]) -> None:
        nonlocal tries
        tries += 1
        async with context.effect() as session:
            await session.execute(text("INSERT INTO note (text) VALUES ('effect')"))
            if tries == 1:
                raise OSError("killed between the effect and the end")

    async with working(db, valkey, {"write": fail_once}):
        done = await ended(db, await queue(db, "write", "a"))
    assert (done["state"], tries, await notes(db)) == ("done", 2, 1)


async def test_a_handler_without_an_effect_fails_and_is_named(db: Database, valkey: str) -> None:
    async def idle(_context: JobContext, _args: Mapping[str, Any]) -> None:
        return None

    async with working(db, valkey, {"idle": idle}):
        failed = await ended(db, await queue(db, "idle", "a"))
    assert failed["error"]["code"] == "NO_EFFECT"


async def test_a_worker_told_to_stop_gives_its_job_back_and_that_is_no_crash(
    db: Database, valkey: str
) -> None:
    job_id = await queue(db, "slow", "a", n=1)
    for _ in range(jobs.MAX_CRASHES):
        began = asyncio.Event()

        async def slow(
            _work: JobContext, _args: Mapping[str, Any], began: asyncio.Event = began
        ) -> None:
            began.set()
            await asyncio.sleep(600)

        async with working(db, valkey, {"slow": slow}):
            await asyncio.wait_for(began.wait(), 5)
        left = await state(db, job_id)
        assert (left["state"], left["crashes"], left["attempt"]) == ("queued", 0, 0)

    async with working(db, valkey, {"slow": double}):
        done = await ended(db, job_id)
    assert (done["state"], done["result"]) == ("done", {"twice": 2})


async def test_jobs_are_done_without_any_queue(db: Database, tmp_path: Path) -> None:
    async with working(db, f"unix://{tmp_path}/nobody.sock", {"double": double}):
        queued = [await queue(db, "double", str(n), n=n) for n in range(10)]
        results = [(await ended(db, job_id))["result"] for job_id in queued]
    assert results == [{"twice": n * 2} for n in range(10)]


async def test_a_worker_shows_that_it_goes_on_and_a_lost_database_shows_too(
    db: Database, valkey: str, tmp_path: Path
) -> None:
    beat = tmp_path / "at-work"
    settings = Settings(
        service=SCHEMA,
        database_url="unused://",
        redis_url=valkey,
        poll_seconds=0.05,
        heartbeat_file=beat,
    )
    lost = Database("postgresql://nobody@/none?host=/nowhere", SCHEMA)
    notifier = await Notifier.connect(valkey)
    for reached, beats in ((lost, False), (db, True)):
        worker = ServiceWorker(WorkerSpec(SCHEMA), JobContext(reached, settings, {}, notifier))
        running = asyncio.create_task(worker.run())
        await asyncio.sleep(0.5)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert beat.exists() is beats
    await lost.close()
    await notifier.close()


async def test_an_unknown_kind_fails_and_says_so(db: Database, valkey: str) -> None:
    async with working(db, valkey, {}):
        failed = await ended(db, await queue(db, "nobody_knows", "a"))
    assert failed["error"] == {"code": "UNKNOWN_JOB", "detail": "nobody_knows"}
