"""Registries over HTTP: pages, filters, what was known when, deficits, erasure."""

import httpx
import pytest
from sqlalchemy import text

from shared.db import Database
from tests.services.training.app_for_tests import token
from tests.services.training.sending import course, send_rows, teacher
from tests.services.training.test_routes import (
    ROUTES,
    activist,
    actor,
    competency,
    diagnostic,
    programme,
    result,
)
from tests.services.training.test_year import load

BASE = "/v1/training"


@pytest.fixture
async def region(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await load(client, "headcounts", "events", "measures", "quotas", "classes")
    await send_rows(client, "teachers", [teacher(f"t{n}", busy=[]) for n in range(1, 4)])
    await send_rows(client, "competencies", [competency("geo", "subject")])
    await send_rows(client, "diagnostics", [diagnostic("geo")])
    await send_rows(client, "programmes", [programme("p-geo", "geo")])
    await send_rows(client, "events", [course("m1", 5, programme="p-geo")])
    await send_rows(client, "activists", [activist("chief", "tutor", "managerial.omsu")])
    await send_rows(
        client,
        "attendance",
        [{"event": "m1", "teacher": "t3", "state": "completed", "certificate": "27-1"}],
    )
    return client


COUNTS = {
    "teachers": 3,
    "competencies": 1,
    "diagnostics": 1,
    "programmes": 1,
    "sessions": 12,
    "events": 7,
    "active": 1,
    "quotas": 6,
    "attendance": 1,
    "directions": 19,
    "measures": 11,
    "sessions?year=2023&subject=mathematics": 4,
    "events?kind=congress": 5,
    "directions?version=functions": 7,
    "directions?version=directions": 12,
    "teachers?municipality=08701000": 0,
}


async def test_every_registry_can_be_read(region: httpx.AsyncClient) -> None:
    answers = {name: await region.get(f"{BASE}/{name}") for name in COUNTS}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert {name: len(a.json()["items"]) for name, a in answers.items()} == COUNTS


async def test_pages_follow_the_key_and_know_the_past(region: httpx.AsyncClient) -> None:
    refs, cursor = [], ""
    while True:
        page = (await region.get(f"{BASE}/teachers?limit=1{cursor}")).json()
        refs += [row["ref"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert refs == ["t1", "t2", "t3"]
    past = await region.get(f"{BASE}/teachers?as_of=2020-01-01T00:00:00Z")
    assert past.json()["items"] == []
    naive = await region.get(f"{BASE}/teachers?as_of=2020-01-01T00:00:00")
    assert naive.status_code == 422
    assert [error["pointer"] for error in naive.json()["errors"]] == ["/query/as_of"]
    foreign = await region.get(f"{BASE}/competencies?limit=1{cursor}")
    assert foreign.json()["code"] == "CURSOR_FOREIGN"


async def test_the_declared_active_adds_up(region: httpx.AsyncClient) -> None:
    rows = (await region.get(f"{BASE}/quotas")).json()["items"]
    sizes = {row["code"]: row["headcount"] for row in rows}
    assert sizes["methodical"] == 220 == sizes["methodical.subject"] + sizes["methodical.direction"]
    assert sizes["managerial"] == 480 == sizes["managerial.omsu"] + sizes["managerial.school"]


async def test_people_need_a_token_and_the_programme_does_not(region: httpx.AsyncClient) -> None:
    region.headers.pop("authorization")
    for name, status in (("teachers", 401), ("active", 401), ("sessions", 200), ("measures", 200)):
        assert (await region.get(f"{BASE}/{name}")).status_code == status
    answer = await region.get(f"{BASE}/deficits?teacher=t1")
    assert answer.status_code == 401


async def test_the_latest_diagnostic_decides_on_a_deficit(region: httpx.AsyncClient) -> None:
    await send_rows(region, "results", [result("geo", "2022-09-01", 10, "t1")])
    (row,) = (await region.get(f"{BASE}/deficits?teacher=t1")).json()["items"]
    assert (row["competency"], row["level"], row["missing_levels"]) == ("geo", "low", 1)
    await send_rows(region, "results", [result("geo", "2022-10-01", 50, "t1")])
    assert (await region.get(f"{BASE}/deficits?teacher=t1")).json()["items"] == []


RUBBISH: list[tuple[str, dict[str, object], str, str]] = [
    ("results", result("nothing", "2022-09-01", 10), "diagnostic", "UNKNOWN_DIAGNOSTIC"),
    ("results", result("geo", "2022-09-01", 101), "score", "RANGE"),
    ("diagnostics", diagnostic("nothing"), "competency", "UNKNOWN_COMPETENCY"),
    ("diagnostics", {**diagnostic("geo"), "required": "top"}, "required", "UNKNOWN_LEVEL"),
    (
        "diagnostics",
        {**diagnostic("geo"), "level_set": {"domain": ["0", "9"], "bands": []}},
        "level_set",
        "LEVELS",
    ),
    ("teachers", teacher("x", busy=["2023-03-10..2023-03-01"]), "busy", "RANGE"),
    ("teachers", teacher("x", busy=["soon"]), "busy", "RANGE"),
    ("teachers", teacher("x", subjects=[1]), "subjects", "LIST"),
    ("teachers", teacher("Иванов"), "ref", "PATTERN"),
    ("events", course("x", 1, to=None), "from", "RANGE"),
]


async def test_rubbish_rows_are_rejected_with_their_column(region: httpx.AsyncClient) -> None:
    for kind, row, column, code in RUBBISH:
        answer = await region.post(f"{BASE}/imports?kind={kind}", json={"rows": [row]})
        assert answer.status_code == 422, answer.text
        report = answer.json()["report"]
        assert report["status"] == "rejected", report
        assert [(e["column"], e["code"]) for e in report["errors"]] == [(column, code)]


async def test_an_erased_person_leaves_a_history_without_a_name(
    region: httpx.AsyncClient, db: Database
) -> None:
    made = await region.post(ROUTES, json={"teacher": "t1"}, headers=actor("t1"))
    assert made.status_code == 201, made.text
    refused = await region.post(f"{BASE}/people/t1/erase")
    assert refused.status_code == 403
    admin = token("admin training:read training:write")
    erased = await region.post(f"{BASE}/people/t1/erase", headers=admin)
    assert erased.status_code == 204
    assert (await region.post(f"{BASE}/people/t1/erase", headers=admin)).status_code == 404
    assert (await region.get(f"{ROUTES}/{made.json()['id']}")).status_code == 404
    async with db.reading() as session:
        for table in ("teacher", "person", "route"):
            column = "owner" if table == "route" else "ref"
            found = text(f"SELECT count(*) FROM {table} WHERE {column} = 't1'")  # noqa: S608 -- fixed names
            assert (await session.execute(found)).scalar_one() == 0
        history = await session.execute(text("SELECT actor FROM route_history"))
        assert [row.actor.split(":")[0] for row in history] == ["person"]
