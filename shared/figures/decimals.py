"""Exact decimals: the four rounding rules, and the way between engine floats and printed text."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
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


def decimal_text(x: Fraction | Decimal, digits: int | None = None) -> str:
    """Print an exact decimal plainly: no exponent, `digits` decimals or as many as it needs.

    A fraction without a finite decimal form is rounded half_even to 12 significant digits.
    ValueError if `digits` would lose something of a finite decimal.
    """
    value = Fraction(x)
    finite = _finite(value)
    if finite is None:
        return f"{Decimal(f'{float(value):.{SIGNIFICANT_DIGITS}g}'):f}"
    if digits is None:
        return f"{finite:f}"
    steps = value * 10**digits
    if steps.denominator != 1:
        message = f"{finite} has more than {digits} decimals"
        raise ValueError(message)
    written = tuple(int(digit) for digit in str(abs(steps.numerator)))
    return f"{Decimal((int(value < 0), written, -digits)):f}"


def _finite(value: Fraction) -> Decimal | None:
    """Write a fraction as a decimal without trailing zeros, or None if it never ends."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return None
    places = max(twos, fives)
    scaled = value.numerator * 10**places // value.denominator
    sign, digits = (1 if scaled < 0 else 0), tuple(int(d) for d in str(abs(scaled)))
    return Decimal((sign, digits, -places))


def _refuse(x: float) -> Fraction:
    message = f"{x} is not a finite number"
    raise ValueError(message)
