"""Which scores the printed precision of the observations allows.

A value printed to d decimals represents its rounding interval under the methodology's mode, clipped
to the indicator's domain (`docs/rules/figures.md`, Rounding intervals). Every mean rises with each
child, so the ends of a score are the means of the ends of its children.
"""

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.aggregate import aggregate
from services.ratings.domain.grading import Feasible
from services.ratings.domain.methodology import Indicator, Mean, Methodology, MissingPolicy
from services.ratings.domain.peer_intervals import normalised_ends
from services.ratings.domain.score_tree import Branch, Layout
from shared.figures.intervals import RoundingMode

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


def feasible_scores(
    methodology: Methodology, layout: Layout, values: Floats, digits: Ints, column: int
) -> Feasible:
    """Return the interval of true scores of the node in `column` for every unit.

    `values` and `digits` are (units, indicators); digits −1 means the value is exact. A null score
    has NaN ends.
    """
    shape = (values.shape[0], len(layout.nodes))
    low, high = (np.full(shape, np.nan, order="F") for _ in range(2))
    low_open, high_open = (np.zeros(shape, dtype=np.bool_, order="F") for _ in range(2))
    for index, indicator in enumerate(methodology.indicators):
        leaf = layout.leaves[index]
        ends = _printed_ends(values[:, index], digits[:, index], methodology, indicator)
        found = normalised_ends(values[:, index], ends, indicator)
        low[:, leaf], high[:, leaf] = found.low, found.high
        low_open[:, leaf], high_open[:, leaf] = found.low_open, found.high_open
        if methodology.missing.policy is MissingPolicy.ZERO:
            absent = np.isnan(values[:, index])
            low[absent, leaf] = high[absent, leaf] = 0.0
    for branch in layout.branches:
        _aggregate_ends(branch, low, low_open)
        _aggregate_ends(branch, high, high_open)
    return Feasible(low[:, column], high[:, column], low_open[:, column], high_open[:, column])


def _aggregate_ends(branch: Branch, ends: Floats, is_open: Mask) -> None:
    """Fill a group's column on one side; an end is open if it takes an open end to reach it."""
    children = list(branch.children)
    given = [ends[:, child] for child in children]
    made = aggregate(given, branch.weights, branch.node.aggregate).score
    counts = np.broadcast_to(branch.weights > 0, (ends.shape[0], len(children)))
    if branch.node.aggregate.mean is Mean.MINIMUM:
        counts = counts & (ends[:, children] == made[:, None])
    ends[:, branch.column] = made
    is_open[:, branch.column] = (is_open[:, children] & counts).any(axis=1)


def _printed_ends(
    values: Floats, digits: Ints, methodology: Methodology, indicator: Indicator
) -> Feasible:
    """Return the rounding interval of each printed value, clipped to the indicator's domain."""
    unit = np.where(digits < 0, 0.0, 10.0 ** -np.maximum(digits, 0).astype(np.float64))
    mode = methodology.rounding.mode
    below = {RoundingMode.CEIL: 1.0, RoundingMode.FLOOR: 0.0}.get(mode, 0.5)
    odd = np.zeros(values.shape, dtype=np.bool_)
    if mode is RoundingMode.HALF_EVEN:
        odd = np.rint(values * 10.0 ** np.maximum(digits, 0)) % 2 == 1
    inexact = digits >= 0
    low_open = inexact & (odd | (mode is RoundingMode.CEIL))
    high_open = inexact & (odd | (mode in (RoundingMode.HALF_UP, RoundingMode.FLOOR)))
    ends = Feasible(values - below * unit, values + (1 - below) * unit, low_open, high_open)
    return _clip(ends, indicator.domain)


def _clip(ends: Feasible, domain: tuple[Decimal | None, Decimal | None]) -> Feasible:
    low, high, low_open, high_open = ends.low, ends.high, ends.low_open, ends.high_open
    if domain[0] is not None:
        least = float(domain[0])
        low, low_open = np.maximum(low, least), low_open & (low >= least)
    if domain[1] is not None:
        greatest = float(domain[1])
        high, high_open = np.minimum(high, greatest), high_open & (high <= greatest)
    return Feasible(low, high, low_open, high_open)
