"""The same peers under other choices: drawn weights, other scales, other means.

A choice is a point of the unit cube: one coordinate for each weight of the tree, one that picks
the normalisation, one that picks the mean (Saisana, Saltelli, Tarantola 2005).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.aggregate import aggregate
from services.ratings.domain.completeness import without_incomplete
from services.ratings.domain.engine import Result
from services.ratings.domain.methodology import (
    Aggregate,
    Direction,
    Mean,
    Method,
    MissingPolicy,
    Normalisation,
)
from services.ratings.domain.normalise import normalise
from services.ratings.domain.ordering import compared

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AS_IS = None
"""The choice of the methodology itself."""

_CELLS = 2_000_000
"""Scores held at once: draws are taken in parts of about this many cells."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may vary: weights by ±`spread` of themselves, and the alternatives, AS_IS among them.

    An alternative replaces the rule of every indicator, or of every inner node. The usual ones
    take any values of peers; the power of ½ is half-way to a geometric mean and takes zeros.
    """

    spread: float = 0.25
    normalisations: tuple[Normalisation | None, ...] = (
        AS_IS,
        Normalisation(Method.MINMAX, low=1.0, high=100.0),
        Normalisation(Method.RANK),
    )
    means: tuple[Aggregate | None, ...] = (AS_IS, Aggregate(Mean.POWER, 0.5))

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return every pair of a normalisation and a mean, by their numbers."""
        return [(n, m) for n in range(len(self.normalisations)) for m in range(len(self.means))]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Scores (draws, units) of the root and, if there are levels, of their node."""

    root: Floats
    graded: Floats | None


def weights_of(result: Result) -> int:
    """Return how many weights of the tree can vary: all nodes but the root."""
    return len(result.layout.nodes) - 1


def pick(coordinates: Floats, count: int) -> Ints:
    """Turn coordinates in [0, 1) into numbers of `count` equally likely alternatives."""
    return np.minimum((coordinates * count).astype(np.int64), count - 1)


def draw_scores(
    result: Result, choices: Choices, weights: Floats, normalisations: Ints, means: Ints
) -> Drawn:
    """Calculate the scores of all draws.

    `weights` is (draws, weights) of coordinates in [0, 1), 0.5 leaves a weight as it is;
    `normalisations` and `means` are the numbers of the alternatives (draws,).
    """
    shape = (weights.shape[0], len(result.observed.units))
    drawn = Drawn(np.full(shape, np.nan), _graded(result, shape))
    for normalisation, mean in choices.pairs:
        rows = np.flatnonzero((normalisations == normalisation) & (means == mean))
        if rows.size == 0:
            continue
        columns = _normalised(result, choices.normalisations[normalisation])
        part = max(1, _CELLS // max(1, shape[1]))
        for start in range(0, rows.size, part):
            some = rows[start : start + part]
            factors = 1.0 + choices.spread * (2.0 * weights[some] - 1.0)
            _fill(result, drawn, some, columns, factors, choices.means[mean])
    return drawn


def first_places(result: Result, scores: Floats) -> Floats:
    """Return the place (`from`) of every unit in every draw (draws, units), NaN for a null."""
    incomplete = np.broadcast_to(result.incomplete[:, 0], scores.shape)
    scores = without_incomplete(scores, incomplete, result.methodology.missing)
    scores, tolerance = compared(scores, result.methodology)
    order = np.argsort(-scores, axis=1)
    ranked = np.take_along_axis(scores, order, axis=1)
    size = np.maximum(1.0, np.maximum(np.abs(ranked[:, :-1]), np.abs(ranked[:, 1:])))
    starts = np.ones(scores.shape, dtype=np.bool_)
    starts[:, 1:] = ranked[:, :-1] - ranked[:, 1:] > tolerance * size
    firsts = np.maximum.accumulate(np.where(starts, np.arange(scores.shape[1]), 0), axis=1) + 1
    places = np.empty(scores.shape)
    np.put_along_axis(places, order, np.where(np.isnan(ranked), np.nan, firsts), axis=1)
    return places


def refuses(result: Result, rule: Normalisation | None) -> bool:
    """Say whether an alternative cannot be used: `none` where less is better."""
    lower = any(one.direction is Direction.LOWER for one in result.methodology.indicators)
    return rule is not None and rule.method is Method.NONE and lower


def _graded(result: Result, shape: tuple[int, int]) -> Floats | None:
    return None if result.methodology.levels is None else np.full(shape, np.nan)


def _normalised(result: Result, rule: Normalisation | None) -> list[Floats]:
    """Return the columns of the indicators under one normalisation for all, or their own."""
    columns = []
    for index, indicator in enumerate(result.methodology.indicators):
        if rule is None:
            columns.append(result.scores[:, result.layout.leaves[index]])
            continue
        given = result.observed.values[:, index]
        column = normalise(given, rule, indicator.direction)[0]
        if result.methodology.missing.policy is MissingPolicy.ZERO:
            column[np.isnan(given)] = 0.0
        columns.append(column)
    return columns


def _fill(
    result: Result,
    drawn: Drawn,
    rows: Ints,
    columns: list[Floats],
    factors: Floats,
    mean: Aggregate | None,
) -> None:
    """Calculate some draws that share a normalisation and a mean."""
    missing = result.methodology.missing
    least = missing.min_coverage if missing.policy is MissingPolicy.SKIP else 0.0
    nodes: dict[int, Floats] = dict(zip(result.layout.leaves, columns, strict=True))
    for branch in result.layout.branches:
        children = [nodes[child] for child in branch.children]
        weights = [
            branch.weights[index] * factors[:, child - 1, None]
            for index, child in enumerate(branch.children)
        ]
        rule = branch.node.aggregate if mean is None else mean
        nodes[branch.column] = aggregate(children, weights, rule, least).score
    drawn.root[rows] = nodes[0]
    levels = result.methodology.levels
    if drawn.graded is not None and levels is not None:
        drawn.graded[rows] = nodes[result.layout.column(levels.node)]
