"""Measures: what they state, whom they reached, what is published of it."""

import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared.db import Database
from tests.services.training.app_for_tests import token
from tests.services.training.sending import course, send_rows, teacher
from tests.services.training.working import drain

BASE = "/v1/training"
LOTTERY = {
    "code": "tour",
    "title": "Выездной семинар",
    "unit_level": "municipality",
    "reached_by": "attendance",
    "assignment": {"rule": "random", "seed": 7},
    "outcomes": ["rum 1.3 up 3 1"],
}


async def refused(client: httpx.AsyncClient, kind: str, row: dict[str, Any]) -> list[str]:
    answer = await client.post(
        f"{BASE}/imports?kind={kind}",
        content=json.dumps(row, ensure_ascii=False).encode(),
        headers={"content-type": "application/x-ndjson"},
    )
    assert answer.status_code == 422, answer.text
    return [f"{e['column']} {e['code']}" for e in answer.json()["report"]["errors"]]


async def exposures(client: httpx.AsyncClient, code: str = "tour") -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"{BASE}/measures/{code}/exposures")).json()
    return found


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"assignment": {"rule": "random"}}, "assignment.seed REQUIRED"),
        ({"assignment": {"rule": "chosen"}}, "assignment.why REQUIRED"),
        ({"unit_level": None}, "unit_level REQUIRED"),
        ({"outcomes": ["rum 1.3"]}, "outcomes OUTCOME"),
        (
            {"assignment": {"rule": "chosen", "why": "слабые", "selected_on": "rum 1.3"}},
            "assignment.selected_period REQUIRED",
        ),
    ],
)
async def test_a_measure_states_how_its_units_are_chosen(
    client: httpx.AsyncClient, changed: dict[str, Any], fault: str
) -> None:
    assert await refused(client, "measures", LOTTERY | changed) == [fault]


async def test_attendance_makes_exposures_and_a_correction_a_new_revision(
    client: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    people = [teacher(f"t{n}") for n in range(4)]
    people.append(teacher("x", municipality="08606000"))
    await send_rows(client, "measures", [LOTTERY])
    await send_rows(client, "teachers", people)
    await send_rows(client, "events", [course("kpk-1", 5, measure="tour")])
    done = [
        {"event": "kpk-1", "teacher": f"t{n}", "state": "completed", "completed_on": "2023-10-13"}
        for n in range(3)
    ]
    await send_rows(client, "attendance", done)
    await drain(db, valkey)
    first = await exposures(client)
    (row,) = first["items"]
    assert (row["unit"], row["first_exposed"]) == ("08709000", "2023")
    assert (row["trained"], row["need"], row["share"]) == (3, 4, "75.0")
    assert first["assignment"] == {
        "rule": "random",
        "why": None,
        "selected_on": None,
        "selected_period": None,
        "threshold": None,
        "seed": 7,
    }
    pool = {"measure": "tour", "unit": "08606000", "period": "2023", "exposed": False}
    await send_rows(client, "exposures", [pool | {"stratum": "north"}])
    await drain(db, valkey)
    second = await exposures(client)
    assert second["revision"] > first["revision"]
    assert [(r["unit"], r["first_exposed"], r["stratum"]) for r in second["items"]] == [
        ("08606000", None, "north"),
        ("08709000", "2023", None),
    ]
    old = await client.get(f"{BASE}/measures/tour/exposures?revision={first['revision']}")
    assert old.json() == first
    async with db.reading() as session:
        topics = await session.execute(
            text("SELECT body FROM outbox WHERE topic = 'training.exposures_published.v1'")
        )
        assert [body["revision"] for (body,) in topics] == [first["revision"], second["revision"]]


async def test_exposures_name_known_measures_units_and_no_teacher(
    client: httpx.AsyncClient,
) -> None:
    row = {"measure": "tour", "unit": "08606000", "period": "2023"}
    assert await refused(client, "exposures", row) == ["measure MEASURE_UNKNOWN"]
    await send_rows(client, "measures", [LOTTERY, LOTTERY | {"code": "t", "unit_level": "teacher"}])
    assert await refused(client, "exposures", row | {"measure": "t", "unit": "t1"}) == [
        "measure EXPOSURE_OF_TEACHER"
    ]
    assert await refused(client, "exposures", row | {"unit": "school-1"}) == [
        "unit TERRITORY_UNKNOWN"
    ]
    assert await refused(client, "exposures", row | {"trained": 5, "need": 4}) == ["trained RANGE"]
    for contradicting in ({"exposed": False, "trained": 4}, {"exposed": True, "trained": 0}):
        assert await refused(client, "exposures", row | contradicting) == ["exposed CONTRADICTION"]


async def test_a_measure_is_shown_with_what_its_evaluation_needs(
    client: httpx.AsyncClient,
) -> None:
    await send_rows(client, "measures", [LOTTERY, {"code": "plain", "title": "Приказ"}])
    shown = (await client.get(f"{BASE}/measures/tour")).json()
    assert shown["assignment"]["seed"] == 7
    assert shown["outcomes"] == [
        {"programme": "rum", "indicator": "1.3", "direction": "up", "size": "3", "least": "1"}
    ]
    plain = (await client.get(f"{BASE}/measures/plain")).json()
    assert (plain["unit_level"], plain["assignment"], plain["outcomes"]) == (None, None, [])
    assert (await client.get(f"{BASE}/measures/none")).status_code == 404
    assert (await client.get(f"{BASE}/measures/plain/exposures")).status_code == 404


async def test_a_measure_past_its_term_is_found_overdue(
    client: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    late = {"code": "late", "title": "Опоздавшая", "to": "2023-01-31", "state": "planned"}
    await send_rows(client, "measures", [late])
    await drain(db, valkey)
    (finding,) = (await client.get(f"{BASE}/findings?rule=measure_overdue")).json()["items"]
    assert "31.01.2023" in finding["text"]


async def test_exposures_of_others_are_not_written_by_a_bound_sender(
    client: httpx.AsyncClient,
) -> None:
    await send_rows(client, "measures", [LOTTERY, LOTTERY | {"code": "s", "unit_level": "school"}])
    school = {"code": "s-1", "oktmo": "08709000", "kind": "school"}
    await send_rows(client, "schools", [school, school | {"code": "s-2", "oktmo": "08606000"}])
    bound = token(territories=["08709000"])
    for measure, own, foreign in (("tour", "08709000", "08606000"), ("s", "s-1", "s-2")):
        row = {"measure": measure, "unit": own, "period": "2023"}
        path = f"{BASE}/imports?kind=exposures"
        answer = await client.post(path, json=[row], headers=bound)
        assert answer.status_code == 200, answer.text
        answer = await client.post(path, json=[row | {"unit": foreign}], headers=bound)
        assert answer.status_code == 422
        codes = [error["code"] for error in answer.json()["report"]["errors"]]
        assert codes == ["TERRITORY_FORBIDDEN"]
