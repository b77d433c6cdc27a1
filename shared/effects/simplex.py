"""Least squares over the simplex (weights ≥ 0 that sum to 1), many problems at once, exactly."""

import numpy as np

from shared.effects.panel import Bools, Floats, Ints

RELATIVE_RIDGE = 1e-12
"""Makes a singular problem have one solution; a share of the mean diagonal."""
TOLERANCE = 1e-9


def simplex_weights(gram: Floats, target: Floats, allowed: Bools, ridge: Floats) -> Floats:
    """Minimise ½xᵀ(G + ridge·I)x − tᵀx over the simplex of the allowed coordinates.

    Shapes: problems × d × d (or 1 × d × d, shared), problems × d, problems × d, problems; at least
    one coordinate is allowed. An active-set method: exact up to rounding; a weight that is not
    needed is exactly zero.
    """
    problems, size = target.shape
    diagonal = np.diagonal(gram, axis1=1, axis2=2)
    mean = np.where(allowed, diagonal, 0.0).sum(axis=1) / allowed.sum(axis=1)
    scale = np.where(mean > 0, mean, 1.0)
    own = ridge / scale + RELATIVE_RIDGE
    goal = target / scale[:, None]
    cost = np.where(allowed, (diagonal / scale[:, None] + own[:, None]) / 2 - goal, np.inf)
    weights = np.zeros((problems, size))
    weights[np.arange(problems), cost.argmin(axis=1)] = 1.0
    support = np.asarray(weights > 0)
    rows = np.arange(problems)
    for _ in range(20 * size + 50):
        if not len(rows):
            break
        part = gram if len(gram) == 1 else gram[rows]
        scaled = part / scale[rows, None, None] + np.eye(size) * own[rows, None, None]
        solved = _step(scaled, goal[rows], allowed[rows], weights, support, rows)
        rows = rows[~solved]
    return weights


def _step(
    gram: Floats, target: Floats, allowed: Bools, weights: Floats, support: Bools, rows: Ints
) -> Bools:
    """Move each problem to the optimum of its support or to the first bound on the way.

    Return which problems are solved. `weights` and `support` are changed in place at `rows`.
    """
    current, active = weights[rows], support[rows]
    best, level = _restricted(gram, target, active)
    short = active & (best <= 0)
    gap = np.where(short, current - best, 1.0)
    ratio = np.where(short, current / np.where(gap == 0, 1.0, gap), np.inf)
    length = np.minimum(ratio.min(axis=1), 1.0)
    blocked = np.asarray(short.any(axis=1))
    moved = np.where(blocked[:, None], current + length[:, None] * (best - current), best)
    leaves = short & (ratio <= length[:, None] + 1e-15)
    moved = np.where(leaves | ~active, 0.0, moved)
    active = np.asarray(active & ~leaves)
    pull = np.einsum("mij,mj->mi", gram, moved) - target + level[:, None]
    pull = np.where(allowed & ~active, pull, np.inf)
    enters = ~blocked & (pull.min(axis=1) < -TOLERANCE)
    active[enters, pull[enters].argmin(axis=1)] = True
    weights[rows], support[rows] = moved, active
    return np.asarray(~blocked & ~enters)


def _restricted(gram: Floats, target: Floats, active: Bools) -> tuple[Floats, Floats]:
    """Solve with the sum fixed to 1 on the active coordinates; return the multiplier too."""
    problems, size = target.shape
    most = int(active.sum(axis=1).max())
    # The active coordinates of each problem first: the systems are as small as the supports.
    order = np.argsort(~active, axis=1, kind="stable")[:, :most]
    used = np.take_along_axis(active, order, axis=1)
    system = np.zeros((problems, most + 1, most + 1))
    picked = gram[np.arange(problems)[:, None, None], order[:, :, None], order[:, None, :]]
    system[:, :most, :most] = np.where(used[:, :, None] & used[:, None, :], picked, 0.0)
    idle = np.arange(most)
    system[:, idle, idle] += ~used
    system[:, :most, most] = system[:, most, :most] = used
    right = np.zeros((problems, most + 1))
    right[:, :most] = np.where(used, np.take_along_axis(target, order, axis=1), 0.0)
    right[:, most] = 1.0
    solved = np.linalg.solve(system, right[:, :, None])[:, :, 0]
    best = np.zeros((problems, size))
    np.put_along_axis(best, order, np.where(used, solved[:, :most], 0.0), axis=1)
    return best, np.asarray(solved[:, most], dtype=float)
