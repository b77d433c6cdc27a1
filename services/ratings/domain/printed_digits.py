"""How many decimals a value was printed to, where only its float is left."""

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Methodology
from services.ratings.domain.rounding import snap

UNKNOWN = -1
_MOST = 12


def printed_digits(methodology: Methodology, values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return decimals (units, indicators): those of the indicator, or more if the value has more.

    Indicators without `digits` give −1: their values are taken as exact.
    """
    digits = np.full(values.shape, UNKNOWN, dtype=np.int64)
    for index, indicator in enumerate(methodology.indicators):
        if indicator.digits is not None:
            digits[:, index] = _decimals(values[:, index], indicator.digits)
    return digits


def _decimals(values: NDArray[np.float64], least: int) -> NDArray[np.int64]:
    """Count the decimals each value needs, at least `least`."""
    needed = np.full(values.shape, least, dtype=np.int64)
    for digits in range(least, _MOST):
        scaled = snap(values * 10.0**digits)
        needed[np.isfinite(scaled) & (scaled != np.rint(scaled))] = digits + 1
    return needed
