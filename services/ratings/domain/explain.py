"""Why a unit has the score it has, and what separates it from those above it.

In trees of arithmetic means and sums a score is the sum of the contributions of the indicators,
and so is a gap between two scores. Under other means a score has no such split; a gap is divided
among the children of each node by their Shapley values (Shapley 1953), which sum to the gap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import factorial

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.aggregate import aggregate
from services.ratings.domain.engine import Result
from services.ratings.domain.methodology import Mean
from services.ratings.domain.score_tree import Branch, Layout
from services.ratings.errors import TooManyChildren

Floats = NDArray[np.float64]

MAX_PLAYERS = 12
_LINEAR = (Mean.ARITHMETIC, Mean.SUM)


class Rival(StrEnum):
    """Whom a unit is compared with."""

    NEXT = "next"
    LEADER = "leader"
    GROUP_MEDIAN = "group_median"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an indicator gives to the score: effective weight × normalised value.

    Both are None, and the contribution 0, where the unit has no value or the value does not count.
    """

    indicator: str
    weight: float | None
    normalised: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a gap that belongs to one node."""

    node: str
    gap: float


@dataclass(frozen=True, slots=True)
class NodeGap:
    """A gap at one inner node and its parts among the node's children; None where undefined."""

    node: str
    gap: float | None
    parts: tuple[Part, ...] | None


@dataclass(frozen=True, slots=True)
class Gap:
    """The distance to a rival: `units` are those compared with (two for an even median).

    `indicators` split the gap in linear trees, `nodes` split it level by level in other trees.
    """

    rival: Rival
    units: tuple[str, ...]
    score: float
    gap: float
    indicators: tuple[Part, ...] | None
    nodes: tuple[NodeGap, ...] | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The score of a unit at the root, its split (None under other means or a null score), gaps."""

    unit: str
    score: float | None
    contributions: tuple[Contribution, ...] | None
    gaps: tuple[Gap, ...]


def explain(result: Result, row: int) -> Explanation:
    """Explain the root score of the unit in `row`.

    A rival that does not exist (nobody above, no group) gives no gap; among tied rivals the first
    by code is taken. Invalid TOO_MANY_CHILDREN where a Shapley value would need more than 12
    children, as it is only taken exactly.
    """
    score = result.scores[row, 0]
    unit = result.observed.units[row]
    if np.isnan(score):
        return Explanation(unit, None, None, ())
    linear = is_linear(result.layout)
    gaps = tuple(
        _gap(result, row, rival, rows, linear=linear) for rival, rows in _rivals(result, row)
    )
    return Explanation(unit, float(score), _contributions(result, row) if linear else None, gaps)


def is_linear(layout: Layout) -> bool:
    """Say whether every inner node of the tree is an arithmetic mean or a sum."""
    return all(branch.node.aggregate.mean in _LINEAR for branch in layout.branches)


def effective_weights(result: Result, row: int) -> Floats:
    """Return the weights (indicators,) with which a unit's values enter its root score.

    Weights of an arithmetic mean are rescaled over the children the unit has; a sum's are raw.
    Zero for values that are null or are under a null node. Linear trees only.
    """
    weights = np.zeros(len(result.layout.nodes))
    weights[0] = 1.0
    for branch in reversed(result.layout.branches):
        children = np.array(branch.children)
        present = ~np.isnan(result.scores[row, children])
        own = np.where(present, branch.weights, 0.0)
        if branch.node.aggregate.mean is Mean.ARITHMETIC and own.sum() > 0:
            own = own / own.sum()
        known = not np.isnan(result.scores[row, branch.column])
        weights[children] = weights[branch.column] * own if known else 0.0
    return weights[list(result.layout.leaves)]


def contributions_of(result: Result, row: int) -> Floats:
    """Return effective weight × normalised value (indicators,), 0 where nothing counts."""
    values = result.scores[row, list(result.layout.leaves)]
    return np.where(np.isnan(values), 0.0, values) * effective_weights(result, row)


def _contributions(result: Result, row: int) -> tuple[Contribution, ...]:
    values = result.scores[row, list(result.layout.leaves)]
    weights, parts = effective_weights(result, row), contributions_of(result, row)
    return tuple(
        Contribution(
            indicator.code,
            None if np.isnan(value) else float(weight),
            None if np.isnan(value) else float(value),
            float(part),
        )
        for indicator, weight, value, part in zip(
            result.methodology.indicators, weights, values, parts, strict=True
        )
    )


def _rivals(result: Result, row: int) -> list[tuple[Rival, list[int]]]:
    """Return the rows of each rival that exists; a unit is never its own rival."""
    first = result.places.first[:, 0]
    rivals: list[tuple[Rival, list[int]]] = []
    if first[row] > 1:
        above = np.flatnonzero((first > 0) & (first < first[row]))
        nearest = above[first[above] == first[above].max()]
        rivals.append((Rival.NEXT, [_first_by_code(result, nearest)]))
        rivals.append((Rival.LEADER, [_first_by_code(result, np.flatnonzero(first == 1))]))
    if result.observed.groups[row] is not None:
        median = _median_rows(result, row)
        if median != [row]:
            rivals.append((Rival.GROUP_MEDIAN, median))
    return rivals


def _first_by_code(result: Result, rows: Sequence[int] | NDArray[np.int64]) -> int:
    return min((int(row) for row in rows), key=lambda row: result.observed.units[row])


def _median_rows(result: Result, row: int) -> list[int]:
    """Return the middle unit of the unit's group by score, or the two middle ones."""
    group, scores = result.observed.groups[row], result.scores[:, 0]
    members = [
        other
        for other, name in enumerate(result.observed.groups)
        if name == group and not np.isnan(scores[other])
    ]
    members.sort(key=lambda other: (scores[other], result.observed.units[other]))
    half = len(members) // 2
    return [members[half]] if len(members) % 2 else members[half - 1 : half + 1]


