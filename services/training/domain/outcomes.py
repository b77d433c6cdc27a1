"""How a route ended: the same competency measured before and after, and what chance would do.

A group chosen for low scores scores higher the next time without any teaching: the return to the
mean. With scores X = T + e, the standard error of measurement `sem` and the spread of all teachers
who took the diagnostic, a second score without teaching is expected at m + r·(x − m) with variance
s²·(1 − r²), where the reliability is r = 1 − sem²/s².
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import NormalDist
from typing import Literal

from services.training.domain.calendar import Span
from services.training.domain.deficits import Diagnostic, Result, find_deficits
from services.training.domain.route_states import REDIAGNOSIS, SUPPORT, Step

LEAST_TAKERS = 10
"""Fewer scores say too little about the mean and spread of a diagnostic."""
Ending = Literal["closed", "completed_without_result"]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The deficit a route was built for, as measured before it."""

    competency: str
    diagnostic: str
    score: str
    level: str
    required: str
    taken_on: str


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean and variance of the scores of a diagnostic over `takers` teachers."""

    takers: int
    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Measured:
    """A deficit after its route. `expected` and `chance` are None where nothing can be expected.

    `expected` is the score to be expected without teaching, `chance` the probability that the
    deficit would have gone without it.
    """

    baseline: Baseline
    diagnostic: str
    score: Decimal
    level: str
    taken_on: date
    closed: bool
    error: Decimal | None
    expected: float | None = None
    chance: float | None = None


def last_activity(steps: Iterable[Step], *, vouched: bool = False) -> date | None:
    """Return the last day of the activities of a route; None while one of them is open.

    A day that evidence states overrides the planned one; a month ends on its last day. Support
    after the courses counts only with a stated day, the diagnosis itself never. `vouched`: people
    ended the route, so that open activities count by their planned days.
    """
    days = []
    for step in steps:
        if step.code == REDIAGNOSIS:
            continue
        if not (step.done or vouched or step.code == SUPPORT):
            return None
        if step.done_on is not None:
            days.append(date.fromisoformat(step.done_on))
        elif step.first is not None and step.last is not None:
            days.append(Span.parse(step.first, step.last).last)
    return max(days, default=None)


def measure(
    baselines: Sequence[Baseline],
    diagnostics: Mapping[str, Diagnostic],
    results: Collection[Result],
    after: date,
    spreads: Mapping[str, Spread],
) -> tuple[Measured, ...] | None:
    """Measure every deficit of a route by its latest result later than `after`.

    None when there is nothing to measure or a competency has no such result yet.
    """
    later = [result for result in results if result.taken_on > after]
    by_competency: dict[str, Result] = {}
    for result in sorted(later, key=lambda one: (one.taken_on, one.diagnostic)):
        by_competency[diagnostics[result.diagnostic].competency] = result
    if not baselines or any(base.competency not in by_competency for base in baselines):
        return None
    return tuple(
        _measured(base, by_competency[base.competency], diagnostics, spreads) for base in baselines
    )


def _measured(
    base: Baseline,
    result: Result,
    diagnostics: Mapping[str, Diagnostic],
    spreads: Mapping[str, Spread],
) -> Measured:
    diagnostic = diagnostics[result.diagnostic]
    deficit = find_deficits(diagnostics, [result])
    expected = chance = None
    before = diagnostics.get(base.diagnostic)
    spread = spreads.get(base.diagnostic)
    if before is not None and spread is not None and _same_scale(before, diagnostic):
        expected, chance = without_teaching(before, Decimal(base.score), spread) or (None, None)
    return Measured(
        baseline=base,
        diagnostic=result.diagnostic,
        score=result.score,
        level=diagnostic.level_at(result.score),
        taken_on=result.taken_on,
        closed=not deficit,
        error=diagnostic.error,
        expected=expected,
        chance=chance,
    )


def _same_scale(one: Diagnostic, other: Diagnostic) -> bool:
    return (one.levels, one.required) == (other.levels, other.required)


def without_teaching(
    diagnostic: Diagnostic, score: Decimal, spread: Spread
) -> tuple[float, float] | None:
    """Expect the next score without teaching, and the chance that it reaches the required level.

    None without the error of measurement, with too few takers or with scores that do not differ.
    On a scale of steps the level is reached from half a step below its bound.
    """
    if diagnostic.error is None or spread.takers < LEAST_TAKERS or spread.variance <= 0:
        return None
    reliability = max(0.0, 1 - float(diagnostic.error) ** 2 / spread.variance)
    expected = spread.mean + reliability * (float(score) - spread.mean)
    bound = float(diagnostic.required_from - (diagnostic.levels.step or 0) / 2)
    deviation = (spread.variance * (1 - reliability**2)) ** 0.5
    if deviation == 0:
        return expected, float(expected >= bound)
    return expected, 1 - NormalDist(expected, deviation).cdf(bound)


def ending(measured: Collection[Measured]) -> Ending:
    """Say how a measured route ended: closed only when every deficit is gone."""
    return "closed" if all(one.closed for one in measured) else "completed_without_result"
