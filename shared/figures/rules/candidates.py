"""Which maxima a score and its per cent allow, as ranges that may have no upper end.

Maxima are whole numbers of a step: 1 for points, ½ where half-points are admitted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from shared.figures.decimals import RoundingMode, round_to
from shared.figures.intervals import Interval, rounding_interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Json
from shared.figures.rules.precision import PERCENT

LISTED = 50
"""Longer candidate lists are given by their ends only."""


@dataclass(frozen=True, slots=True)
class Maxima:
    """The whole numbers first…last; `last` is None where there is no upper end."""

    first: int
    last: int | None

    @property
    def empty(self) -> bool:
        """Whether no whole number is inside."""
        return self.last is not None and self.first > self.last

    def holds(self, maximum: int) -> bool:
        """Whether the number is inside."""
        return self.first <= maximum and (self.last is None or maximum <= self.last)

    def meet(self, other: "Maxima") -> "Maxima":
        """Intersect two ranges; the result may be empty."""
        lasts = [last for last in (self.last, other.last) if last is not None]
        return Maxima(max(self.first, other.first), min(lasts, default=None))

    def listed(self) -> list[int] | None:
        """Return the candidates one by one, or None where there are too many to list."""
        if self.last is None or self.last - self.first >= LISTED:
            return None
        return list(range(self.first, self.last + 1))

    def wire(self) -> dict[str, Json]:
        """Return `{"from", "to", "list"}`; `to` is null without an upper end."""
        return {"from": self.first, "to": self.last, "list": self.listed()}


NO_MAXIMUM = Maxima(1, 0)


@dataclass(frozen=True, slots=True)
class Pair:
    """A score, which is exact, and the per cent of the maximum printed for it."""

    score: Printed
    percent: Printed


def candidates(score: Fraction, percent: Interval) -> Maxima:
    """Return the whole maxima M with 100·score/M inside an interval of per cents.

    A score of 0 has 0 % of every maximum. M is at least 1 and never below the score.
    """
    percent = percent.meet(Interval(Fraction(0), Fraction(100)))
    if percent.empty or score < 0:
        return NO_MAXIMUM
    if score == 0:
        return Maxima(1, None) if percent.holds(Fraction(0)) else NO_MAXIMUM
    if percent.high == 0:
        return NO_MAXIMUM
    least = 100 * score / percent.high
    first = max(floor(least) + 1 if percent.high_open else ceil(least), 1)
    if percent.low <= 0:
        return Maxima(first, None)
    greatest = 100 * score / percent.low
    return Maxima(first, ceil(greatest) - 1 if percent.low_open else floor(greatest))


def maxima(pair: Pair, mode: RoundingMode, parts: int = 1) -> Maxima:
    """Return the maxima that a printed pair allows under a mode, counted in 1/`parts` points."""
    return _maxima(pair.score.value * parts, pair.percent.value, pair.percent.digits, mode)


@lru_cache(maxsize=1 << 16)
def _maxima(score: Decimal, percent: Decimal, digits: int, mode: RoundingMode) -> Maxima:
    """Remember what tables repeat in row after row."""
    return candidates(Fraction(score), rounding_interval(percent, digits, mode, PERCENT))


def common(pairs: Iterable[Pair], mode: RoundingMode, parts: int = 1) -> Maxima:
    """Return the maxima that all pairs allow under one mode, counted in 1/`parts` points."""
    shared = Maxima(1, None)
    for pair in pairs:
        shared = shared.meet(maxima(pair, mode, parts))
    return shared


def percents_of(
    score: Fraction, within: Maxima, digits: int, mode: RoundingMode
) -> Interval | None:
    """Return the least and greatest per cent the score would print as under these maxima."""
    highest = max(Fraction(within.first), score)
    lowest = Fraction(within.first if within.last is None else within.last)
    if lowest < score:
        return None
    least, greatest = (
        round_to(100 * score / max(m, Fraction(1)), digits, mode) for m in (lowest, highest)
    )
    return Interval(least, greatest)


def scores_of(percent: Interval, within: Maxima, unit: Fraction) -> Interval | None:
    """Return the least and greatest score, in steps of `unit`, with that per cent of a maximum."""
    last = within.first if within.last is None else within.last
    low, high = percent.low * within.first / 100 / unit, percent.high * last / 100 / unit
    first_step = floor(low) + 1 if percent.low_open else ceil(low)
    last_step = ceil(high) - 1 if percent.high_open else floor(high)
    if first_step > last_step:
        return None
    return Interval(max(first_step, 0) * unit, last_step * unit)
