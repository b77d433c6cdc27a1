"""Every claim of every service stands in the programme's text where it says it stands."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = (Path(__file__).parent / "programme-407.txt").read_text(encoding="utf-8").split("\n")
FILES = sorted(ROOT.glob("services/*/data/claims*.csv"))


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def cell_at(line: int, cell: int) -> str:
    return LINES[line - 1].split("\t")[cell - 1]


def test_the_claims_are_found() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_each_claim_stands_at_its_locator(path: Path) -> None:
    for row in rows_of(path):
        printed = cell_at(int(row["line"]), int(row["cell"]))
        assert row["document"] == "programme-407", row
        assert row["raw"] in printed, row
        assert row["raw"].strip() or not printed.strip(), f"a printed cell is left out: {row}"
        assert row["table"].strip(), row


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_no_claim_stands_twice(path: Path) -> None:
    keys = [(r["scope"], r["territory"], r["concept"], r["key"]) for r in rows_of(path)]
    assert len(keys) == len(set(keys))


ASSUMED = sorted(ROOT.glob("services/*/data/assumptions.csv"))


@pytest.mark.parametrize("path", ASSUMED, ids=lambda path: path.parts[-3])
def test_each_assumption_points_into_the_text(path: Path) -> None:
    rows = list(rows_of(path))
    assert len({row["code"] for row in rows}) == len(rows)
    for row in rows:
        cell_at(int(row["line"]), int(row["cell"]))
        assert row["text"].strip(), row
        assert row["default"].strip(), row
