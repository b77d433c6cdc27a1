"""The previews on the wire: exact formats, and rubbish refused with its place."""

import copy
import time
from typing import Any

import httpx
import pytest

from tests.services.training.app_for_tests import faults, token

TEACHER = {
    "ref": "t1",
    "subject": "chemistry",
    "tier": "profile",
    "zone": "a",
    "required": True,
    "priority": 7,
    "busy": [["2023-03-01", "2023-03-10"]],
}
SESSION = {
    "code": "s1",
    "subject": "chemistry",
    "tiers": ["profile"],
    "zone": "b",
    "from": "2023-03-11",
    "to": "2023-03-12",
    "seats": 1,
}
ENROLMENT = {"teachers": [TEACHER], "sessions": [SESSION], "travel": {"a|b": 5}}
ROUTE: dict[str, Any] = {
    "deficits": [{"code": "d1", "kind": "subject"}, {"code": "d2", "kind": "methodical"}],
    "activities": [
        {
            "code": "a1",
            "addresses": ["d1"],
            "hours": 8,
            "from": "2023-03-01",
            "to": "2023-03-02",
            "requires": ["a2"],
        },
        {
            "code": "a2",
            "addresses": [],
            "hours": 2,
            "from": None,
            "to": None,
            "requires": [],
        },
    ],
    "windows": [{"from": "2023-03-01", "to": "2023-03-31"}],
}
MATCH: dict[str, Any] = {
    "teachers": [
        {"ref": "t1", "deficits": ["d"], "zone": "a", "superior": None, "previous": "m1"},
        {"ref": "t2", "deficits": ["x"], "zone": "a", "superior": None, "previous": None},
    ],
    "mentors": [
        {"ref": "m1", "capabilities": ["d"], "zone": "b", "remote": True, "norm": 2},
    ],
    "travel": {"a|b": 4},
}


async def post(client: httpx.AsyncClient, what: str, body: object) -> httpx.Response:
    return await client.post(f"/v1/training/{what}/preview", json=body)


def changed(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    body = copy.deepcopy(body)
    *outer, last = path.split(".")
    place: Any = body
    for part in outer:
        place = place[int(part) if part.isdigit() else part]
    place[last] = value
    return body


async def test_a_lottery_is_answered_with_its_strata(client: httpx.AsyncClient) -> None:
    teachers = [
        {"ref": f"t{n}", "subject": "m", "tier": "p", "zone": "z", "required": False, "priority": 5}
        for n in range(4)
    ]
    session = {"code": "c", "subject": "m", "tiers": ["p"], "zone": "z", "seats": 1} | {
        "from": "2023-03-01",
        "to": "2023-03-02",
    }
    problem = {"teachers": teachers, "sessions": [session], "lottery": {"seed": 3}}
    answer = (await client.post("/v1/training/enrolment/preview", json=problem)).json()
    assert answer["lottery"]["seed"] == 3
    (stratum,) = answer["lottery"]["strata"]
    assert (stratum["drawn"], stratum["placed"]) == (4, 1)
    again = await client.post("/v1/training/enrolment/preview", json=problem)
    assert again.json() == answer


async def test_enrolment_answers_in_the_agreed_form(client: httpx.AsyncClient) -> None:
    late = {**TEACHER, "ref": "t2", "busy": [["2023-03-12", "2023-03-12"]], "priority": 1}
    body = {**ENROLMENT, "teachers": [late, TEACHER]}
    answer = await post(client, "enrolment", body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "placed": [{"ref": "t1", "session": "s1"}],
        "waiting": [{"ref": "t2", "reason": "BUSY"}],
        "objective": {"required_placed": 1, "priority": 7, "cost": 5},
        "certificates": [
            {"refs": ["t2"], "teachers": 1, "sessions": [], "seats": 0, "shortage": 1}
        ],
        "status": "optimal",
        "gap": 0.0,
    }


async def test_a_route_answers_in_the_agreed_form(client: httpx.AsyncClient) -> None:
    answer = await post(client, "routes", ROUTE)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "steps": ["a2", "a1"],
        "hours": 10,
        "last_day": "2023-03-02",
        "uncovered": [{"deficit": "d2", "reason": "NO_ACTIVITY"}],
        "status": "optimal",
        "gap": 0.0,
    }


