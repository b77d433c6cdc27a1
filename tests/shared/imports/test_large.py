"""Files over one mebibyte: stored in parts, processed by the worker, whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared.db import Database
from shared.imports.jobs import tidy_imports
from shared.imports.sandbox_client import process_sandbox
from shared.imports.upload import PART, SMALL
from shared.notifier import Notifier
from shared.settings import Settings
from shared.worker import JobContext, ServiceWorker
from tests.databases import TestDatabase
from tests.shared.imports.sample_service import (
    PATH,
    SCHEMA,
    WORKER,
    create_sample_tables,
    rows,
    serving,
)

HEAD = b"programme;period;territory;indicator;value\n"
MANY = 60_000
CSV = {"content-type": "text/csv"}


def lines(count: int, *, start: int = 0) -> bytes:
    return HEAD + b"".join(
        b"rum;2022;08000000;i%07d;%d,%d\n" % (n, n % 100, n % 10)
        for n in range(start, start + count)
    )


@pytest.fixture
async def url(database: TestDatabase) -> str:
    return await create_sample_tables(database)


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(url) as opened:
        yield opened


@asynccontextmanager
async def worker(url: str, valkey: str) -> AsyncIterator[ServiceWorker]:
    settings = Settings(service=SCHEMA, database_url=url, redis_url=valkey)
    db = Database(url, SCHEMA)
    notifier = await Notifier.connect(valkey)
    yield ServiceWorker(WORKER, JobContext(db, settings, {}, notifier))
    await process_sandbox().close()
    await notifier.close()
    await db.close()


async def work_off(url: str, valkey: str) -> None:
    """Run every queued job, as the worker does when it is rung."""
    async with worker(url, valkey) as running:
        for job in await rows(url, "SELECT id FROM job WHERE state = 'queued'"):
            await running.runner.run_job(str(job["id"]))


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 1 << 16):
        yield body[start : start + (1 << 16)]


async def post(client: httpx.AsyncClient, body: bytes, **more: str) -> httpx.Response:
    params = {"kind": "readings", **more}
    return await client.post(PATH, params=params, content=pieces(body), headers=CSV)


async def report_of(
    client: httpx.AsyncClient, url: str, valkey: str, body: bytes, **more: str
) -> dict[str, Any]:
    """Send a large file, let the worker process it, return the report."""
    answer = await post(client, body, **more)
    assert answer.status_code == 202, answer.text
    await work_off(url, valkey)
    report: dict[str, Any] = (await client.get(answer.headers["location"])).json()
    return report


async def test_a_large_file_is_taken_by_the_worker(
    client: httpx.AsyncClient, url: str, valkey: str
) -> None:
    body = lines(MANY)
    assert len(body) > SMALL
    answer = await post(client, body)
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "accepted"
    await work_off(url, valkey)
    report = (await client.get(answer.headers["location"])).json()
    assert report["counts"]["inserted"] == MANY
    assert report["revision"] == 1
    assert report["job"].startswith(f"/v1/{SCHEMA}/jobs/")
    stored = await rows(url, "SELECT count(*) AS n, max(import_row) AS last FROM reading")
    assert stored == [{"n": MANY, "last": MANY + 1}]
    assert await rows(url, "SELECT 1 FROM import_body") == []


async def test_a_cancelled_import_stays_cancelled_and_its_body_goes(
    client: httpx.AsyncClient, url: str, valkey: str
) -> None:
    answer = await post(client, lines(MANY))
    place, job = answer.headers["location"], answer.json()["job"]
    assert (await client.post(f"{job}/cancel")).status_code == 200
    assert (await client.get(place)).json()["status"] == "cancelled"
    async with worker(url, valkey) as running:
        await tidy_imports(running.context)
        async with running.context.db.transaction() as session:
            await session.execute(text("DELETE FROM job"))
    assert (await client.get(place)).json()["status"] == "cancelled"
    assert await rows(url, "SELECT 1 FROM import_body") == []


async def test_faults_of_a_large_file_are_counted_listed_and_given_back(
    client: httpx.AsyncClient, url: str, valkey: str
) -> None:
    good = lines(MANY)
    bad = b"".join(b"rum;2022;08000000;j%07d;many\n" % n for n in range(12_000))
    repeated = b"rum;2022;08000000;i%07d;1\n" % (MANY - 1)
    report = await report_of(client, url, valkey, good + bad + repeated, atomic="false")
    assert report["status"] == "done"
    assert report["counts"]["inserted"] == MANY - 1
    assert report["counts"]["rejected"] == 12_002
    assert report["error_counts"] == {"DUPLICATE_KEY": 2, "NOT_A_FIGURE": 12_000}
    assert len(report["errors"]) == 10_000
    assert report["errors"][0]["row"] == MANY + 1
    annotated = (await client.get(report["annotated"])).content.decode("utf-8-sig").splitlines()
    assert len(annotated) == 1 + 12_002


async def test_an_atomic_large_file_with_a_fault_in_its_last_row_stores_nothing(
    client: httpx.AsyncClient, url: str, valkey: str
) -> None:
    report = await report_of(client, url, valkey, lines(MANY) + b"rum;2022;99;x;1\n")
    assert report["status"] == "rejected"
    assert report["counts"]["received"] == MANY + 1
    assert await rows(url, "SELECT 1 FROM reading") == []


async def test_a_cell_of_ten_million_characters_is_one_fault_of_one_row(
    client: httpx.AsyncClient, url: str, valkey: str
) -> None:
    body = HEAD + b"rum;2022;08000000;" + b"x" * 10_000_000 + b";5\nrum;2022;08000000;1.1;5\n"
    report = await report_of(client, url, valkey, body, atomic="false")
    assert report["counts"]["inserted"] == 1
    assert report["error_counts"] == {"TOO_LONG": 1}
    assert (report["errors"][0]["row"], len(report["errors"][0]["raw"])) == (2, 200)


async def test_a_large_unreadable_file_says_why(
    client: httpx.AsyncClient, url: str, valkey: str
) -> None:
    report = await report_of(client, url, valkey, b"a;b;c\n" + b"1;2;3\n" * 300_000)
    assert report["status"] == "failed"
    assert report["problem"]["code"] == "HEADING_MISMATCH"
    assert len(report["problem"]["errors"]) == 8


async def test_an_import_cut_off_is_done_by_the_next_worker_once(
    client: httpx.AsyncClient, url: str, valkey: str
) -> None:
    answer = await post(client, lines(300_000))
    location = answer.headers["location"]
    (job,) = await rows(url, "SELECT id FROM job")
    async with worker(url, valkey) as first:
        running = asyncio.create_task(first.runner.run_job(str(job["id"])))
        async with asyncio.timeout(60):
            while (await client.get(location)).json()["status"] == "accepted":
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert (await client.get(location)).json()["status"] == "running"
    assert len(await rows(url, "SELECT part FROM import_body")) > 1
    given_back = await rows(url, "SELECT state, attempt, crashes FROM job")
    assert given_back == [{"state": "queued", "attempt": 0, "crashes": 0}]
    async with worker(url, valkey) as second:
        await second.runner.run_job(str(job["id"]))
    report = (await client.get(location)).json()
    assert report["counts"]["inserted"] == 300_000
    assert await rows(url, "SELECT count(*) AS n FROM reading") == [{"n": 300_000}]


async def test_a_body_that_stops_halfway_leaves_nothing(
    url: str, client: httpx.AsyncClient
) -> None:
    async def torn() -> AsyncIterator[bytes]:
        yield lines(10)
        yield b"x" * (PART + 1)
        raise ConnectionResetError

    answer = await client.post(PATH, params={"kind": "readings"}, content=torn(), headers=CSV)
    assert answer.status_code >= 400
    assert await rows(url, "SELECT 1 FROM import_run") == []


async def test_a_body_over_the_limit_is_refused(client: httpx.AsyncClient, url: str) -> None:
    headers = {**CSV, "content-length": str((200 << 20) + 1)}
    answer = await client.post(PATH, params={"kind": "readings"}, content=b"a", headers=headers)
    assert answer.status_code == 413
    assert answer.json()["code"] == "TOO_LARGE"
    assert await rows(url, "SELECT 1 FROM import_run") == []


async def test_the_same_key_for_a_large_file_makes_one_import(
    client: httpx.AsyncClient, url: str
) -> None:
    headers = {**CSV, "idempotency-key": "large-1"}
    body = lines(MANY)
    first = await client.post(PATH, params={"kind": "readings"}, content=body, headers=headers)
    again = await client.post(PATH, params={"kind": "readings"}, content=body, headers=headers)
    assert again.status_code == 202
    assert again.headers["location"] == first.headers["location"]
    assert len(await rows(url, "SELECT 1 FROM import_run")) == 1
    assert len(await rows(url, "SELECT 1 FROM job")) == 1
