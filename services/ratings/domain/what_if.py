"""Recalculating one unit's changed indicator: only its column and the nodes above it move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.aggregate import aggregate
from services.ratings.domain.completeness import without_incomplete
from services.ratings.domain.engine import Result
from services.ratings.domain.methodology import Direction, Method, MissingPolicy
from services.ratings.domain.normalise import normalise
from services.ratings.domain.ordering import compared

Floats = NDArray[np.float64]


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
        distance to the mean of the others is e turns once, where x stands −A/e away from that
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
