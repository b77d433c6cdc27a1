"""The parts of an estimate: by group and period, by distance in time, as it is published."""

from dataclasses import dataclass

import numpy as np

from shared.effects.estimation import LINEAR, Estimator, linear_cells
from shared.effects.linear import by_lag, linear_estimate, staggered_cells
from shared.effects.panel import Panel
from shared.effects.synthetic import fit_synthetic


@dataclass(frozen=True, slots=True)
class Attained:
    """ATT of a group in a period; None where nothing compares."""

    group: int
    period: int
    att: float | None


@dataclass(frozen=True, slots=True)
class Lag:
    """The effect at a distance in time from the first exposed period."""

    lag: int
    att: float | None


def attained(panel: Panel, estimator: Estimator) -> tuple[Attained, ...]:
    """Return ATT(g, t) of Callaway and Sant'Anna; empty for other estimators."""
    if estimator != "callaway_santanna":
        return ()
    return tuple(
        Attained(
            panel.periods[panel.first[cell.group - 1]],
            panel.periods[cell.column],
            None if cell.coefficients is None else linear_estimate(panel, cell.coefficients),
        )
        for cell in staggered_cells(panel)
    )


def event_study(panel: Panel, estimator: Estimator) -> tuple[Lag, ...]:
    """Return the effect by distance in time from the first exposed period, earliest first."""
    if estimator not in LINEAR:
        return _synthetic_study(panel, control=estimator == "synthetic_control")
    return tuple(
        Lag(lag, None if table is None else linear_estimate(panel, table))
        for lag, table in by_lag(panel, linear_cells(panel, estimator)).items()
    )


def published_estimate(panel: Panel, estimator: Estimator, estimate: float) -> float:
    """Return the estimate as the literature publishes it.

    Synthetic weights stop where the reference implementation stops, a little before the optimum
    that inference compares; other estimates are what they are.
    """
    if estimator in LINEAR:
        return estimate
    control = estimator == "synthetic_control"
    own = panel.labels[None]
    fit = fit_synthetic(panel.values, own, panel.first, control=control, stopped=True)
    return float(fit.estimates[0])


def _synthetic_study(panel: Panel, *, control: bool) -> tuple[Lag, ...]:
    """Return the gaps to the synthetic pool, less the weighted gap before; groups are averaged."""
    gaps: dict[int, list[tuple[float, float]]] = {}
    for group, start in enumerate(panel.first, 1):
        own = np.where(panel.labels == group, 1, np.where(panel.labels == 0, 0, -1))[None]
        weights = fit_synthetic(panel.values, own, (start,), control=control, stopped=True).weights[
            0
        ]
        units = weights[:, start:].sum(axis=1)
        path = units @ panel.values
        level = -float((weights[:, :start] * panel.values[:, :start]).sum())
        size = float((panel.labels == group).sum())
        for column, value in enumerate(path):
            lag = panel.periods[column] - panel.periods[start]
            gaps.setdefault(lag, []).append((size, float(value) - level))
    return tuple(
        Lag(lag, sum(n * gap for n, gap in gaps[lag]) / sum(n for n, _ in gaps[lag]))
        for lag in sorted(gaps)
    )
