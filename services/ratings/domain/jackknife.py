"""What places would be without one indicator, each in turn."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.aggregate import aggregate
from services.ratings.domain.completeness import without_incomplete
from services.ratings.domain.engine import Result, rank
from services.ratings.domain.methodology import MissingPolicy
from services.ratings.domain.ordering import compared
from services.ratings.domain.score_tree import Branch

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The places (`from`) of all units without an indicator, None for a unit without a score.

    `shifts` are nominal place − new place: positive, the unit gains by the omission.
    """

    indicator: str
    places: tuple[int | None, ...]
    shifts: tuple[int | None, ...]
    mean_shift: float | None


def leave_one_out(result: Result) -> tuple[LeftOut, ...]:
    """Recalculate the root without each indicator in turn, in the tree's order.

    Weights are rescaled and coverage is counted without it; a group left empty goes too. Without
    its only indicator a tree ranks nobody.
    """
    return tuple(_without(result, index) for index in range(len(result.layout.leaves)))


def _without(result: Result, indicator: int) -> LeftOut:
    leaf = result.layout.leaves[indicator]
    incomplete = result.known[:, 0] - result.known[:, leaf] < result.layout.sizes[0] - 1
    scores = without_incomplete(_root_scores(result, leaf), incomplete, result.methodology.missing)
    ranked, tolerance = compared(scores[:, None], result.methodology)
    new, old = rank(ranked, tolerance).first[:, 0], result.places.first[:, 0]
    shifts = np.where((new > 0) & (old > 0), old - new, 0)
    both = (new > 0) & (old > 0)
    return LeftOut(
        result.layout.nodes[leaf].code,
        tuple(int(place) if place > 0 else None for place in new),
        tuple(int(shift) if known else None for shift, known in zip(shifts, both, strict=True)),
        float(np.abs(shifts[both]).mean()) if both.any() else None,
    )


def _root_scores(result: Result, leaf: int) -> Floats:
    """Return the root scores (units,) of the tree without one leaf."""
    missing = result.methodology.missing
    least = missing.min_coverage if missing.policy is MissingPolicy.SKIP else 0.0
    gone = {leaf}
    changed: dict[int, Floats] = {}
    for branch in result.layout.branches:
        kept = [index for index, child in enumerate(branch.children) if child not in gone]
        if not kept:
            gone.add(branch.column)
        elif len(kept) < len(branch.children) or changed.keys() & set(branch.children):
            columns = [branch.children[index] for index in kept]
            children = [changed.get(column, result.scores[:, column]) for column in columns]
            weights = [float(branch.weights[index]) for index in kept]
            changed[branch.column] = _aggregate(children, weights, branch, least)
    if 0 in gone:
        return np.full(len(result.observed.units), np.nan)
    return changed[0]


def _aggregate(
    children: list[Floats], weights: list[float], branch: Branch, least: float
) -> Floats:
    """Aggregate the children that are left; only zero weights leave no score."""
    if max(weights) == 0:
        return np.full(children[0].shape, np.nan)
    return aggregate(children, weights, branch.node.aggregate, least).score
