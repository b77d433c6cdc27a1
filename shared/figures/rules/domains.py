"""`value_in_domain`, `place_order`, `share_of_whole`: a figure against its own kind's limits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.figures.decimals import RoundingMode, decimal_text
from shared.figures.intervals import Interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Json, Repair, Severity, subject_of
from shared.figures.rules.precision import printable, repair, satisfiable, true_interval
from shared.figures.rules.ranks import Ranked

LEAST_ORDERED = 3
"""Two members cannot tell a wrong order from a scale on which less is better."""
ROWS_AT_ONCE = 256
LISTED_PAIRS = 100
LONGEST = 2**61


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
    if satisfiable(lambda mode: not true_interval(printed, mode, (low, top)).empty):
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
    if len(rows) < LEAST_ORDERED:
        return None
    ordered, better, worse = _pairs(rows)
    if not ordered:
        return None
    against = ordered - max(better.count, worse.count)
    fewer = worse if worse.count <= better.count else better
    claims = tuple(claim for printed, ranked in rows for claim in (printed.claim, ranked.claim))
    pairs: list[Json] = [
        {"above": rows[i][1].territory, "below": rows[j][1].territory} for i, j in fewer.first
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
        recomputed={"pairs": pairs, "against": against, "ordered": ordered},
    )


def share_of_whole(share: Printed, part: Printed, whole: Printed) -> Finding | None:
    """Check a printed share, in per cent, against the printed counts of its part and whole.

    Counts printed as whole numbers are exact. A whole of 0 says nothing: None.
    """
    if whole.exact <= 0:
        return None
    ratio = 100 * part.exact / whole.exact
    modes = satisfiable(lambda mode: true_interval(share, mode).holds(ratio))
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


def _pairs(rows: Sequence[tuple[Printed, Ranked]]) -> tuple[int, "_Found", "_Found"]:
    """Count the pairs of which one is surely above, those placed better and those placed worse.

    One is above another under every rounding mode where they differ by a unit of the coarser.
    All pairs are compared, some rows at a time, for there may be thousands of territories.
    """
    digits = max(printed.digits for printed, _ in rows)
    values = _whole([printed.exact * 10**digits for printed, _ in rows])
    units = _whole([Fraction(10 ** (digits - printed.digits)) for printed, _ in rows])
    lows = np.array([ranked.place.low for _, ranked in rows])
    highs = np.array([ranked.place.high for _, ranked in rows])
    ordered, better, worse = 0, _Found(), _Found()
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = slice(start, start + ROWS_AT_ONCE)
        apart = values[some, None] - values[None, :]
        above = np.asarray(apart >= np.maximum(units[some, None], units[None, :]), dtype=bool)
        ordered += int(above.sum())
        better.add(above & (highs[some, None] < lows[None, :]), start)
        worse.add(above & (lows[some, None] > highs[None, :]), start)
    return ordered, better, worse


def _whole(numbers: Sequence[Fraction]) -> NDArray[Any]:
    """Return whole numbers as an array, of exact objects where they are very long."""
    whole = [int(number) for number in numbers]
    short = max(map(abs, whole)) < LONGEST
    return np.array(whole, dtype=np.int64 if short else object)


@dataclass(slots=True)
class _Found:
    """How many pairs are of a kind, and the first of them."""

    count: int = 0
    first: list[tuple[int, int]] = field(default_factory=list)

    def add(self, pairs: NDArray[np.bool_], start: int) -> None:
        """Add the pairs that are true in some rows of the table of all pairs."""
        self.count += int(pairs.sum())
        wanted = LISTED_PAIRS - len(self.first)
        if wanted > 0:
            self.first += [(start + int(i), int(j)) for i, j in np.argwhere(pairs)[:wanted]]
