"""Routes over HTTP: rights by relation, verbs under If-Match, evidence, rebuilds."""

import asyncio
from itertools import product
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.training.domain.route_states import MOVES, Relation, State, Verb
from shared.db import Database
from tests.services.training.sending import course, send_rows, teacher
from tests.services.training.working import drain

ROUTES = "/v1/training/routes"
OWNER, TUTOR, MANAGER, STRANGER = "t1", "tutor-1", "chief-1", "somebody"
PEOPLE: dict[Relation | None, str] = {
    "owner": OWNER,
    "tutor": TUTOR,
    "manager": MANAGER,
    None: STRANGER,
}
PATH_TO: dict[State, tuple[tuple[Verb, str], ...]] = {
    "draft": (),
    "waiting_for_review": (("submit", OWNER),),
    "in_review": (("submit", OWNER), ("start_review", TUTOR)),
    "active": (("submit", OWNER), ("start_review", TUTOR), ("approve", MANAGER)),
    "completed": (
        ("submit", OWNER),
        ("start_review", TUTOR),
        ("approve", MANAGER),
        ("complete", TUTOR),
    ),
}
FOUR_STEPS = ["geo-march", "as-october", "post_course_support", "rediagnosis"]
LEVELS = {
    "domain": ["0", "100"],
    "step": "1",
    "bands": [
        {"code": "low", "from": "0", "to": "49"},
        {"code": "base", "from": "50", "to": "100"},
    ],
}


def actor(person: str, **more: str) -> dict[str, str]:
    return {"kachestvo-actor": person} | more


def activist(ref: str, role: str, part: str, **changed: object) -> dict[str, object]:
    return {
        "ref": ref,
        "part": part,
        "municipality": "08709000",
        "role": role,
        "norm": 5,
        "consent": True,
    } | changed


def competency(code: str, kind: str) -> dict[str, object]:
    return {"code": code, "title": code, "kind": kind, "topics": []}


def diagnostic(competency_code: str) -> dict[str, object]:
    return {
        "code": f"d-{competency_code}",
        "title": competency_code,
        "competency": competency_code,
        "level_set": LEVELS,
        "required": "base",
    }


def result(competency_code: str, day: str, score: int, ref: str = OWNER) -> dict[str, object]:
    return {
        "teacher": ref,
        "diagnostic": f"d-{competency_code}",
        "taken_on": day,
        "score": str(score),
    }


def programme(code: str, *competencies: str) -> dict[str, object]:
    return {"code": code, "title": code, "hours": 16, "competencies": list(competencies)}


AFTER = result("assess", "2023-12-01", 90)


