"""Published results, from the data they were published for."""

import csv
from pathlib import Path

import numpy as np
import pytest

from shared.effects.analysis import analyse
from shared.effects.panel import AssignmentRule, EstimatorChoice, Question

DATA = Path(__file__).parent / "data"
MPDTA = (
    "-0.0105 -0.0704 -0.1373 -0.1008 0.0065 -0.0028 -0.0046 -0.0412 0.0305 -0.0027 -0.0311 -0.0261"
)


def published(name: str, draws: int = 10_000) -> Question:
    """Return the panel of a file of `data`; see its SOURCES.md."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    periods = tuple(int(column) for column in rows[0] if column.isdecimal())
    values = [[float(row[str(period)]) for period in periods] for row in rows]
    return Question(
        tuple(row["unit"] for row in rows),
        periods,
        np.array(values),
        None,
        {row["unit"]: int(row["first_exposed"]) if row["first_exposed"] else None for row in rows},
        AssignmentRule("chosen"),
        draws=draws,
    )


@pytest.fixture(scope="module")
def proposition_99() -> Question:
    return published("proposition_99")


@pytest.fixture(scope="module")
def county_employment() -> Question:
    return published("county_employment", draws=199)


@pytest.mark.parametrize(
    ("estimator", "figure"),
    [("auto", -15.604), ("synthetic_control", -19.620), ("difference", -27.349)],
)
def test_proposition_99(
    proposition_99: Question, estimator: EstimatorChoice, figure: float
) -> None:
    found = analyse(_with(proposition_99, estimator))
    assert found.design == "few_treated"
    assert found.estimate == pytest.approx(figure, abs=1e-3)


def test_county_employment(county_employment: Question) -> None:
    found = analyse(county_employment)
    assert found.estimator == "callaway_santanna"
    assert [(cell.group, cell.period) for cell in found.groups] == [
        (group, period) for group in (2004, 2006, 2007) for period in range(2004, 2008)
    ]
    expected = [float(number) for number in MPDTA.split()]
    assert [cell.att for cell in found.groups] == pytest.approx(expected, abs=5e-5)


def _with(asked: Question, estimator: EstimatorChoice) -> Question:
    return Question(
        asked.units,
        asked.periods,
        asked.values,
        None,
        asked.exposed,
        asked.assignment,
        estimator=estimator,
    )
