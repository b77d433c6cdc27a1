"""Published results, from data that other packages ship."""

import csv
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from shared.effects.analysis import analyse
from shared.effects.panel import AssignmentRule, EstimatorChoice, Question

MPDTA = (
    "-0.0105 -0.0704 -0.1373 -0.1008 0.0065 -0.0028 -0.0046 -0.0412 0.0305 -0.0027 -0.0311 -0.0261"
)


def shipped(package: str, file: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package}, which ships the data, is not installed")
    return Path(spec.submodule_search_locations[0]) / file


@pytest.fixture(scope="module")
def proposition_99() -> Question:
    with shipped("synthdid", "data/california_prop99.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    states = sorted({row["State"] for row in rows})
    years = sorted({int(row["Year"]) for row in rows})
    values = np.full((len(states), len(years)), np.nan)
    for row in rows:
        cell = states.index(row["State"]), years.index(int(row["Year"]))
        values[cell] = float(row["PacksPerCapita"])
    return Question(
        tuple(states),
        tuple(years),
        values,
        None,
        {"California": 1989},
        AssignmentRule("chosen"),
    )


@pytest.fixture(scope="module")
def county_employment() -> Question:
    pandas = pytest.importorskip("pandas", reason="reads the file that moderndid ships")
    table = pandas.read_pickle(shipped("moderndid", "core/datasets/mpdta_long.pkl.gz"))
    wide = table.pivot_table(index="countyreal", columns="year", values="lemp")
    first = table.groupby("countyreal")["first.treat"].first()
    return Question(
        tuple(str(county) for county in wide.index),
        tuple(int(year) for year in wide.columns),
        wide.to_numpy(dtype=float),
        None,
        {str(county): int(year) or None for county, year in first.items()},
        AssignmentRule("chosen"),
        draws=199,
    )


@pytest.mark.parametrize(
    ("estimator", "published"),
    [("auto", -15.604), ("synthetic_control", -19.620), ("difference", -27.349)],
)
def test_proposition_99(
    proposition_99: Question, estimator: EstimatorChoice, published: float
) -> None:
    found = analyse(_with(proposition_99, estimator))
    assert found.design == "few_treated"
    assert found.estimate == pytest.approx(published, abs=1e-3)


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
