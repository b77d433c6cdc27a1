"""The best and the worst place that a unit's missing values could give it.

A unit's own missing indicators take the ends of their domains; the peers' scores (with their own
gaps, whoever is ranked) and their statistics stay as calculated. Every rule and every mean rises
with the better end, so the ends of a score are the scores of the ends.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.aggregate import aggregate
from services.ratings.domain.engine import Ranking, Result
from services.ratings.domain.methodology import Indicator, Method, MissingPolicy, Normalisation
from services.ratings.domain.normalise import normalise_among
from services.ratings.domain.ordering import compared
from shared.figures.places import RankedColumn

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ScoreEnds:
    """The lowest and highest scores (incomplete units, nodes); NaN where an end has no score."""

    rows: Rows
    low: Floats
    high: Floats


def possible_places(result: Result) -> Ranking:
    """Return, for units with missing indicators, the places (units, nodes) these could give.

    Only groups have them. `of` counts the peers with a score and the unit itself. All 0 where
    nothing is missing under the node, where a missing indicator has an open domain, and where an
    end of a domain leaves the unit without a score.
    """
    shape = result.scores.shape
    first, last, of = (np.zeros(shape, dtype=np.int32, order="F") for _ in range(3))
    ends = _score_ends(result)
    ranked, tolerance = compared(result.scores, result.methodology)
    for node in (branch.column for branch in result.layout.branches):
        bounded = ~np.isnan(ends.low[:, node]) & ~np.isnan(ends.high[:, node])
        bounded &= result.incomplete[ends.rows, node]
        rows = ends.rows[bounded]
        if rows.size:
            column = RankedColumn(ranked[:, node], tolerance)
            low, high = (
                compared(side[bounded, node], result.methodology)[0]
                for side in (ends.low, ends.high)
            )
            first[rows, node] = column.places_of(high, rows)[0]
            last[rows, node], of[rows, node] = column.places_of(low, rows)[1:]
    return Ranking(first, last, of)


def _score_ends(result: Result) -> ScoreEnds:
    """Calculate the incomplete units once with every gap at its worst, once at its best."""
    layout, missing = result.layout, result.methodology.missing
    least = missing.min_coverage if missing.policy is MissingPolicy.SKIP else 0.0
    rows = np.flatnonzero(result.incomplete[:, 0])
    low = np.asfortranarray(result.scores[rows])
    high, is_open = low.copy(order="F"), np.zeros(low.shape, dtype=np.bool_, order="F")
    for index, indicator in enumerate(result.methodology.indicators):
        leaf, given = layout.leaves[index], result.observed.values[:, index]
        gaps = np.isnan(given[rows])
        if gaps.any():
            ends = _domain_ends(given, indicator)
            is_open[gaps, leaf] = ends is None
            low[gaps, leaf], high[gaps, leaf] = (np.nan, np.nan) if ends is None else ends
    for branch in layout.branches:
        children = list(branch.children)
        rule = branch.node.aggregate
        for side in (low, high):
            columns = [side[:, child] for child in children]
            side[:, branch.column] = aggregate(columns, branch.weights, rule, least).score
        is_open[:, branch.column] = is_open[:, children].any(axis=1)
    return ScoreEnds(rows, np.where(is_open, np.nan, low), np.where(is_open, np.nan, high))


def _domain_ends(peers: Floats, indicator: Indicator) -> tuple[float, float] | None:
    """Return the worst and the best normalised value of a domain; None where it is open.

    It counts as open where no peer has a value to compare with, or an end is one that the rule
    cannot take. A column that the rules leave out gives NaN: no value of it would count.
    """
    (low, high), rule = indicator.domain, indicator.normalise
    if low is None or high is None:
        return None
    ends = np.array([float(low), float(high)])
    if rule.method is Method.PERCENT_OF_MAX:
        ends = np.clip(ends, 0.0, rule.maximum)
    made, fault = normalise_among(ends, peers, rule, indicator.direction)
    if np.isnan(made).any() and fault is None and _refused(peers, rule):
        return None
    return float(made.min()), float(made.max())


def _refused(peers: Floats, rule: Normalisation) -> bool:
    """Say whether a null is due to the value itself, not to peers that are all alike."""
    return rule.method is Method.BEST_OF_PEERS or bool(np.isnan(peers).all())
