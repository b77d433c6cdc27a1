"""Two calculations of the same peers side by side: who moved, by how much, and why.

The causes are the facets in which the calculations differ: values, scales, weights, means, missing
values, ranking. A unit's shift is divided among them by their Shapley values, which needs the
calculation under every mixture of the facets; trees of different nodes cannot be mixed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import factorial

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.engine import Observed, Result, UnusableValues, calculate
from services.ratings.domain.explain import Part, contributions_of, is_linear
from services.ratings.domain.methodology import Group, Indicator, Methodology, Node, walk
from shared.figures.places import Place, PlaceChange, change

Floats = NDArray[np.float64]


MAX_CELLS = 20_000_000
"""Scores calculated for the causes: units × nodes × mixtures; beyond it causes are not reported."""


class Facet(StrEnum):
    """In what two calculations may differ."""

    VALUES = "values"
    TREE = "tree"
    NORMALISATION = "normalisation"
    WEIGHTS = "weights"
    MEANS = "means"
    MISSING = "missing"
    RANKING = "ranking"


@dataclass(frozen=True, slots=True)
class Cause:
    """How many places of a unit's shift one facet explains; positive = better."""

    facet: Facet
    shift: float


@dataclass(frozen=True, slots=True)
class Move:
    """One unit before and after; what a side does not have is None.

    `shift` is the change of `from`, positive = better. `causes` sum to it; None where some mixture
    leaves the unit without a place, or there is too much to calculate. `indicators` split the
    change of the score, in linear trees of the same nodes.
    """

    unit: str
    before: Place | None
    after: Place | None
    change: PlaceChange | None
    shift: int | None
    score: float | None
    causes: tuple[Cause, ...] | None
    indicators: tuple[Part, ...] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two calculations, the facets in which they differ, and the codes of the units of either.

    `causes` are by unit, `splits` says whether a change of score is divided among the indicators.
    """

    before: Result
    after: Result
    facets: tuple[Facet, ...]
    units: tuple[str, ...]
    causes: Mapping[str, tuple[Cause, ...]]
    splits: bool
    rows_before: Mapping[str, int]
    rows_after: Mapping[str, int]

    def moves(self, units: Sequence[str]) -> tuple[Move, ...]:
        """Compare the root places of these units; the work is that of the units asked for."""
        return tuple(self._move(unit) for unit in units)

    def _move(self, unit: str) -> Move:
        before = self.before, self.rows_before.get(unit)
        after = self.after, self.rows_after.get(unit)
        first, last = _place(*before), _place(*after)
        both = first is not None and last is not None
        return Move(
            unit,
            first,
            last,
            change(first, last) if first is not None and last is not None else None,
            first.low - last.low if first is not None and last is not None else None,
            _score_change(before, after),
            self.causes.get(unit) if both else None,
            _indicator_changes(before, after) if self.splits else None,
        )


def compare(before: Result, after: Result) -> Comparison:
    """Prepare the comparison of two calculations; moves are compared when they are asked for.

    Units are matched by code; who is on one side only has no change. Nothing different gives
    no facets and shifts of 0.
    """
    facets = changed_facets(before, after)
    rows_before = {unit: row for row, unit in enumerate(before.observed.units)}
    rows_after = {unit: row for row, unit in enumerate(after.observed.units)}
    return Comparison(
        before,
        after,
        facets,
        tuple(sorted(rows_before.keys() | rows_after.keys())),
        _causes(before, after, facets),
        _same_tree(before.methodology, after.methodology)
        and is_linear(before.layout)
        and is_linear(after.layout),
        rows_before,
        rows_after,
    )


def changed_facets(before: Result, after: Result) -> tuple[Facet, ...]:
    """Say in what two calculations differ; a different tree swallows all of the methodology."""
    facets = [] if _same_values(before.observed, after.observed) else [Facet.VALUES]
    one, two = before.methodology, after.methodology
    if not _same_tree(one, two):
        return (Facet.TREE,)
    return (*facets, *(facet for facet, part in _PARTS.items() if part(one) != part(two)))


def _same_values(one: Observed, two: Observed) -> bool:
    return one.units == two.units and np.array_equal(one.values, two.values, equal_nan=True)


def _same_tree(one: Methodology, two: Methodology) -> bool:
    return _outline(one.tree) == _outline(two.tree)


def _outline(node: Node) -> tuple[object, ...]:
    children = node.children if isinstance(node, Group) else ()
    return (node.code, tuple(_outline(child) for child in children))


def _scales(methodology: Methodology) -> object:
    return [(one.normalise, one.direction) for one in methodology.indicators]


def _weights(methodology: Methodology) -> object:
    return [node.weight for node in list(walk(methodology.tree))[1:]]


def _means(methodology: Methodology) -> object:
    return [node.aggregate for node in walk(methodology.tree) if isinstance(node, Group)]


def _ranking(methodology: Methodology) -> object:
    return (methodology.rank_on, methodology.rounding)


_PARTS: dict[Facet, Callable[[Methodology], object]] = {
    Facet.NORMALISATION: _scales,
    Facet.WEIGHTS: _weights,
    Facet.MEANS: _means,
    Facet.MISSING: lambda methodology: methodology.missing,
    Facet.RANKING: _ranking,
}


def mix(before: Methodology, after: Methodology, taken: frozenset[Facet]) -> Methodology:
    """Return the methodology `before` with the taken facets of `after`; trees of the same nodes."""
    source = after if Facet.RANKING in taken else before
    return replace(
        before,
        tree=_mix_group(before.tree, after.tree, taken),
        missing=(after if Facet.MISSING in taken else before).missing,
        rank_on=source.rank_on,
        rounding=source.rounding,
        levels=None,
    )


def _mix_group(before: Group, after: Group, taken: frozenset[Facet]) -> Group:
    children = tuple(
        _mix_node(one, two, taken) for one, two in zip(before.children, after.children, strict=True)
    )
    return replace(
        before,
        children=children,
        weight=(after if Facet.WEIGHTS in taken else before).weight,
        aggregate=(after if Facet.MEANS in taken else before).aggregate,
    )


def _mix_node(before: Node, after: Node, taken: frozenset[Facet]) -> Node:
    if isinstance(before, Indicator) and isinstance(after, Indicator):
        scale = after if Facet.NORMALISATION in taken else before
        weight = (after if Facet.WEIGHTS in taken else before).weight
        return replace(before, normalise=scale.normalise, direction=scale.direction, weight=weight)
    if isinstance(before, Group) and isinstance(after, Group):
        return _mix_group(before, after, taken)
    message = "trees of different nodes cannot be mixed"
    raise ValueError(message)


def _causes(before: Result, after: Result, facets: Sequence[Facet]) -> dict[str, tuple[Cause, ...]]:
    """Divide every unit's shift among the facets; units without a place somewhere are left out."""
    if len(facets) < 2:  # noqa: PLR2004 -- a single facet explains the whole shift.
        return _whole(before, after, facets)
    if before.scores.size * 2 ** len(facets) > MAX_CELLS:
        return {}
    places = [_places(before, after, _taken(facets, number)) for number in range(2 ** len(facets))]
    common = set.intersection(*(set(found) for found in places))
    return {
        unit: tuple(
            Cause(facet, _shapley([found[unit] for found in places], index, len(facets)))
            for index, facet in enumerate(facets)
        )
        for unit in common
    }


