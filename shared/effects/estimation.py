"""One estimator applied to a panel: its estimate and its statistics under every assignment."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from shared.effects.inference import (
    ALPHA,
    Bounds,
    Inference,
    inverted_set,
    least_attainable,
    p_value,
    tie_width,
)
from shared.effects.linear import (
    Cell,
    difference_cell,
    difference_cells,
    exposed_mean,
    linear_estimate,
    staggered_cells,
    weighted_cells,
)
from shared.effects.panel import Floats, Ints, Panel
from shared.effects.permutation import Assignments, assign
from shared.effects.synthetic import fit_synthetic

Estimator = Literal["difference", "callaway_santanna", "synthetic_did", "synthetic_control"]
LINEAR: frozenset[str] = frozenset({"difference", "callaway_santanna"})
MAX_SYNTHETIC_UNITS = 100
SYNTHETIC_WORK = 2_000_000
"""Bound of refits × units² of the synthetic estimators: under two seconds of a processor."""


@dataclass(frozen=True, slots=True)
class TimePlacebo:
    """The estimate had the exposure begun earlier, on periods before it only."""

    estimate: float
    p: float


@dataclass(frozen=True, slots=True)
class Estimation:
    """An estimate with its randomisation inference.

    A synthetic `estimate` is the optimum; what is published stops earlier (`published_estimate`).

    `coefficients` are the weights of the labels in the periods, None where they depend on the data;
    then `identified` is None too. `observed` is the statistic of the observed assignment among
    `statistics`; `slopes` are their derivatives in an effect added to the exposed cells.
    """

    estimator: Estimator
    estimate: float
    coefficients: Floats | None
    identified: Bounds | None
    inference: Inference
    placebo: TimePlacebo | None
    statistics: Floats
    slopes: Floats
    observed: float
    width: float
    reduced_draws: bool = False

    def interval(self) -> Bounds | None:
        """Return the set of effects not rejected; None where nothing can be."""
        if self.inference.least_p > ALPHA:
            return None
        return inverted_set(self.statistics, self.slopes, self.observed)

    def uncertainty(self) -> Bounds | None:
        """Return the hull of the set not rejected and the rounding bounds; None without a set."""
        interval = self.interval()
        if interval is None or self.identified is None:
            return interval
        return interval.hull(self.identified)

    @property
    def rounding_covers_zero(self) -> bool:
        """Say whether rounding of the printed values alone could have made the estimate."""
        return (
            self.identified is not None
            and self.identified.low != self.identified.high
            and self.identified.holds(0.0)
        )


def estimate_panel(
    panel: Panel, estimator: Estimator, *, digits: int | None, draws: int, seed: int
) -> Estimation | None:
    """Estimate the mean effect on the exposed cells; None where nothing compares with them."""
    if not panel.first:
        return None
    if estimator in LINEAR:
        return _estimate_linear(panel, estimator, digits, assign_panel(panel, draws, seed))
    return _estimate_synthetic(panel, estimator, draws, seed) if panel.sizes[0] else None


def assign_panel(panel: Panel, draws: int, seed: int) -> Assignments:
    """Return the assignments of a panel's exposures within its strata."""
    return assign(panel.labels, panel.strata, draws=draws, seed=seed)


def linear_cells(panel: Panel, estimator: Estimator) -> list[Cell]:
    """Return the cells a linear estimator is the mean of."""
    return (difference_cells if estimator == "difference" else staggered_cells)(panel)


def label_scores(values: Floats, coefficients: Floats) -> Floats:
    """Return units × labels: what a unit adds to the estimate when it has the label."""
    return np.asarray(values @ coefficients.T)


def demeaned(values: Floats) -> Floats:
    """Take out unit and period means, which no linear estimator sees, for exact ties."""
    rows = values - values.mean(axis=1, keepdims=True)
    return np.asarray(rows - rows.mean(axis=0, keepdims=True))


def rounding_bounds(
    panel: Panel, coefficients: Floats, estimate: float, digits: int | None
) -> Bounds:
    """Return all values of the estimate as each printed value runs over its rounding interval.

    The same for every rounding mode one panel may have, because the weights sum to zero.
    """
    if digits is None:
        return Bounds(estimate, estimate)
    total = float((np.abs(coefficients).sum(axis=1) * panel.sizes).sum())
    reach = total * 0.5 * 10.0**-digits
    reach += 1e-12 * max(1.0, abs(estimate), float(np.abs(panel.values).max()))
    return Bounds(estimate - reach, estimate + reach)


