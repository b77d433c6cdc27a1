"""`share_sum`, `part_whole_sum` and `whole_of_parts`: parts that make a whole, or belong to it."""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

from shared.figures.decimals import RoundingMode, decimal_text
from shared.figures.intervals import Interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Guess, Repair, Severity, subject_of
from shared.figures.rules.precision import (
    MODES,
    MOST_REPAIRS,
    PERCENT,
    closed_rest,
    one_change_repairs,
    printable,
    satisfiable,
    total,
    true_interval,
)
from shared.figures.rules.wording import number_text, shorten

HUNDRED = Fraction(100)


class Proof(StrEnum):
    """How firmly it is known that the parts make the whole."""

    STATED = "stated"
    LIKELY = "likely"
    OPEN = "open"


FAILING = {
    Proof.STATED: Severity.CONTRADICTION,
    Proof.LIKELY: Severity.IMPLAUSIBLE,
    Proof.OPEN: Severity.INCOMPLETE,
}


def share_sum(shares: Sequence[Printed], proof: Proof, guess: Guess | None = None) -> Finding:
    """Check that shares of one whole, in per cent, can add to 100 within their printed precision.

    One or more shares; each lies between 0 and 100. `proof` gives the severity of a wrong sum,
    `guess` says what was taken for granted where the shares are not stated to be of one whole.
    """

    def added(mode: RoundingMode) -> Interval:
        return total([true_interval(share, mode, PERCENT) for share in shares])

    modes = satisfiable(lambda mode: not added(mode).empty and added(mode).holds(HUNDRED))
    summed = sum((share.exact for share in shares), Fraction(0))
    claims = tuple(share.claim for share in shares)
    return Finding(
        rule="share_sum",
        severity=Severity.CONSISTENT if modes else FAILING[proof],
        text=f"Доли {_listed(shares)} дают в сумме {number_text(summed)} %"
        + (": 100 % возможны." if modes else ", 100 % невозможны ни при каком округлении."),
        subject=subject_of(claims),
        claims=claims,
        declared=[_text(share) for share in shares],
        recomputed={"sum": decimal_text(summed), "modes": [mode.value for mode in modes]},
        tolerance=added(RoundingMode.HALF_UP).wire(),
        repairs=() if modes else _share_repairs(shares),
        assumes=() if guess is None else (guess,),
        modes=tuple(modes) if modes and proof is Proof.STATED else None,
    )


def parts_of_whole(
    rule: str,
    whole: Printed,
    parts: Sequence[Printed],
    *,
    proof: Proof,
    only_limit: bool = False,
    unread: Sequence[str] = (),
    guess: Guess | None = None,
) -> Finding:
    """Check that the figures of parts add to that of their whole, or do not exceed it.

    Counts are exact where all are printed as whole numbers; otherwise every figure represents its
    rounding interval. `unread` names parts without a figure: then, and where the parts are only a
    limit («из них»), they may not exceed the whole. One or more parts.
    """
    exact = all(figure.digits == 0 for figure in (whole, *parts))
    limit = only_limit or bool(unread)

    summed = _summed(parts)

    def holds(mode: RoundingMode) -> bool:
        if exact:
            return summed <= whole.exact if limit else summed == whole.exact
        said, added = count_interval(whole, mode, exact=exact), _added(parts, mode, exact=exact)
        return added.low <= said.high if limit else not added.meet(said).empty

    modes = satisfiable(holds)
    claims = (whole.claim, *(part.claim for part in parts))
    holding = Severity.INCOMPLETE if unread else Severity.CONSISTENT
    asked = "не больше целого" if limit else "целое"
    return Finding(
        rule=rule,
        severity=holding if modes else FAILING[proof],
        text=f"Части {_listed(parts)} дают {number_text(summed)}, {asked} {_text(whole)}"
        + _verdict(holds=bool(modes), unread=unread),
        subject={**subject_of(claims), **dict(whole.claim.key)},
        claims=claims,
        declared={"whole": _text(whole), "parts": [_text(part) for part in parts]},
        recomputed={"sum": decimal_text(summed), "unread": list(unread)},
        tolerance=_added(parts, RoundingMode.HALF_UP, exact=exact).wire(),
        repairs=() if modes else _part_repairs(whole, parts, exact=exact, limit=limit),
        assumes=() if guess is None else (guess,),
        modes=tuple(modes) if modes and not exact and proof is Proof.STATED else None,
    )


