"""Recalculating one unit's changed indicator: only its column and the nodes above it move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.aggregate import aggregate
from services.ratings.domain.completeness import without_incomplete
from services.ratings.domain.engine import Result
from services.ratings.domain.methodology import Direction, Method, MissingPolicy
from services.ratings.domain.normalise import normalise, normalise_among
from services.ratings.domain.ordering import compared
from shared.figures.places import Place, places_float

Floats = NDArray[np.float64]

# Rules whose statistics of the peers are the least and the greatest value alone.
_BY_ENDS = frozenset(
    {Method.MINMAX, Method.DISTANCE_TO_BEST, Method.DISTANCE_TO_TARGET, Method.BEST_OF_PEERS}
)
_OF_OWN = frozenset({Method.NONE, Method.PERCENT_OF_MAX, Method.GOALPOSTS})
# Scores this near are sorted to find a run of equal ones; a run is a thousand times narrower.
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Trial:
    """A what-if about one unit and one indicator, the other units fixed.

    `path` holds the columns from the indicator to the root.
    """

    result: Result
    row: int
    indicator: int
    path: tuple[int, ...]

    def column(self, value: float) -> Floats:
        """Return the normalised column (units,) with the unit's value replaced."""
        rule = self.result.methodology.indicators[self.indicator]
        given = self.result.observed.values[:, self.indicator].copy()
        given[self.row] = value
        made = normalise(given, rule.normalise, rule.direction)[0]
        if self.result.methodology.missing.policy is MissingPolicy.ZERO:
            made[np.isnan(given)] = 0.0
        return made

    def climb(self, column: Floats) -> Floats:
        """Return the scores (path, units) that follow from a normalised column, as the engine's."""
        result, missing = self.result, self.result.methodology.missing
        least = missing.min_coverage if missing.policy is MissingPolicy.SKIP else 0.0
        scores = np.empty((len(self.path), column.size))
        scores[0] = column
        branches = {branch.column: branch for branch in result.layout.branches}
        for step, node in enumerate(self.path[1:], start=1):
            branch = branches[node]
            children = [result.scores[:, child] for child in branch.children]
            children[branch.children.index(self.path[step - 1])] = scores[step - 1]
            scores[step] = aggregate(children, branch.weights, branch.node.aggregate, least).score
        return scores

    def steady(self, low: float, high: float) -> bool:
        """Tell whether the others' scores are today's for every own value in [low, high]."""
        rule = self.result.methodology.indicators[self.indicator]
        if rule.normalise.method in _OF_OWN:
            return True
        ends = self.ends()
        today = float(self.result.observed.values[self.row, self.indicator])
        return (
            rule.normalise.method in _BY_ENDS
            and ends is not None
            and ends[0] <= min(low, today)
            and max(high, today) <= ends[1]
        )

    def ends(self) -> tuple[float, float] | None:
        """Return the least and the greatest of the others' given values, None without any."""
        others = self.others()
        known = others[~np.isnan(others)]
        return (float(known.min()), float(known.max())) if known.size else None

    def own_scores(self, values: Floats) -> Floats:
        """Return the unit's own scores (path, values) for values under which all else is steady."""
        result, missing = self.result, self.result.methodology.missing
        least = missing.min_coverage if missing.policy is MissingPolicy.SKIP else 0.0
        rule = result.methodology.indicators[self.indicator]
        peers = np.array(self.ends() or (), dtype=np.float64)
        scores = np.empty((len(self.path), values.size))
        scores[0] = normalise_among(values, peers, rule.normalise, rule.direction)[0]
        branches = {branch.column: branch for branch in result.layout.branches}
        for step, node in enumerate(self.path[1:], start=1):
            branch = branches[node]
            children = [np.full(values.size, result.scores[self.row, c]) for c in branch.children]
            children[branch.children.index(self.path[step - 1])] = scores[step - 1]
            scores[step] = aggregate(children, branch.weights, branch.node.aggregate, least).score
        return scores

    def place(self, root: Floats) -> Place:
        """Return the unit's place among root scores (units,); 0 to 0 where it has none."""
        ranked, tolerance = self.ranked(root)
        own, count = ranked[self.row], int(np.count_nonzero(~np.isnan(ranked)))
        if np.isnan(own):
            return Place(0, 0, count)
        low = high = own
        if tolerance:
            reach = _NEAR * max(1.0, abs(own))
            near = np.sort(ranked[np.abs(ranked - own) <= reach])
            first, last, _ = places_float(near, tolerance)
            at = int(np.searchsorted(near, own))
            low, high = near[near.size - last[at]], near[near.size - first[at]]
            if max(own - low, high - own) > reach / 2:
                first, last, _ = places_float(ranked, tolerance)
                return Place(int(first[self.row]), int(last[self.row]), count)
        above, upward = np.count_nonzero(ranked > high), np.count_nonzero(ranked >= low)
        return Place(1 + int(above), int(upward), count)

    def ranked(self, scores: Floats) -> tuple[Floats, float]:
        """Return root scores (units,) as places compare them, and the tolerance of equality."""
        methodology = self.result.methodology
        incomplete = self.result.incomplete[:, 0]
        return compared(without_incomplete(scores, incomplete, methodology.missing), methodology)

    def compared(self, score: float) -> float:
        """Return one root score as the methodology compares it."""
        return float(compared(np.array([score]), self.result.methodology)[0][0])

    def extremes(self, low: float, high: float) -> Floats | None:
        """Return the others' normalised values (units,) at their turning points, or None.

        Among rules only z-scores turn: while the unit's value x moves, the score of another whose
        distance to the mean of the others is e turns once, where x is −A/e away from that
        mean and A = (n − 2)·s²/(n − 1) of the others. NaN for units that do not turn in between.
        """
        rule = self.result.methodology.indicators[self.indicator]
        if rule.normalise.method is not Method.ZSCORE:
            return None
        others = self.others()
        known = others[~np.isnan(others)]
        if known.size == 0:
            return None
        away = others - known.mean()
        variance = np.nansum(away**2) / known.size
        with np.errstate(divide="ignore", invalid="ignore"):
            shift = -variance / away
            score = (away - shift / (known.size + 1)) / np.sqrt(
                variance + shift**2 / (known.size + 1)
            )
            turns = (known.mean() + shift > low) & (known.mean() + shift < high)
        sign = -1.0 if rule.direction is Direction.LOWER else 1.0
        turned = rule.normalise.mean + rule.normalise.sd * sign * score
        return np.where(turns, turned, np.nan)

    def others(self) -> Floats:
        """Return the indicator's given values (units,) with the unit's own left out."""
        others = self.result.observed.values[:, self.indicator].copy()
        others[self.row] = np.nan
        return others


def trial_of(result: Result, row: int, indicator: int) -> Trial:
    """Prepare the what-if of one unit and one indicator."""
    path = tuple(result.layout.path(result.layout.leaves[indicator]))
    return Trial(result, row, indicator, path)
