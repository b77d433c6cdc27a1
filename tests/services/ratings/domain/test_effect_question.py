"""The question of a plan: which periods and units, exposed when, chosen how."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from services.ratings.domain.effect_question import (
    Design,
    ExposedUnit,
    OutcomePeriod,
    comparable,
    prepare,
)

KNOWN = datetime(2026, 1, 1, tzinfo=UTC)
LOTTERY = Design(
    "random",
    selected_on_outcome=False,
    selected_year=None,
    threshold=None,
    comparison="never",
    estimator="auto",
    draws=100,
    seed=1,
    lag=1,
)


VALUES = {"a": 1.0, "b": 2.0, "c": 3.0}


def period(
    name: str, rules: object = None, digits: int = 1, values: Mapping[str, float] = VALUES
) -> OutcomePeriod:
    return OutcomePeriod(name, 1, values, digits, rules, KNOWN)


def unit(
    code: str,
    first: str | None,
    *,
    drawn: bool = True,
    stratum: str | None = None,
    neighbour: bool = False,
) -> ExposedUnit:
    return ExposedUnit(code, first, stratum, neighbour=neighbour, drawn=drawn)


def test_periods_before_a_break_of_the_rules_are_not_compared() -> None:
    periods = [period("2020", "old"), period("2021", "new"), period("2022", "new")]
    listed, limits = comparable(periods)
    assert [one.period for one in listed] == ["2021", "2022"]
    assert limits == ["METHODOLOGY_BREAK"]
    assert prepare(periods, [], LOTTERY, calculated=True).broken
    assert comparable(periods[1:])[1] == []
    # Rules that come back do not make the gap comparable.
    assert len(comparable([period("2019", "new"), *periods])[0]) == 2


def test_years_and_school_years_are_not_mixed() -> None:
    listed, limits = comparable([period("2021"), period("2022"), period("2022-2023")])
    assert [one.period for one in listed] == ["2022-2023"]
    assert limits == ["PERIODS_OF_ANOTHER_FORM"]
    assert comparable([]) == ([], [])


def test_a_lottery_compares_the_drawn_units_alone() -> None:
    exposed = [unit("a", "2021"), unit("b", None)]
    question = prepare(
        [period("2021"), period("2022")], exposed, LOTTERY, calculated=False
    ).question
    assert question.units == ("a", "b")
    assert question.exposed == {"a": 2022, "b": None}
    chosen = replace(LOTTERY, rule="chosen")
    everybody = prepare([period("2021")], exposed, chosen, calculated=False).question
    assert everybody.units == ("a", "b", "c")


def test_a_drawn_unit_without_a_value_is_not_forgotten() -> None:
    exposed = [unit("a", "2021"), unit("z", "2021"), unit("b", None)]
    question = prepare([period("2021")], exposed, LOTTERY, calculated=False).question
    assert question.units == ("a", "b", "z")
    assert np.isnan(question.values[2]).all()


def test_neighbours_outside_the_draw_stay_comparable_and_marked() -> None:
    exposed = [unit("a", "2021"), unit("c", None, drawn=False, neighbour=True)]
    question = prepare([period("2021")], exposed, LOTTERY, calculated=False).question
    assert question.units == ("a", "b", "c")
    assert question.neighbours == frozenset({"c"})


def test_the_coarsest_printed_precision_bounds_the_answer() -> None:
    periods = [period("2021", digits=2), period("2022", digits=0)]
    assert prepare(periods, [], LOTTERY, calculated=False).question.digits == 0
    scores = prepare(periods, [], LOTTERY, calculated=True)
    assert scores.question.digits is None
    assert "SCORE_PRECISION_UNKNOWN" in scores.limits


def test_strata_are_complete_or_absent() -> None:
    exposed = [unit("a", "2021", stratum="north"), unit("b", None)]
    rule = prepare([period("2021")], exposed, LOTTERY, calculated=False).question.assignment
    assert rule.strata == {"a": "north", "b": ""}
    bare = prepare([period("2021")], [unit("a", "2021")], LOTTERY, calculated=False)
    assert bare.question.assignment.strata is None


def test_work_beyond_the_bound_draws_fewer_assignments() -> None:
    heavy = replace(LOTTERY, draws=10**6)
    values = {f"u{n}": float(n) for n in range(2000)}
    found = prepare(
        [period(str(year), values=values) for year in range(2000, 2010)],
        [],
        heavy,
        calculated=False,
    )
    assert found.question.draws == 250_000
    assert "DRAWS_REDUCED" in found.limits