def count_interval(printed: Printed, mode: RoundingMode, *, exact: bool) -> Interval:
    """Return the count behind a figure: itself where counts are whole, never below zero else."""
    if exact:
        return Interval(printed.exact, printed.exact)
    low = Fraction(0) if printed.exact >= 0 else None
    return true_interval(printed, mode, (low, None))


def _added(parts: Sequence[Printed], mode: RoundingMode, *, exact: bool) -> Interval:
    if exact:
        return Interval(_summed(parts), _summed(parts))
    return total([count_interval(part, mode, exact=exact) for part in parts])


def _summed(parts: Sequence[Printed]) -> Fraction:
    """Add printed figures; whole numbers as such, which is many times faster."""
    if all(part.digits <= 0 for part in parts):
        return Fraction(sum(int(part.value) for part in parts))
    return sum((part.exact for part in parts), Fraction(0))


def _verdict(*, holds: bool, unread: Sequence[str]) -> str:
    if not holds:
        return ": не сходится."
    return "; части без числа есть." if unread else ": сходится."


def _share_repairs(shares: Sequence[Printed]) -> tuple[Repair, ...]:
    """Return for each share the figures that alone would do, under any of the modes."""
    wanted: dict[int, list[tuple[Fraction, Fraction]]] = {}
    for mode in MODES:
        spans = [true_interval(share, mode, PERCENT) for share in shares]
        everything = total(spans)
        for place, share in enumerate(shares):
            rest = Interval(
                everything.low - spans[place].low,
                everything.high - spans[place].high,
                everything.low_open,
                everything.high_open,
            )
            inside = Interval(HUNDRED, HUNDRED).plus(rest.times(Fraction(-1)))
            inside = inside.meet(Interval(Fraction(0), HUNDRED))
            bounds = printable(inside, share.digits, mode, PERCENT)
            if bounds is not None:
                wanted.setdefault(place, []).append(bounds)
    return one_change_repairs((shares[place], bounds) for place, bounds in wanted.items())


def _part_repairs(
    whole: Printed, parts: Sequence[Printed], *, exact: bool, limit: bool
) -> tuple[Repair, ...]:
    """Return the whole that the parts add to, and each part that alone would settle it.

    Of a limit a part may be anything that leaves room, the whole anything that holds the parts.
    """
    wanted: dict[int, list[tuple[Fraction, Fraction]]] = {}
    figures = (whole, *parts)
    for mode in (RoundingMode.HALF_UP,) if exact else MODES:
        spans = [count_interval(part, mode, exact=exact) for part in parts[:MOST_REPAIRS]]
        added, said = _added(parts, mode, exact=exact), count_interval(whole, mode, exact=exact)
        room = [(0, Interval(added.low, MOST_TIMES * added.high) if limit else added)]
        for place, span in enumerate(spans):
            needed = said.plus(closed_rest(added, span).times(Fraction(-1)))
            room.append((place + 1, Interval(Fraction(0), needed.high) if limit else needed))
        for place, interval in room:
            bounds = _printed_within(interval, figures[place], mode, exact=exact)
            if bounds is not None:
                wanted.setdefault(place, []).append(bounds)
    return one_change_repairs((figures[place], ends) for place, ends in sorted(wanted.items()))


MOST_TIMES = 100
"""How many times its parts a whole is looked for that only has to hold them."""


def _printed_within(
    interval: Interval, figure: Printed, mode: RoundingMode, *, exact: bool
) -> tuple[Fraction, Fraction] | None:
    inside = interval.meet(Interval(Fraction(0), max(interval.high, Fraction(0))))
    if inside.empty:
        return None
    if exact:
        return inside.low, inside.high
    return printable(inside, figure.digits, mode, (Fraction(0), None))


def _text(printed: Printed) -> str:
    return number_text(printed.value, printed.digits)


def _listed(parts: Sequence[Printed]) -> str:
    return shorten((_text(part) for part in parts), " + ")
