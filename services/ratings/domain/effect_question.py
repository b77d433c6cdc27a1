"""The question of a plan: published outcomes of the units, and who was exposed when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from shared.effects.panel import AssignmentRule, Comparison, EstimatorChoice, Question, Threshold

MOST_WORK = 5_000_000_000
"""Bound of units × periods × draws; above it fewer assignments are drawn (`DRAWS_REDUCED`)."""
YEAR = 4


@dataclass(frozen=True, slots=True)
class OutcomePeriod:
    """Published values of an outcome in one period, by unit.

    `rules` are what the values are calculated by, None for values observed as they are; `digits`
    is the coarsest printed precision, None for calculated ones.
    """

    period: str
    revision: int
    values: Mapping[str, float]
    digits: int | None
    rules: object
    source_time: datetime


@dataclass(frozen=True, slots=True)
class ExposedUnit:
    """A unit of the measure; `drawn` says whether it took part in the draw."""

    unit: str
    first_exposed: str | None
    stratum: str | None
    neighbour: bool
    drawn: bool


@dataclass(frozen=True, slots=True)
class Design:
    """How a plan and its measure want the effect found."""

    rule: Literal["chosen", "random", "threshold", "universal"]
    selected_on_outcome: bool
    selected_year: int | None
    threshold: Threshold | None
    comparison: Comparison
    estimator: EstimatorChoice
    draws: int
    seed: int
    lag: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question, the periods it rests on, and the limits met while it was prepared."""

    question: Question
    periods: Sequence[OutcomePeriod]
    limits: tuple[str, ...]
    broken: bool


def prepare(
    periods: Sequence[OutcomePeriod],
    exposed: Sequence[ExposedUnit],
    design: Design,
    *,
    calculated: bool,
) -> Prepared:
    """Return the question over the comparable periods up to the last one.

    Periods of another form (years next to school years) leave, and those before a break of the
    methodology (`METHODOLOGY_BREAK`). Where the measure was drawn by lot only the units of the draw
    are compared. A period of exposure counts `lag` periods later.
    """
    listed, limits = comparable(periods)
    drawn = {one.unit for one in exposed if one.drawn}
    lottery = design.rule == "random" and any(
        one.first_exposed is None for one in exposed if one.drawn
    )
    named = sorted({unit for one in listed for unit in one.values} | drawn)
    units = tuple(unit for unit in named if unit in drawn or not lottery)
    years = tuple(year_of(one.period) for one in listed)
    digits = None if calculated else _digits(listed)
    most = MOST_WORK // max(1, len(units) * len(years))
    reduced = design.draws > most
    question = Question(
        units,
        years,
        _matrix(units, listed),
        digits,
        _starts(exposed, design.lag),
        _assignment(exposed, design, units),
        design.comparison,
        design.estimator,
        max(1, min(design.draws, most)),
        design.seed,
        frozenset(one.unit for one in exposed if one.neighbour),
    )
    told = [*limits, *(["DRAWS_REDUCED"] if reduced else [])]
    told += ["SCORE_PRECISION_UNKNOWN"] if calculated else []
    return Prepared(question, listed, tuple(told), broken="METHODOLOGY_BREAK" in limits)


def comparable(periods: Sequence[OutcomePeriod]) -> tuple[Sequence[OutcomePeriod], list[str]]:
    """Return the periods of the form and the rules of the last one, without a gap between."""
    ordered = sorted(periods, key=lambda one: one.period)
    if not ordered:
        return [], []
    alike = [one for one in ordered if len(one.period) == len(ordered[-1].period)]
    limits = ["PERIODS_OF_ANOTHER_FORM"] if len(alike) < len(ordered) else []
    start = len(alike) - 1
    while start and alike[start - 1].rules == alike[-1].rules:
        start -= 1
    return alike[start:], [*limits, *(["METHODOLOGY_BREAK"] if start else [])]


def year_of(period: str) -> int:
    """Return the year a period begins in."""
    return int(period[:YEAR])


def _digits(periods: Sequence[OutcomePeriod]) -> int | None:
    """Return the coarsest precision: bounds of finer values are then too wide, never too narrow."""
    known = [one.digits for one in periods if one.digits is not None]
    return min(known) if known else None


def _matrix(
    units: Sequence[str], periods: Sequence[OutcomePeriod]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    values = np.full((len(units), len(periods)), np.nan)
    for column, one in enumerate(periods):
        for row, unit in enumerate(units):
            values[row, column] = one.values.get(unit, np.nan)
    return values


def _starts(exposed: Sequence[ExposedUnit], lag: int) -> dict[str, int | None]:
    return {
        one.unit: None if one.first_exposed is None else year_of(one.first_exposed) + lag
        for one in exposed
    }


def _assignment(
    exposed: Sequence[ExposedUnit], design: Design, units: Sequence[str]
) -> AssignmentRule:
    strata = {one.unit: one.stratum for one in exposed if one.stratum is not None}
    return AssignmentRule(
        design.rule,
        {unit: strata.get(unit, "") for unit in units} if strata else None,
        design.selected_on_outcome,
        design.selected_year,
        design.threshold,
    )
