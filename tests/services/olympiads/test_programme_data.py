"""The programme's olympiad tables as loaded: every cell, and the totals that must come out."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from services.olympiads.domain.maxima import candidate_maxima, common_maxima, percent_of

DATA = Path(__file__).parents[3] / "services" / "olympiads" / "data"
PROGRAMME = Path(__file__).parents[2] / "source" / "programme-407.txt"
NINE_WITHOUT_A_COMMON_MAXIMUM = {
    "physics",
    "literature",
    "geography",
    "mathematics",
    "ecology",
    "history",
    "biology",
    "law",
    "chemistry",
}


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells_by_subject() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows("thresholds_2022_2023.csv"):
        found[row["subject"]].append((row["score"], row["percent"]))
    return found


def candidates(cell: tuple[str, str]) -> tuple[int, ...]:
    return candidate_maxima(Decimal(cell[0]), percent_of(cell[1]))


def printed_rows() -> list[list[str]]:
    lines = PROGRAMME.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines[163:190] if line.count("\t") == 12]


def test_both_seasons_have_63_thresholds_as_printed() -> None:
    printed = [row for row in printed_rows() if row[0] and row[4].isdigit()]
    now = [(r["score"], r["percent"]) for r in rows("thresholds_2022_2023.csv")]
    last = [r["score"] for r in rows("thresholds_2021_2022.csv")]
    assert len(printed) == 21
    assert now == [(row[4 + 2 * g], row[5 + 2 * g]) for row in printed for g in range(3)]
    assert last == [row[10 + g] for row in printed for g in range(3)]
    assert len(now) == len(last) == 63


@pytest.mark.parametrize(("grade", "total", "dashes"), [(9, 41, 0), (10, 70, 1), (11, 73, 0)])
def test_the_totals_of_those_who_performed(grade: int, total: int, dashes: int) -> None:
    counts = [r["count"] for r in rows("declared_performers.csv") if r["grade"] == str(grade)]
    assert sum(int(count) for count in counts if count != "-") == total
    assert counts.count("-") == dashes


def test_the_loaded_rows_are_the_claims() -> None:
    claims = {
        (c["scope"], c["concept"], c["key"]): c["raw"]
        for name in ("claims_thresholds.csv", "claims_performers.csv")
        for c in rows(name)
    }
    assert len(claims) == 4 * 63
    for row in rows("declared_performers.csv"):
        key = f"grade={row['grade']};measure=at_least_75;stage=municipal;subject={row['subject']}"
        assert claims[(row["season"], "count", key)] == row["count"]
    for name in ("thresholds_2022_2023.csv", "thresholds_2021_2022.csv"):
        for row in rows(name):
            about = f"grade={row['grade']};scored_at=municipal;stage=regional"
            key = f"{about};subject={row['subject']}"
            assert claims[(row["season"], "score", key)] == row["score"]
            assert claims.get((row["season"], "share", key), "") == row["percent"]


def test_there_are_24_subjects_and_the_programme_names_21() -> None:
    subjects = rows("subjects.csv")
    assert len({s["code"] for s in subjects}) == 24
    named = {s["code"] for s in subjects if s["in_programme"] == "yes"}
    assert named == set(cells_by_subject())
    assert {s["code"] for s in subjects} == {t["subject"] for t in rows("subject_titles.csv")}


def test_english_is_out_of_85_in_every_grade_and_economics_out_of_90() -> None:
    cells = cells_by_subject()
    assert [candidates(cell) for cell in cells["english"]] == [(85,)] * 3
    assert common_maxima(candidates(cell) for cell in cells["economics"]) == (90,)
    assert candidates(cells["physics"][0]) == (50,)


def test_nine_subjects_have_no_common_maximum() -> None:
    without = {
        subject
        for subject, cells in cells_by_subject().items()
        if not common_maxima(candidates(cell) for cell in cells)
    }
    assert without == NINE_WITHOUT_A_COMMON_MAXIMUM


def test_every_cell_has_a_whole_maximum_by_itself() -> None:
    for cells in cells_by_subject().values():
        assert all(candidates(cell) for cell in cells)
