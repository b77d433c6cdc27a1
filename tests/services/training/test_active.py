"""The active at work: staff beside the plan, assignments by direction, schools, the roadmap."""

import json
import xml.etree.ElementTree as ET
from typing import Any

import httpx
import icalendar
import pytest
from sqlalchemy import text

from shared.db import Database
from tests.services.training.app_for_tests import token
from tests.services.training.sending import course, send_rows, teacher
from tests.services.training.test_routes import activist, actor, competency, diagnostic, result
from tests.services.training.test_year import load
from tests.services.training.working import drain

BASE = "/v1/training"


def school(code: str, share: str | None) -> dict[str, object]:
    return {"code": code, "oktmo": "08709000", "kind": "school", "low_share": share}


def assignment(direction: str, kind: str, ref: str, **more: object) -> dict[str, object]:
    return {
        "code": f"a-{direction}-{ref}",
        "direction": direction,
        "activist": "m1",
        "for": {"kind": kind, "ref": ref},
        "from": "2023-01-10",
        "state": "running",
    } | more


@pytest.fixture
async def region(client: httpx.AsyncClient) -> httpx.AsyncClient:
    await load(client, "classes", "quotas", "measures")
    people = [
        teacher("t1"),
        teacher("t2", young_specialist=True, tier="olympiad", attestation_due="2023-09-01"),
    ]
    await send_rows(client, "teachers", people)
    await send_rows(client, "competencies", [competency("geo", "subject")])
    await send_rows(client, "diagnostics", [diagnostic("geo")])
    await send_rows(client, "results", [result("geo", "2022-09-01", 10, "t2")])
    await send_rows(client, "events", [course("kpk-1", 5), course("contest", 5, kind="congress")])
    await send_rows(
        client, "attendance", [{"event": "kpk-1", "teacher": "t2", "state": "completed"}]
    )
    await send_rows(client, "schools", [school("s-low", "41,5"), school("s-good", "3")])
    await send_rows(client, "groups", [{"code": "g1", "title": "МО", "leader": "m1"}])
    return client


STORIES = [
    ("01", "teacher", "t2", "t1", "lesson_observed", "COURSE_NOT_COMPLETED"),
    ("02", "session", "kpk-1", "contest", "practice_held", "NOT_A_COURSE"),
    ("03", "teacher", "t2", "t1", "deficit_closed", "NO_DEFICIT"),
    ("04", "school", "s-low", "s-good", "left_list", "SCHOOL_NOT_SHNOR"),
    ("05", "teacher", "t2", "t1", "still_working_3", "NOT_YOUNG_SPECIALIST"),
    ("06", "group", "g1", "g2", "meeting_held", "GROUP_UNKNOWN"),
    ("07", "event", "contest", "other", "contest_result", "EVENT_UNKNOWN"),
    ("08", "teacher", "t2", "t1", "diploma", "NOT_OLYMPIAD_TIER"),
    ("09", "teacher", "t1", "t9", "support_plan", "TEACHER_UNKNOWN"),
    ("10", "event", "contest", "other", "grades_agree", "EVENT_UNKNOWN"),
    ("11", "teacher", "t2", "t1", "attestation_passed", "NO_ATTESTATION"),
    ("12", "school", "s-good", "s-none", "taken_up", "PRACTICE_TARGET_UNKNOWN"),
]


async def send(client: httpx.AsyncClient, row: dict[str, object]) -> httpx.Response:
    return await client.post(
        f"{BASE}/imports?kind=assignments",
        content=json.dumps(row, ensure_ascii=False).encode(),
        headers={"content-type": "application/x-ndjson"},
    )


async def test_each_direction_ends_in_its_number_and_has_its_refusal(
    region: httpx.AsyncClient,
) -> None:
    for direction, kind, right, wrong, evidence, code in STORIES:
        refused = await send(region, assignment(direction, kind, wrong))
        assert refused.status_code == 422, direction
        assert [e["code"] for e in refused.json()["report"]["errors"]] == [code]
        given = await send(region, assignment(direction, kind, right))
        assert given.status_code == 200, given.text
        shown = [f"{evidence} 2023-04-01 показано"]
        done = await send(region, assignment(direction, kind, right, state="done", evidence=shown))
        assert done.json()["counts"]["updated"] == 1
        numbers = (await region.get(f"{BASE}/directions/numbers")).json()["items"]
        (own,) = (row for row in numbers if row["direction"] == direction)
        assert (own["reached"], own["of"]) == (1, 1)
        assert own["title"]


