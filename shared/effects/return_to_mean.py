"""Return to the mean: the difference to be expected where units were chosen by a bad outcome."""

from dataclasses import dataclass

import numpy as np

from shared.effects.panel import Floats, Panel
from shared.effects.student import student_quantile

COVERAGE = 0.95
LEAST_POOL = 3


@dataclass(frozen=True, slots=True)
class Return:
    """The estimate to expect without the measure and its 95 % prediction band."""

    expected: float
    low: float
    high: float

    def exceeded_by(self, estimate: float) -> bool:
        """Say whether an estimate lies beyond the band, away from zero."""
        return estimate > max(self.high, 0.0) or estimate < min(self.low, 0.0)


def return_to_mean(panel: Panel, chosen_by: Floats, estimate: float) -> Return | None:
    """Predict the outcome of the exposed from the value they were chosen by.

    `chosen_by` is each unit's outcome in the period of the choice, which the estimate does not use.
    E[after | value] = a + b·value is fitted on the never exposed, so a shock common to all and
    another spread after are part of it. The result is on the scale of the estimate: the estimate
    less what the exposed have beyond the prediction. The band is the prediction interval of their
    mean, error of a and b included. None with fewer than three never exposed units or where their
    values do not differ.
    """
    pool = panel.labels == 0
    if pool.sum() < LEAST_POOL or np.ptp(chosen_by[pool]) == 0:
        return None
    after = _after(panel)
    mean = chosen_by[pool].mean()
    spread = float(((chosen_by[pool] - mean) ** 2).sum())
    level = after[pool].mean(axis=0)
    slope = (chosen_by[pool] - mean) @ (after[pool] - level) / spread
    weights = _group_weights(panel)
    groups = [panel.labels == group for group in range(1, len(panel.first) + 1)]
    apart = np.array([chosen_by[group].mean() - mean for group in groups])
    beyond = np.array([after[group, place].mean() for place, group in enumerate(groups)])
    beyond = beyond - (level + slope * apart)
    left = after[pool] - level - np.outer(chosen_by[pool] - mean, slope)
    freedom = int(pool.sum()) - 2
    shared = left.T @ left / freedom
    share = 1.0 / pool.sum() + np.outer(apart, apart) / spread
    share = share + np.diag([1.0 / group.sum() for group in groups])
    error = float(np.sqrt(max(0.0, weights @ (shared * share) @ weights)))
    expected = estimate - float(weights @ beyond)
    reach = student_quantile(COVERAGE, freedom) * error
    return Return(expected, expected - reach, expected + reach)


def _after(panel: Panel) -> Floats:
    """Return units × groups: the mean from the exposure of the group on."""
    return np.stack([panel.values[:, start:].mean(axis=1) for start in panel.first], axis=1)


def _group_weights(panel: Panel) -> Floats:
    """Return the share of each group in the exposed cells."""
    periods = panel.values.shape[1]
    cells = panel.sizes[1:] * np.array([periods - start for start in panel.first])
    return np.asarray(cells / cells.sum())
