"""The maximum score behind a threshold: given, or the integers its printed per cent allows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from shared.figures.decimals import RoundingMode, round_to
from shared.figures.intervals import rounding_interval

HUNDRED = 100
PER_CENT_DOMAIN = (Fraction(0), Fraction(HUNDRED))
ROUNDING = RoundingMode.HALF_UP
"""The rule the candidates are read under; the document names none, which is recorded."""


@dataclass(frozen=True, slots=True)
class Percent:
    """A per cent as printed: exact value and the digits it was printed to."""

    value: Decimal
    digits: int


def percent_of(text: str) -> Percent:
    """Read a canonical decimal («28», «33.5») keeping its printed digits."""
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    return Percent(value, max(0, -exponent) if isinstance(exponent, int) else 0)


def candidate_maxima(
    score: Decimal, percent: Percent, mode: RoundingMode = ROUNDING
) -> tuple[int, ...]:
    """Whole maxima m ≥ score for which 100·score/m prints as the per cent.

    Empty when no whole number does. A score of 0 prints as 0 % of any maximum and a per cent
    whose interval reaches 0 leaves the maximum without an upper end: both give no candidates,
    because an endless list tells nothing.
    """
    interval = rounding_interval(percent.value, percent.digits, mode, PER_CENT_DOMAIN)
    if score <= 0 or interval.empty or interval.low <= 0:
        return ()
    scaled = HUNDRED * Fraction(score)
    first = max(1, floor(scaled / interval.high)) if interval.high else 1
    last = floor(scaled / interval.low)
    return tuple(m for m in range(first, last + 1) if interval.holds(scaled / m))


def common_maxima(candidates: Iterable[Sequence[int]]) -> tuple[int, ...]:
    """Maxima that every cell allows, ascending; cells without candidates are left out."""
    known = [set(cell) for cell in candidates if cell]
    return tuple(sorted(set.intersection(*known))) if known else ()


def percent_of_maximum(score: Decimal, maximum: Decimal, digits: int) -> Decimal:
    """Per cent of the maximum rounded half up to `digits`, as a decimal with those digits."""
    rounded = round_to(HUNDRED * Fraction(score) / Fraction(maximum), digits, ROUNDING)
    scale = 10**digits
    return Decimal(int(rounded * scale)).scaleb(-digits)


def derived_percent(
    score: Decimal, given: Decimal | None, others: Sequence[int], digits: int
) -> Decimal | None:
    """Return the per cent a maximum implies, at the declared digits.

    From the given maximum if there is one; else from `others`, the candidates that *other* cells
    of the same shared maximum allow, and only where they all print alike. A cell's own per cent
    proves nothing about itself, so without a given maximum and without others it is null.
    """
    if given is not None:
        return percent_of_maximum(score, given, digits)
    printed = {percent_of_maximum(score, Decimal(m), digits) for m in others if m >= score}
    return printed.pop() if len(printed) == 1 else None
