"""Participants are read and written by their municipality; curves and quotas are the region's."""

from tests.access.callers import OLYMPIADS, OWN, REGION, SISTER, bound, faults, loaded, send
from tests.harness.service import Service

FORBIDDEN = "TERRITORY_FORBIDDEN"
SEASON = "2022-2023"
BASE = f"/v1/olympiads/{SEASON}"


def result(participant: str, municipality: str = OWN, **changed: object) -> dict[str, object]:
    return {
        "season": SEASON,
        "stage": "municipal",
        "subject": "physics",
        "participant": participant,
        "study_grade": 9,
        "task_grade": 9,
        "municipality": municipality,
        "school": "s-1",
        "score": 30,
        "status": "participant",
        "state": "final",
        "consent": "да",
    } | changed


def refusal(participant: str) -> dict[str, object]:
    return {
        "season": SEASON,
        "stage": "regional",
        "subject": "physics",
        "participant": participant,
    }


async def season(service: Service) -> None:
    """A published threshold that both participants reach, one of each municipality."""
    file = (OLYMPIADS.data / "thresholds_2022_2023.csv").read_bytes()
    await service.load("thresholds", file)
    await loaded(service, "results", [result("p-own"), result("p-far", SISTER)])


async def test_people_are_of_the_callers_territories_and_sums_of_the_region(
    olympiads: Service,
) -> None:
    await season(olympiads)
    for territories, people in (([OWN], {"p-own"}), ([REGION], {"p-own", "p-far"})):
        headers = bound(olympiads, *territories)
        invited = await olympiads.get(f"{BASE}/invitations?subject=physics", headers=headers)
        assert {row["participant"] for row in invited.json()["items"]} == people
        changes = await olympiads.get(f"{BASE}/results/changes?since=0&until=9", headers=headers)
        assert {row["participant"] for row in changes.json()["items"]} == people
        assert changes.json()["changed_rows"] == len(people)
        curve = await olympiads.get(f"{BASE}/curves/physics/9", headers=headers)
        step = curve.json()["items"][0]
        assert step["admitted"] == 2
        places = {row["territory"] for row in step["by_municipality"]}
        assert places == ({OWN} if territories == [OWN] else {OWN, SISTER})


async def test_nobody_is_told_a_verdict_on_a_foreign_participant(olympiads: Service) -> None:
    await season(olympiads)
    asked = {"season": SEASON, "subject": "physics"}
    items = {who: {"participant": who, "study_grade": 9} for who in ("p-own", "p-far", "p-new")}
    own = await olympiads.post(
        "/v1/olympiads/eligibility",
        {**asked, "items": [items["p-own"], items["p-new"]]},
        headers=bound(olympiads, OWN),
    )
    assert [row["admitted"] for row in own.json()["items"]] == [True, False], own.text
    foreign = await olympiads.post(
        "/v1/olympiads/eligibility",
        {**asked, "items": [items["p-own"], items["p-far"]]},
        headers=bound(olympiads, OWN),
    )
    assert (foreign.status_code, foreign.json()["code"]) == (403, FORBIDDEN)


async def test_a_moved_participant_is_decided_by_everything_known(olympiads: Service) -> None:
    """A result of another municipality counts for a participant who has one here too."""
    await season(olympiads)
    here = result("p-far", OWN, subject="biology", score=1)
    await loaded(olympiads, "results", [here])
    answer = await olympiads.post(
        "/v1/olympiads/eligibility",
        {
            "season": SEASON,
            "subject": "physics",
            "items": [{"participant": "p-far", "study_grade": 9}],
        },
        headers=bound(olympiads, OWN),
    )
    assert [row["admitted"] for row in answer.json()["items"]] == [True]


async def test_imports_keep_within_municipalities(olympiads: Service) -> None:
    await season(olympiads)
    mine = bound(olympiads, OWN)
    rows = [result("p-1"), result("p-2", SISTER), result("p-far")]
    refused = await send(olympiads, "results", rows, mine)
    assert faults(refused) == [(3, "municipality", FORBIDDEN), (4, "municipality", FORBIDDEN)]
    for kind, row in (
        ("refusals", refusal("p-far")),
        ("diplomas", {**refusal("p-far"), "study_grade": 9, "degree": "prize"}),
        ("participants", {"season": SEASON, "participant": "p-far", "enrolled": "нет"}),
    ):
        foreign = await send(olympiads, kind, [row], mine)
        assert faults(foreign) == [(2, "participant", FORBIDDEN)], kind
        own = await send(olympiads, kind, [{**row, "participant": "p-own"}], mine)
        assert own.json()["counts"]["inserted"] == 1, own.text


async def test_a_stage_is_replaced_within_a_municipality_only(olympiads: Service) -> None:
    await season(olympiads)
    mine = bound(olympiads, OWN)
    part = {"mode": "replace_slice", "season": SEASON, "stage": "municipal", "subject": "physics"}
    refused = await send(olympiads, "results", [result("p-1")], mine, **part)
    assert (refused.status_code, refused.json()["code"]) == (403, FORBIDDEN)
    narrowed = await send(olympiads, "results", [result("p-1")], mine, **part, territory=OWN)
    assert narrowed.json()["closed"] == 1, narrowed.text
    left = await olympiads.get(f"{BASE}/results/changes?since=0&until=99")
    assert {row["participant"] for row in left.json()["items"]} == {"p-1", "p-far"}


async def test_what_holds_for_the_region_needs_the_region(olympiads: Service) -> None:
    await season(olympiads)
    rules = {"order": "Приказ № 678", "date": "2020-11-27"}
    maximum = {"stage": "regional", "subject": "physics", "basis": "Одна работа."}
    quota = {
        "stage": "regional",
        "subject": "physics",
        "grades": [9],
        "places": 1,
        "basis": "Письмо.",
    }
    threshold = {"stage": "regional", "subject": "physics", "grade": 10, "score": "5"}
    acts = {
        "/v1/olympiads/seasons": {"code": "2031-2032"},
        f"{BASE}/rules": rules,
        f"{BASE}/shared-maxima": maximum,
        f"{BASE}/quotas": quota,
        f"{BASE}/thresholds": threshold,
    }
    for path, body in acts.items():
        refused = await olympiads.post(path, body, headers=bound(olympiads, OWN))
        assert refused.json().get("code") == FORBIDDEN, path
        allowed = await olympiads.post(path, body, headers=bound(olympiads, REGION))
        assert allowed.status_code == 201, (path, allowed.text)
