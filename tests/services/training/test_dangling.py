"""References that no registry holds are findings until they resolve; the shipped data have none."""

from typing import Any

import httpx

from shared.db import Database
from tests.services.training.test_year import load
from tests.services.training.working import drain

HEAD = "code,title,parent,headcount\n"


async def dangling(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/v1/training/findings?rule=dangling_reference&limit=1000")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def send(client: httpx.AsyncClient, text: str) -> None:
    answer = await client.post(
        "/v1/training/imports?kind=quotas",
        content=text.encode(),
        headers={"content-type": "text/csv"},
    )
    assert answer.status_code == 200, answer.text


async def test_a_reference_is_a_finding_until_its_registry_holds_the_code(
    client: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    await load(client, "headcounts", "measures", "programmes", "events", "quotas")
    await drain(db, valkey)
    assert await dangling(client) == []
    await send(client, HEAD + "late.part,Часть,late,5\n")
    await drain(db, valkey)
    (found,) = await dangling(client)
    assert (found["severity"], found["status"]) == ("incomplete", "open")
    assert "«late»" in found["text"]
    assert "«late.part»" in found["text"]
    await send(client, HEAD + "late,Целое,,5\n")
    await drain(db, valkey)
    (closed,) = await dangling(client)
    assert closed["status"] == "resolved"
