"""Growth points: how far one indicator must move before the place or the level is gained.

The value moves in printed units towards the better side, the other units stay as they are. Blocks
of values that cannot hold a gain are discarded by bounds on everybody's scores, the rest is cut:
bisection where the rule is monotone, an exhaustive search of what is left elsewhere. Where the
others' scores do not move, the unit's own ones are looked up among them, many values at a time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.engine import Result
from services.ratings.domain.grading import NO_LEVEL, OUTSIDE_DOMAIN, bands_at
from services.ratings.domain.json_fields import exact_decimal
from services.ratings.domain.methodology import Direction, Indicator, Method
from services.ratings.domain.what_if import Trial, trial_of
from shared.figures.decimals import unit_of
from shared.figures.places import RELATIVE_TOLERANCE, Place, RankedColumn

Floats = NDArray[np.float64]

MAX_STEPS = 2**40
MAX_TRIALS = 20_000
# Pieces a block is cut into where their ends are calculated together.
PIECES = 16


@dataclass(frozen=True, slots=True)
class Gain:
    """A value that gains, its distance from today's value, and what it gains."""

    value: Decimal
    change: Decimal
    place: Place
    level: str | None


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """The least move of one indicator to a better place, and to a higher level.

    None where no value of the domain gains, or the unit has no value, score or level to gain on;
    `exhausted` says that the search was given up undecided after MAX_TRIALS recalculations.
    """

    indicator: str
    value: Decimal | None
    unit: Decimal
    place: Gain | None
    level: Gain | None
    exhausted: bool = False


class SearchExhausted(Exception):  # noqa: N818 -- it states the fact.
    """Too many recalculations without an answer."""


def growth_points(result: Result, row: int) -> tuple[GrowthPoint, ...]:
    """Return the growth points of the unit in `row`, one an indicator, in the tree's order.

    A gained place is a smaller `from`; a gained level is a higher band of the level set's node.
    """
    others = rank_others(result, row)
    indicators = range(len(result.layout.leaves))
    return tuple(growth_point(result, row, index, others) for index in indicators)


@dataclass(frozen=True, slots=True)
class Others:
    """The other units' root scores as they are ranked today.

    `bounds` are the same in order, less what equality and rounding may hide.
    """

    column: RankedColumn
    bounds: Floats
    slack: float


def rank_others(result: Result, row: int) -> Others:
    """Sort the root scores of all units but one."""
    trial, root = trial_of(result, row, 0), result.scores[:, 0].copy()
    root[row] = np.nan
    ranked, tolerance = trial.ranked(root)
    slack = (root.size + 1) * RELATIVE_TOLERANCE
    bounds = ranked - slack * np.maximum(1.0, np.abs(root))
    return Others(RankedColumn(ranked, tolerance), np.sort(bounds[~np.isnan(bounds)]), slack)


def growth_point(
    result: Result, row: int, indicator: int, others: Others | None = None
) -> GrowthPoint:
    """Return the growth point of one unit and one indicator."""
    search = Search(trial_of(result, row, indicator), others or rank_others(result, row))
    value = float(result.observed.values[row, indicator])
    known = None if np.isnan(value) else exact_decimal(value)
    blank = GrowthPoint(search.rule.code, known, _decimal(search.unit), None, None)
    if known is None or np.isnan(result.scores[row, 0]):
        return blank
    try:
        place = level = None
        if result.places.first[row, 0] > 1:
            place = search.first(search.place_gained, search.place_possible)
        if search.level_can_rise():
            level = search.first(search.level_gained, search.level_possible)
    except SearchExhausted:
        return GrowthPoint(blank.indicator, known, blank.unit, None, None, exhausted=True)
    return GrowthPoint(blank.indicator, known, blank.unit, search.gain(place), search.gain(level))


