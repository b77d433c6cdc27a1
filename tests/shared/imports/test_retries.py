"""The death of a sandbox process is no fault of the data: the file is read again."""

import asyncio
import signal
from collections.abc import AsyncIterator

import httpx
import pytest

from shared.imports.sandbox_client import process_sandbox
from tests.databases import TestDatabase
from tests.shared.imports.sample_service import PATH, create_sample_tables, rows, serving

BODY = "programme;period;territory;indicator;value\nrum;2022;08000000;1.1;68,3\n"


@pytest.fixture
async def url(database: TestDatabase) -> str:
    return await create_sample_tables(database)


@pytest.fixture
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(url) as opened:
        yield opened


async def send(client: httpx.AsyncClient, key: str, body: str = BODY) -> httpx.Response:
    headers = {"content-type": "text/csv", "idempotency-key": key}
    return await client.post(PATH, params={"kind": "readings"}, content=body, headers=headers)


async def test_a_file_whose_sandbox_is_killed_is_read_again(
    client: httpx.AsyncClient, url: str
) -> None:
    assert (await send(client, "first")).status_code == 200
    sandbox = process_sandbox()
    ((child, _),) = sandbox._free
    child.send_signal(signal.SIGSTOP)
    sending = asyncio.create_task(send(client, "second", BODY.replace("68,3", "70")))
    async with asyncio.timeout(30):
        while child in [free for free, _ in sandbox._free]:
            await asyncio.sleep(0.01)
    child.kill()
    answer = await sending
    assert answer.status_code == 200, answer.text
    assert answer.json()["counts"]["updated"] == 1
    stored = await rows(url, "SELECT value FROM reading WHERE known_to = 'infinity'")
    assert stored == [{"value": "70"}]