def _whole(before: Result, after: Result, facets: Sequence[Facet]) -> dict[str, tuple[Cause, ...]]:
    first, last = _root_places(before), _root_places(after)
    return {
        unit: tuple(Cause(facet, float(first[unit] - last[unit])) for facet in facets)
        for unit in first.keys() & last.keys()
    }


def _taken(facets: Sequence[Facet], number: int) -> frozenset[Facet]:
    return frozenset(facet for index, facet in enumerate(facets) if number >> index & 1)


def _places(before: Result, after: Result, taken: frozenset[Facet]) -> dict[str, int]:
    """Return the places under a mixture; nobody has one where it cannot be calculated."""
    observed = (after if Facet.VALUES in taken else before).observed
    methodology = mix(before.methodology, after.methodology, taken)
    try:
        return _root_places(calculate(methodology, replace(observed, digits=None)))
    except UnusableValues:
        return {}


def _root_places(result: Result) -> dict[str, int]:
    first = result.places.first[:, 0]
    return {
        unit: int(place)
        for unit, place in zip(result.observed.units, first, strict=True)
        if place > 0
    }


def _shapley(places: Sequence[int], index: int, count: int) -> float:
    """Average the effect of one facet over all orders in which facets may change."""
    total = 0.0
    for number in range(2**count):
        if not number >> index & 1:
            size = number.bit_count()
            chance = factorial(size) * factorial(count - size - 1) / factorial(count)
            total += chance * (places[number] - places[number | 1 << index])
    return total


def _place(result: Result, row: int | None) -> Place | None:
    return None if row is None else result.places.at(row, 0)


def _score(result: Result, row: int | None) -> float:
    return float("nan") if row is None else float(result.scores[row, 0])


def _score_change(
    before: tuple[Result, int | None], after: tuple[Result, int | None]
) -> float | None:
    difference = _score(*after) - _score(*before)
    return None if np.isnan(difference) else difference


def _indicator_changes(
    before: tuple[Result, int | None], after: tuple[Result, int | None]
) -> tuple[Part, ...] | None:
    """Split the change of a score in linear trees of the same nodes."""
    (one, first), (two, last) = before, after
    if first is None or last is None or _score_change(before, after) is None:
        return None
    parts = contributions_of(two, last) - contributions_of(one, first)
    codes = (indicator.code for indicator in one.methodology.indicators)
    return tuple(Part(code, float(part)) for code, part in zip(codes, parts, strict=True))