@pytest.fixture
async def region(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await send_rows(client, "teachers", [teacher(OWNER), teacher("t2")])
    await send_rows(
        client,
        "activists",
        [
            activist(TUTOR, "tutor", "managerial.school"),
            activist(MANAGER, "tutor", "managerial.omsu"),
            activist("elsewhere", "tutor", "managerial.omsu", municipality="08701000"),
        ],
    )
    await send_rows(
        client, "competencies", [competency("geo", "subject"), competency("assess", "methodical")]
    )
    await send_rows(client, "diagnostics", [diagnostic("geo"), diagnostic("assess")])
    await send_rows(
        client, "results", [result("geo", "2022-09-01", 10), result("assess", "2022-09-01", 20)]
    )
    await send_rows(client, "programmes", [programme("p-geo", "geo"), programme("p-as", "assess")])
    early = {"from": "2023-03-01", "to": "2023-03-10"}
    await send_rows(
        client,
        "events",
        [
            course("geo-march", 5, programme="p-geo", **early),
            course("as-october", 5, programme="p-as"),
        ],
    )
    return client


async def build(client: httpx.AsyncClient, by: str = OWNER, **given: object) -> httpx.Response:
    body = {"teacher": OWNER, "tutor": TUTOR, "as_of": "2022-10-01"} | given
    return await client.post(ROUTES, json=body, headers=actor(by))


async def move(client: httpx.AsyncClient, route: str, verb: str, by: str) -> httpx.Response:
    tag = (await client.get(f"{ROUTES}/{route}")).headers["etag"]
    return await client.post(f"{ROUTES}/{route}/{verb}", headers=actor(by, **{"if-match": tag}))


async def bring_to(client: httpx.AsyncClient, state: State) -> str:
    route: str = (await build(client)).json()["id"]
    if state == "completed_without_result":
        await send_rows(client, "results", [result("geo", "2023-12-01", 9), AFTER])
        state = "completed"
    for verb, by in PATH_TO[state]:
        answer = await move(client, route, verb, by)
        assert answer.status_code == 200, answer.text
    return route


async def test_a_route_is_built_from_deficits(region: httpx.AsyncClient) -> None:
    answer = await build(region)
    assert answer.status_code == 201, answer.text
    route = answer.json()
    assert [step["code"] for step in route["steps"]] == [
        "geo-march",
        "as-october",
        "post_course_support",
        "rediagnosis",
    ]
    assert route["steps"][0]["from"] == "2023-03-01"
    assert (route["state"], route["uncovered"], route["verbs"]) == ("draft", [], ["submit"])
    spring = await build(region, windows=[{"from": "2023-01-01", "to": "2023-05-31"}])
    assert spring.json()["uncovered"] == [{"deficit": "assess", "reason": "OUTSIDE_WINDOWS"}]


async def test_who_may_build_a_route(region: httpx.AsyncClient) -> None:
    answers = [await build(region, by) for by in (OWNER, TUTOR, MANAGER, STRANGER)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 403]


async def test_a_right_of_a_person_needs_a_person(region: httpx.AsyncClient) -> None:
    answer = await region.post(ROUTES, json={"teacher": OWNER})
    assert (answer.status_code, answer.json()["code"]) == (403, "ACTOR_REQUIRED")
    route = (await build(region)).json()["id"]
    answer = await region.post(f"{ROUTES}/{route}/submit", headers={"if-match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (403, "ACTOR_REQUIRED")


async def test_every_verb_from_every_state_by_every_relation(region: httpx.AsyncClient) -> None:
    for state in get_args(State):
        route = await bring_to(region, state)
        for verb, relation in product(get_args(Verb), PEOPLE):
            rule = MOVES[verb]
            leaves = rule.source == state or (state, verb) == ("completed_without_result", "reopen")
            if relation in rule.relations and leaves:
                continue
            answer = await move(region, route, verb, PEOPLE[relation])
            expected = 409 if relation in rule.relations else 403
            assert answer.status_code == expected, (state, verb, relation)
        assert (await region.get(f"{ROUTES}/{route}")).json()["state"] == state


async def test_every_entitled_relation_can_use_its_verb(region: httpx.AsyncClient) -> None:
    rights = [(verb, relation) for verb, rule in MOVES.items() for relation in rule.relations]
    for verb, relation in sorted(rights):
        route = await bring_to(region, MOVES[verb].source)
        answer = await move(region, route, verb, PEOPLE[relation])
        assert answer.status_code == 200, answer.text
        moved = answer.json()
        assert moved["state"] == MOVES[verb].target
        assert moved["history"][-1]["verb"] == verb


async def test_a_manager_of_another_municipality_has_no_right(region: httpx.AsyncClient) -> None:
    route = await bring_to(region, "in_review")
    assert (await move(region, route, "approve", "elsewhere")).status_code == 403


async def test_two_verbs_at_once_have_one_winner(region: httpx.AsyncClient) -> None:
    route = await bring_to(region, "in_review")
    tag = (await region.get(f"{ROUTES}/{route}")).headers["etag"]
    headers = actor(TUTOR, **{"if-match": tag})
    answers = await asyncio.gather(
        region.post(f"{ROUTES}/{route}/approve", headers=headers),
        region.post(f"{ROUTES}/{route}/return", headers=headers),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    missing = await region.post(f"{ROUTES}/{route}/approve", headers=actor(TUTOR))
    assert missing.status_code == 428


async def show(
    client: httpx.AsyncClient, route: str, step: str, by: str = OWNER, **given: object
) -> httpx.Response:
    body: dict[str, Any] = {"step": step, "kind": "completion", "text": "Удостоверение"} | given
    return await client.post(f"{ROUTES}/{route}/evidence", json=body, headers=actor(by))


async def test_a_route_completes_itself_by_measurement_and_keeps_what_stood(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    route = await bring_to(region, "active")
    answers = [await show(region, route, step) for step in FOUR_STEPS]
    assert [a.json()["completed_itself"] for a in answers] == [False] * 4
    await send_rows(region, "results", [result("geo", "2023-12-01", 80), AFTER])
    await drain(db, valkey)
    ended = (await region.get(f"{ROUTES}/{route}")).json()
    assert ended["state"] == "completed"
    assert ended["history"][-1]["actor"] == "service:completion"
    (archive,) = ended["archive"]
    assert [step["done"] for step in archive["steps"]] == [True] * 4
    late = await show(region, route, FOUR_STEPS[0])
    assert (late.status_code, late.json()["code"]) == (409, "STATE_FORBIDS")
    reopened = await move(region, route, "reopen", MANAGER)
    assert reopened.json()["archive"] == ended["archive"]


async def test_rating_belongs_to_reviewers(region: httpx.AsyncClient) -> None:
    route = await bring_to(region, "active")
    rating = {"kind": "rating", "rating": 4, "text": "Хорошо"}
    assert (await show(region, route, "geo-march", OWNER, **rating)).status_code == 403
    assert (await show(region, route, "geo-march", STRANGER)).status_code == 403
    assert (await show(region, route, "geo-march", TUTOR, **rating)).status_code == 201
    step = (await region.get(f"{ROUTES}/{route}")).json()["steps"][0]
    assert (step["rating"], step["rated_by"], step["done"]) == (4, "person", False)
    assert (await show(region, route, "nowhere")).json()["code"] == "STEP_UNKNOWN"
    assert (await show(region, route, "geo-march", rating=3)).status_code == 422


async def test_evidence_and_history_cannot_be_changed_even_in_the_database(
    region: httpx.AsyncClient, db: Database
) -> None:
    route = await bring_to(region, "active")
    await show(region, route, "geo-march")
    for statement in (
        "UPDATE evidence SET text = 'x'",
        "DELETE FROM evidence",
        "UPDATE route_history SET actor = 'x'",
        "DELETE FROM route_history",
        "UPDATE route_archive SET version = 0",
        "DELETE FROM route_archive",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with db.transaction() as session:
                await session.execute(text(statement))


async def test_new_diagnostics_propose_and_never_change(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    route = await bring_to(region, "active")
    await show(region, route, "geo-march")
    await send_rows(region, "results", [result("assess", "2023-04-01", 90)])
    await drain(db, valkey)
    proposed = (await region.get(f"{ROUTES}/{route}")).json()
    assert proposed["proposal"]["dropped"] == ["as-october"]
    assert proposed["proposal"]["added"] == []
    assert [s["code"] for s in proposed["steps"]][:2] == ["geo-march", "as-october"]
    stranger = await move(region, route, "proposal/accept", OWNER)
    assert stranger.status_code == 403
    accepted = await move(region, route, "proposal/accept", TUTOR)
    assert accepted.status_code == 200, accepted.text
    assert [s["code"] for s in accepted.json()["steps"]] == [
        "geo-march",
        "post_course_support",
        "rediagnosis",
    ]
    assert accepted.json()["steps"][0]["done"] is True
    again = await move(region, route, "proposal/accept", TUTOR)
    assert (again.status_code, again.json()["code"]) == (409, "NO_PROPOSAL")


async def test_a_dismissed_rebuild_is_not_proposed_again_but_another_is(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    route = await bring_to(region, "active")

    async def proposal_after(*rows: dict[str, Any]) -> Any:
        await send_rows(region, "results", list(rows))
        await drain(db, valkey)
        return (await region.get(f"{ROUTES}/{route}")).json()["proposal"]

    first = await proposal_after(result("assess", "2023-04-01", 90))
    assert first["dropped"] == ["as-october"]
    dismissed = await move(region, route, "proposal/dismiss", TUTOR)
    assert dismissed.status_code == 200, dismissed.text
    assert dismissed.json()["proposal"] is None
    assert await proposal_after(result("assess", "2023-05-01", 91)) is None
    other = await proposal_after(result("geo", "2023-05-01", 92))
    assert "geo-march" in other["dropped"]


async def test_a_route_ends_when_the_rest_is_dropped(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    route = await bring_to(region, "active")
    await show(region, route, "geo-march")
    newer = [result("geo", "2023-04-01", 90), result("assess", "2023-04-01", 90)]
    await send_rows(region, "results", newer)
    await drain(db, valkey)
    ended = (await move(region, route, "proposal/accept", TUTOR)).json()
    assert (ended["state"], [s["code"] for s in ended["steps"]]) == ("completed", ["geo-march"])
    assert [line["verb"] for line in ended["history"]][-2:] == ["accept_rebuild", "complete"]
    assert len(ended["archive"]) == 1


async def test_a_completed_route_is_not_rebuilt(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    route = await bring_to(region, "active")
    await send_rows(region, "results", [result("assess", "2023-04-01", 90)])
    await drain(db, valkey)
    assert (await move(region, route, "complete", TUTOR)).status_code == 200
    answer = await move(region, route, "proposal/accept", TUTOR)
    assert (answer.status_code, answer.json()["code"]) == (409, "STATE_FORBIDS")


async def test_the_register_of_attendance_marks_steps_done(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    route, draft = await bring_to(region, "active"), await bring_to(region, "draft")
    kept = {"event": "geo-march", "teacher": OWNER, "state": "completed", "certificate": "27-1"}
    others = [kept | {"teacher": "t2"}, kept | {"event": "as-october", "state": "attended"}]
    for _ in range(2):
        await send_rows(region, "attendance", [kept, *others])
        await drain(db, valkey)
    shown = (await region.get(f"{ROUTES}/{route}")).json()
    assert [s["code"] for s in shown["steps"] if s["done"]] == ["geo-march"]
    (line,) = shown["evidence"]
    assert (line["author"], line["text"]) == ("service:attendance", "Удостоверение 27-1")
    assert not any(s["done"] for s in (await region.get(f"{ROUTES}/{draft}")).json()["steps"])
    await show(region, route, "post_course_support")
    await send_rows(region, "attendance", [kept | {"event": "as-october"}])
    await send_rows(region, "results", [result("geo", "2023-12-01", 80), AFTER])
    await drain(db, valkey)
    ended = (await region.get(f"{ROUTES}/{route}")).json()
    assert (ended["state"], ended["history"][-1]["actor"]) == ("completed", "service:completion")


async def test_a_note_in_a_reopened_route_does_not_end_it_again(
    region: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    route = await bring_to(region, "active")
    await send_rows(region, "results", [result("geo", "2023-12-01", 80), AFTER])
    for step in FOUR_STEPS[:3]:
        await show(region, route, step)
    assert (await region.get(f"{ROUTES}/{route}")).json()["state"] == "completed"
    assert (await move(region, route, "reopen", MANAGER)).status_code == 200
    noted = await show(region, route, "geo-march", TUTOR, kind="note", text="Уточнить часы")
    assert noted.json()["completed_itself"] is False
    await drain(db, valkey)
    assert (await region.get(f"{ROUTES}/{route}")).json()["state"] == "active"


async def test_history_names_people_by_pseudonyms(region: httpx.AsyncClient) -> None:
    route = await bring_to(region, "active")
    history = (await region.get(f"{ROUTES}/{route}")).json()["history"]
    actors = {line["actor"] for line in history}
    assert len(actors) == 3
    assert all(one.startswith("person:") for one in actors)
