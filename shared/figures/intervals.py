"""What a printed value says about the true one: an interval with exact, open or closed ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor

from shared.figures.decimals import RoundingMode, decimal_text, unit_of

__all__ = ["Interval", "RoundingMode", "intersection", "mean", "rounding_interval"]

Domain = tuple[Fraction | None, Fraction | None]
"""The closed range the unit allows; None where it has no end."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A range of true values: two exact ends, each open or closed."""

    low: Fraction
    high: Fraction
    low_open: bool = False
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """Whether no value is inside."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def holds(self, x: Fraction) -> bool:
        """Whether the value is inside, ends respected."""
        above = x > self.low or (x == self.low and not self.low_open)
        below = x < self.high or (x == self.high and not self.high_open)
        return above and below

    def meet(self, other: "Interval") -> "Interval":
        """Intersect two intervals; at equal ends the open one wins. The result may be empty."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low, high, low_open, not high_closed)

    def plus(self, other: "Interval") -> "Interval":
        """Add two independent quantities: an end is open where either is."""
        return Interval(
            self.low + other.low,
            self.high + other.high,
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def times(self, factor: Fraction) -> "Interval":
        """Scale by an exact factor; a negative one swaps the ends, zero collapses to [0, 0]."""
        if factor == 0:
            return Interval(Fraction(0), Fraction(0))
        low, high = self.low * factor, self.high * factor
        if factor > 0:
            return Interval(low, high, self.low_open, self.high_open)
        return Interval(high, low, self.high_open, self.low_open)

    def integers(self) -> range:
        """Return the whole numbers inside, smallest first; empty if there are none."""
        first, last = ceil(self.low), floor(self.high)
        first += self.low_open and first == self.low
        last -= self.high_open and last == self.high
        return range(first, max(first, last + 1))

    def wire(self) -> dict[str, str | bool]:
        """Return `{"low", "high", "low_open", "high_open"}` with exact decimals as text."""
        return {
            "low": decimal_text(self.low),
            "high": decimal_text(self.high),
            "low_open": self.low_open,
            "high_open": self.high_open,
        }


def rounding_interval(
    value: Decimal | Fraction | int,
    digits: int,
    mode: RoundingMode,
    domain: Domain | None = None,
) -> Interval:
    """Return the true values that print as `value` with `digits` decimals under `mode`.

    half_up [v−½u, v+½u) · half_even [v−½u, v+½u] for even v/u, else both ends open ·
    ceil (v−u, v] · floor [v, v+u); u = 10^−digits; clipped to the closed domain of the unit
    (100 % → [99.5, 100]). A value outside its domain gives an empty interval.
    ValueError where the value has more decimals than `digits`.
    """
    v, unit = Fraction(value), unit_of(digits)
    steps = v / unit
    if steps.denominator != 1:
        message = f"{value} is not printed to {digits} decimals"
        raise ValueError(message)
    half = unit / 2
    if mode is RoundingMode.HALF_UP:
        interval = Interval(v - half, v + half, high_open=True)
    elif mode is RoundingMode.HALF_EVEN:
        odd = steps.numerator % 2 == 1
        interval = Interval(v - half, v + half, odd, odd)
    elif mode is RoundingMode.CEIL:
        interval = Interval(v - unit, v, low_open=True)
    else:
        interval = Interval(v, v + unit, high_open=True)
    return _clip(interval, domain)


def intersection(intervals: Iterable[Interval]) -> Interval:
    """Intersect one or more intervals; the result may be empty."""
    return reduce(Interval.meet, intervals)


def mean(intervals: Iterable[Interval]) -> Interval:
    """Return the interval of the arithmetic mean of one or more independent quantities."""
    parts = list(intervals)
    return reduce(Interval.plus, parts).times(Fraction(1, len(parts)))


def _clip(interval: Interval, domain: Domain | None) -> Interval:
    if domain is None:
        return interval
    low, high = domain
    bounds = Interval(
        interval.low if low is None else low,
        interval.high if high is None else high,
        interval.low_open if low is None else False,
        interval.high_open if high is None else False,
    )
    return interval.meet(bounds)
