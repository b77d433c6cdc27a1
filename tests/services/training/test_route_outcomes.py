"""A route ends with a measurement of the same competency after its last activity."""

from typing import Any

import httpx
import pytest

from shared.db import Database
from tests.services.training.sending import course, send_rows, teacher
from tests.services.training.test_routes import (
    FOUR_STEPS,
    MANAGER,
    OWNER,
    ROUTES,
    STRANGER,
    TUTOR,
    actor,
    bring_to,
    build,
    diagnostic,
    move,
    programme,
    region,
    result,
    show,
)
from tests.services.training.working import drain

__all__ = ["region"]


async def state_of(client: httpx.AsyncClient, route: str) -> dict[str, Any]:
    shown: dict[str, Any] = (await client.get(f"{ROUTES}/{route}")).json()
    return shown


async def taught(client: httpx.AsyncClient) -> str:
    """Bring a route to the day after its courses, all steps but the diagnosis done."""
    route = await bring_to(client, "active")
    for step in FOUR_STEPS:
        assert (await show(client, route, step)).status_code == 201
    return route


@pytest.fixture
async def measure(region: httpx.AsyncClient, db: Database, valkey: str) -> Any:
    async def send(*rows: dict[str, Any]) -> None:
        await send_rows(region, "results", list(rows))
        await drain(db, valkey)

    return send


async def test_text_alone_leaves_the_diagnosis_open(region: httpx.AsyncClient) -> None:
    shown = await state_of(region, await taught(region))
    assert shown["state"] == "active"
    assert [s["code"] for s in shown["steps"] if not s["done"]] == ["rediagnosis"]
    assert len(shown["evidence"]) == 4
    assert shown["outcome"] is None


async def test_a_worse_result_completes_without_result_and_proposes_the_next_route(
    region: httpx.AsyncClient, measure: Any
) -> None:
    await measure(result("geo", "2022-10-01", 25))
    route = await taught(region)
    await measure(result("geo", "2023-12-01", 5), result("assess", "2023-12-01", 90))
    ended = await state_of(region, route)
    assert ended["state"] == "completed_without_result"
    outcome = ended["outcome"]
    assert outcome["kind"] == "completed_without_result"
    geo = next(one for one in outcome["deficits"] if one["competency"] == "geo")
    assert (geo["before"]["score"], geo["after"]["score"], geo["closed"]) == ("25", "5", False)
    assert geo["measurement_error"] is None
    following = await state_of(region, outcome["next_route"])
    assert (following["state"], following["follows"]) == ("draft", route)
    assert (following["owner"], following["tutor"]) == (OWNER, TUTOR)
    assert following["steps"][0]["code"] == "geo-march"
    drafts = (await region.get(f"{ROUTES}?owner={OWNER}&state=draft")).json()["items"]
    assert [draft["id"] for draft in drafts] == [following["id"]]


async def test_the_next_route_is_proposed_once(region: httpx.AsyncClient, measure: Any) -> None:
    route = await taught(region)
    await measure(result("geo", "2023-12-01", 5), result("assess", "2023-12-01", 9))
    first = (await state_of(region, route))["outcome"]["next_route"]
    await measure(result("geo", "2023-12-02", 6))
    assert (await state_of(region, route))["outcome"]["next_route"] == first
    routes = (await region.get(f"{ROUTES}?owner={OWNER}")).json()["items"]
    assert len(routes) == 2


@pytest.mark.parametrize(
    ("day", "competencies"),
    [
        ("2023-10-13", ("geo", "assess")),
        ("2023-03-11", ("geo", "assess")),
        ("2023-12-01", ("geo",)),
    ],
    ids=["on the last day", "between the courses", "another competency missing"],
)
async def test_what_is_no_measurement_of_the_route_leaves_it_open(
    region: httpx.AsyncClient, measure: Any, day: str, competencies: tuple[str, ...]
) -> None:
    route = await taught(region)
    await measure(*(result(code, day, 90) for code in competencies))
    shown = await state_of(region, route)
    assert (shown["state"], shown["outcome"]) == ("active", None)


async def test_a_stated_day_after_the_diagnosis_takes_its_force(
    region: httpx.AsyncClient, measure: Any
) -> None:
    route = await bring_to(region, "active")
    for step in FOUR_STEPS[:2]:
        await show(region, route, step)
    await measure(result("geo", "2023-12-01", 90), result("assess", "2023-12-01", 90))
    assert (await state_of(region, route))["steps"][-1]["done"] is True
    late = await show(region, route, "post_course_support", done_on="2023-12-15")
    assert late.json()["completed_itself"] is False
    shown = await state_of(region, route)
    assert (shown["state"], shown["steps"][-1]["done"]) == ("active", False)
    await measure(result("geo", "2023-12-20", 90), result("assess", "2023-12-20", 90))
    assert (await state_of(region, route))["outcome"]["kind"] == "closed"


async def test_people_end_a_route_and_a_later_diagnosis_measures_it(
    region: httpx.AsyncClient, measure: Any
) -> None:
    route = await bring_to(region, "active")
    assert (await move(region, route, "complete", TUTOR)).json()["outcome"] is None
    await measure(result("geo", "2023-12-01", 5), result("assess", "2023-12-01", 90))
    ended = await state_of(region, route)
    assert ended["state"] == "completed_without_result"
    assert ended["history"][-1]["verb"] == "measure"


