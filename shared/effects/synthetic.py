"""Synthetic difference-in-differences and synthetic control, for many assignments at once.

Arkhangelsky, Athey, Hirshberg, Imbens, Wager (2021): the pool is weighted so that before the
exposure it runs parallel to the exposed (synthetic control: equals them), the periods before it so
that the pool's own change is predicted. Several exposure groups are estimated one by one against
the never exposed and averaged by their exposed cells.
"""

from dataclasses import dataclass

import numpy as np

from shared.effects.frank_wolfe import LEAST_DECREASE, frank_wolfe_weights
from shared.effects.panel import Bools, Floats, Ints
from shared.effects.simplex import simplex_weights

TIME_RIDGE = 1e-6
BATCH_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class SyntheticFit:
    """Estimates of assignments, and the weight of every cell in each of them."""

    estimates: Floats
    weights: Floats


def fit_synthetic(
    values: Floats, labels: Ints, first: tuple[int, ...], *, control: bool, stopped: bool = False
) -> SyntheticFit:
    """Estimate every row of `labels` (assignments × units); `control` is synthetic control.

    `weights` is assignments × units × periods: the estimate is the sum of weights times values.
    Every group needs a period before its exposure, every assignment a never exposed unit.
    """
    size = max(1, BATCH_CELLS // max(1, values.shape[0] ** 2 + values.shape[1] ** 2))
    parts = [
        _fit_batch(values, labels[start : start + size], first, control=control, stopped=stopped)
        for start in range(0, len(labels), size)
    ]
    weights = np.concatenate(parts)
    return SyntheticFit(np.einsum("mnt,nt->m", weights, values), weights)


def _fit_batch(
    values: Floats, labels: Ints, first: tuple[int, ...], *, control: bool, stopped: bool
) -> Floats:
    total = np.zeros((len(labels), *values.shape))
    cells = np.zeros(len(labels))
    for group, start in enumerate(first, 1):
        treated = labels == group
        exposed = treated.sum(axis=1) * (values.shape[1] - start)
        part = _group_weights(values, treated, labels == 0, start, control=control, stopped=stopped)
        total += part * exposed[:, None, None]
        cells += exposed
    return total / cells[:, None, None]


def _group_weights(
    values: Floats, treated: Bools, pool: Bools, start: int, *, control: bool, stopped: bool = False
) -> Floats:
    """Return the cell weights of one exposure group in every assignment."""
    periods = values.shape[1]
    noise = _noise(values[:, :start], pool)
    share = treated / treated.sum(axis=1, keepdims=True)
    if control:
        units = _unit_weights(
            values[:, :start], share, pool, noise, np.full(len(pool), TIME_RIDGE), stopped=stopped
        )
        moments = np.zeros((len(treated), start))
    else:
        exposed = treated.sum(axis=1) * (periods - start)
        centred = values[:, :start] - values[:, :start].mean(axis=1, keepdims=True)
        units = _unit_weights(centred, share, pool, noise, exposed**0.25, stopped=stopped)
        moments = _period_weights(values, pool, start, noise, stopped=stopped)
    after = np.full((len(treated), periods - start), 1.0 / (periods - start))
    times = np.concatenate([-moments, after], axis=1)
    return np.asarray((share - units)[:, :, None] * times[:, None, :])


def _noise(before: Floats, pool: Bools) -> Floats:
    """Return the standard deviation of the pool's changes between periods before the exposure."""
    changes = np.diff(before, axis=1)
    count = pool.sum(axis=1) * changes.shape[1]
    mean = (pool @ changes.sum(axis=1)) / np.maximum(count, 1)
    squares = pool @ (changes**2).sum(axis=1) - count * mean**2
    return np.asarray(np.sqrt(np.maximum(squares, 0.0) / np.maximum(count - 1, 1)))


def _unit_weights(
    before: Floats, share: Floats, pool: Bools, noise: Floats, factor: Floats, *, stopped: bool
) -> Floats:
    """Weigh the pool so that its path before the exposure fits the mean of the exposed."""
    periods = before.shape[1]
    gram = before @ before.T
    ridge = periods * (factor * noise) ** 2
    least = periods * (LEAST_DECREASE * noise) ** 2 / 2
    if stopped:
        return frank_wolfe_weights(gram[None], share @ gram, pool, ridge, least)
    return simplex_weights(gram[None], share @ gram, pool, ridge)


def _period_weights(
    values: Floats, pool: Bools, start: int, noise: Floats, *, stopped: bool
) -> Floats:
    """Weigh the periods before so that they predict the pool's mean after, with an intercept."""
    count = pool.sum(axis=1)
    table = np.concatenate([values[:, :start], values[:, start:].mean(axis=1)[:, None]], axis=1)
    table = table - table.mean(axis=0)
    means = (pool @ table) / count[:, None]
    products = np.einsum("mn,ni,nj->mij", pool.astype(float), table, table, optimize=True)
    products -= count[:, None, None] * means[:, :, None] * means[:, None, :]
    ridge = count * (TIME_RIDGE * noise) ** 2
    least = count * (LEAST_DECREASE * noise) ** 2 / 2
    allowed = np.ones((len(pool), start), dtype=bool)
    gram, target = products[:, :start, :start], products[:, :start, start]
    if stopped:
        return frank_wolfe_weights(gram, target, allowed, ridge, least)
    return simplex_weights(gram, target, allowed, ridge)