def _estimate_linear(
    panel: Panel, estimator: Estimator, digits: int | None, assignments: Assignments
) -> Estimation | None:
    cells = linear_cells(panel, estimator)
    coefficients = exposed_mean(panel, cells)
    if coefficients is None:
        return None
    centred = demeaned(panel.values)
    tables = [
        label_scores(centred, coefficients),
        label_scores(panel.exposed_cells(), coefficients),
    ]
    earlier = _earlier_coefficients(panel, estimator)
    if earlier is not None:
        tables.append(label_scores(centred, earlier))
    scores = assignments.scores(np.stack(tables))
    estimate = linear_estimate(panel, coefficients)
    width = tie_width(float(np.abs(centred).max(initial=0.0)))
    placebo = None
    if earlier is not None:
        shifted = linear_estimate(panel.with_values(centred), earlier)
        placebo = TimePlacebo(shifted, p_value(scores[:, 2], shifted, width))
    observed = linear_estimate(panel.with_values(centred), coefficients)
    return Estimation(
        estimator,
        estimate,
        coefficients,
        rounding_bounds(panel, coefficients, estimate, digits),
        _infer(scores[:, 0], observed, width, assignments),
        placebo,
        scores[:, 0],
        scores[:, 1],
        observed,
        width,
    )


def _infer(
    statistics: Floats, observed: float, width: float, assignments: Assignments
) -> Inference:
    least = least_attainable(statistics, width, exact=assignments.exact)
    return Inference(
        p_value(statistics, observed, width),
        assignments.exact,
        assignments.count,
        least,
    )


def earlier_start(start: int) -> int | None:
    """Return where a placebo in time begins: the last third (at least one) of the periods before.

    None where it would leave no base.
    """
    moved = start - max(1, start // 3)
    return moved if moved >= 1 else None


def _earlier_coefficients(panel: Panel, estimator: Estimator) -> Floats | None:
    cells: list[Cell] = []
    for group, start in enumerate(panel.first, 1):
        moved = earlier_start(start)
        if moved is None:
            continue
        base = range(moved) if estimator == "difference" else (moved - 1,)
        cells += [
            Cell(group, column, difference_cell(panel, group, column, base))
            for column in range(moved, start)
        ]
    return weighted_cells(panel, cells)


def _estimate_synthetic(panel: Panel, estimator: Estimator, draws: int, seed: int) -> Estimation:
    control = estimator == "synthetic_control"
    assignments, rows, reduced = _refits(panel, draws, seed)
    fit = fit_synthetic(panel.values, rows, panel.first, control=control)
    exposed = panel.exposed_cells()
    own = panel.labels[None]
    observed = float(fit_synthetic(panel.values, own, panel.first, control=control).estimates[0])
    width = tie_width(float(np.abs(panel.values).max())) * 1e3
    slopes = np.einsum("mnt,nt->m", fit.weights, exposed)
    return Estimation(
        estimator,
        observed,
        None,
        None,
        _infer(fit.estimates, observed, width, assignments),
        _synthetic_placebo(panel, rows, control=control, width=width),
        fit.estimates,
        slopes,
        observed,
        width,
        reduced,
    )


def _refits(panel: Panel, draws: int, seed: int) -> tuple[Assignments, Ints, bool]:
    """Return the assignments to refit; fewer are drawn than asked where it would take too long."""
    most = max(100, SYNTHETIC_WORK // len(panel.units) ** 2)
    assignments = assign_panel(panel, draws, seed)
    if assignments.exact and assignments.count <= most:
        return assignments, assignments.label_rows(most), False
    fewer = replace(assignments, exact=False, count=min(draws, most))
    rows = np.concatenate([panel.labels[None], fewer.label_rows(fewer.count)])
    return fewer, rows, fewer.count < draws


def _synthetic_placebo(
    panel: Panel, rows: Ints, *, control: bool, width: float
) -> TimePlacebo | None:
    """Let every exposure begin together, a third of the periods before the first one earlier."""
    moved = earlier_start(panel.first[0])
    if moved is None:
        return None
    values = panel.values[:, : panel.first[0]]
    fit = fit_synthetic(values, np.minimum(rows, 1), (moved,), control=control)
    own = np.minimum(panel.labels, 1)[None]
    observed = float(fit_synthetic(values, own, (moved,), control=control).estimates[0])
    return TimePlacebo(observed, p_value(fit.estimates, observed, width))
