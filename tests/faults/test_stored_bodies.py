"""What one client may store of large imports, and what is left of it afterwards."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from shared.db import Database
from shared.imports.upload import PART
from tests.databases import TestDatabase
from tests.shared.imports.sample_service import (
    OTHER,
    PATH,
    SCHEMA,
    create_sample_tables,
    rows,
    serving,
)

MEBIBYTE = 1 << 20
MOST = PART + 3 * MEBIBYTE


@pytest.fixture
async def url(database: TestDatabase) -> str:
    return await create_sample_tables(database)


@pytest.fixture
async def client(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("IMPORT_STORED_BYTES", str(MOST))
    async with serving(url) as opened:
        yield opened


async def send(client: httpx.AsyncClient, size: int, **headers: str) -> httpx.Response:
    return await client.post(
        PATH,
        params={"kind": "readings"},
        content=b"x" * size,
        headers={"content-type": "text/csv", **headers},
    )


async def stored(url: str) -> list[int]:
    found = await rows(
        url,
        "SELECT sum(octet_length(content)) AS size FROM import_body GROUP BY import_id ORDER BY 1",
    )
    return [row["size"] for row in found]


async def test_a_client_s_waiting_bodies_are_capped(client: httpx.AsyncClient, url: str) -> None:
    assert (await send(client, PART)).status_code == 202
    assert (await send(client, 2 * MEBIBYTE)).status_code == 202
    refused = await send(client, 2 * MEBIBYTE)
    assert (refused.status_code, refused.json()["code"]) == (429, "STORED_BODIES_EXCEEDED")
    assert refused.headers["content-type"] == "application/problem+json"
    assert int(refused.headers["retry-after"]) > 0
    assert await stored(url) == [2 * MEBIBYTE, PART]


async def test_a_body_refused_in_its_middle_leaves_nothing(
    client: httpx.AsyncClient, url: str
) -> None:
    assert (await send(client, 2 * PART)).status_code == 429
    assert await rows(url, "SELECT 1 FROM import_run") == []


async def test_another_client_and_small_bodies_are_not_hindered(
    client: httpx.AsyncClient, url: str
) -> None:
    assert (await send(client, MOST)).status_code == 202
    assert (await send(client, 2 * MEBIBYTE)).status_code == 429
    assert (await send(client, 100)).status_code == 422
    assert (await send(client, MOST, **OTHER)).status_code == 202
    assert await stored(url) == [MOST, MOST]


async def test_rejected_rows_that_are_no_longer_kept_are_said_to_be_gone(
    client: httpx.AsyncClient, url: str
) -> None:
    answer = await client.post(
        PATH,
        params={"kind": "readings"},
        content=json.dumps([{"programme": "rum"}]),
        headers={"content-type": "application/json"},
    )
    report = answer.json()["report"]
    assert (await client.get(report["annotated"])).status_code == 200
    db = Database(url, SCHEMA)
    async with db.transaction() as session:
        await session.execute(
            text("UPDATE import_run SET finished_at = now() - interval '31 days'")
        )
    await db.close()
    gone = await client.get(report["annotated"])
    assert (gone.status_code, gone.json()["code"]) == (410, "REJECTED_ROWS_EXPIRED")
    assert (await client.get(f"{PATH}/{report['id']}")).status_code == 200