async def test_matching_answers_in_the_agreed_form(client: httpx.AsyncClient) -> None:
    answer = await post(client, "mentoring", MATCH)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "pairs": [{"teacher": "t1", "mentor": "m1"}],
        "uncovered": [{"teacher": "t2", "reason": "NO_CAPABILITY"}],
        "max_load": 1,
        "kept": 1,
        "cost": 4,
        "status": "optimal",
    }


RUBBISH: list[tuple[str, dict[str, Any], str, str]] = [
    ("enrolment", changed(ENROLMENT, "travel", {}), "/body/travel", "TRAVEL_UNKNOWN"),
    ("enrolment", changed(ENROLMENT, "travel", {"b|a": 5}), "/body/travel", "TRAVEL_UNKNOWN"),
    (
        "enrolment",
        changed(ENROLMENT, "teachers", [TEACHER, TEACHER]),
        "/body/teachers/1/ref",
        "REPEATED",
    ),
    (
        "enrolment",
        changed(ENROLMENT, "sessions", [SESSION, SESSION]),
        "/body/sessions/1/code",
        "REPEATED",
    ),
    (
        "enrolment",
        changed(ENROLMENT, "sessions.0.to", "2023-03-10"),
        "/body/sessions/0/from",
        "RANGE",
    ),
    (
        "enrolment",
        changed(ENROLMENT, "teachers.0.busy", [["2023-03-02", "2023-03-01"]]),
        "/body/teachers/0/busy/0",
        "RANGE",
    ),
    (
        "enrolment",
        changed(ENROLMENT, "sessions.0.from", "2023-02-30"),
        "/body/sessions/0/from",
        "RANGE",
    ),
    (
        "enrolment",
        changed(ENROLMENT, "teachers.0.priority", 101),
        "/body/teachers/0/priority",
        "RANGE",
    ),
    (
        "enrolment",
        changed(ENROLMENT, "teachers.0.priority", "7"),
        "/body/teachers/0/priority",
        "TYPE",
    ),
    (
        "enrolment",
        changed(ENROLMENT, "sessions.0.seats", -1),
        "/body/sessions/0/seats",
        "RANGE",
    ),
    ("enrolment", changed(ENROLMENT, "more", 1), "/body/more", "UNKNOWN_FIELD"),
    ("routes", changed(ROUTE, "activities.0.to", None), "/body/activities/0/from", "RANGE"),
    (
        "routes",
        changed(ROUTE, "activities.0.to", "2023-02-28"),
        "/body/activities/0/from",
        "RANGE",
    ),
    ("routes", changed(ROUTE, "windows.0.to", "2023-02-28"), "/body/windows/0/from", "RANGE"),
    ("routes", changed(ROUTE, "windows.0.to", 1677542400), "/body/windows/0/to", "DATE"),
    ("routes", changed(ROUTE, "windows.0.to", "2023-02-30"), "/body/windows/0/to", "DATE"),
    (
        "routes",
        changed(ROUTE, "activities.1.code", "a1"),
        "/body/activities/1/code",
        "REPEATED",
    ),
    ("mentoring", changed(MATCH, "travel", {}), "/body/travel", "TRAVEL_UNKNOWN"),
    ("mentoring", changed(MATCH, "teachers.1.ref", "t1"), "/body/teachers/1/ref", "REPEATED"),
]


async def test_no_windows_are_no_limit_however_they_are_said(client: httpx.AsyncClient) -> None:
    late = ROUTE | {"windows": [{"from": "2023-04-01", "to": "2023-04-30"}]}
    assert (await post(client, "routes", late)).json()["steps"] == []
    unsaid = {name: value for name, value in ROUTE.items() if name != "windows"}
    for body in (ROUTE | {"windows": []}, ROUTE | {"windows": None}, unsaid):
        assert (await post(client, "routes", body)).json()["steps"] == ["a2", "a1"]


