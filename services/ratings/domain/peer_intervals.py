"""The interval of a normalised value when every peer's value is only known to an interval.

Rules that read extremes or ranks of the peers rise with the own value and move one way when all
the others move one way, so the ends are at corners: the own value at one end, all others at one
end. Z-scores have no such corners: there the peers are held at their printed values.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.grading import Feasible
from services.ratings.domain.methodology import Direction, Indicator, Method, Normalisation
from services.ratings.domain.normalise import normalise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_OWN = frozenset({Method.NONE, Method.PERCENT_OF_MAX, Method.GOALPOSTS})


def normalised_ends(values: Floats, ends: Feasible, indicator: Indicator) -> Feasible:
    """Return the ends of the normalised values (units,) with whether each is open.

    Nulls, and columns that have no scale at the printed values, have NaN ends.
    """
    rule, lower = indicator.normalise, indicator.direction is Direction.LOWER
    exact = np.array_equal(ends.low, ends.high, equal_nan=True)
    if rule.method in _OWN or exact:
        corners = [normalise(end, rule, indicator.direction)[0] for end in (ends.low, ends.high)]
    else:
        corners = _corners(values, ends, rule, lower)
        null = np.isnan(normalise(values, rule, indicator.direction)[0])
        corners = [np.where(null, np.nan, corner) for corner in corners]
    low, high = np.minimum.reduce(corners), np.maximum.reduce(corners)
    low_open, high_open = ends.low_open, ends.high_open
    if lower:
        low_open, high_open = high_open, low_open
    inner = low < high
    return Feasible(low, high, low_open & inner, high_open & inner)


def _corners(values: Floats, ends: Feasible, rule: Normalisation, lower: bool) -> list[Floats]:
    """Evaluate the rule with the own value and the others at either end."""
    sign = -1.0 if lower else 1.0
    sides = (ends.low, ends.high)
    others = (values,) if rule.method is Method.ZSCORE else sides
    with np.errstate(all="ignore"):
        return [_RULES[rule.method](sign, own, other, rule) for own in sides for other in others]


def _extremes_of_others(column: Floats) -> tuple[Floats, Floats]:
    """Return, for each unit, the least and the greatest of the others (NaN if there are none)."""
    known = column[~np.isnan(column)]
    if known.size < 2:  # noqa: PLR2004 -- others exist from the second value on.
        nobody = np.full(column.shape, np.nan)
        return nobody, nobody
    ordered = np.partition(known, [0, 1, known.size - 2, known.size - 1])
    alone_low, alone_high = ordered[0] < ordered[1], ordered[-1] > ordered[-2]
    low = np.where((column == ordered[0]) & alone_low, ordered[1], ordered[0])
    high = np.where((column == ordered[-1]) & alone_high, ordered[-2], ordered[-1])
    return low, high


def _share(sign: float, own: Floats, others: Floats) -> Floats:
    """Return the share of the spread between the worst and the best; 0…1 where all may be equal."""
    signed, column = sign * own, sign * others
    low, high = _extremes_of_others(column)
    low, high = np.fmin(low, signed), np.fmax(high, signed)
    return np.asarray((signed - low) / (high - low))


def _minmax(sign: float, own: Floats, others: Floats, rule: Normalisation) -> Floats:
    return np.asarray(rule.low + (rule.high - rule.low) * _share(sign, own, others))


def _distance_to_best(sign: float, own: Floats, others: Floats, rule: Normalisation) -> Floats:
    del rule
    return np.asarray(100.0 * _share(sign, own, others))


def _rank(sign: float, own: Floats, others: Floats, rule: Normalisation) -> Floats:
    del rule
    signed, column = sign * own, sign * others
    ordered = np.sort(column[~np.isnan(column)])
    below = np.searchsorted(ordered, signed, side="left") - (column < signed)
    return below.astype(np.float64) + 1.0


def _borda(sign: float, own: Floats, others: Floats, rule: Normalisation) -> Floats:
    return _rank(sign, own, others, rule) - 1.0


def _percentile_rank(sign: float, own: Floats, others: Floats, rule: Normalisation) -> Floats:
    peers = np.count_nonzero(~np.isnan(others)) - 1
    return np.asarray(100.0 * _borda(sign, own, others, rule) / peers)


def _distance_to_target(sign: float, own: Floats, others: Floats, rule: Normalisation) -> Floats:
    signed, target = sign * own, sign * rule.target
    worst = np.fmin(_extremes_of_others(sign * others)[0], signed)
    reached = 100.0 * (signed - worst) / (target - worst)
    return np.minimum(reached, 100.0) if rule.cap else np.asarray(reached)


def _best_of_peers(sign: float, own: Floats, others: Floats, rule: Normalisation) -> Floats:
    del rule
    best = np.fmax(_extremes_of_others(sign * others)[1], sign * own)
    if sign > 0:
        return np.asarray(100.0 * own / best)
    return np.asarray(np.where(own == 0, 100.0, 100.0 * -best / own))


def _zscore(sign: float, own: Floats, others: Floats, rule: Normalisation) -> Floats:
    """Return the z-score of the own value among the printed values of the others."""
    signed, column = sign * own, sign * others
    count = np.count_nonzero(~np.isnan(column))
    centre = np.nanmean(column)
    total, squares = np.nansum(column - centre), np.nansum((column - centre) ** 2)
    away = signed - centre
    mean = (total - (column - centre) + away) / count
    spread = squares - (column - centre) ** 2 + away**2 - count * mean**2
    return np.asarray(rule.mean + rule.sd * (away - mean) / np.sqrt(spread / (count - 1)))


_RULES: dict[Method, Callable[[float, Floats, Floats, Normalisation], Floats]] = {
    Method.MINMAX: _minmax,
    Method.DISTANCE_TO_BEST: _distance_to_best,
    Method.RANK: _rank,
    Method.BORDA: _borda,
    Method.PERCENTILE_RANK: _percentile_rank,
    Method.DISTANCE_TO_TARGET: _distance_to_target,
    Method.BEST_OF_PEERS: _best_of_peers,
    Method.ZSCORE: _zscore,
}
