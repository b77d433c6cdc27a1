"""A person known to every service is erased by one request; no row and no log line keeps them."""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg

from services.cli.roles import SCHEMAS
from tests.journeys.live import LiveSystem

PERSON = "t-journey-erased"
DATE = "2022-09-15"
MENTIONS = """
    SELECT EXISTS (SELECT FROM {schema}.{table} AS t WHERE t::text LIKE $1 OR t::text LIKE $2)
"""


async def send(live: LiveSystem, service: str, kind: str, row: Mapping[str, object]) -> Any:
    answer = await live.client.post(
        f"/v1/{service}/imports?kind={kind}",
        json=[row],
        headers={"kachestvo-actor": PERSON, "idempotency-key": f"erasure-{service}-{kind}"},
    )
    assert answer.status_code in (200, 422), answer.text
    return answer


async def make_known(live: LiveSystem) -> None:
    """Let every service learn of the person: as a subject, an actor, in texts and reports."""
    teacher = {
        "ref": PERSON,
        "municipality": "08701000",
        "subjects": ["mathematics"],
        "tier": "profile",
        "required": False,
        "shnor_school": False,
    }
    assert (await send(live, "training", "teachers", teacher)).status_code == 200
    unknown = {"teacher": PERSON, "diagnostic": "no-such", "taken_on": DATE, "score": "5"}
    assert (await send(live, "training", "diagnostic_results", unknown)).status_code == 422
    participant = {"season": "2022-2023", "participant": PERSON, "consent": True}
    assert (await send(live, "olympiads", "participants", participant)).status_code == 200
    observation = {
        "programme": "rum",
        "period": "2022",
        "territory": PERSON,
        "indicator": "1.1",
        "value": "5",
        "status": None,
        "source": None,
    }
    assert (await send(live, "ratings", "observations", observation)).status_code == 422
    claims = (await live.client.get("/v1/ratings/claims?limit=1")).json()["items"]
    answered = await live.client.post(
        f"/v1/ratings/claims/{claims[0]['id']}/corrections",
        json={"raw": "77,7", "basis": f"Письмо о {PERSON}"},
        headers={"kachestvo-actor": PERSON},
    )
    assert answered.status_code in (201, 422), answered.text


async def mentions(live: LiveSystem, needle: str) -> list[str]:
    """Return the tables of which a row contains the needle, as text or as bytes."""
    owner = await asyncpg.connect(live.database.owner_url)
    try:
        tables = await owner.fetch(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY($1)", list(SCHEMAS)
        )
        return [
            f"{schema}.{table}"
            for schema, table in tables
            if await owner.fetchval(
                MENTIONS.format(schema=schema, table=table),
                f"%{needle}%",
                f"%{needle.encode().hex()}%",
            )
        ]
    finally:
        await owner.close()


async def test_an_erased_person_is_found_nowhere(live: LiveSystem) -> None:
    await make_known(live)
    await live.settle()
    known = await mentions(live, PERSON)
    assert {name.partition(".")[0] for name in known} >= {"ratings", "olympiads", "training"}
    erased = await live.client.post(f"/v1/admin/persons/{PERSON}/erase")
    assert erased.status_code == 200, erased.text
    report = await completed(live, erased.headers["location"])
    assert {one["service"] for one in report["services"]} == set(SCHEMAS)
    removed = {
        f"{one['service']}.{row['column']}" for one in report["services"] for row in one["removed"]
    }
    assert {"training.teacher.ref", "olympiads.participant.participant"} <= removed
    await live.settle()
    assert await mentions(live, PERSON) == []
    for name, log in live.logs().items():
        assert PERSON not in log, name


async def completed(live: LiveSystem, location: str) -> Any:
    """Return the report of an erasure once every service has ended it."""
    async with asyncio.timeout(90):
        while True:
            report = (await live.client.get(location)).json()
            if report["completed_at"] is not None:
                return report
            await live.settle()
            await asyncio.sleep(0.5)
