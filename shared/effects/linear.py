"""Estimators whose weights depend on who was exposed when, never on the values.

Such an estimate is a table of coefficients, one row for each label of the panel and one column for
each period: the estimate is the sum over units of the row of their label times their values.
The coefficients of a period sum to zero over the units, and so do those of a unit over
the periods: a constant of a unit or of a period changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.effects.panel import Floats, Panel

FLOAT_ERROR = 1e-13
"""Bound of the error of an estimate, relative to the largest value."""


@dataclass(frozen=True, slots=True)
class Cell:
    """ATT(g, t): the change of a group against its pool; None without a pool."""

    group: int
    column: int
    coefficients: Floats | None


def difference_cell(panel: Panel, group: int, column: int, base: Sequence[int]) -> Floats | None:
    """Return the coefficients of one group's change from the mean of `base` against its pool.

    None where there is no base or no unit to compare with. The pool must be unexposed in the base
    columns too: they precede `column` or, in a placebo, the exposure of the group.
    """
    sizes = panel.sizes
    pool = panel.pool(group, max(column, *base)) if base else ()
    compared = int(sizes[list(pool)].sum()) if pool else 0
    if not compared:
        return None
    change = np.zeros(len(panel.periods))
    change[column] += 1.0
    change[list(base)] -= 1.0 / len(base)
    table = np.zeros((len(panel.first) + 1, len(panel.periods)))
    table[group] = change / sizes[group]
    table[list(pool)] -= change / compared
    return table


def difference_cells(panel: Panel) -> list[Cell]:
    """Return each group in each period against the mean of all periods before its exposure."""
    return [
        Cell(group, column, difference_cell(panel, group, column, range(start)))
        for group, start in enumerate(panel.first, 1)
        for column in range(len(panel.periods))
    ]


def staggered_cells(panel: Panel) -> list[Cell]:
    """Return ATT(g, t) of Callaway and Sant'Anna for each group and period from the second.

    The base varies: the last period before the exposure for t ≥ g, the previous one for t < g.
    """
    return [
        Cell(
            group,
            column,
            difference_cell(panel, group, column, (start - 1 if column >= start else column - 1,)),
        )
        for group, start in enumerate(panel.first, 1)
        for column in range(1, len(panel.periods))
    ]


def exposed_mean(panel: Panel, cells: Sequence[Cell]) -> Floats | None:
    """Return the mean of the cells at or after exposure, weighted by the size of the group."""
    return weighted_cells(
        panel, [cell for cell in cells if cell.column >= panel.first[cell.group - 1]]
    )


def by_lag(panel: Panel, cells: Sequence[Cell]) -> dict[int, Floats | None]:
    """Return the coefficients of each distance in time from the exposure, earliest first."""
    lags: dict[int, list[Cell]] = {}
    for cell in cells:
        start = panel.periods[panel.first[cell.group - 1]]
        lags.setdefault(panel.periods[cell.column] - start, []).append(cell)
    return {lag: weighted_cells(panel, lags[lag]) for lag in sorted(lags)}


def linear_estimate(panel: Panel, coefficients: Floats) -> float:
    """Apply coefficients to the panel's own labels and values.

    What only the arithmetic of floats tells from zero is zero.
    """
    estimate = float((coefficients[panel.labels] * panel.values).sum())
    error = FLOAT_ERROR * float(np.abs(panel.values).max(initial=0.0))
    return 0.0 if abs(estimate) <= error else estimate


def weighted_cells(panel: Panel, cells: Sequence[Cell]) -> Floats | None:
    """Return the mean of cells weighted by the size of their group; None without a known cell."""
    sizes = panel.sizes
    known = [
        (float(sizes[cell.group]), cell.coefficients)
        for cell in cells
        if cell.coefficients is not None
    ]
    total = sum(weight for weight, _ in known)
    if not known:
        return None
    return np.asarray(sum(weight / total * table for weight, table in known))
