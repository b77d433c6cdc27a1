"""Exact decimals: the four rounding rules, and the way between engine floats and printed text."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

SIGNIFICANT_DIGITS = 12
"""Engine floats are published at this many significant digits (`docs/rules/ratings.md`, Engine)."""


class RoundingMode(StrEnum):
    """The rounding rules a document may have used; every one of them is admissible."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    CEIL = "ceil"
    FLOOR = "floor"


def unit_of(digits: int) -> Fraction:
    """Return the unit of the last printed digit, 10^−digits; negative digits are tens, hundreds."""
    return Fraction(1, 10**digits) if digits >= 0 else Fraction(10**-digits)


def round_steps(x: Fraction, mode: RoundingMode) -> int:
    """Round to a whole number; half_up is floor(x + ½), so −2.5 becomes −2."""
    if mode is RoundingMode.HALF_UP:
        return floor(x + Fraction(1, 2))
    if mode is RoundingMode.HALF_EVEN:
        return round(x)
    return ceil(x) if mode is RoundingMode.CEIL else floor(x)


def round_to(x: Fraction, digits: int, mode: RoundingMode) -> Fraction:
    """Round an exact value to `digits` decimals under `mode`."""
    unit = unit_of(digits)
    return round_steps(x / unit, mode) * unit


def exact(x: float) -> Fraction:
    """Read an engine float as the decimal it is published as, so that 0.1 + 0.2 is 3/10.

    The float must be finite; ValueError otherwise.
    """
    return Fraction(Decimal(f"{x:.{SIGNIFICANT_DIGITS}g}")) if x - x == 0 else _refuse(x)


def published(x: float) -> float:
    """Return the float at the published precision of 12 significant digits."""
    return float(f"{x:.{SIGNIFICANT_DIGITS}g}")


@lru_cache(maxsize=1 << 15)
def decimal_text(x: Fraction | Decimal, digits: int | None = None) -> str:
    """Print an exact decimal plainly: no exponent, `digits` decimals or as many as it needs.

    A fraction without a finite decimal form is rounded half_even to 12 significant digits.
    ValueError if `digits` would lose something of a finite decimal. The text depends on the value
    alone, however it is written, so it is remembered.
    """
    value = Fraction(x)
    places = _finite_places(value.denominator)
    if places is None:
        return f"{Decimal(f'{float(value):.{SIGNIFICANT_DIGITS}g}'):f}"
    if digits is None:
        return _plain(value, places)
    if places > max(digits, 0) or (digits < 0 and value % 10**-digits):
        message = f"{_plain(value, places)} has more than {digits} decimals"
        raise ValueError(message)
    return _plain(value, digits)


def _finite_places(denominator: int) -> int | None:
    """Return how many decimals a fraction in lowest terms needs, or None if it never ends."""
    rest, twos, fives = denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def _plain(value: Fraction, places: int) -> str:
    """Write a fraction that ends with that many decimals; negative places are zeros."""
    if places <= 0:
        return str(value.numerator // value.denominator)
    scaled = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{scaled[:-places]}.{scaled[-places:]}"


def _refuse(x: float) -> Fraction:
    message = f"{x} is not a finite number"
    raise ValueError(message)
