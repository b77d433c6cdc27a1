"""Quotas over HTTP: previews on given scores, stored ones on results."""

import asyncio
from typing import Any

import httpx

from tests.services.olympiads.made_results import HEAD
from tests.services.olympiads.service import Service, bearer

PREVIEW = "/v1/olympiads/quotas/preview"
QUOTAS = "/v1/olympiads/2022-2023/quotas"
CURVE = "/v1/olympiads/2022-2023/curves/physics/9"


def question(**changed: object) -> dict[str, object]:
    usual = {
        "scores": ["50", "31", "30", "30", "12.5"],
        "quota": 3,
        "max": "50",
        "floor_percent": None,
        "outside": 0,
        "outside_counts": False,
    }
    return {**usual, **changed}


def answer(threshold: str | None, admitted: int, unused: int, overflow: int) -> dict[str, Any]:
    return {
        "threshold": threshold,
        "admitted": admitted,
        "unused": unused,
        "overflow": overflow,
        "reason": None,
    }


async def test_a_preview_gives_both_answers_and_needs_no_token(service: Service) -> None:
    service.http.auth = httpx.Auth()  # Adds nothing: the caller is unknown.
    found = await service.post(PREVIEW, question())
    assert found.json() == {
        "H": answer("31", 2, 1, 0),
        "L": answer("30", 4, 0, 1),
        "tied_group": 2,
        "total_H": 2,
        "total_L": 4,
    }


async def test_a_floor_drops_scores_and_outside_stands_beside_or_within(service: Service) -> None:
    beside = await service.post(PREVIEW, question(floor_percent="50", outside=2))
    assert beside.json()["total_L"] == 4 + 2
    within = (await service.post(PREVIEW, question(outside=2, outside_counts=True))).json()
    assert within["H"] == within["L"] == answer("50", 1, 0, 0)
    assert (within["total_H"], within["total_L"]) == (3, 3)
    floored = (await service.post(PREVIEW, question(floor_percent="62", quota=30))).json()
    assert floored["H"] == floored["L"] == answer("31", 2, 28, 0)


async def test_a_top_group_over_the_quota_and_nothing_to_share_out(service: Service) -> None:
    crowded = (await service.post(PREVIEW, question(scores=["5", "5.0"], quota=1))).json()
    assert crowded["H"] == {**answer(None, 0, 1, 0), "reason": "TOP_GROUP_EXCEEDS_QUOTA"}
    assert crowded["L"] == answer("5", 2, 0, 1)
    nobody = (await service.post(PREVIEW, question(scores=[], quota=4))).json()
    assert nobody["H"] == nobody["L"] == answer(None, 0, 4, 0)
    nowhere = (await service.post(PREVIEW, question(quota=0))).json()
    assert nowhere["H"] == nowhere["L"] == answer(None, 0, 0, 0)


SENSELESS: tuple[tuple[dict[str, object], str], ...] = (
    ({"max": None, "floor_percent": "50"}, "/body/floor_percent"),
    ({"scores": ["-1"]}, "/body/scores/0"),
    ({"scores": ["1", "50.01"]}, "/body/scores/1"),
    ({"scores": ["NaN"]}, "/body/scores/0"),
    ({"scores": ["1e3"]}, "/body/scores/0"),
    ({"scores": [12.5]}, "/body/scores/0"),
    ({"scores": "50"}, "/body/scores"),
    ({"quota": -1}, "/body/quota"),
    ({"quota": "3"}, "/body/quota"),
    ({"quota": 2.5}, "/body/quota"),
    ({"quota": True}, "/body/quota"),
    ({"max": "0"}, "/body/max"),
    ({"floor_percent": "101"}, "/body/floor_percent"),
    ({"outside": -1}, "/body/outside"),
    ({"limit": 3}, "/body/limit"),
)


async def test_a_senseless_question_is_refused_where_it_is_wrong(service: Service) -> None:
    for change, pointer in SENSELESS:
        found = await service.post(PREVIEW, question(**change))
        assert found.status_code == 422, change
        assert pointer in [error["pointer"] for error in found.json()["errors"]]


def row(name: str, score: str, grade: int = 9, place: str = "08701000", **more: str) -> str:
    status, state = more.get("status", "participant"), more.get("state", "final")
    study = more.get("study", str(grade))
    who = f"2022-2023,municipal,physics,{name},{study},{grade},{place},s-1"
    return f"{who},{score},{status},{state},да"


async def load(service: Service, *rows: str) -> None:
    report = await service.load("results", "\n".join([HEAD, *rows]).encode())
    assert report["counts"]["rejected"] == 0, report


FIVE = (
    row("a", "50"),
    row("b", "31", study="8"),
    row("c", "30"),
    row("d", "30", place="08709000"),
    row("e", "12.5"),
    row("f", "45", status="void"),
)


