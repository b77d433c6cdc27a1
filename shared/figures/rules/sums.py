"""`share_sum` and `part_whole_sum`: parts that make a whole."""

from collections.abc import Sequence
from fractions import Fraction

from shared.figures.decimals import RoundingMode, decimal_text
from shared.figures.intervals import Interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Repair, Severity, subject_of
from shared.figures.rules.precision import (
    PERCENT,
    printable,
    repair,
    satisfiable,
    total,
    true_interval,
)

HUNDRED = Fraction(100)


def share_sum(shares: Sequence[Printed], *, proved: bool = True) -> Finding:
    """Check that shares of one whole, in per cent, can add to 100 within their printed precision.

    One or more shares; each lies between 0 and 100. Where it is only likely that they are the
    shares of one whole (`proved` is false), a wrong sum is implausible and no contradiction.
    """

    def whole(mode: RoundingMode) -> Interval:
        return total([true_interval(share, mode, PERCENT) for share in shares])

    modes = satisfiable(lambda mode: not whole(mode).empty and whole(mode).holds(HUNDRED))
    added = sum((share.exact for share in shares), Fraction(0))
    claims = tuple(share.claim for share in shares)
    return Finding(
        rule="share_sum",
        severity=_severity(bool(modes), proved=proved),
        text=f"Доли {_listed(shares)} дают в сумме {decimal_text(added)} %"
        + (": 100 % возможны." if modes else ", 100 % невозможны ни при каком округлении."),
        subject=subject_of(claims),
        claims=claims,
        declared=[_text(share) for share in shares],
        recomputed={"sum": decimal_text(added), "modes": [mode.value for mode in modes]},
        tolerance=whole(RoundingMode.HALF_UP).wire(),
        repairs=() if modes else tuple(_share_repairs(shares)),
    )


def part_whole_sum(
    whole: Printed, parts: Sequence[Printed], *, unread: Sequence[str] = (), proved: bool = True
) -> Finding:
    """Check that the counts of all parts add to the count of the whole.

    Counts printed as whole numbers are exact; others stand for their rounding interval. `unread`
    names parts whose count is missing: then the others may only not exceed the whole, and the
    finding is incomplete unless they do. Where it is only likely that these are all the parts
    (`proved` is false), a wrong sum is implausible and no contradiction. One or more parts.
    """

    def added(mode: RoundingMode) -> Interval:
        return total([_count(part, mode) for part in parts])

    def holds(mode: RoundingMode) -> bool:
        said = _count(whole, mode)
        if unread:
            return added(mode).low <= said.high
        return not added(mode).meet(said).empty

    modes = satisfiable(holds)
    claims = (whole.claim, *(part.claim for part in parts))
    summed = sum((part.exact for part in parts), Fraction(0))
    holding = Severity.INCOMPLETE if unread else Severity.CONSISTENT
    told = f"Части {_listed(parts)} дают {decimal_text(summed)}, целое {_text(whole)}"
    verdict = (
        ": не сходится." if not modes else "; части без числа есть." if unread else ": сходится."
    )
    return Finding(
        rule="part_whole_sum",
        severity=holding if modes else _severity(holds=False, proved=proved),
        text=told + verdict,
        subject={**subject_of(claims), **dict(whole.claim.key)},
        claims=claims,
        declared={"whole": _text(whole), "parts": [_text(part) for part in parts]},
        recomputed={"sum": decimal_text(summed), "unread": list(unread)},
        tolerance=added(RoundingMode.HALF_UP).wire(),
        repairs=() if modes else tuple(_part_repairs(whole, parts)),
    )


def _severity(holds: bool, *, proved: bool) -> Severity:
    if holds:
        return Severity.CONSISTENT
    return Severity.CONTRADICTION if proved else Severity.IMPLAUSIBLE


def _count(printed: Printed, mode: RoundingMode) -> Interval:
    """Return the count behind a figure: exactly it, where a whole number is printed."""
    if printed.digits <= 0:
        return Interval(printed.exact, printed.exact)
    return true_interval(printed, mode, (Fraction(0), None))


def _share_repairs(shares: Sequence[Printed]) -> list[Repair]:
    repairs: list[Repair] = []
    mode = RoundingMode.HALF_UP
    spans = [true_interval(share, mode, PERCENT) for share in shares]
    for i, share in enumerate(shares):
        rest = total(spans[:i] + spans[i + 1 :])
        wanted = Interval(HUNDRED, HUNDRED).plus(rest.times(Fraction(-1)))
        inside = wanted.meet(Interval(Fraction(0), HUNDRED))
        repairs += repair(share, printable(inside, share.digits, mode, PERCENT))
    return repairs


def _part_repairs(whole: Printed, parts: Sequence[Printed]) -> list[Repair]:
    """Return the whole that the parts add to, and each part that alone would settle it."""
    summed = sum((part.exact for part in parts), Fraction(0))
    excess = summed - whole.exact
    fixes = [(whole, summed), *((part, part.exact - excess) for part in parts)]
    return [
        fix for printed, value in fixes if value >= 0 for fix in repair(printed, (value, value))
    ]


def _text(printed: Printed) -> str:
    return decimal_text(printed.value, max(printed.digits, 0))


def _listed(parts: Sequence[Printed]) -> str:
    return " + ".join(_text(part) for part in parts)
