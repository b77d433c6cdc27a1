"""How many of the indicators under a node a unit has, and what that does to its places."""

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Missing, Ranked
from services.ratings.domain.score_tree import Layout

Floats = NDArray[np.float64]
Counts = NDArray[np.int32]
Mask = NDArray[np.bool_]


def known_leaves(layout: Layout, values: Floats) -> Counts:
    """Count the indicators with a value under every node (units, nodes); a leaf counts itself.

    Values are as observed: one that the rules leave out (a column without spread) is known.
    """
    known = np.zeros((values.shape[0], len(layout.nodes)), dtype=np.int32, order="F")
    for index, leaf in enumerate(layout.leaves):
        known[:, leaf] = ~np.isnan(values[:, index])
    for branch in layout.branches:
        for child in branch.children:
            known[:, branch.column] += known[:, child]
    return known


def without_incomplete(scores: Floats, incomplete: Mask, missing: Missing) -> Floats:
    """Return the scores that take part in ranking; both arguments have one shape.

    Under `complete_only` a score computed with a missing indicator is null here.
    """
    if missing.places is Ranked.ALL or not incomplete.any():
        return scores
    return np.where(incomplete, np.nan, scores)