async def test_a_reopened_route_needs_a_new_measurement(
    region: httpx.AsyncClient, measure: Any
) -> None:
    route = await taught(region)
    await measure(result("geo", "2023-12-01", 5), result("assess", "2023-12-01", 90))
    reopened = (await move(region, route, "reopen", MANAGER)).json()
    assert (reopened["state"], reopened["steps"][-1]["done"]) == ("active", False)
    await measure(result("geo", "2023-11-01", 90))
    assert (await state_of(region, route))["state"] == "active"
    await measure(result("geo", "2024-01-10", 70), result("assess", "2024-01-10", 90))
    assert (await state_of(region, route))["outcome"]["kind"] == "closed"


async def test_a_deficit_that_returns_is_a_finding_without_a_person(
    region: httpx.AsyncClient, measure: Any
) -> None:
    route = await taught(region)
    await measure(result("geo", "2023-12-01", 80), result("assess", "2023-12-01", 90))
    findings = "/v1/training/findings?rule=deficit_returned"
    assert (await region.get(findings)).json()["items"] == []
    await measure(result("geo", "2024-05-01", 10))
    (finding,) = (await region.get(findings)).json()["items"]
    assert finding["subject"]["route"] == route
    assert OWNER not in str(finding).split('"')
    await measure(result("geo", "2024-06-01", 90))
    (finding,) = (await region.get(findings)).json()["items"]
    assert finding["status"] == "resolved"


async def test_the_report_counts_by_course_tutor_and_direction(
    region: httpx.AsyncClient, measure: Any
) -> None:
    await send_rows(
        region,
        "diagnostics",
        [diagnostic("geo") | {"error": "5"}, diagnostic("assess") | {"error": "5"}],
    )
    others = [f"x{number}" for number in range(12)]
    await send_rows(region, "teachers", [teacher(ref) for ref in others])
    crowd = [
        result(code, "2022-09-01", 10 + 6 * number, ref)
        for number, ref in enumerate(others)
        for code in ("geo", "assess")
    ]
    await send_rows(region, "results", crowd)
    route = await taught(region)
    await measure(result("geo", "2023-12-01", 80), result("assess", "2023-12-01", 9))
    rows = (await region.get(f"{ROUTES}/outcomes")).json()["items"]
    by_key = {(row["by"], row["code"]): row for row in rows}
    march = by_key["course", "geo-march"]
    assert (march["finished"], march["closed"], march["unmeasured"]) == (1, 1, 0)
    assert by_key["course", "as-october"]["closed"] == 0
    assert by_key["tutor", TUTOR]["finished"] == 2
    assert 0 <= float(march["expected_without"]) < 0.2
    assert march["text"].startswith("Из 1 с дефицитом закрыли 1; без обучения ожидалось бы около 0")
    geo = next(
        one
        for one in (await state_of(region, route))["outcome"]["deficits"]
        if one["competency"] == "geo"
    )
    assert geo["measurement_error"] == "5"
    assert 10 < float(geo["expected_without"]) < 15
    pages: list[Any] = []
    address: str | None = f"{ROUTES}/outcomes?limit=1"
    while address:
        page = (await region.get(address)).json()
        pages += page["items"]
        following = page["next"]
        address = following and f"{ROUTES}/outcomes?limit=1&cursor={following}"
    assert pages == rows


async def test_the_past_is_offered_only_as_of_a_day(region: httpx.AsyncClient) -> None:
    today = (await build(region, as_of=None)).json()
    assert today["steps"] == []
    assert {row["reason"] for row in today["uncovered"]} == {"IN_THE_PAST"}
    summer = (await build(region, as_of="2023-06-01")).json()
    assert summer["uncovered"] == [{"deficit": "geo", "reason": "IN_THE_PAST"}]
    begun = (await build(region, as_of="2023-10-03")).json()
    assert begun["steps"] == []
    first_day = (await build(region, as_of="2023-10-02")).json()
    assert first_day["steps"][0]["code"] == "as-october"


async def test_a_month_is_past_when_it_is_over(region: httpx.AsyncClient) -> None:
    await send_rows(region, "programmes", [programme("p-month", "geo")])
    month = course("geo-may", 5, programme="p-month", **{"from": "2023-05", "to": "2023-05"})
    await send_rows(region, "events", [month])
    during = (await build(region, as_of="2023-05-31")).json()
    assert "geo-may" in [step["code"] for step in during["steps"]]
    after = (await build(region, as_of="2023-06-01")).json()
    assert "geo-may" not in [step["code"] for step in after["steps"]]


async def test_a_route_and_deficits_are_read_by_those_they_concern(
    region: httpx.AsyncClient,
) -> None:
    route = await bring_to(region, "active")
    deficits = f"/v1/training/deficits?teacher={OWNER}"
    for address in (f"{ROUTES}/{route}", deficits):
        for person in (OWNER, TUTOR, MANAGER):
            assert (await region.get(address, headers=actor(person))).status_code == 200
        for person in (STRANGER, "elsewhere", "t2"):
            refused = await region.get(address, headers=actor(person))
            assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ENTITLED")
        assert (await region.get(address)).status_code == 200
    for person, number in ((OWNER, 1), (TUTOR, 1), (MANAGER, 1), (STRANGER, 0), ("elsewhere", 0)):
        items = (await region.get(ROUTES, headers=actor(person))).json()["items"]
        assert len(items) == number
