"""Least squares over the simplex by Frank–Wolfe steps.

The Frank–Wolfe method as `synthdid` runs it: its published results depend on where it stops.
"""

import numpy as np

from shared.effects.panel import Bools, Floats

FIRST_STEPS = 100
MOST_STEPS = 10_000
LEAST_DECREASE = 1e-5
"""Share of the noise whose square is the smallest decrease of the mean square worth a step."""
SPARSE_SHARE = 0.25


def frank_wolfe_weights(
    gram: Floats, target: Floats, allowed: Bools, ridge: Floats, least: Floats
) -> Floats:
    """Minimise ½xᵀ(G + ridge·I)x − tᵀx over the simplex of the allowed coordinates.

    Shapes: problems × d × d (or 1 × d × d, shared), problems × d, problems × d, problems; at least
    one coordinate is allowed. Starts from equal weights, drops the small ones after 100 steps and
    goes on until a step gains less than `least`.
    """
    weights = allowed / allowed.sum(axis=1, keepdims=True)
    weights = _descend(gram, target, allowed, weights, ridge, least, FIRST_STEPS)
    weights = np.where(weights <= weights.max(axis=1, keepdims=True) * SPARSE_SHARE, 0.0, weights)
    weights /= weights.sum(axis=1, keepdims=True)
    return _descend(gram, target, allowed, weights, ridge, least, MOST_STEPS)


def _descend(
    gram: Floats,
    target: Floats,
    allowed: Bools,
    start: Floats,
    ridge: Floats,
    least: Floats,
    steps: int,
) -> Floats:
    """Take Frank–Wolfe steps until each problem has converged or `steps` are done."""
    weights = start.copy()
    shared = len(gram) == 1
    product = start @ gram[0] if shared else np.einsum("mij,mj->mi", gram, start)
    rows, x, barred = np.arange(len(start)), start.copy(), np.where(allowed, 0.0, np.inf)
    goal, floor, own = target, least, ridge
    for step in range(steps):
        here = np.arange(len(x))
        slope = product - goal + own[:, None] * x
        best = (slope + barred).argmin(axis=1)
        toward = gram[0][best] if shared else gram[rows, best]
        inside = x[here, best]
        along = slope[here, best] - np.einsum("mi,mi->m", slope, x)
        bent = toward[here, best] - 2 * product[here, best] + np.einsum("mi,mi->m", product, x)
        bent += own * (1.0 - 2.0 * inside + np.einsum("mi,mi->m", x, x))
        length = np.clip(np.where(bent > 0, -along / np.where(bent > 0, bent, 1.0), 0.0), 0.0, 1.0)
        x *= (1.0 - length)[:, None]
        x[here, best] += length
        product += length[:, None] * (toward - product)
        gain = -length * (along + length * bent / 2)
        if step and (done := gain <= floor).any():
            weights[rows[done]] = x[done]
            rest = ~done
            rows, x, product, barred = rows[rest], x[rest], product[rest], barred[rest]
            goal, floor, own = goal[rest], floor[rest], own[rest]
            if not len(rows):
                return weights
    weights[rows] = x
    return weights