def _gap(result: Result, row: int, rival: Rival, rows: list[int], *, linear: bool) -> Gap:
    score = float(np.mean(result.scores[rows, 0]))
    return Gap(
        rival,
        tuple(result.observed.units[other] for other in rows),
        score,
        score - float(result.scores[row, 0]),
        _indicator_parts(result, row, rows) if linear else None,
        None if linear else _node_gaps(result, row, rows),
    )


def _indicator_parts(result: Result, row: int, rows: list[int]) -> tuple[Part, ...]:
    others = np.mean([contributions_of(result, other) for other in rows], axis=0)
    parts = others - contributions_of(result, row)
    codes = (indicator.code for indicator in result.methodology.indicators)
    return tuple(Part(code, float(part)) for code, part in zip(codes, parts, strict=True))


def _node_gaps(result: Result, row: int, rows: list[int]) -> tuple[NodeGap, ...]:
    """Split the gap at every inner node, the root first."""
    return tuple(
        _node_gap(result, branch, row, rows) for branch in reversed(result.layout.branches)
    )


def _node_gap(result: Result, branch: Branch, row: int, rows: list[int]) -> NodeGap:
    children = list(branch.children)
    own = result.scores[row, children]
    splits = [shapley(branch, own, result.scores[other, children]) for other in rows]
    gap = float(np.mean(result.scores[rows, branch.column]) - result.scores[row, branch.column])
    if np.isnan(gap):
        return NodeGap(branch.node.code, None, None)
    parts = np.mean(splits, axis=0)
    codes = (child.code for child in branch.node.children)
    split = tuple(Part(code, float(part)) for code, part in zip(codes, parts, strict=True))
    return NodeGap(branch.node.code, gap, None if np.isnan(parts).any() else split)


def shapley(branch: Branch, own: Floats, other: Floats) -> Floats:
    """Divide the difference of a node's scores among its children (children,).

    The players are the children whose values differ; a coalition takes its values from the other
    unit, nulls included, and the rest from the own one; coverage is not asked for. NaN where some
    coalition has no score. Sums with all values are divided directly.
    """
    differ = ~((own == other) | (np.isnan(own) & np.isnan(other)))
    players = np.flatnonzero(differ)
    same_presence = not (np.isnan(own) ^ np.isnan(other)).any()
    if branch.node.aggregate.mean in _LINEAR and same_presence:
        return _linear_split(branch, own, other)
    if players.size > MAX_PLAYERS:
        raise TooManyChildren(branch.node.title, players.size, MAX_PLAYERS)
    parts = np.zeros(own.shape)
    parts[players] = _exact_shapley(branch, own, other, players)
    return parts


def _linear_split(branch: Branch, own: Floats, other: Floats) -> Floats:
    weights = np.where(np.isnan(own), 0.0, branch.weights)
    if branch.node.aggregate.mean is Mean.ARITHMETIC:
        weights = weights / (weights.sum() or np.nan)
    return np.where(np.isnan(own), 0.0, other - own) * weights


def _exact_shapley(
    branch: Branch, own: Floats, other: Floats, players: NDArray[np.int64]
) -> Floats:
    """Weigh every player's marginal effect over all coalitions of the others."""
    count = players.size
    coalitions = np.arange(2**count)
    joined = (coalitions[:, None] >> np.arange(count)) & 1 == 1
    table = np.tile(own, (coalitions.size, 1))
    table[:, players] = np.where(joined, other[players], own[players])
    worth = aggregate(list(table.T), branch.weights, branch.node.aggregate).score
    sizes = joined.sum(axis=1)
    chances = np.array([_chance(size, count) for size in range(count)])
    parts = np.empty(count)
    for player in range(count):
        without = coalitions[~joined[:, player]]
        effect = worth[without | (1 << player)] - worth[without]
        parts[player] = (chances[sizes[without]] * effect).sum()
    return parts


def _chance(size: int, count: int) -> float:
    """Return the Shapley weight of a coalition of `size` among `count` players."""
    return factorial(size) * factorial(count - size - 1) / factorial(count)
