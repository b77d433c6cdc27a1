"""What several rules need of the printed precision: verdicts over the modes, and repairs."""

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from shared.figures.decimals import RoundingMode, decimal_text, round_to, unit_of
from shared.figures.intervals import Domain, Interval, rounding_interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Repair

MODES = tuple(RoundingMode)
"""Every rounding rule a document may have used."""

MOST_REPAIRS = 20
"""How many alternatives a finding offers before they are verified."""

_SCALED = re.compile("[0-9]\\s*(?P<scale>(?:тыс|млн|миллион)[а-яё]*)", re.IGNORECASE)

_POINTED = re.compile(r"[0-9]\.[0-9]")

PERCENT: Domain = (Fraction(0), Fraction(100))


def true_interval(printed: Printed, mode: RoundingMode, domain: Domain | None = None) -> Interval:
    """Return the true values behind a printed figure under a mode."""
    return _interval(printed.value, printed.digits, mode, domain)


@lru_cache(maxsize=1 << 14)
def _interval(value: Decimal, digits: int, mode: RoundingMode, domain: Domain | None) -> Interval:
    """Remember what tables repeat in row after row."""
    return rounding_interval(value, digits, mode, domain)


def satisfiable(holds: Callable[[RoundingMode], bool]) -> list[RoundingMode]:
    """Return the modes under which a rule can hold; none is a contradiction."""
    return [mode for mode in MODES if holds(mode)]


def printable(
    wanted: Interval, digits: int, mode: RoundingMode, domain: Domain | None = None
) -> tuple[Fraction, Fraction] | None:
    """Return the least and greatest printed value that some wanted true value would give."""
    if wanted.empty:
        return None
    unit = unit_of(digits)
    first = round_to(wanted.low, digits, mode) - unit
    last = round_to(wanted.high, digits, mode) + unit
    if domain is not None:
        low, high = domain
        first = first if low is None else max(first, round_to(low, digits, mode))
        last = last if high is None else min(last, round_to(high, digits, mode))
    low_end = _step_into(wanted, first, unit, digits, mode, domain)
    high_end = _step_into(wanted, last, -unit, digits, mode, domain)
    return None if low_end is None or high_end is None else (low_end, high_end)


def repair(printed: Printed, bounds: tuple[Fraction, Fraction] | None) -> list[Repair]:
    """Return the repair of one claim within bounds, printed as the claim is; or none.

    Where the cell holds another number next to this one, that one stays.
    """
    if bounds is None:
        return []
    low, high = (_print(printed, end) for end in bounds)
    return [Repair.of(printed.claim, low, high)]


def one_change_repairs(
    wanted: Iterable[tuple[Printed, Sequence[tuple[Fraction, Fraction]]]],
) -> tuple[Repair, ...]:
    """Return one repair a figure: from the least to the greatest value wanted under any mode."""
    repairs: list[Repair] = []
    for printed, bounds in wanted:
        if len(repairs) < MOST_REPAIRS:
            low, high = min(low for low, _ in bounds), max(high for _, high in bounds)
            repairs += repair(printed, (low, high))
    return tuple(repairs)


def _print(printed: Printed, value: Fraction) -> str:
    """Write a value with the digits of the printed one, or with as many as it needs."""
    digits = max(printed.digits, 0)
    scaled = _SCALED.search(printed.claim.raw) if printed.cell == "{}" else None
    if scaled is not None:
        power = 3 if scaled["scale"].lower().startswith("т") else 6
        number = decimal_text(value / 10**power).replace(".", ",")
        return f"{number} {scaled['scale']}{printed.claim.raw[scaled.end() :]}".rstrip()
    fits = (value * 10**digits).denominator == 1
    return written(printed, decimal_text(value, digits if fits else None))


def written(printed: Printed, number: str) -> str:
    """Put a number in the cell of a printed one: with its decimal sign, and one sign only."""
    pointed = _POINTED.search(printed.claim.raw) is not None
    text = printed.cell.format(number if pointed else number.replace(".", ","))
    return text.replace("+-", "-")


def closed_rest(everything: Interval, one: Interval) -> Interval:
    """Return a sum without one of its terms, its ends taken as closed."""
    return Interval(everything.low - one.low, everything.high - one.high)


def total(intervals: Sequence[Interval]) -> Interval:
    """Add independent quantities; nothing adds to exactly zero."""
    return Interval(
        sum((interval.low for interval in intervals), Fraction(0)),
        sum((interval.high for interval in intervals), Fraction(0)),
        any(interval.low_open for interval in intervals),
        any(interval.high_open for interval in intervals),
    )


def _step_into(
    wanted: Interval,
    start: Fraction,
    step: Fraction,
    digits: int,
    mode: RoundingMode,
    domain: Domain | None,
) -> Fraction | None:
    """Walk at most three printed steps until the interval behind meets the wanted one."""
    for i in range(4):
        value = start + i * step
        if not rounding_interval(value, digits, mode, domain).meet(wanted).empty:
            return value
    return None
