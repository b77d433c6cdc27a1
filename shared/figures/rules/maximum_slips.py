"""Which one cell of a row, changed by one slip, would give its scores a common maximum."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from shared.figures.decimals import RoundingMode
from shared.figures.reading import Printed
from shared.figures.rules.candidates import Maxima, Pair, common, maxima
from shared.figures.rules.finding import Repair
from shared.figures.rules.precision import MODES, repair
from shared.figures.rules.slips import slipped

MOST_CELLS = 12
MOST_REPAIRS = 20


def one_slip_repairs(cells: Sequence[Pair]) -> Iterator[Repair]:
    """Yield the changes of one cell by one digit or unit that restore a common maximum.

    Every other cell of the row must agree by itself. Rows of more than a dozen cells get none.
    """
    if len(cells) > MOST_CELLS:
        return
    found: dict[Repair, None] = {}
    for place, cell in enumerate(cells):
        others = [*cells[:place], *cells[place + 1 :]]
        for mode in MODES:
            agreed = common(others, mode)
            if not agreed.empty:
                found |= dict.fromkeys(_slips(cell, agreed, mode))
    yield from list(found)[:MOST_REPAIRS]


def _slips(cell: Pair, agreed: Maxima, mode: RoundingMode) -> Iterator[Repair]:
    for value in slipped(cell.score):
        changed = replace(cell, score=replace(cell.score, value=value))
        if not maxima(changed, mode).meet(agreed).empty:
            yield from _set(cell.score, value)
    for value in slipped(cell.percent):
        changed = replace(cell, percent=replace(cell.percent, value=value))
        if not maxima(changed, mode).meet(agreed).empty:
            yield from _set(cell.percent, value)


def _set(printed: Printed, value: Decimal) -> list[Repair]:
    exact = Fraction(value)
    return repair(printed, (exact, exact))
