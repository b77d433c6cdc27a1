"""Results in, public statistics out: counted exactly, small numbers hidden."""

from decimal import Decimal
from itertools import product
from typing import Any

from services.olympiads.domain.generator import Group
from tests.services.olympiads.made_results import HEAD, maxima_csv, results_csv
from tests.services.olympiads.service import Service
from tests.services.olympiads.test_first_slice import load_programme

SEASON = "2022-2023"
STATISTICS = f"/v1/olympiads/{SEASON}/statistics"
TABLE = f"/v1/olympiads/{SEASON}/thresholds"
GROUPS = [
    Group("physics", 9, 50, 60, 2),
    Group("physics", 10, 50, 50, 7),
    Group("physics", 11, 50, 40, 9),
    Group("english", 9, 85, 45, 8),
    Group("english", 10, 85, 55, 10),
    Group("english", 11, 85, 65, 13),
]
MAXIMA = {(g.subject, g.grade): g.maximum for g in GROUPS}


def revision_is(number: int) -> Any:
    return lambda a: a.status_code == 200 and a.json()["revision"] == number


async def load_results(service: Service) -> dict[str, Any]:
    await service.load("maxima", maxima_csv(MAXIMA, SEASON))
    report = await service.load("results", results_csv(GROUPS, SEASON))
    assert report["counts"]["rejected"] == 0, report
    table = await service.eventually(STATISTICS, lambda a: a.status_code == 200)
    found: dict[str, Any] = table.json()
    return found


def cell(table: dict[str, Any], subject: str, grade: int) -> dict[str, Any]:
    found: dict[str, Any] = next(
        c for c in table["cells"] if (c["subject"], c["grade"]) == (subject, grade)
    )
    return found


async def test_counts_are_exact_and_a_small_one_is_hidden_with_company(service: Service) -> None:
    table = await load_results(service)
    assert cell(table, "physics", 9)["at_least_75"]["counted"] is None
    assert cell(table, "physics", 9)["at_least_75"]["suppressed"]
    hidden = [(c["subject"], c["grade"]) for c in table["cells"] if c["at_least_75"]["suppressed"]]
    assert len(hidden) == 4
    shown = {
        (c["subject"], c["grade"]): c["at_least_75"]["counted"]
        for c in table["cells"]
        if not c["at_least_75"]["suppressed"]
    }
    declared = {(g.subject, g.grade): g.performers for g in GROUPS}
    assert all(declared[key] == value for key, value in shown.items())
    assert table["total"]["at_least_75"] == {"value": 49, "suppressed": False}
    assert not table["withheld"]


async def test_municipalities_show_who_performed_and_their_share(service: Service) -> None:
    table = await load_results(service)
    rows = [line.split(",") for line in results_csv(GROUPS, SEASON).decode().splitlines()[1:]]
    valid = [r for r in rows if r[9] != "void"]
    shown = 0
    for place in table["by_municipality"]:
        own = [r for r in valid if r[6] == place["territory"]]
        performed = sum(4 * Decimal(r[8]) >= 3 * MAXIMA[(r[2], int(r[5]))] for r in own)
        if place["at_least_75"]["suppressed"]:
            assert place["share"] is None
        else:
            shown += 1
            assert place["at_least_75"]["value"] == performed
            tenths = (2000 * performed + len(own)) // (2 * len(own))
            assert Decimal(place["share"]) == Decimal(tenths) / 10
    assert shown


async def test_a_hidden_count_has_neither_share_nor_histogram(service: Service) -> None:
    table = await load_results(service)
    for subject, grade in product(("physics", "english"), (9, 10, 11)):
        found = cell(table, subject, grade)
        if found["at_least_75"]["suppressed"] or found["participants"]["suppressed"]:
            assert found["share"] is None
            assert found["histogram"] is None
            assert found["mean"] is None
        if found["histogram"] is not None:
            assert sum(found["histogram"]) == found["participants"]["value"]
            assert found["histogram"][-1] == found["at_least_75"]["counted"]


async def test_the_thresholds_show_the_counted_performers_that_are_public(service: Service) -> None:
    await load_programme(service)
    table = await load_results(service)
    answer = await service.eventually(
        TABLE,
        lambda a: any(r["at_least_75"]["counted"] is not None for r in a.json()["rows"]),
    )
    for row in answer.json()["rows"]:
        if row["subject"] in ("physics", "english"):
            found = cell(table, row["subject"], row["grade"])
            assert row["at_least_75"]["counted"] == found["at_least_75"]["counted"]
            assert row["max"] == {
                "given": str(MAXIMA[(row["subject"], row["grade"])]),
                "candidates": [],
            }
            assert row["percent"]["derived"] is not None
        else:
            assert row["at_least_75"]["counted"] is None


async def test_a_correction_after_appeals_is_a_revision_that_gives_nothing_away(
    service: Service,
) -> None:
    first = await load_results(service)
    rows = [line.split(",") for line in results_csv(GROUPS, SEASON).decode().splitlines()]
    cells = next(
        r
        for r in rows
        if (r[2], r[5], r[9]) == ("physics", "9", "participant") and float(r[8]) < 30
    )
    cells[8] = "50"
    report = await service.load("results", "\n".join([HEAD, ",".join(cells)]).encode())
    assert report["counts"]["updated"] == 1
    second = (await service.eventually(STATISTICS, revision_is(first["revision"] + 1))).json()
    changed = ("physics", 9)
    for key in product(("physics", "english"), (9, 10, 11)):
        if cell(first, *key)["at_least_75"]["suppressed"] and key != changed:
            assert cell(second, *key)["at_least_75"]["suppressed"]
    old = await service.get(STATISTICS, params={"revision": first["revision"]})
    assert old.json() == first


def few(scores: list[str], subject: str = "physics", grade: int = 9) -> bytes:
    rows = [
        f"{SEASON},municipal,{subject},few-{n},{grade},{grade},08701000,s-1,{score},participant,"
        "final,да"
        for n, score in enumerate(scores)
    ]
    return "\n".join([HEAD, *rows]).encode()


async def publish_few(service: Service, scores: list[str], revision: int) -> dict[str, Any]:
    report = await service.load("results", few(scores))
    assert report["counts"]["rejected"] == 0, report
    answer = await service.eventually(STATISTICS, revision_is(revision))
    return cell(answer.json(), "physics", 9)


async def test_three_scores_cannot_be_read_off_their_quartiles(service: Service) -> None:
    await service.load("maxima", maxima_csv({("physics", 9): 50}, SEASON))
    found = await publish_few(service, ["40.5", "43", "47.5"], 1)
    assert found["participants"] == {"value": 3, "suppressed": False}
    assert (found["mean"], found["quartiles"], found["histogram"]) == (None, None, None)
    assert found["distribution_note"] == "FEW_PARTICIPANTS"


async def test_a_corrected_score_cannot_be_read_off_two_means(service: Service) -> None:
    await service.load("maxima", maxima_csv({("physics", 9): 50}, SEASON))
    scores = ["13", "14", "16", "18", "19", "21", "22", "23", "24", "24", "20"]
    first = await publish_few(service, scores, 1)
    assert (first["mean"], first["distribution_note"]) == ("19.5", None)
    second = await publish_few(service, ["17", *scores[1:]], 2)
    assert (second["mean"], second["distribution_note"]) == (None, "FEW_CHANGES")
    third = await publish_few(service, ["17", "17", "17", "17", *scores[4:]], 3)
    assert (third["mean"], third["distribution_note"]) == ("20.1", None)
    table = (await service.get(STATISTICS)).json()
    assert table["distribution_from"] == 10
