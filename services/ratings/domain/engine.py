"""The calculation: observations of peers in, scores, places and levels of every node out.

Arrays are units × nodes with each node's column in one piece of memory; loops run over nodes,
never over units. The rules are those of `docs/rules/ratings.md`, Engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.aggregate import Aggregated, aggregate
from services.ratings.domain.completeness import Counts, known_leaves, without_incomplete
from services.ratings.domain.engine_findings import (
    EngineFinding,
    column_finding,
    score_findings,
)
from services.ratings.domain.grading import Grades, grade
from services.ratings.domain.methodology import Group, Methodology, MissingPolicy
from services.ratings.domain.normalise import normalise, values_outside
from services.ratings.domain.ordering import compared
from services.ratings.domain.precision import feasible_scores
from services.ratings.domain.score_tree import Layout, lay_out
from shared.figures.places import Place, Places, ascending, group_places_float, places_float

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

ENGINE_VERSION = "2"
NO_GROUP = -1


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known about the peers.

    `values` is (units, indicators), columns in the order of `Methodology.indicators`, NaN where
    there is no value, never infinite. `digits` has its shape and holds the decimals each value was
    printed to, −1 where that is unknown; None takes every value as exact.
    """

    units: tuple[str, ...]
    groups: tuple[str | None, ...]
    values: Floats
    digits: Ints | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Places of every unit at every node: from, to, of; all 0 where there is no place."""

    first: Places
    last: Places
    of: Places

    def at(self, unit: int, node: int) -> Place | None:
        """Return the place of one unit at one node, None for none."""
        first = int(self.first[unit, node])
        if first == 0:
            return None
        return Place(first, int(self.last[unit, node]), int(self.of[unit, node]))


@dataclass(frozen=True, slots=True)
class Result:
    """A calculation; tables are (units, nodes), nodes as in `layout`, NaN is a null score.

    The score of an indicator is its normalised value. `known` counts the observed indicators under
    a node, `incomplete` marks where some are missing. `grades` are the levels of the node that the
    methodology's level set is about.
    """

    methodology: Methodology
    layout: Layout
    observed: Observed
    scores: Floats
    coverage: Floats
    known: Counts
    incomplete: Mask
    places: Ranking
    group_places: Ranking
    grades: Grades | None
    findings: tuple[EngineFinding, ...]


class UnusableValues(Exception):  # noqa: N818 -- it states the fact.
    """The calculation failed at these cells: (unit, indicator) indices into the observations."""

    def __init__(self, code: str, cells: Sequence[tuple[int, int]]) -> None:
        super().__init__(f"{code}: {len(cells)} cells")
        self.code = code
        self.cells = tuple(cells)


def calculate(methodology: Methodology, observed: Observed) -> Result:
    """Calculate scores, coverage, places and levels of all units at all nodes.

    UnusableValues: VALUE_OUT_OF_RANGE for values that `percent_of_max` cannot take, VALUE_MISSING
    for nulls under the `fail` policy, each with every such cell. No units give empty tables.
    """
    layout = lay_out(methodology)
    _refuse_unusable(methodology, observed)
    scores = np.full((len(observed.units), len(layout.nodes)), np.nan, order="F")
    coverage = np.full(scores.shape, np.nan, order="F")
    findings = [*_normalise_all(methodology, layout, observed.values, scores)]
    findings += aggregate_all(methodology, layout, scores, coverage)
    known = known_leaves(layout, observed.values)
    incomplete = known < np.array(layout.sizes)
    taking_part = without_incomplete(scores, incomplete, methodology.missing)
    ranked, tolerance = compared(taking_part, methodology)
    orders = ascending(ranked)
    return Result(
        methodology,
        layout,
        observed,
        scores,
        coverage,
        known,
        incomplete,
        rank(ranked, tolerance, orders),
        rank_in_groups(ranked, observed.groups, tolerance, orders),
        _grade(methodology, layout, observed, scores),
        tuple(findings),
    )


def _refuse_unusable(methodology: Methodology, observed: Observed) -> None:
    outside = np.zeros(observed.values.shape, dtype=np.bool_)
    for index, indicator in enumerate(methodology.indicators):
        outside[:, index] = values_outside(observed.values[:, index], indicator.normalise)
    if outside.any():
        raise UnusableValues("VALUE_OUT_OF_RANGE", _cells(outside))
    if methodology.missing.policy is MissingPolicy.FAIL and np.isnan(observed.values).any():
        raise UnusableValues("VALUE_MISSING", _cells(np.isnan(observed.values)))


def _cells(marks: NDArray[np.bool_]) -> list[tuple[int, int]]:
    return [(int(unit), int(indicator)) for unit, indicator in np.argwhere(marks)]


def _normalise_all(
    methodology: Methodology, layout: Layout, values: Floats, scores: Floats
) -> list[EngineFinding]:
    """Fill the columns of the indicators.

    Under `zero` a missing value counts as a normalised 0; the statistics of the peers and the
    values of a column that has no scale (null for all who reported) are not touched by it.
    """
    findings = []
    for index, indicator in enumerate(methodology.indicators):
        column = layout.leaves[index]
        given = np.ascontiguousarray(values[:, index])
        scores[:, column], fault = normalise(given, indicator.normalise, indicator.direction)
        if methodology.missing.policy is MissingPolicy.ZERO:
            scores[np.isnan(given), column] = 0.0
        if fault is not None:
            findings.append(column_finding(indicator, fault))
    return findings


def aggregate_all(
    methodology: Methodology, layout: Layout, scores: Floats, coverage: Floats
) -> list[EngineFinding]:
    """Fill the columns of the groups from those of the indicators, children first."""
    skip = methodology.missing.policy is MissingPolicy.SKIP
    least = methodology.missing.min_coverage if skip else 0.0
    findings = []
    for branch in layout.branches:
        children = [scores[:, child] for child in branch.children]
        made: Aggregated = aggregate(children, branch.weights, branch.node.aggregate, least)
        scores[:, branch.column], coverage[:, branch.column] = made.score, made.coverage
        findings += score_findings(branch.node, made)
    return findings


def rank(scores: Floats, tolerance: float, orders: Sequence[Ints] | None = None) -> Ranking:
    """Rank all units at each node, greatest score first; `of` is repeated for each unit."""
    first, last, count = places_float(scores, tolerance, orders)
    return Ranking(first, last, np.where(first > 0, count, 0))


def rank_in_groups(
    scores: Floats, groups: Sequence[str | None], tolerance: float, orders: Sequence[Ints]
) -> Ranking:
    """Rank units inside their groups; a unit of no group has no group place."""
    codes = {group: code for code, group in enumerate(sorted({g for g in groups if g is not None}))}
    numbers = [NO_GROUP if group is None else codes[group] for group in groups]
    if not codes:
        nobody = np.zeros(scores.shape, dtype=np.int32)
        return Ranking(nobody, nobody, nobody)
    members = np.array(numbers, dtype=np.int64)
    return Ranking(*group_places_float(scores, members, tolerance, orders))


def _grade(
    methodology: Methodology, layout: Layout, observed: Observed, scores: Floats
) -> Grades | None:
    if methodology.levels is None:
        return None
    column = layout.column(methodology.levels.node)
    feasible = None
    if observed.digits is not None:
        feasible = feasible_scores(methodology, layout, observed.values, observed.digits, column)
    return grade(scores[:, column], methodology.levels, methodology.rounding, feasible)


def groups_of(layout: Layout) -> list[tuple[int, Group]]:
    """Return the columns of the inner nodes with their nodes, parents first."""
    return [(i, node) for i, node in enumerate(layout.nodes) if isinstance(node, Group)]
