"""The least effect that would have been seen."""

import numpy as np

from shared.effects.estimation import Estimation, assign_panel, demeaned, label_scores
from shared.effects.inference import ALPHA, least_rejectable
from shared.effects.panel import Floats, Ints, Panel
from shared.effects.synthetic import fit_synthetic

REFERENCE = 1_000
REDRAWN = 200
CELLS = 20_000_000
"""Bound of compared assignments × units × labels held at once."""
POWER = 0.8
PRECISION = 1e-5
DOUBLINGS = 60


def least_visible(
    panel: Panel, found: Estimation, *, seed: int, alpha: float = ALPHA, power: float = POWER
) -> float | None:
    """Return the least effect rejected in at least `power` of the re-drawn assignments.

    The estimated effect is taken out of the exposed cells, what is left is the panel's own
    residuals; an effect is added to the exposed of re-drawn assignments. None where nothing can be
    rejected. Synthetic weights are held as they are without the added effect.
    """
    if found.inference.least_p > alpha:
        return None
    quiet = panel.with_values(panel.values - found.estimate * panel.exposed_cells())
    rows, drawn = _assignments(panel, found, seed)
    if found.coefficients is not None:
        scores = label_scores(demeaned(quiet.values), found.coefficients)
        statistics = scores[np.arange(len(panel.units)), rows].sum(axis=1)
        slopes = _linear_slopes(panel, found.coefficients, rows, drawn)
    else:
        control = found.estimator == "synthetic_control"
        fit = fit_synthetic(quiet.values, rows, panel.first, control=control)
        statistics = fit.estimates
        slopes = _synthetic_slopes(panel, fit.weights, rows, drawn)
    return least_effect(statistics, slopes, drawn, found.width, alpha, power)


def _assignments(panel: Panel, found: Estimation, seed: int) -> tuple[Ints, Ints]:
    """Return the compared assignments and which of them are re-drawn."""
    labels = len(panel.first) + 1
    most = CELLS // max(1, len(panel.units) * labels)
    most = min(REFERENCE if found.coefficients is not None else len(found.statistics), most)
    most = max(most, 2 * int(1 / ALPHA))
    rows = assign_panel(panel, most, seed).label_rows(most)
    drawn = np.arange(len(rows))
    if len(rows) > REDRAWN:
        drawn = np.sort(np.random.default_rng(seed).choice(len(rows), REDRAWN, replace=False))
    return rows, drawn


def _one_hot(rows: Ints, labels: int) -> Floats:
    return np.asarray(rows[:, :, None] == np.arange(labels), dtype=float)


def _linear_slopes(panel: Panel, coefficients: Floats, rows: Ints, drawn: Ints) -> Floats:
    """Return re-drawn × compared: what a unit effect in one assignment adds to another's."""
    labels, periods = coefficients.shape
    starts = np.array([periods, *panel.first])
    exposed = (np.arange(periods) >= starts[:, None]).astype(float)
    pairs = exposed @ coefficients.T
    flat = _one_hot(rows, labels).reshape(len(rows), -1)
    return np.asarray(pairs[rows[drawn]].reshape(len(drawn), -1) @ flat.T)


def _synthetic_slopes(panel: Panel, weights: Floats, rows: Ints, drawn: Ints) -> Floats:
    periods = weights.shape[2]
    starts = np.array([periods, *panel.first])
    exposed = np.arange(periods) >= starts[rows[drawn]][:, :, None]
    return np.asarray(exposed.reshape(len(drawn), -1) @ weights.reshape(len(weights), -1).T)


def least_effect(
    statistics: Floats,
    slopes: Floats,
    drawn: Ints,
    width: float,
    alpha: float,
    power: float,
) -> float | None:
    """Return the least effect that `power` of the re-drawn assignments reject; None if none.

    `slopes` is re-drawn × compared: what a unit effect of the one adds to the statistic of the
    other.
    """
    own = statistics[drawn][:, None]
    allowed = least_rejectable(len(statistics), alpha) - 1

    def seen(effect: float) -> bool:
        extreme = np.abs(statistics + effect * slopes) >= np.abs(own + effect) - width
        return float((extreme.sum(axis=1) <= allowed).mean()) >= power

    scale = float(np.abs(statistics).max())
    high = scale if scale > 0 else width
    for _ in range(DOUBLINGS):
        if seen(high):
            break
        high *= 2
    else:
        return None
    low = 0.0
    while high - low > PRECISION * max(scale, width):
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) else (middle, high)
    return high
