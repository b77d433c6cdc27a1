"""CPU seconds of the stability analysis of 89 units × 24 indicators.

Limits of the specification: 0.3 s for 1 000 draws, 1 s with Sobol indices (N = 1 000).
Run: `python -m benchmarks.stability`.
"""

import time
from statistics import median

import numpy as np

from services.ratings.domain.engine import Observed, Result, calculate
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
from services.ratings.domain.stability import stability
from services.ratings.domain.uncertainty import Choices
from shared.figures.intervals import RoundingMode

UNITS, BLOCKS, PER_BLOCK, ROUNDS = 89, 4, 6, 5
DRAWS, SAMPLES = 1000, 1000
LIMIT, LIMIT_WITH_SOBOL = 0.3, 1.0


def rated() -> Result:
    """Calculate a rating of four blocks of six min-max indicators with some values missing."""
    rng = np.random.default_rng(407)
    values = rng.normal(50, 15, (UNITS, BLOCKS * PER_BLOCK))
    values[rng.random(values.shape) < 0.03] = np.nan
    mean, minmax = Aggregate(Mean.ARITHMETIC), Normalisation(Method.MINMAX)
    blocks = tuple(
        Group(
            f"{block}",
            "",
            1.0,
            mean,
            tuple(
                Indicator(f"{block}.{item}", "", 1.0, Direction.HIGHER, minmax)
                for item in range(PER_BLOCK)
            ),
        )
        for block in range(BLOCKS)
    )
    methodology = Methodology(
        "benchmark",
        "1",
        "benchmark",
        Peers("region"),
        Group("total", "", 1.0, mean, blocks),
        Missing(MissingPolicy.SKIP, 0.5),
        Rounding(RoundingMode.HALF_UP, 0),
    )
    units = tuple(map(str, range(UNITS)))
    return calculate(methodology, Observed(units, (None,) * UNITS, np.asfortranarray(values)))


def cpu(result: Result, samples: int) -> float:
    """Return the median CPU seconds of a few runs."""
    times = []
    for seed in range(ROUNDS):
        start = time.process_time()
        stability(result, Choices(), draws=DRAWS, seed=seed, samples=samples)
        times.append(time.process_time() - start)
    return median(times)


def main() -> None:
    """Print the two figures next to their limits."""
    result = rated()
    print(f"1 000 draws         {cpu(result, 0):.3f} s CPU (limit {LIMIT})")
    print(f"… and Sobol indices {cpu(result, SAMPLES):.3f} s CPU (limit {LIMIT_WITH_SOBOL})")


if __name__ == "__main__":
    main()
