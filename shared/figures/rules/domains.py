"""`value_in_domain`, `place_order`, `share_of_whole`: a figure against its own kind's limits."""

from collections.abc import Sequence
from fractions import Fraction

from shared.figures.decimals import RoundingMode, decimal_text
from shared.figures.intervals import Interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Json, Repair, Severity, subject_of
from shared.figures.rules.precision import MODES, behind, printable, repair, satisfiable
from shared.figures.rules.ranks import Ranked

LEAST_ORDERED = 3
"""Two members cannot tell a wrong order from a scale on which less is better."""


def value_in_domain(
    printed: Printed, low: Fraction | None, high: Fraction | None, maximum: Printed | None = None
) -> Finding | None:
    """Report a figure outside the closed domain of its unit, or above its printed maximum.

    No true value in the domain prints so under any mode; a figure inside says nothing: None.
    """
    top = maximum.exact if maximum is not None else high
    value = printed.exact
    if (low is None or low <= value) and (top is None or value <= top):
        return None
    if satisfiable(lambda mode: not behind(printed, mode, (low, top)).empty):
        return None
    claims = (printed.claim, *([maximum.claim] if maximum is not None else []))
    bounds = (
        None if low is None else decimal_text(low),
        None if top is None else decimal_text(top),
    )
    said = decimal_text(printed.value, max(printed.digits, 0))
    return Finding(
        rule="value_in_domain",
        severity=Severity.CONTRADICTION,
        text=f"{said} вне возможного: от {bounds[0] or '…'} до {bounds[1] or '…'}.",
        subject=subject_of((printed.claim,)),
        claims=claims,
        declared=said,
        recomputed={"from": bounds[0], "to": bounds[1]},
        repairs=_nearest(printed, low, top),
    )


def place_order(rows: Sequence[tuple[Printed, Ranked]]) -> Finding | None:
    """Check that places follow the figures they rank.

    Two members are ordered where their intervals do not meet under any mode. Either more is
    better for all ordered pairs or less is; where both happen the places contradict the figures.
    Fewer than three members, or no ordered pair, say nothing: None.
    """
    ordered = [
        (i, j)
        for i in range(len(rows))
        for j in range(len(rows))
        if _surely_above(rows[i][0], rows[j][0])
    ]
    if len(rows) < LEAST_ORDERED or not ordered:
        return None
    better = [(i, j) for i, j in ordered if rows[i][1].place.high < rows[j][1].place.low]
    worse = [(i, j) for i, j in ordered if rows[i][1].place.low > rows[j][1].place.high]
    tied = len(ordered) - len(better) - len(worse)
    against = min(len(better), len(worse)) + tied
    fewer = worse if len(worse) <= len(better) else better
    claims = tuple(claim for printed, ranked in rows for claim in (printed.claim, ranked.claim))
    pairs: list[Json] = [
        {"above": rows[i][1].territory, "below": rows[j][1].territory} for i, j in fewer[:100]
    ]
    return Finding(
        rule="place_order",
        severity=Severity.CONTRADICTION if against else Severity.CONSISTENT,
        text="Места следуют порядку значений."
        if not against
        else f"Места не следуют порядку значений: пар против порядка — {against}.",
        subject=subject_of(claims),
        claims=claims,
        declared=[
            {"territory": r.territory, "value": decimal_text(p.value), "place": r.place.label}
            for p, r in rows
        ],
        recomputed={"pairs": pairs, "against": against, "ordered": len(ordered)},
    )


def share_of_whole(share: Printed, part: Printed, whole: Printed) -> Finding | None:
    """Check a printed share, in per cent, against the printed counts of its part and whole.

    Counts printed as whole numbers are exact. A whole of 0 says nothing: None.
    """
    if whole.exact <= 0:
        return None
    ratio = 100 * part.exact / whole.exact
    modes = satisfiable(lambda mode: behind(share, mode).holds(ratio))
    claims = (share.claim, part.claim, whole.claim)
    said = decimal_text(share.value, max(share.digits, 0))
    exactly = Interval(ratio, ratio)
    mode = RoundingMode.HALF_UP
    return Finding(
        rule="share_of_whole",
        severity=Severity.CONSISTENT if modes else Severity.CONTRADICTION,
        text=f"Доля {said} %, по числам {decimal_text(part.value)} из "
        f"{decimal_text(whole.value)} — {decimal_text(ratio)} %.",
        subject=subject_of((share.claim,)),
        claims=claims,
        declared=said,
        recomputed={"value": decimal_text(ratio), "modes": [m.value for m in modes]},
        repairs=() if modes else tuple(repair(share, printable(exactly, share.digits, mode))),
    )


def _nearest(printed: Printed, low: Fraction | None, high: Fraction | None) -> tuple[Repair, ...]:
    """Return the end of the domain that the figure overstepped."""
    end = low if low is not None and printed.exact < low else high
    if end is None:
        return ()
    text = printed.cell.format(decimal_text(end))
    return (Repair(printed.claim, text, text),)


def _surely_above(first: Printed, second: Printed) -> bool:
    """Tell whether one true value is greater than another whatever the rounding."""
    apart = all(behind(first, mode).meet(behind(second, mode)).empty for mode in MODES)
    return first.value > second.value and apart