async def test_a_direction_is_refused_for_another_kind_of_target(
    region: httpx.AsyncClient,
) -> None:
    refused = await send(region, assignment("04", "teacher", "t1"))
    assert refused.json()["report"]["errors"][0]["code"] == "TARGET_KIND"
    both = await send(region, assignment("01", "teacher", "t2", function="route_building"))
    assert both.json()["report"]["errors"][0]["code"] == "ONE_OF"


async def test_assignments_of_burnout_are_seen_by_those_they_concern(
    region: httpx.AsyncClient,
) -> None:
    await send(region, assignment("11", "teacher", "t2"))
    await send(region, assignment("03", "teacher", "t2"))
    address = f"{BASE}/assignments"

    async def codes(person: str | None) -> list[str]:
        headers = {} if person is None else actor(person)
        return [r["code"] for r in (await region.get(address, headers=headers)).json()["items"]]

    assert await codes(None) == ["a-03-t2"]
    assert await codes("t1") == ["a-03-t2"]
    assert await codes("t2") == await codes("m1") == ["a-03-t2", "a-11-t2"]
    hidden = await region.get(f"{address}/a-11-t2")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "RECORD_UNKNOWN")
    own = await region.get(f"{address}/a-11-t2", headers=actor("t2"))
    assert own.json()["for"] == {"kind": "teacher", "ref": "t2"}


async def test_staff_stands_beside_the_plan(region: httpx.AsyncClient) -> None:
    await send_rows(
        region,
        "activists",
        [
            activist("m1", "mentor", "methodical.subject", functions=["route_building"]),
            activist("m2", "mentor", "methodical.direction", directions=["03", "04"]),
            activist("c1", "tutor", "managerial.omsu"),
        ],
    )
    plan = {"municipality": "08709000", "part": "methodical.direction", "planned": 3}
    await send_rows(region, "staffing", [plan | {"area": "03"}, plan | {"area": "05"}])
    staffing = (await region.get(f"{BASE}/staffing")).json()
    totals = {t["part"]: (t["planned"], t["appointed"], t["vacant"]) for t in staffing["totals"]}
    assert totals["methodical"] == (220, 2, 218)
    assert totals["methodical.subject"] == (110, 1, 109)
    assert totals["managerial"] == (480, 1, 479)
    assert totals["managerial.school"] == (410, 0, 410)
    rows = {(r["part"], r["area"]): r for r in staffing["items"]}
    assert rows["methodical.direction", "03"]["vacant"] == 2
    assert rows["methodical.direction", "05"] == {
        "municipality": "08709000",
        "part": "methodical.direction",
        "area": "05",
        "planned": 3,
        "appointed": 0,
        "vacant": 3,
    }
    assert rows["methodical.direction", "04"]["planned"] is None
    for query, refs in (
        ("function=route_building", ["m1"]),
        ("direction=04", ["m2"]),
        ("direction=04&municipality=08701000", []),
        ("part=managerial.omsu", ["c1"]),
    ):
        found = (await region.get(f"{BASE}/active?{query}")).json()["items"]
        assert [row["ref"] for row in found] == refs, query


@pytest.mark.parametrize(
    ("share", "listed", "boundary"),
    [
        ("30", True, True),
        ("29,6", False, False),
        ("29.96", False, False),
        ("30,0", True, True),
        ("31", True, False),
        (None, None, False),
    ],
)
async def test_a_school_on_the_boundary_says_so(
    client: httpx.AsyncClient, share: str | None, listed: bool | None, boundary: bool
) -> None:
    await send_rows(client, "schools", [school("s1", share)])
    shnor = (await client.get(f"{BASE}/schools/s1")).json()["shnor"]
    assert (shnor["listed"], shnor["boundary"]) == (listed, boundary)
    assert "30 %" in shnor["text"]


