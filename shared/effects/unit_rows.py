"""What each unit contributes: its change and the estimate without it."""

from dataclasses import dataclass

from shared.effects.design import set_up
from shared.effects.estimation import LINEAR, Estimator, linear_cells
from shared.effects.linear import exposed_mean, linear_estimate
from shared.effects.panel import Panel, Question

MOST_UNITS = 2_000
"""Above so many units no estimate without each is calculated: it would take minutes."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    """Means before and after of a unit; one without the measure by the first start of others.

    `without_it` None: the estimate has no weights independent of the data, cannot be made without
    the unit, or there are too many units.
    """

    unit: str
    before: float
    after: float
    without_it: float | None

    @property
    def change(self) -> float:
        """Return after minus before."""
        return self.after - self.before


def unit_rows(question: Question) -> tuple[UnitRow, ...]:
    """Return the rows of the units an answer uses; none where it uses nobody."""
    setup = set_up(question)
    panel = setup.panel
    if not panel.first:
        return ()
    removable = setup.estimator in LINEAR and len(panel.units) <= MOST_UNITS
    rows = []
    for row, unit in enumerate(panel.units):
        label = int(panel.labels[row])
        start = panel.first[label - 1] if label else panel.first[0]
        values = panel.values[row]
        without = None
        if removable and setup.estimator is not None:
            without = _estimate_without(panel, row, setup.estimator)
        rows.append(
            UnitRow(unit, float(values[:start].mean()), float(values[start:].mean()), without)
        )
    return tuple(rows)


def _estimate_without(panel: Panel, row: int, estimator: Estimator) -> float | None:
    other = panel.without(row)
    if not other.first:
        return None
    coefficients = exposed_mean(other, linear_cells(other, estimator))
    return None if coefficients is None else linear_estimate(other, coefficients)
