"""How the engine compares with the same calculation in plain vectorised numpy, in one run.

40 000 units × 100 indicators, three levels, min-max and weighted means, missing values, coverage,
and both ends of the places of all nodes. The limit of the specification is a ratio of 1.5.
Run: `python -m benchmarks.engine`.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.engine import Observed, calculate
from services.ratings.domain.methodology import (
    Aggregate,
    Direction,
    Group,
    Indicator,
    Mean,
    Method,
    Methodology,
    Missing,
    MissingPolicy,
    Normalisation,
    Peers,
    Rounding,
)
from shared.figures.intervals import RoundingMode

UNITS, BLOCKS, PER_BLOCK, ROUNDS = 40_000, 10, 10, 5
LIMIT = 1.5

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def methodology(weights: Floats, block_weights: Floats) -> Methodology:
    """Build ten blocks of ten indicators under one total."""
    mean, minmax = Aggregate(Mean.ARITHMETIC), Normalisation(Method.MINMAX)
    blocks = []
    for block in range(BLOCKS):
        leaves = tuple(
            Indicator(f"{block}.{item}", "", weights[block, item], Direction.HIGHER, minmax)
            for item in range(PER_BLOCK)
        )
        blocks.append(Group(f"{block}", "", block_weights[block], mean, leaves))
    return Methodology(
        "benchmark",
        "1",
        "benchmark",
        Peers("municipality"),
        Group("total", "", 1.0, mean, tuple(blocks)),
        Missing(MissingPolicy.SKIP, 0.5),
        Rounding(RoundingMode.HALF_UP, 0),
    )


def plain_mean(table: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Take weighted means of (nodes, children, units) by (nodes, children), nulls left out."""
    known = ~np.isnan(table)
    coverage = known.mean(axis=1)
    total = np.einsum("ncu,nc->nu", np.where(known, table, 0.0), weights)
    mean = total / np.einsum("ncu,nc->nu", known, weights)
    mean[coverage < 0.5] = np.nan
    return mean, coverage


def plain_places(scores: Floats) -> tuple[Ints, Ints]:
    """Rank each row of (nodes, units), both ends of ties, by whole-table operations."""
    order = np.argsort(-scores, axis=1)
    ranked = np.take_along_axis(scores, order, axis=1)
    at = np.arange(scores.shape[1])
    near = 1e-9 * np.maximum(1.0, np.abs(ranked[:, 1:]))
    breaks = ~(np.abs(ranked[:, 1:] - ranked[:, :-1]) <= near)
    edge = np.ones((scores.shape[0], 1), dtype=bool)
    first = np.maximum.accumulate(np.where(np.hstack([edge, breaks]), at, 0), axis=1)
    last = np.where(np.hstack([breaks, edge]), at, scores.shape[1])
    last = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]
    low, high = np.empty_like(first), np.empty_like(last)
    np.put_along_axis(low, order, first + 1, axis=1)
    np.put_along_axis(high, order, last + 1, axis=1)
    return low, high


def plain(values: Floats, weights: Floats, block_weights: Floats) -> tuple[Floats, Ints, Ints]:
    """Calculate everything the engine does here from (indicators, units), each node contiguous."""
    low, high = np.nanmin(values, axis=1), np.nanmax(values, axis=1)
    normalised = 100.0 * (values - low[:, None]) / (high - low)[:, None]
    blocks, _ = plain_mean(normalised.reshape(BLOCKS, PER_BLOCK, -1), weights)
    total, _ = plain_mean(blocks[None], block_weights[None])
    scores = np.concatenate([total, blocks, normalised])
    low_places, high_places = plain_places(scores)
    return scores, low_places, high_places


def timed(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Check that both agree, then print the times and their ratio."""
    rng = np.random.default_rng(407)
    values = rng.normal(50, 15, (UNITS, BLOCKS * PER_BLOCK))
    values[rng.random(values.shape) < 0.03] = np.nan
    weights = rng.integers(1, 6, (BLOCKS, PER_BLOCK)).astype(np.float64)
    block_weights = rng.integers(1, 6, BLOCKS).astype(np.float64)
    rule = methodology(weights, block_weights)
    observed = Observed(tuple(map(str, range(UNITS))), (None,) * UNITS, np.asfortranarray(values))
    table = np.ascontiguousarray(values.T)
    result, (scores, places, _) = calculate(rule, observed), plain(table, weights, block_weights)
    np.testing.assert_allclose(result.scores[:, 0], scores[0], rtol=0, atol=1e-9)
    known = ~np.isnan(scores[0])
    np.testing.assert_array_equal(result.places.first[known, 0], places[0, known])
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(timed(lambda: calculate(rule, observed)))
        theirs.append(timed(lambda: plain(table, weights, block_weights)))
    ratio = median(ours) / median(theirs)
    print(f"engine                 {median(ours):.3f} s CPU")
    print(f"plain vectorised numpy {median(theirs):.3f} s CPU")
    print(f"ratio                  {ratio:.2f} (limit {LIMIT})")


if __name__ == "__main__":
    main()
