"""Persons against a waiting list: the score after, adjusted for the score before.

The estimate is the coefficient of being offered the measure in the regression of the score after
on the score before and the strata (ANCOVA). The offers are permuted within the strata; sessions are
clusters of a wild bootstrap of the score, each waiting person a cluster alone.
"""

from dataclasses import dataclass

import numpy as np

from shared.effects.inference import (
    ALPHA,
    Bounds,
    Inference,
    inverted_set,
    least_attainable,
    p_value,
    snapped,
    tie_width,
)
from shared.effects.least_visible import POWER, REDRAWN, least_effect
from shared.effects.panel import Bools, Floats, Ints
from shared.effects.permutation import Assignments, assign
from shared.effects.robustness import score_bootstrap

CELLS = 20_000_000
"""Bound of compared assignments × persons held at once."""
MOST_COMPARED, REFERENCE = 20_000, 1_000
LEAST_SESSIONS = 5
LEAST_SHARE_LEFT = 1e-9
"""The least share of the offers that scores and strata must leave unexplained."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Persons with a score before and after, offered the measure or waiting for it.

    `sessions` number the session of an offered person from 0, −1 for one who waits. `strata`
    number the strata of the draw. `error` is the standard error of measurement of the score before.
    """

    before: Floats
    after: Floats
    offered: Bools
    sessions: Ints
    strata: Ints
    error: float | None
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The adjusted difference; `session_p` None where fewer than five sessions took place.

    `corrected` is the estimate with the slope freed of the error of measurement, None where that
    is not known or larger than the spread of the scores.
    """

    estimate: float
    inference: Inference
    interval: Bounds | None
    session_p: float | None
    corrected: float | None

    @property
    def p(self) -> float:
        """Return the larger of the two p-values: neither chance nor sessions explain less."""
        return max(self.inference.p, self.session_p or 0.0)


def adjust(scores: Scores) -> Adjusted | None:
    """Return the difference adjusted for the score before.

    None where nobody waits or was offered, or the scores before and strata tell exactly who was.
    """
    basis = _basis(scores)
    outcome = _left(basis, scores.after)
    offered = scores.offered.astype(float)
    own = _left(basis, offered)
    if float(own @ own) <= LEAST_SHARE_LEFT * len(offered):
        return None
    width = tie_width(float(np.abs(outcome).max(initial=0.0)))
    rows, exact = _compared(_assigned(scores), scores)
    statistics, slopes = _statistics(rows, basis, outcome, own)
    estimate = snapped(float(own @ outcome) / float(own @ own), width)
    inference = Inference(
        p_value(statistics, estimate, width),
        exact,
        len(rows) if exact else len(rows) - 1,
        least_attainable(statistics, width, exact=exact),
    )
    seen = inference.least_p <= ALPHA
    return Adjusted(
        estimate,
        inference,
        inverted_set(statistics, slopes, estimate) if seen else None,
        _session_p(scores, own * outcome),
        _corrected(scores),
    )


def _assigned(scores: Scores) -> Assignments:
    offers = scores.offered.astype(np.int64)
    return assign(offers, scores.strata, draws=scores.draws, seed=scores.seed)


def _basis(scores: Scores) -> Floats:
    """Return an orthonormal basis of the strata and the score before."""
    dummies = scores.strata[:, None] == np.unique(scores.strata)
    before = scores.before - scores.before.mean()
    columns, lengths, _ = np.linalg.svd(
        np.column_stack([dummies.astype(float), before]), full_matrices=False
    )
    return np.asarray(columns[:, lengths > 1e-10 * max(1.0, float(lengths.max()))])


def _left(basis: Floats, values: Floats) -> Floats:
    """Return what the basis does not explain."""
    return np.asarray(values - basis @ (basis.T @ values))


def _compared(assignments: Assignments, scores: Scores) -> tuple[Bools, bool]:
    """Return assignments × persons, the observed one first in a sample; say whether all are."""
    most = min(MOST_COMPARED, max(REFERENCE, CELLS // len(scores.before)))
    if assignments.exact and assignments.count <= most:
        return assignments.label_rows(most) > 0, True
    drawn = assignments.label_rows(min(scores.draws, most)) > 0
    return np.concatenate([scores.offered[None], drawn]), False


def _statistics(rows: Bools, basis: Floats, outcome: Floats, own: Floats) -> tuple[Floats, Floats]:
    """Return the adjusted difference of every assignment, and what a unit effect adds to it."""
    offers = rows.astype(float)
    spread = (offers**2).sum(axis=1) - ((offers @ basis) ** 2).sum(axis=1)
    usable = spread > LEAST_SHARE_LEFT * rows.shape[1]
    spread = np.where(usable, spread, np.inf)
    return np.asarray(offers @ outcome / spread), np.asarray(offers @ own / spread)


def _session_p(scores: Scores, parts: Floats) -> float | None:
    """Return the p-value of the score summed by session; each waiting person counts alone."""
    if len(np.unique(scores.sessions[scores.offered])) < LEAST_SESSIONS:
        return None
    alone = scores.sessions < 0
    sums = np.bincount(scores.sessions[~alone], weights=parts[~alone])
    return score_bootstrap(
        np.concatenate([sums, parts[alone]]), draws=scores.draws, seed=scores.seed
    )


def _corrected(scores: Scores) -> float | None:
    """Return the estimate with the slope divided by the reliability of the score before."""
    if scores.error is None:
        return None
    dummies = (scores.strata[:, None] == np.unique(scores.strata)).astype(float)
    design = np.column_stack([dummies, scores.offered.astype(float)])
    inside = scores.before - design @ np.linalg.lstsq(design, scores.before)[0]
    freedom = len(inside) - np.linalg.matrix_rank(design)
    spread = float(inside @ inside) / max(1, int(freedom))
    reliability = 1.0 - scores.error**2 / spread if spread > 0 else 0.0
    if reliability <= 0:
        return None
    slope = float(inside @ scores.after) / float(inside @ inside) / reliability
    return float(np.linalg.lstsq(design, scores.after - slope * scores.before)[0][-1])


def least_adjusted(scores: Scores, found: Adjusted) -> float | None:
    """Return the least effect seen in four of five re-drawn offers; None where none is."""
    if found.interval is None:
        return None
    basis = _basis(scores)
    own = _left(basis, scores.offered.astype(float))
    residuals = _left(basis, scores.after) - found.estimate * own
    width = tie_width(float(np.abs(residuals).max(initial=0.0)))
    rows, _ = _compared(_assigned(scores), scores)
    compared = rows[np.linspace(0, len(rows) - 1, min(REFERENCE, len(rows))).astype(int)]
    drawn = np.unique(np.linspace(0, len(compared) - 1, min(REDRAWN, len(compared))).astype(int))
    statistics, _ = _statistics(compared, basis, residuals, residuals)
    slopes = np.stack(
        [
            _statistics(compared, basis, residuals, _left(basis, compared[row].astype(float)))[1]
            for row in drawn
        ]
    )
    return least_effect(statistics, slopes, drawn, width, ALPHA, POWER)
