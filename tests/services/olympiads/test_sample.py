"""The made-up results, as files, keep the programme's counts."""

import csv
from io import BytesIO

import polars as pl

from services.olympiads.domain.maxima import candidate_maxima, percent_of
from services.olympiads.sample import (
    declared_performers,
    made_groups,
    made_maxima,
    rows_of,
    write_maxima,
    write_results,
)
from tests.services.olympiads.service import DATA

TERRITORIES = DATA.parents[1] / "ratings" / "data" / "territories.csv"


def registered_municipalities() -> list[str]:
    """Read the region's municipalities from the register of territories, kept by ratings."""
    with TERRITORIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["code"] for row in rows if row["kind"] == "municipality"]


def test_a_file_of_results_has_the_programme_s_performers_in_every_cell() -> None:
    out = BytesIO()
    write_results(made_groups(5_000, seed=4), 4, out)
    rows = pl.read_csv(out.getvalue(), schema_overrides={"municipality": pl.String})
    assert rows.height == 5_000
    assert rows["participant"].n_unique() == 5_000
    assert set(rows["municipality"]) == set(registered_municipalities())
    maxima = made_maxima()
    found = {
        (subject, grade): sum(4 * s >= 3 * maxima[(subject, grade)] for s in part["score"])
        for (subject, grade), part in rows.filter(pl.col("status") != "void").group_by(
            ["subject", "task_grade"]
        )
    }
    declared = declared_performers()
    assert declared[("french", 10)] is None
    assert ("french", 10) not in found
    assert all(found.get(cell, 0) == count for cell, count in declared.items() if count is not None)


def test_the_maxima_are_such_as_the_programme_s_figures_allow() -> None:
    maxima = made_maxima()
    for row in rows_of("thresholds_2022_2023.csv"):
        allowed = candidate_maxima(percent_of(row["score"]).value, percent_of(row["percent"]))
        assert maxima[(row["subject"], int(row["grade"]))] in allowed
    out = BytesIO()
    write_maxima(maxima.items(), out)
    assert len(out.getvalue().decode().splitlines()) == 1 + 72