async def test_a_stored_quota_is_solved_on_the_results_without_void_ones(service: Service) -> None:
    await load(service, *FIVE)
    body = {"subject": "physics", "grades": [9], "places": 3, "outside": 0, "basis": "Приказ № 1"}
    created = await service.post(QUOTAS, body)
    assert created.status_code == 201, created.text
    stored = (await service.get(QUOTAS)).json()["items"]
    assert stored == [created.json()]
    assert stored[0]["solution"]["H"] == answer("31", 2, 1, 0)
    assert stored[0]["by_grade"] == [{"grade": 9, "H": "31", "L": "30"}]
    assert (await service.post(QUOTAS, body)).status_code == 409
    path = f"{QUOTAS}/{stored[0]['id']}"
    assert (await service.http.delete(path)).status_code == 428
    gone = await service.http.delete(path, headers={"if-match": stored[0]["etag"]})
    assert gone.status_code == 204
    assert (await service.get(QUOTAS)).json()["items"] == []


async def test_of_two_quotas_stored_at_once_for_a_grade_one_is_refused(service: Service) -> None:
    both = (
        {"subject": "physics", "grades": grades, "places": 3, "basis": "Приказ № 1"}
        for grades in ([9], [9, 10])
    )
    answers = await asyncio.gather(*(service.post(QUOTAS, body) for body in both))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len((await service.get(QUOTAS)).json()["items"]) == 1


async def test_last_season_s_holders_stand_beside_and_take_no_place(service: Service) -> None:
    await load(service, *FIVE)
    diplomas = (
        "season,stage,subject,participant,study_grade,degree\n"
        "2021-2022,regional,physics,a,8,winner\n"
        "2021-2022,regional,physics,x,8,prize\n"
        "2021-2022,regional,physics,y,10,prize\n"
    )
    await service.load("diplomas", diplomas.encode())
    body = {"subject": "physics", "grades": [9], "places": 3, "basis": "Приказ № 1"}
    found = (await service.post(QUOTAS, body)).json()
    assert found["outside"] == 2
    assert found["solution"]["H"] == found["solution"]["L"] == answer("30", 3, 0, 0)
    assert found["solution"]["total_H"] == 5


async def test_a_holder_stands_beside_the_quota_of_the_grade_they_compete_in(
    service: Service,
) -> None:
    await load(service, *FIVE, row("older", "40", 10, study="9"), row("other", "20", 10))
    diplomas = (
        "season,stage,subject,participant,study_grade,degree\n"
        "2021-2022,regional,physics,older,8,winner\n"
        "2021-2022,regional,physics,moved,8,prize\n"
        "2021-2022,regional,physics,left,8,prize\n"
    )
    people = "season,participant,study_grade,enrolled\n2022-2023,moved,10,да\n2022-2023,left,,нет\n"
    await service.load("diplomas", diplomas.encode())
    await service.load("participants", people.encode())
    for grade, outside, admitted in ((9, 0, 5), (10, 2, 1)):
        body = {"subject": "physics", "grades": [grade], "places": 9, "basis": "Приказ № 1"}
        found = (await service.post(QUOTAS, body)).json()
        assert (found["outside"], found["solution"]["H"]["admitted"]) == (outside, admitted)


async def test_one_quota_over_grades_needs_the_maxima(service: Service) -> None:
    await load(service, row("a", "20"), row("b", "60", 10), row("c", "45", 10))
    body = {"subject": "physics", "grades": [9, 10], "places": 2, "outside": 0, "basis": "Приказ"}
    found = (await service.post(QUOTAS, body)).json()
    assert (found["solution"], found["reason"]) == (None, "MAXIMUM_UNKNOWN")
    maxima = (
        "season,stage,subject,grade,maximum\n"
        "2022-2023,municipal,physics,9,40\n2022-2023,municipal,physics,10,90\n"
    )
    await service.load("maxima", maxima.encode())
    found = (await service.get(QUOTAS)).json()["items"][0]
    assert found["by_grade"] == [
        {"grade": 9, "H": None, "L": "20"},
        {"grade": 10, "H": "60", "L": "45"},
    ]
    assert found["solution"]["L"]["threshold"] == "50"


async def test_the_curve_shows_what_each_threshold_would_do(service: Service) -> None:
    await load(service, *FIVE)
    refusal = "season,stage,subject,participant\n2022-2023,regional,physics,a\n"
    await service.load("refusals", refusal.encode())
    curve = (await service.get(CURVE, params={"quota": "3"})).json()
    steps = [(s["score"], s["admitted"], s["tied"], s["seats_left"]) for s in curve["items"]]
    assert steps == [("50", 1, 1, 3), ("31", 2, 1, 2), ("30", 4, 2, 0), ("12.5", 5, 1, -1)]
    third = curve["items"][2]
    assert third["by_grade"] == [{"grade": 8, "admitted": 1}, {"grade": 9, "admitted": 3}]
    assert third["by_municipality"] == [
        {"territory": "08701000", "admitted": 3},
        {"territory": "08709000", "admitted": 1},
    ]
    assert third["previous"] is None


async def test_quotas_and_curves_are_not_open_data(service: Service) -> None:
    stranger = bearer("ratings:read")
    assert (await service.get(QUOTAS, headers=stranger)).status_code == 403
    assert (await service.get(CURVE, headers=stranger)).status_code == 403
