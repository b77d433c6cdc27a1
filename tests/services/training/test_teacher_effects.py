"""Teachers placed by lot against the waiting list: the effect that training publishes."""

from typing import Any

import httpx
import pytest

from shared.db import Database
from tests.services.training.sending import course, send_rows, teacher
from tests.services.training.test_plans import propose, publish, seats, solve
from tests.services.training.test_routes import diagnostic
from tests.services.training.working import drain

EFFECT = "/v1/training/measures/algebra/effect"
TEACHERS = [f"t{number:02d}" for number in range(26)]
MEASURE: dict[str, Any] = {
    "code": "algebra",
    "title": "Курсы по алгебре",
    "unit_level": "teacher",
    "reached_by": "attendance",
    "assignment": {"rule": "random", "seed": 7},
    "outcomes": ["training geo up 3 1"],
}


def scored(ref: str, day: str, score: int, code: str = "d-geo") -> dict[str, object]:
    return {"teacher": ref, "diagnostic": code, "taken_on": day, "score": str(score)}


def before(number: int) -> int:
    """Spread the scores before over thirty points."""
    return 20 + (number * 7) % 30


async def planned(
    client: httpx.AsyncClient, db: Database, valkey: str, **given: object
) -> set[str]:
    """Publish a plan of two sessions with six seats each; return who was placed."""
    await send_rows(client, "measures", [MEASURE])
    await send_rows(client, "teachers", [teacher(ref) for ref in TEACHERS])
    courses = [course(code, 6, measure="algebra") for code in ("m1", "m2")]
    await send_rows(client, "events", courses)
    await send_rows(
        client, "competencies", [{"code": "geo", "title": "Геометрия", "kind": "subject"}]
    )
    await send_rows(client, "diagnostics", [diagnostic("geo")])
    rows = [scored(ref, "2023-09-01", before(n)) for n, ref in enumerate(TEACHERS)]
    await send_rows(client, "results", rows)
    plan = await propose(client, **given)
    placed = set(seats(await solve(client, db, valkey, plan["id"])))
    assert (await publish(client, plan["id"])).status_code == 200
    await drain(db, valkey)
    return placed


async def measured(client: httpx.AsyncClient, db: Database, valkey: str, placed: set[str]) -> Any:
    """Let everybody gain three points and the placed ones twelve more."""
    rows = [
        scored(ref, "2023-12-01", before(n) + 3 + n % 2 + 12 * (ref in placed))
        for n, ref in enumerate(TEACHERS)
    ]
    await send_rows(client, "results", rows)
    await drain(db, valkey)
    return (await client.get(EFFECT)).json()


async def test_teachers_drawn_by_lot_are_measured_against_those_who_wait(
    client: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    placed = await planned(client, db, valkey, lottery={"seed": 5})
    assert len(placed) == 12
    early = (await client.get(EFFECT)).json()
    assert (early["verdict"], early["limits"]) == ("insufficient", ["FEW_PERSONS"])
    assert early["offered"] is None
    assert early["left_out"] == [{"why": "NO_SCORE_AFTER", "count": 26}]
    found = await measured(client, db, valkey, placed)
    assert (found["design"], found["verdict"]) == ("lottery", "measured")
    assert (found["offered"], found["waiting"], found["sessions"]) == (12, 14, 2)
    assert found["estimate"] == pytest.approx(12, abs=0.5)
    assert found["inference"]["p"] <= 0.001
    assert found["inference"]["session_p"] is None
    assert found["inference"]["set"]["low"] <= 12 <= found["inference"]["set"]["high"]
    assert found["limits"] == ["FEW_SESSIONS"]
    assert found["sentence"].startswith("Измерено: эффект 12")
    assert found["revision"] > early["revision"]
    assert not {ref for ref in TEACHERS if ref in str(found)}


async def test_a_plan_without_a_draw_shows_a_difference_at_most(
    client: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    found = await measured(client, db, valkey, await planned(client, db, valkey))
    assert (found["design"], found["verdict"]) == ("difference", "difference")
    assert "описательное" in found["sentence"]
    held = (await client.get(f"{EFFECT}?revision={found['revision']}")).json()
    assert held == found


async def test_a_measure_nobody_was_placed_for_has_no_effect(
    client: httpx.AsyncClient, db: Database, valkey: str
) -> None:
    await send_rows(client, "measures", [MEASURE])
    await drain(db, valkey)
    answer = await client.get(EFFECT)
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_PUBLISHED")
