"""Two seasons side by side over HTTP, with and without maxima and results."""

from typing import Any

from services.olympiads.domain.generator import Group
from tests.services.olympiads.made_results import maxima_csv, results_csv
from tests.services.olympiads.service import Service
from tests.services.olympiads.test_first_slice import load_programme

NOW, LAST = "2022-2023", "2021-2022"
PATH = f"/v1/olympiads/{NOW}/comparison"


def physics(table: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        r for r in table["rows"] if (r["subject"], r["grade"]) == ("physics", 9)
    )
    return found


async def test_points_are_compared_and_what_is_unknown_says_why(service: Service) -> None:
    await load_programme(service)
    table = (await service.eventually(PATH, lambda a: len(a.json().get("rows", [])) == 63)).json()
    assert physics(table) == {
        "subject": "physics",
        "title": "Физика",
        "grade": 9,
        "stage": "regional",
        "previous": "20",
        "current": "14",
        "points": "-6",
        "percent_points": None,
        "percent_reason": "MAXIMUM_UNKNOWN",
        "equivalent": {"score": None, "percentile": None, "reason": "RESULTS_UNKNOWN"},
    }
    page = (await service.get(f"/v1/olympiads/{NOW}/subjects/physics")).json()
    assert page["comparison"][0] == physics(table)
    assert len(page["thresholds"]) == 3


async def test_with_maxima_and_results_of_both_seasons_everything_is_said(
    service: Service,
) -> None:
    await load_programme(service)
    groups = [Group("physics", 9, 50, 400, 40), Group("english", 9, 85, 300, 30)]
    for season in (NOW, LAST):
        maxima = {(g.subject, g.grade): g.maximum for g in groups}
        await service.load("maxima", maxima_csv(maxima, season))
        await service.load("results", results_csv(groups, season, seed=3))
    table = await service.eventually(
        PATH, lambda a: physics(a.json())["equivalent"]["reason"] is None
    )
    row = physics(table.json())
    assert row["percent_points"] == "-12.00"
    assert row["equivalent"]["score"] == "20.00"
    reasons = {(r["subject"], r["grade"]): r["equivalent"]["reason"] for r in table.json()["rows"]}
    assert reasons[("physics", 10)] == "RESULTS_UNKNOWN", "nobody took that task"
    registry = f"/v1/olympiads/{NOW}/thresholds/registry"
    items = (await service.get(registry, params={"status": "published"})).json()["items"]
    known = {(t["subject"], t["grade"]): t["percentile"] for t in items}
    assert known[("physics", 9)] is not None
    assert known[("physics", 10)] is None
