"""Mentors over HTTP: suggestions, decisions, matching anew."""

import httpx
import pytest

from services.training.domain.mentoring import match
from services.training.usecases import mentoring
from shared.db import Database
from tests.services.training.sending import send_rows, teacher
from tests.services.training.test_routes import (
    activist,
    actor,
    competency,
    diagnostic,
    result,
)
from tests.services.training.working import drain

BASE = "/v1/training/mentoring"


def mentor(ref: str, **changed: object) -> dict[str, object]:
    given = {"capabilities": ["geo"], "norm": 1} | changed
    return activist(ref, "mentor", "methodical.subject", **given)


@pytest.fixture
async def region(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await send_rows(client, "teachers", [teacher(f"t{n}") for n in (1, 2, 3)])
    await send_rows(client, "competencies", [competency("geo", "subject")])
    await send_rows(client, "diagnostics", [diagnostic("geo")])
    await send_rows(client, "results", [result("geo", "2022-09-01", 10, f"t{n}") for n in (1, 2)])
    await send_rows(
        client,
        "activists",
        [
            mentor("m1"),
            mentor("m2", norm=2),
            mentor("far", municipality="08701000"),
            mentor("silent", consent=False),
            activist("chief", "tutor", "managerial.omsu"),
        ],
    )
    return client


async def decide(
    client: httpx.AsyncClient, verb: str, pair: tuple[str, str], by: str | None = None
) -> httpx.Response:
    body = {"teacher": pair[0], "mentor": pair[1], "reason": None}
    return await client.post(f"{BASE}/{verb}", json=body, headers=actor(by or pair[1]))


async def suggested(client: httpx.AsyncClient, ref: str) -> list[str]:
    answer = await client.get(f"{BASE}/suggestions?teacher={ref}")
    assert answer.status_code == 200, answer.text
    return [row["mentor"] for row in answer.json()["items"]]


async def test_suggestions_follow_load_decisions_and_consent(region: httpx.AsyncClient) -> None:
    assert await suggested(region, "t1") == ["m1", "m2"]
    assert (await decide(region, "confirm", ("t2", "m2"))).status_code == 200
    assert await suggested(region, "t1") == ["m1", "m2"]
    assert (await decide(region, "decline", ("t1", "m1"), by="t1")).status_code == 200
    assert await suggested(region, "t1") == ["m2"]
    assert await suggested(region, "t3") == []


async def test_confirming_keeps_the_norm_and_the_rules(region: httpx.AsyncClient) -> None:
    assert (await decide(region, "confirm", ("t1", "m1"), by="nobody")).status_code == 403
    assert (await decide(region, "confirm", ("t1", "m1"), by="chief")).status_code == 200
    codes = {
        ("t2", "m1"): "NORM_REACHED",
        ("t1", "m2"): "ALREADY_CONFIRMED",
        ("t2", "far"): "OTHER_ZONE",
        ("t2", "silent"): "MENTOR_UNKNOWN",
        ("nobody", "m2"): "TEACHER_UNKNOWN",
        ("t3", "m2"): "NO_CAPABILITY",
    }
    for pair, code in codes.items():
        answer = await decide(region, "confirm", pair)
        assert answer.json()["code"] == code, pair
    assert (await decide(region, "end", ("t2", "m2"))).json()["code"] == "NOT_CONFIRMED"
    assert (await decide(region, "end", ("t1", "m1"))).status_code == 200
    assert (await decide(region, "confirm", ("t2", "m1"))).status_code == 200


async def test_decisions_belong_to_people(region: httpx.AsyncClient) -> None:
    body = {"teacher": "t1", "mentor": "m1", "reason": None}
    answer = await region.post(f"{BASE}/confirm", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "ACTOR_REQUIRED")


async def test_matching_anew_keeps_the_confirmed_and_respects_refusals(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    await decide(region, "confirm", ("t1", "m2"))
    await decide(region, "decline", ("t2", "m1"))
    answer = await region.post(f"{BASE}/rematch")
    await drain(db, valkey)
    job = (await region.get(answer.headers["location"])).json()
    assert job["result"] == {
        "covered": 2,
        "uncovered": 0,
        "max_load": 2,
        "kept": 1,
        "cost": 0,
        "proposed": 1,
    }
    pairs = (await region.get(f"{BASE}/pairs?teacher=t2")).json()["items"]
    assert {(p["mentor"], p["state"]) for p in pairs} == {("m1", "declined"), ("m2", "proposed")}
    report = (await region.get(f"{BASE}/load")).json()["items"]
    assert report[0] == {"mentor": "m2", "norm": 2, "confirmed": 1, "proposed": 1}
    paged, query = [], "?limit=1"
    while query:
        page = await region.get(f"{BASE}/load{query}")
        paged += page.json()["items"]
        following = page.json()["next"]
        query = following and f"?limit=1&cursor={following}"
    assert paged == report
    await region.post(f"{BASE}/rematch")
    await drain(db, valkey)
    assert (await region.get(f"{BASE}/load")).json()["items"][0]["proposed"] == 1


async def test_a_decision_taken_while_matching_stands(
    region: httpx.AsyncClient, db: Database
) -> None:
    async with db.reading() as session:
        mentees, mentors, travel = await mentoring.gather(session)
    found = match(mentees, mentors, travel)
    pairs = dict(found.pairs)
    assert set(pairs) == {"t1", "t2"}
    await decide(region, "decline", ("t1", pairs["t1"]), by="t1")
    other = next(ref for ref in ("m1", "m2") if ref != pairs["t2"])
    await decide(region, "confirm", ("t2", other))
    async with db.transaction() as session:
        assert await mentoring.keep_matching(session, found) == 0
    states = {
        ref: [(p["mentor"], p["state"]) for p in await pairs_of(region, ref)]
        for ref in ("t1", "t2")
    }
    assert states == {"t1": [(pairs["t1"], "declined")], "t2": [(other, "confirmed")]}


async def pairs_of(client: httpx.AsyncClient, ref: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (await client.get(f"{BASE}/pairs?teacher={ref}")).json()["items"]
    return found


async def test_the_previous_mentor_is_the_one_who_ended_last(
    region: httpx.AsyncClient, db: Database
) -> None:
    for ref in ("m2", "m1", "m2"):
        assert (await decide(region, "confirm", ("t1", ref))).status_code == 200
        assert (await decide(region, "end", ("t1", ref))).status_code == 200
    async with db.reading() as session:
        mentees = await mentoring.load_mentees(session)
    assert {m.ref: m.previous for m in mentees} == {"t1": "m2", "t2": None}


async def test_a_proposal_that_gave_way_makes_no_previous_mentor(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    await region.post(f"{BASE}/rematch")
    await drain(db, valkey)
    await send_rows(region, "results", [result("geo", "2022-10-01", 90, "t1")])
    await region.post(f"{BASE}/rematch")
    await drain(db, valkey)
    assert [p["state"] for p in await pairs_of(region, "t1")] == ["withdrawn"]
    async with db.reading() as session:
        (mentee,) = await mentoring.load_mentees(session, "t1")
    assert mentee.previous is None


async def test_only_a_registered_mentor_can_be_declined(region: httpx.AsyncClient) -> None:
    answer = await decide(region, "decline", ("t1", "passer-by"))
    assert (answer.status_code, answer.json()["code"]) == (404, "MENTOR_UNKNOWN")
    assert (await decide(region, "decline", ("t1", "silent"), by="t1")).status_code == 200