async def test_rubbish_is_refused_with_its_place(client: httpx.AsyncClient) -> None:
    for what, body, pointer, code in RUBBISH:
        answer = await post(client, what, body)
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert faults(answer)[pointer] == code


async def test_a_month_never_blocks_on_the_wire(client: httpx.AsyncClient) -> None:
    body = changed(changed(ENROLMENT, "sessions.0.from", "2023-03"), "sessions.0.to", "2023-03")
    answer = await post(client, "enrolment", body)
    assert answer.json()["placed"] == [{"ref": "t1", "session": "s1"}]


async def test_costs_beyond_exact_arithmetic_are_refused(client: httpx.AsyncClient) -> None:
    many = [{**TEACHER, "ref": f"t{n}", "zone": f"z{n}"} for n in range(300)]
    rooms = [{**SESSION, "code": f"s{n}"} for n in range(300)]
    travel = {f"z{n}|b": 10**9 for n in range(300)}
    answer = await post(
        client, "enrolment", {"teachers": many, "sessions": rooms, "travel": travel}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["objective"]["cost"] == 300 * 10**9


async def test_previews_need_the_scope(client: httpx.AsyncClient) -> None:
    client.headers.pop("authorization")
    for what in ("enrolment", "routes", "mentoring"):
        path = f"/v1/training/{what}/preview"
        assert (await client.post(path, json={})).status_code == 401
        answer = await client.post(path, json={}, headers=token("ratings:read"))
        assert answer.status_code == 403


def large(kind: str) -> dict[str, Any]:
    """A body of small lists whose product is beyond the bound."""
    if kind == "enrolment":
        teachers = [TEACHER | {"ref": f"t{n}", "busy": []} for n in range(2001)]
        sessions = [SESSION | {"code": f"s{n}", "zone": "a"} for n in range(250)]
        return {"teachers": teachers, "sessions": sessions}
    if kind == "mentoring":
        teachers = [MATCH["teachers"][0] | {"ref": f"t{n}"} for n in range(2001)]
        mentors = [MATCH["mentors"][0] | {"ref": f"m{n}"} for n in range(250)]
        return {"teachers": teachers, "mentors": mentors, "travel": {"a|b": 1}}
    activities = [ROUTE["activities"][1] | {"code": f"a{n}"} for n in range(700)]
    return {"deficits": ROUTE["deficits"], "activities": activities, "windows": None}


@pytest.mark.parametrize("kind", ["enrolment", "mentoring", "routes"])
async def test_a_product_beyond_the_bound_is_refused_before_work(
    client: httpx.AsyncClient, kind: str
) -> None:
    began = time.process_time()
    answer = await client.post(f"/v1/training/{kind}/preview", json=large(kind))
    assert (answer.status_code, answer.json()["code"]) == (413, "PREVIEW_TOO_COSTLY")
    assert "пределе" in answer.json()["detail"]
    assert time.process_time() - began < 2.0


async def test_many_teachers_of_other_subjects_cost_nothing(client: httpx.AsyncClient) -> None:
    teachers = [
        TEACHER | {"ref": f"t{n}", "subject": f"subject-{n % 50}", "busy": []} for n in range(3000)
    ]
    sessions = [
        SESSION | {"code": f"s{n}", "subject": f"subject-{n % 50}", "zone": "a"} for n in range(300)
    ]
    body = {"teachers": teachers, "sessions": sessions}
    answer = await client.post("/v1/training/enrolment/preview", json=body)
    assert answer.status_code == 200
    assert len(answer.json()["placed"]) == 300


async def test_busy_ranges_count_towards_the_cost(client: httpx.AsyncClient) -> None:
    busy = [["2023-03-01", "2023-03-10"]] * 1000
    teachers = [TEACHER | {"ref": f"t{n}", "busy": busy} for n in range(2)]
    sessions = [SESSION | {"code": f"s{n}", "zone": "a"} for n in range(300)]
    body = {"teachers": teachers, "sessions": sessions}
    answer = await client.post("/v1/training/enrolment/preview", json=body)
    assert answer.status_code == 413
