"""Rounding the engine's floats the way exact decimals are rounded.

A float as close to a half of the printed unit as the engine's arithmetic may stray is taken as that
half, so that a mean that is 79.5 in exact arithmetic rounds as 79.5 whatever its last bit says, and
one that is 0 stays 0 under `ceil`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Rounding
from shared.figures.decimals import SIGNIFICANT_DIGITS
from shared.figures.intervals import RoundingMode

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_EXACT_POWER = 22
"""Powers of ten up to this one are exact floats."""

_STRAY = 1e-13
"""How far the engine's arithmetic may stray, relative to max(1, |x|): some hundred last bits."""

_NO_FRACTION = 2.0**52


def snap(values: Floats) -> Floats:
    """Round to 12 significant digits; NaN and 0 stay, any shape."""
    magnitude = np.abs(values)
    usual = (magnitude > 0) & np.isfinite(values)
    exponent = np.zeros(values.shape)
    np.log10(magnitude, out=exponent, where=usual)
    shift = np.clip(SIGNIFICANT_DIGITS - 1 - np.floor(exponent), -_EXACT_POWER, _EXACT_POWER)
    up, down = 10.0 ** np.maximum(shift, 0.0), 10.0 ** np.maximum(-shift, 0.0)
    return np.asarray(np.rint(values * up / down) / up * down)


def round_published(values: Floats, rounding: Rounding, side: Ints | int = 0) -> Floats:
    """Return the values as printed: half_up is floor(x + ½), also for negatives.

    `side` is 0 where the value is reached, −1 where it is only approached from below, +1 where it
    is only approached from above: there the result is the one-sided limit of the rounding rule.
    Values too large to have such digits stay as they are.
    """
    unit = 10.0**rounding.digits
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = values * unit
        half = np.rint(2.0 * scaled) / 2.0
        stray = np.abs(scaled - half) <= _STRAY * unit * np.maximum(1.0, np.abs(values))
    steps = np.where(stray, half, scaled)
    shifted = steps + _SHIFT[rounding.mode]
    steps = np.where(side == 0, _REACHED[rounding.mode](steps), np.floor(shifted))
    steps = np.where(side == -1, np.ceil(shifted) - 1.0, steps)
    return np.where(np.abs(scaled) < _NO_FRACTION, steps / unit, values)


def _half_up(steps: Floats) -> Floats:
    return np.asarray(np.floor(steps + 0.5))


_REACHED: dict[RoundingMode, Callable[[Floats], Floats]] = {
    RoundingMode.HALF_UP: _half_up,
    RoundingMode.HALF_EVEN: np.rint,
    RoundingMode.CEIL: np.ceil,
    RoundingMode.FLOOR: np.floor,
}

_SHIFT = {
    RoundingMode.HALF_UP: 0.5,
    RoundingMode.HALF_EVEN: 0.5,
    RoundingMode.CEIL: 1.0,
    RoundingMode.FLOOR: 0.0,
}
"""What added to x makes its limits ⌈x⌉ − 1 from below and ⌊x⌋ from above."""
