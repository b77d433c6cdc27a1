"""`change_of_period`: a printed change against the figures of the two periods."""

from collections.abc import Sequence
from fractions import Fraction

from shared.figures.changes import Change, ChangeKind, change_interval
from shared.figures.claims import Claim
from shared.figures.decimals import RoundingMode, decimal_text
from shared.figures.intervals import Interval, rounding_interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Repair, Severity, subject_of
from shared.figures.rules.precision import (
    MODES,
    one_change_repairs,
    printable,
    satisfiable,
    true_interval,
)
from shared.figures.rules.sums import count_interval
from shared.figures.rules.wording import number_text

KINDS = {
    ChangeKind.DIFFERENCE: "разность",
    ChangeKind.PERCENT_OF: "отношение к прежнему, в процентах,",
    ChangeKind.PERCENT_MORE: "прирост в процентах",
    ChangeKind.TIMES: "отношение",
}


def change_of_period(
    claim: Claim, readings: Sequence[Change], before: Printed, after: Printed, *, counted: bool
) -> Finding | None:
    """Check a change, in each way it can be read, against the values before and after.

    Whole counts are exact. None where the earlier value may be zero and no reading can be judged.
    """
    exact = counted and before.digits == after.digits == 0
    judged: list[tuple[Change, list[RoundingMode]]] = []
    for change in readings:
        if _follows(change.kind, before, after, RoundingMode.HALF_UP, exact=exact) is not None:
            modes = satisfiable(lambda mode: _fits(change, before, after, mode, exact=exact))  # noqa: B023 -- used at once
            judged.append((change, modes))
    if not judged:
        return None
    change, modes = max(judged, key=lambda pair: len(pair[1]))
    value = _value(change.kind, before, after)
    claims = (claim, before.claim, after.claim)
    return Finding(
        rule="change_of_period",
        severity=Severity.CONSISTENT if modes else Severity.CONTRADICTION,
        text=f"Изменение напечатано как «{claim.raw.strip()}», а {KINDS[change.kind]} чисел "
        f"{_text(before)} и {_text(after)} — {_rounded(value, change.digits)}.",
        subject=subject_of((claim,)),
        claims=claims,
        declared=claim.raw.strip(),
        recomputed={"value": decimal_text(value), "modes": [m.value for m in modes]},
        repairs=() if modes else _repairs(claim, change, before, after, exact=exact),
        modes=tuple(modes) if modes else None,
    )


def _fits(
    change: Change, before: Printed, after: Printed, mode: RoundingMode, *, exact: bool
) -> bool:
    follows = _follows(change.kind, before, after, mode, exact=exact)
    said = rounding_interval(change.value, change.digits, mode)
    return follows is not None and not follows.meet(said).empty


def _follows(
    kind: ChangeKind, before: Printed, after: Printed, mode: RoundingMode, *, exact: bool
) -> Interval | None:
    if exact:
        spans = [count_interval(p, mode, exact=True) for p in (before, after)]
    else:
        spans = [true_interval(p, mode) for p in (before, after)]
    return change_interval(kind, *spans)


def _value(kind: ChangeKind, before: Printed, after: Printed) -> Fraction:
    if kind is ChangeKind.DIFFERENCE:
        return after.exact - before.exact
    ratio = after.exact / before.exact
    if kind is ChangeKind.TIMES:
        return ratio
    return 100 * ratio - (100 if kind is ChangeKind.PERCENT_MORE else 0)


def _repairs(
    claim: Claim, change: Change, before: Printed, after: Printed, *, exact: bool
) -> tuple[Repair, ...]:
    """Return the change, the earlier and the later value that alone would do."""
    printed = Printed(claim, change.value, change.digits, _template(claim, change))
    wanted: list[tuple[Printed, list[tuple[Fraction, Fraction]]]] = []
    for mode in MODES:
        follows = _follows(change.kind, before, after, mode, exact=exact)
        bounds = None if follows is None else printable(follows, change.digits, mode)
        wanted += [] if bounds is None else [(printed, [bounds])]
        said = rounding_interval(change.value, change.digits, mode)
        wanted += _ends(change.kind, said, before, after)
    merged: dict[Claim, tuple[Printed, list[tuple[Fraction, Fraction]]]] = {}
    for figure, ends in wanted:
        merged.setdefault(figure.claim, (figure, []))[1].extend(ends)
    return one_change_repairs(merged.values())


def _ends(
    kind: ChangeKind, said: Interval, before: Printed, after: Printed
) -> list[tuple[Printed, list[tuple[Fraction, Fraction]]]]:
    low, high = said.low, said.high
    if kind is ChangeKind.DIFFERENCE:
        pairs = [(after, before.exact + low, before.exact + high)]
        pairs.append((before, after.exact - high, after.exact - low))
    else:
        shift = 100 if kind is ChangeKind.PERCENT_MORE else 0
        scale = 1 if kind is ChangeKind.TIMES else 100
        first, last = (low + shift) / scale, (high + shift) / scale
        pairs = [(after, before.exact * first, before.exact * last)]
        if first > 0:
            pairs.append((before, after.exact / last, after.exact / first))
    rounded = []
    for printed, least, greatest in pairs:
        unit = (
            Fraction(1, 10**printed.digits) if printed.digits > 0 else Fraction(10**-printed.digits)
        )
        ends = (round(least / unit) * unit, round(greatest / unit) * unit)
        rounded.append((printed, [ends]))
    return rounded


def _template(claim: Claim, change: Change) -> str:
    """Return the cell's text with {} for the number, its sign included where it is printed."""
    raw = claim.raw.strip()
    number = number_text(abs(change.value), change.digits)
    for text in (f"+{number}", f"-{number}", f"−{number}", number, number.replace(",", ".")):
        if raw.count(text) == 1:
            sign = "+" if text.startswith("+") else ""
            escaped = raw.replace("{", "{{").replace("}", "}}")
            return escaped.replace(text, sign + "{}")
    return "{}"


def _text(printed: Printed) -> str:
    return number_text(printed.value, printed.digits)


def _rounded(value: Fraction, digits: int) -> str:
    unit = Fraction(1, 10 ** (max(digits, 0) + 1))
    return number_text(Fraction(round(value / unit)) * unit)
