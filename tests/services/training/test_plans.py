"""Plans: solved as a job, overridden, published, outdated by monitoring."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.training.listeners import on_revision_published
from services.training.usecases.plans import outdate_plans, page_of
from shared.clock import now
from shared.db import Database
from shared.events import Event
from tests.databases import TestDatabase
from tests.services.training.sending import course, send_rows, teacher
from tests.services.training.working import drain

PLANS = "/v1/training/plans"


async def propose(client: httpx.AsyncClient, **given: object) -> dict[str, Any]:
    body = {"year": "2023", "half": 2} | given
    answer = await client.post(PLANS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def solve(client: httpx.AsyncClient, db: Database, valkey: str, plan: str) -> dict[str, Any]:
    answer = await client.post(f"{PLANS}/{plan}/solve")
    assert answer.status_code == 202, answer.text
    await drain(db, valkey)
    job = await client.get(answer.headers["location"])
    assert job.json()["state"] == "done", job.text
    return await read(client, plan)


async def read(client: httpx.AsyncClient, plan: str) -> dict[str, Any]:
    answer = await client.get(f"{PLANS}/{plan}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def walk(client: httpx.AsyncClient, plan: str, limit: int) -> tuple[Any, Any, Any]:
    """Return the people of all pages, and the proof with those whom its pages named."""
    placed: list[Any] = []
    waiting: list[Any] = []
    refs: list[str] = []
    query, proof = f"?limit={limit}", {}
    while True:
        page = (await client.get(f"{PLANS}/{plan}{query}")).json()
        result = page["revision"]["result"]
        assert len(result["placed"]) + len(result["waiting"]) <= limit
        placed += result["placed"]
        waiting += result["waiting"]
        (proof,) = result["certificates"]
        refs += proof["refs"]
        if page["next"] is None:
            return placed, waiting, proof | {"refs": sorted(refs)}
        query = f"?limit={limit}&cursor={page['next']}"


async def publish(client: httpx.AsyncClient, plan: str) -> httpx.Response:
    tag = (await client.get(f"{PLANS}/{plan}")).headers["etag"]
    return await client.post(f"{PLANS}/{plan}/publish", headers={"if-match": tag})


def seats(plan: Mapping[str, Any]) -> dict[str, str]:
    return {row["ref"]: row["session"] for row in plan["revision"]["result"]["placed"]}


@pytest.fixture
async def region(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await send_rows(
        client,
        "teachers",
        [teacher(f"t{n}") for n in range(3)] + [teacher("far", municipality="08701000")],
    )
    await send_rows(client, "events", [course("m1", 2, zone="08709000")])
    return client


async def test_a_plan_is_solved_explained_and_published(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    made = await propose(region)
    assert (made["state"], made["version"]) == ("draft", 1)
    plan = await solve(region, db, valkey, made["id"])
    assert plan["state"] == "solved"
    result = plan["revision"]["result"]
    assert len(result["placed"]) == 2
    (proof,) = result["certificates"]
    assert (proof["teachers"], proof["sessions"], proof["shortage"]) == (4, ["m1"], 2)
    assert set(proof["refs"]) == {"t0", "t1", "t2", "far"}
    proof["refs"].sort()
    assert result["unknown_travel"] == ["08701000|08709000"]
    assert result["fairness"] == {"worst_share": 1 / 3, "gap": 0.0}
    assert "far" in seats(plan)
    assert result["counts"] == {"placed": 2, "waiting": 2, "excluded": 0}
    assert await walk(region, made["id"], limit=1) == (result["placed"], result["waiting"], proof)
    assert await walk(region, made["id"], limit=3) == (result["placed"], result["waiting"], proof)
    stale = await region.post(f"{PLANS}/{made['id']}/publish", headers={"if-match": '"old"'})
    assert stale.status_code == 412
    assert (await region.post(f"{PLANS}/{made['id']}/publish")).status_code == 428
    published = await publish(region, made["id"])
    assert published.json()["state"] == "published"
    assert (await publish(region, made["id"])).status_code == 409
    again = await region.post(f"{PLANS}/{made['id']}/solve")
    assert (again.status_code, again.json()["code"]) == (409, "PLAN_PUBLISHED")


async def test_an_override_stands_with_author_and_reason(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    plan = (await propose(region))["id"]
    path = f"{PLANS}/{plan}/overrides"
    place = {"teacher": "t2", "act": "place", "session": "m1", "reason": "Решение комиссии"}
    answer = await region.post(path, json=place, headers={"kachestvo-actor": "chief-1"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["author"].startswith("person:")
    assert "chief-1" not in answer.text
    await region.post(path, json={"teacher": "t0", "act": "exclude", "reason": "Уволен"})
    solved = await solve(region, db, valkey, plan)
    assert seats(solved)["t2"] == "m1"
    assert solved["revision"]["result"]["excluded"] == ["t0"]
    assert set(seats(solved)) == {"t2", "far"}
    listed = (await region.get(path)).json()["items"]
    assert [(o["teacher"], o["act"]) for o in listed] == [("t2", "place"), ("t0", "exclude")]
    page = (await region.get(f"{path}?limit=1")).json()
    then = (await region.get(f"{path}?limit=1&cursor={page['next']}")).json()
    assert (page["items"] + then["items"], then["next"]) == (listed, None)


@pytest.mark.parametrize(
    ("own", "start", "limit", "page"),
    [
        ("abcdef", 0, 3, ("abc", 3)),
        ("abcdef", 3, 3, ("def", None)),
        ("bf", 0, 1, ("b", 5)),
        ("bf", 5, 1, ("f", None)),
        ("", 0, 1, ("", None)),
        ("abcdef", 6, 1, ("", None)),
    ],
)
def test_pages_of_people_leave_out_those_of_others(
    own: str, start: int, limit: int, page: tuple[str, int | None]
) -> None:
    assert page_of("abcdef", own, start, limit) == (list(page[0]), page[1])


async def test_an_impossible_override_fails_the_job_and_says_so(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    plan = (await propose(region))["id"]
    body = {"teacher": "t2", "act": "place", "session": "nowhere", "reason": "Решение комиссии"}
    await region.post(f"{PLANS}/{plan}/overrides", json=body)
    answer = await region.post(f"{PLANS}/{plan}/solve")
    with pytest.raises(RuntimeError, match="OVERRIDE_IMPOSSIBLE"):
        await drain(db, valkey)
    job = (await region.get(answer.headers["location"])).json()
    assert (job["state"], job["error"]["code"]) == ("failed", "OVERRIDE_IMPOSSIBLE")


async def test_a_second_round_starts_from_the_first(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    early = await region.post(PLANS, json={"year": "2023", "half": 2, "round": 2})
    assert (early.status_code, early.json()["code"]) == (409, "ROUND_TOO_EARLY")
    first = await solve(region, db, valkey, (await propose(region))["id"])
    await publish(region, first["id"])
    await send_rows(region, "events", [course("m1", 3, zone="08709000")])
    second = await solve(region, db, valkey, (await propose(region, round=2))["id"])
    assert not seats(first).keys() & seats(second).keys()
    assert len(seats(second)) == 1
    assert second["revision"]["basis"]["earlier_round_placed"] == 2


def weak_spots(revision: int, *territories: str) -> Event:
    spots = [
        {
            "territory": territory,
            "indicator": "1.1",
            "topics": ["mathematics"],
            "reason": "lowest_band",
        }
        for territory in territories
    ]
    body = {"revision": revision, "programme": "rum", "period": "2022", "weak_spots": spots}
    topic = "ratings.revision_published.v1"
    return Event(uuid4(), "ratings", topic, "rum/2022", body, revision, now())


async def hear(db: Database, event: Event) -> None:
    async with db.transaction() as session:
        await on_revision_published(session, event, None)  # type: ignore[arg-type]  # Not used.


async def test_a_weak_spot_outdates_the_plan_and_changes_the_proposal(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    road = {"origin": "08701000", "destination": "08709000", "cost": 360}
    await send_rows(region, "travel", [road])
    await send_rows(region, "events", [course("m1", 1, zone="08709000")])
    first = await solve(region, db, valkey, (await propose(region))["id"])
    assert seats(first) == {"t0": "m1"}
    await publish(region, first["id"])
    await hear(db, weak_spots(7, "08701000"))
    await drain(db, valkey)
    outdated = await read(region, first["id"])
    assert outdated["outdated_by"] == {"source": "ratings", "slice": "rum/2022", "revision": 7}
    assert outdated["revision"]["result"] == first["revision"]["result"]
    newest = (await region.get(PLANS)).json()["items"][0]
    assert (newest["state"], newest["proposed_by"]) == ("solved", "service:planner")
    proposal = await read(region, newest["id"])
    assert seats(proposal) == {"far": "m1"}
    (row,) = proposal["revision"]["result"]["placed"]
    assert row["reasons"] == {"weak_spot": 40}
    assert proposal["revision"]["basis"]["signals"] == {"ratings:rum/2022": 7}


async def test_a_newer_revision_outdates_even_with_the_same_weak_spots(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    await hear(db, weak_spots(7, "08701000"))
    await drain(db, valkey)
    first = await solve(region, db, valkey, (await propose(region))["id"])
    await publish(region, first["id"])
    await hear(db, weak_spots(8, "08701000"))
    await drain(db, valkey)
    outdated = (await read(region, first["id"]))["outdated_by"]
    assert outdated == {"source": "ratings", "slice": "rum/2022", "revision": 8}
    newest = await read(region, (await region.get(PLANS)).json()["items"][0]["id"])
    assert newest["revision"]["basis"]["signals"] == {"ratings:rum/2022": 8}
    assert seats(newest) == seats(first)


async def test_a_plan_published_before_it_was_solved_anew_is_outdated(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    plan = (await solve(region, db, valkey, (await propose(region))["id"]))["id"]
    await hear(db, weak_spots(7, "08701000"))
    async with db.transaction() as session:
        await outdate_plans(session, {"source": "ratings", "slice": "rum/2022", "revision": 7})
    published = (await publish(region, plan)).json()
    assert published["outdated_by"]["revision"] == 7
    await drain(db, valkey)
    newest, *_ = (await region.get(PLANS)).json()["items"]
    assert (newest["state"], newest["proposed_by"]) == ("solved", "service:planner")
    assert newest["outdated_by"] is None
    assert (await read(region, plan))["revision"]["revision"] == 1


async def test_a_second_round_seats_those_whose_session_was_cancelled(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    first = await solve(region, db, valkey, (await propose(region))["id"])
    await publish(region, first["id"])
    gone, other = course("m1", 2, state="cancelled"), course("m2", 9, zone="08709000")
    await send_rows(region, "events", [gone, other])
    second = await solve(region, db, valkey, (await propose(region, round=2))["id"])
    assert seats(second) == dict.fromkeys(("far", "t0", "t1", "t2"), "m2")


async def test_an_older_revision_that_comes_late_changes_nothing(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    await hear(db, weak_spots(8))
    await hear(db, weak_spots(7, "08701000"))
    await drain(db, valkey)
    plan = await solve(region, db, valkey, (await propose(region))["id"])
    assert plan["revision"]["basis"]["signals"] == {"ratings:rum/2022": 8}
    assert all(not row["reasons"] for row in plan["revision"]["result"]["placed"])


async def test_revisions_stay_and_cannot_be_changed(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    plan = (await propose(region))["id"]
    await solve(region, db, valkey, plan)
    await send_rows(region, "teachers", [teacher("t0", required=True)])
    second = await solve(region, db, valkey, plan)
    assert second["revision"]["revision"] > 1
    old = (await region.get(f"{PLANS}/{plan}?revision=1")).json()
    assert old["revision"]["revision"] == 1
    assert (await region.get(f"{PLANS}/{plan}?revision=99")).status_code == 404
    for statement in ("UPDATE plan_revision SET author = 'x'", "DELETE FROM plan_revision"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with db.transaction() as session:
                await session.execute(text(statement))


async def test_plans_are_paged_and_repeated_posts_are_one(
    region: httpx.AsyncClient, database: TestDatabase
) -> None:
    key = {"idempotency-key": "one"}
    body = {"year": "2023", "half": 1}
    made = [(await region.post(PLANS, json=body, headers=key)).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    await propose(region)
    page = (await region.get(f"{PLANS}?limit=1")).json()
    rest = (await region.get(f"{PLANS}?limit=1&cursor={page['next']}")).json()
    assert [page["items"][0]["half"], rest["items"][0]["half"]] == [2, 1]
    assert rest["next"] is None
    assert database.name


async def test_unknown_things_are_named(region: httpx.AsyncClient) -> None:
    nobody = UUID(int=0)
    assert (await region.get(f"{PLANS}/{nobody}")).json()["code"] == "PLAN_UNKNOWN"
    plan = (await propose(region))["id"]
    body = {"teacher": "nobody", "act": "exclude", "reason": "Проверка"}
    answer = await region.post(f"{PLANS}/{plan}/overrides", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "TEACHER_UNKNOWN")
    odd = {"teacher": "t0", "act": "exclude", "session": "m1", "reason": "Проверка"}
    answer = await region.post(f"{PLANS}/{plan}/overrides", json=odd)
    assert (answer.status_code, answer.json()["code"]) == (422, "SESSION_EXPECTED")
    unsolved = await publish(region, plan)
    assert (unsolved.status_code, unsolved.json()["code"]) == (409, "PLAN_NOT_SOLVED")