async def test_the_roadmap_is_overdue_by_itself(
    client: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    await load(client, "roadmap")
    later = {"code": "later", "title": "Позже", "term": "2199-01-01", "state": "planned"}
    await send_rows(client, "roadmap", [later])
    await drain(db, valkey)
    tasks = {t["code"]: t for t in (await client.get(f"{BASE}/roadmap")).json()["items"]}
    assert (tasks["roadmap"]["term"], tasks["roadmap"]["overdue"]) == ("2022-12-27", True)
    assert tasks["later"]["overdue"] is False
    (finding,) = (await client.get(f"{BASE}/findings?rule=task_overdue")).json()["items"]
    assert "27.12.2022" in finding["text"]
    feed = await client.get(f"{BASE}/roadmap.ics")
    events = {str(e["uid"]): e for e in icalendar.Calendar.from_ical(feed.content).walk("VEVENT")}
    assert events["roadmap@roadmap.training.kachestvo"]["dtstart"].to_ical() == b"20221227"
    picture = await client.get(f"{BASE}/roadmap.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert "27.12.2022, срок прошёл" in "".join(ET.fromstring(picture.content).itertext())  # noqa: S314 -- our own picture
    done = {"code": "roadmap", "title": "Готово", "term": "2022-12-27", "state": "done"}
    await send_rows(client, "roadmap", [done])
    await drain(db, valkey)
    (finding,) = (await client.get(f"{BASE}/findings?rule=task_overdue")).json()["items"]
    assert finding["status"] == "resolved"
    assert (await client.get(f"{BASE}/roadmap/none")).status_code == 404


async def test_what_shipped_events_name_is_shipped(client: httpx.AsyncClient) -> None:
    await load(client, "competencies", "programmes", "measures", "classes", "fixed_dates", "events")

    async def items(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await client.get(f"{BASE}/{name}?limit=1000")).json()[
            "items"
        ]
        return found

    programmes = {row["code"]: row for row in await items("programmes")}
    competencies = {row["code"] for row in await items("competencies")}
    sessions = await items("sessions")
    assert len(programmes) == 8
    assert {s["programme"] for s in sessions if s["programme"]} == set(programmes)
    assert {c for p in programmes.values() for c in p["competencies"]} <= competencies
    measures = {row["code"] for row in await items("measures")}
    named = {row["measure"] for row in (*sessions, *await items("events"))}
    assert named <= measures


async def test_erasure_reaches_what_the_active_does(
    region: httpx.AsyncClient, db: Database
) -> None:
    await send(region, assignment("03", "teacher", "t2"))
    group = {"code": "g1", "title": "МО", "leader": "m1", "members": ["t1", "t2"]}
    await send_rows(region, "groups", [group])
    await send_rows(region, "schools", [school("s-low", "41,5") | {"curator": "t2"}])
    erased = await region.post(f"{BASE}/people/t2/erase", headers=token("admin training:write"))
    assert erased.status_code == 204, erased.text
    async with db.reading() as session:
        for table in ("assignment", "study_group", "school", "route", "teacher"):
            rows = await session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 -- our names
            assert "t2" not in str(rows.all()), table


async def test_certificates_are_listed_and_written_for_the_register(
    region: httpx.AsyncClient,
) -> None:
    numbered = {"event": "kpk-1", "state": "completed", "completed_on": "2023-10-13"}
    await send_rows(
        region,
        "attendance",
        [
            numbered | {"teacher": "t1", "certificate": "=27-1"},
            numbered | {"teacher": "t2", "certificate": "27-2"},
        ],
    )
    first = (await region.get(f"{BASE}/certificates?limit=1")).json()
    assert [row["number"] for row in first["items"]] == ["=27-1"]
    cursor = first["next"]
    second = (await region.get(f"{BASE}/certificates?limit=1&cursor={cursor}")).json()
    assert [(row["holder"], row["number"]) for row in second["items"]] == [("t2", "27-2")]
    assert second["next"] is None
    file = await region.get(f"{BASE}/certificates/frdo")
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Вид документа;Номер документа")
    assert "'=27-1;13.10.2023" in lines[1]
    assert len(lines) == 3
    refused = await region.get(f"{BASE}/certificates", headers={"authorization": ""})
    assert refused.status_code == 401