@dataclass(slots=True)
class Search:
    """One unit's walk along the grid of printed values of one indicator; step 0 is today."""

    trial: Trial
    others: Others
    rule: Indicator = field(init=False)
    unit: Fraction = field(init=False)
    today: Fraction = field(init=False)
    level_column: int | None = field(init=False)
    _seen: dict[int, Floats] = field(init=False, default_factory=dict)
    _own: dict[int, Floats] = field(init=False, default_factory=dict)
    _steady_to: int = field(init=False)

    def __post_init__(self) -> None:
        result, row = self.trial.result, self.trial.row
        self.rule = result.methodology.indicators[self.trial.indicator]
        self.unit = _printed_unit(result, row, self.trial.indicator)
        value = float(result.observed.values[row, self.trial.indicator])
        self.today = Fraction(0) if np.isnan(value) else Fraction(exact_decimal(value))
        levels = result.methodology.levels
        node = None if levels is None else result.layout.column(levels.node)
        self.level_column = self.trial.path.index(node) if node in self.trial.path else None
        self._steady_to = self._last_steady_step()

    def value(self, step: int) -> Fraction:
        """Return the value after `step` printed units towards the better side."""
        if step == 0:
            return self.today
        if self.rule.direction is Direction.HIGHER:
            return (floor(self.today / self.unit) + step) * self.unit
        return (ceil(self.today / self.unit) - step) * self.unit

    def steps_to(self, value: Fraction) -> Fraction:
        """Return how many printed units towards the better side a value is."""
        if self.rule.direction is Direction.HIGHER:
            return value / self.unit - floor(self.today / self.unit)
        return ceil(self.today / self.unit) - value / self.unit

    def last_step(self) -> int:
        """Return the last step inside the domain, at most MAX_STEPS."""
        higher = self.rule.direction is Direction.HIGHER
        ends = [self.rule.domain[1] if higher else self.rule.domain[0]]
        if self.rule.normalise.method is Method.PERCENT_OF_MAX:
            ends.append(exact_decimal(self.rule.normalise.maximum if higher else 0.0))
        steps = [floor(self.steps_to(Fraction(end))) for end in ends if end is not None]
        return min([MAX_STEPS, *steps])

    def scores(self, step: int) -> Floats:
        """Return the scores (path, units) at a step."""
        if step not in self._seen:
            if len(self._seen) >= MAX_TRIALS:
                raise SearchExhausted
            column = self.trial.column(float(self.value(step)))
            self._seen[step] = self.trial.climb(column)
        return self._seen[step]

    def own(self, step: int) -> Floats:
        """Return the unit's own scores (path,) at a step."""
        if step > self._steady_to:
            return np.asarray(self.scores(step)[:, self.trial.row])
        self._calculate([step])
        return self._own[step]

    def _calculate(self, steps: Iterable[int]) -> None:
        """Calculate the own scores of the steady ones of these steps together."""
        due = [step for step in steps if step <= self._steady_to and step not in self._own]
        if not due:
            return
        if len(self._own) > MAX_TRIALS:
            raise SearchExhausted
        scores = self.trial.own_scores(np.array([float(self.value(step)) for step in due]))
        self._own.update(zip(due, scores.T, strict=True))

    def _last_steady_step(self) -> int:
        """Return the last step up to which the others' scores are today's; -1 if none is."""
        if np.isnan(self.trial.result.observed.values[self.trial.row, self.trial.indicator]):
            return -1
        last = max(0, self.last_step())
        if self._steady(last):
            return last
        ends = self.trial.ends()
        if ends is None or not self._steady(0):
            return -1
        better = ends[1] if self.rule.direction is Direction.HIGHER else ends[0]
        reached = min(last, floor(self.steps_to(Fraction(exact_decimal(better)))))
        return next(step for step in range(reached, -1, -1) if self._steady(step))

    def _steady(self, step: int) -> bool:
        ends = sorted((float(self.value(0)), float(self.value(step))))
        return self.trial.steady(ends[0], ends[1])

    def first(
        self, gained: Callable[[int], bool], possible: Callable[[int, int], bool]
    ) -> int | None:
        """Return the first step that gains, or None; `possible` judges a whole block."""
        pending = list(reversed(self.blocks()))
        self._calculate(step for block in pending for step in block)
        while pending:
            low, high = pending.pop()
            if low == high:
                if gained(low):
                    return low
            elif possible(low, high):
                pending += reversed(self._pieces(low, high))
        return None

    def _pieces(self, low: int, high: int) -> list[tuple[int, int]]:
        """Cut a block in two, or in more where their ends are calculated together."""
        size, count = high - low + 1, PIECES if high <= self._steady_to else 2
        starts = sorted({low + size * piece // count for piece in range(count)})
        pieces = _blocks(starts, high)
        self._calculate(step for piece in pieces for step in piece)
        return pieces

    def blocks(self) -> list[tuple[int, int]]:
        """Cut 1…last into blocks, with single steps where the rule may break.

        A rule breaks only where the unit meets the least or the greatest of the others, the
        target, or zero.
        """
        last = self.last_step()
        cuts = {step for value in self._breaks() for step in _around(self.steps_to(value))}
        cuts |= {step + 1 for step in cuts} | {self._steady_to + 1}
        return _blocks(sorted({1} | {cut for cut in cuts if 1 < cut <= last}), last)

    def _breaks(self) -> list[Fraction]:
        others = self.trial.others()
        known = others[~np.isnan(others)]
        values = [0.0, self.rule.normalise.target]
        if known.size:
            values += [float(known.min()), float(known.max())]
        return [Fraction(exact_decimal(value)) for value in values]

    def place_gained(self, step: int) -> bool:
        """Say whether the unit's place is better than today's."""
        return 0 < self._place(step).low < self._place(0).low

    def level_gained(self, step: int) -> bool:
        """Say whether the unit's band is higher than today's."""
        reached = self._band(self._level_score(step))
        return reached >= 0 and reached > self._band(self._level_score(0))

    def level_can_rise(self) -> bool:
        """Say whether the indicator is under a levelled node whose score lies in or under it."""
        levels = self.trial.result.methodology.levels
        if self.level_column is None or levels is None:
            return False
        score = self._level_score(0)
        band = self._band(score)
        return band >= 0 or (band == OUTSIDE_DOMAIN and score < levels.low)

    def place_possible(self, low: int, high: int) -> bool:
        """Say whether some step of the block may have a better place, by bounds on all scores."""
        best, bounds = self._bounds(low, high)
        if np.isneginf(best):
            return False
        own = best + self.others.slack * max(1.0, abs(best))
        reached = self.trial.compared(own)
        return 1 + int(np.count_nonzero(bounds > reached)) < self._place(0).low

    def level_possible(self, low: int, high: int) -> bool:
        """Say whether some step of the block may have a higher level."""
        ends = (self._level_score(low), self._level_score(high))
        if np.isnan(ends).any():
            return True
        best = max(ends)
        best += 2 * RELATIVE_TOLERANCE * max(1.0, abs(best))
        return self._band_up_to(best) > self._band(self._level_score(0))

    def gain(self, step: int | None) -> Gain | None:
        """Describe what a step gains."""
        if step is None:
            return None
        value = self.value(step)
        level = self._band(self._level_score(step)) if self.level_column is not None else NO_LEVEL
        levels = self.trial.result.methodology.levels
        code = None if levels is None or level < 0 else levels.ordered[level].code
        return Gain(_decimal(value), _decimal(value - self.today), self._place(step), code)

    def _bounds(self, low: int, high: int) -> tuple[float, Floats]:
        """Return the greatest own root score over a block of steps, and the others' least ones.

        Between breaks each unit's normalised value moves one way, except where it turns. Scores
        whose nulls differ between the ends are unbounded. The others' have what equality and
        rounding may hide taken off.
        """
        if high > self._steady_to:
            return self._moving_bounds(low, high)
        ends = np.stack([self.own(low), self.own(high)])
        if (np.isnan(ends[0]) != np.isnan(ends[1])).any():
            return np.inf, self.others.bounds
        best = ends[:, -1].max()
        return -np.inf if np.isnan(best) else float(best), self.others.bounds

    def _moving_bounds(self, low: int, high: int) -> tuple[float, Floats]:
        row, found = self.trial.row, [self.scores(low), self.scores(high)]
        ends = sorted((float(self.value(low)), float(self.value(high))))
        turning = self.trial.extremes(ends[0], ends[1])
        if turning is not None and not np.isnan(turning).all():
            column = np.where(np.isnan(turning), found[0][0], turning)
            found.append(self.trial.climb(column))
        nulls = np.isnan(found)
        steady = (nulls == nulls[0]).all(axis=(0, 1))
        root = np.stack([scores[-1] for scores in found])
        gone = np.isnan(root[0])
        worst = np.where(steady & ~gone, root.min(axis=0), -np.inf)
        bounds = self.trial.ranked(worst)[0] - self.others.slack * np.maximum(1.0, np.abs(worst))
        bounds[row] = -np.inf
        if not steady[row]:
            return np.inf, bounds
        return -np.inf if gone[row] else float(root[:, row].max()), bounds

    def _place(self, step: int) -> Place:
        row = self.trial.row
        if step > self._steady_to:
            return self.trial.place(self.scores(step)[-1])
        score = self.trial.compared(float(self.own(step)[-1]))
        if np.isnan(score):
            return Place(0, 0, self.others.bounds.size)
        rows = np.array([row])
        first, last, of = self.others.column.places_of(np.array([score]), rows)
        return Place(int(first[0]), int(last[0]), int(of[0]))

    def _level_score(self, step: int) -> float:
        return float(self.own(step)[self.level_column or 0])

    def _band_up_to(self, score: float) -> int:
        """Return the highest band at or under a score; above the domain that is its top one."""
        levels = self.trial.result.methodology.levels
        return NO_LEVEL if levels is None else self._band(min(score, float(levels.high)))

    def _band(self, score: float) -> int:
        methodology = self.trial.result.methodology
        if methodology.levels is None:
            return NO_LEVEL
        return int(bands_at(np.array([score]), methodology.levels, methodology.rounding)[0])


def _printed_unit(result: Result, row: int, indicator: int) -> Fraction:
    """Return the printed unit: the indicator's, else the observation's, else 1."""
    digits = result.methodology.indicators[indicator].digits
    if digits is None and result.observed.digits is not None:
        digits = max(0, int(result.observed.digits[row, indicator]))
    return unit_of(digits or 0)


def _blocks(starts: Sequence[int], last: int) -> list[tuple[int, int]]:
    """Return the blocks that begin at these steps, the last of them up to `last`."""
    if last < 1:
        return []
    return list(zip(starts, [start - 1 for start in starts[1:]] + [last], strict=True))


def _around(step: Fraction) -> tuple[int, int]:
    return floor(step), ceil(step)


def _decimal(value: Fraction) -> Decimal:
    """Write a multiple of a printed unit exactly."""
    return Decimal(value.numerator) / Decimal(value.denominator)
