"""Which indicators of which units are weak, and why; training plans are made of the answer.

An indicator is weak in the lowest band, below its target, after a fall of at least one printed
unit since the previous period, or in the bottom quarter of at least four peers
(`docs/rules/ratings.md`, Answers people ask for).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.engine import Result
from services.ratings.domain.grading import bands_at
from services.ratings.domain.methodology import Direction, Indicator, Method, Methodology
from services.ratings.domain.rounding import snap

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_PEERS = 4


class Weakness(StrEnum):
    """Why an indicator is weak, the gravest first."""

    LOWEST_BAND = "lowest_band"
    BELOW_TARGET = "below_target"
    FALLEN = "fallen"
    BOTTOM_QUARTER = "bottom_quarter"


@dataclass(frozen=True, slots=True)
class WeakSpot:
    """One reason why an indicator of a unit is weak."""

    unit: str
    indicator: str
    topics: tuple[str, ...]
    reason: Weakness


def weak_spots(
    result: Result, previous: Floats | None = None, row: int | None = None
) -> tuple[WeakSpot, ...]:
    """Return every weak spot, unit by unit in the order given, then by indicator and reason.

    `row` asks for one unit's alone.
    `previous` is (units, indicators): the values of the period before on the same scale, NaN where
    there is none or it is not comparable. Unknown values are never weak.
    """
    rows = slice(None) if row is None else slice(row, row + 1)
    units = result.observed.units[rows]
    marks = [
        (indicator, reason, mark[rows])
        for index, indicator in enumerate(result.methodology.indicators)
        for reason, mark in _reasons(result, index, previous)
    ]
    table = np.stack([mark for _, _, mark in marks], axis=1)
    found = []
    for at, column in np.argwhere(table):
        indicator, reason, _ = marks[column]
        found.append(WeakSpot(units[at], indicator.code, indicator.topics, reason))
    return tuple(found)


def _reasons(
    result: Result, index: int, previous: Floats | None
) -> Iterator[tuple[Weakness, Mask]]:
    indicator = result.methodology.indicators[index]
    values = result.observed.values[:, index]
    sign = -1.0 if indicator.direction is Direction.LOWER else 1.0
    score = result.scores[:, result.layout.leaves[index]]
    yield Weakness.LOWEST_BAND, _in_lowest_band(result.methodology, indicator, score)
    yield Weakness.BELOW_TARGET, _below_target(indicator, values, sign)
    if previous is not None:
        yield Weakness.FALLEN, _fallen(result, index, sign * (previous[:, index] - values))
    yield Weakness.BOTTOM_QUARTER, _in_bottom_quarter(sign * values)


def _in_lowest_band(methodology: Methodology, indicator: Indicator, score: Floats) -> Mask:
    """Read the level set on an indicator whose scale is absolute and is that of the set.

    Scales made of the peers themselves (min-max, ranks, z-scores) put somebody lowest always;
    those are left to the bottom quarter.
    """
    levels = methodology.levels
    if levels is None or _scale(indicator) != (levels.low, levels.high):
        return np.zeros(score.shape, dtype=np.bool_)
    return np.asarray(bands_at(score, levels, methodology.rounding) == 0)


def _scale(indicator: Indicator) -> tuple[Fraction, Fraction] | None:
    """Return the ends of an absolute scale of normalised values, None for another scale."""
    if indicator.normalise.method in (Method.PERCENT_OF_MAX, Method.GOALPOSTS):
        return Fraction(0), Fraction(100)
    low, high = indicator.domain
    if indicator.normalise.method is Method.NONE and low is not None and high is not None:
        return Fraction(low), Fraction(high)
    return None


def _below_target(indicator: Indicator, values: Floats, sign: float) -> Mask:
    """Compare with the indicator's target, or the one its normalisation has."""
    target = None if indicator.target is None else float(indicator.target)
    if target is None and indicator.normalise.method is Method.DISTANCE_TO_TARGET:
        target = indicator.normalise.target
    if target is None:
        return np.zeros(values.shape, dtype=np.bool_)
    return np.asarray(sign * values < sign * target)


def _fallen(result: Result, index: int, fall: Floats) -> Mask:
    """Say where the fall is at least one printed unit."""
    digits = result.methodology.indicators[index].digits
    if digits is None and result.observed.digits is not None:
        printed = np.maximum(result.observed.digits[:, index], 0)
    else:
        printed = np.full(fall.shape, digits or 0, dtype=np.int64)
    return np.asarray(snap(fall * 10.0**printed) >= 1.0)


def _in_bottom_quarter(signed: Floats) -> Mask:
    """Say before whom three quarters of the peers are, ties at their best place."""
    ordered = np.sort(signed[~np.isnan(signed)])
    if ordered.size < LEAST_PEERS:
        return np.zeros(signed.shape, dtype=np.bool_)
    better = ordered.size - np.searchsorted(ordered, signed, side="right")
    return ~np.isnan(signed) & (4 * better >= 3 * ordered.size)
