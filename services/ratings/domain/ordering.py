"""What places compare: scores as computed, or as rounded for print."""

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Methodology, RankOn
from services.ratings.domain.rounding import round_published
from shared.figures.places import RELATIVE_TOLERANCE


def compared(
    scores: NDArray[np.float64], methodology: Methodology
) -> tuple[NDArray[np.float64], float]:
    """Return the scores that decide places, any shape, and the tolerance of their equality.

    Published decimals are compared exactly, so neighbours in the last printed digit never share a
    place; the engine's floats are compared as in `docs/rules/figures.md`, Places.
    """
    if methodology.rank_on is RankOn.PUBLISHED:
        return round_published(scores, methodology.rounding), 0.0
    return scores, RELATIVE_TOLERANCE
