"""Putting the column of one indicator on a common scale.

A column is (units,) of floats, NaN for a null; nulls stay null and take no part in any statistic
of the peers. The rules are the table of `docs/rules/ratings.md`, Engine. Under `lower` less is
better. Values are compared exactly here: they are published figures, not results of the engine.
"""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Direction, Method, Normalisation

Column = NDArray[np.float64]

_SAFE = 150
"""Columns whose magnitude leaves 2^±150 are rescaled by a power of two before differences."""


class ColumnFault(StrEnum):
    """Why a whole column has no normalised values."""

    NO_SPREAD = "no_spread"
    TARGET_REACHED_BY_ALL = "target_reached_by_all"
    NEGATIVE_VALUE = "negative_value"
    BEST_IS_ZERO = "best_is_zero"


def normalise(
    values: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return the normalised column, and the fault that made all of it null, if one did.

    No unit, or none with a value, gives nulls and no fault. A fault is given where the rule asks
    for a finding; other rules without a meaning for these peers (one unit, no spread) give nulls.
    """
    return normalise_among(values, values, rule, direction)


def normalise_among(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Normalise values (any number) by the statistics of a column of peers (units,).

    The values take no part in the statistics. A value that the rule cannot take next to these peers
    (below 0, or 0 where less is better, under `best_of_peers`) is null.
    """
    if rule.method in _OWN_VALUE:
        return _OWN_VALUE[rule.method](values, rule, direction), None
    if np.isnan(peers).all():
        return np.full(values.shape, np.nan), None
    return _AMONG_PEERS[rule.method](values, peers, rule, direction)


def values_outside(values: Column, rule: Normalisation) -> NDArray[np.bool_]:
    """Mark values that `percent_of_max` cannot take: outside [0, max]; nothing for other rules."""
    if rule.method is not Method.PERCENT_OF_MAX:
        return np.zeros(values.shape, dtype=np.bool_)
    return np.asarray((values < 0) | (values > rule.maximum))


def _none(values: Column, rule: Normalisation, direction: Direction) -> Column:
    """Return the value as given."""
    del rule, direction
    return values.copy()


def _percent_of_max(values: Column, rule: Normalisation, direction: Direction) -> Column:
    """Return 100·x/max; lower: 100·(1 − x/max)."""
    if direction is Direction.LOWER:
        return 100.0 * ((rule.maximum - values) / rule.maximum)
    return 100.0 * values / rule.maximum


def _goalposts(values: Column, rule: Normalisation, direction: Direction) -> Column:
    """Return 100·clip((x − low)/(high − low), 0, 1); lower: of (high − x)."""
    way = rule.high - values if direction is Direction.LOWER else values - rule.low
    with np.errstate(over="ignore"):
        return 100.0 * np.clip(way / (rule.high - rule.low), 0.0, 1.0)


def _minmax(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return low + (high − low)·(x − min)/(max − min); lower: of −x. No spread: null, a fault."""
    share = _share_of_spread(values, peers, direction)
    if share is None:
        return np.full(values.shape, np.nan), ColumnFault.NO_SPREAD
    share *= rule.high - rule.low
    share += rule.low
    return share, None


def _distance_to_best(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return 100·(1 − (max − x)/(max − min)); lower: of the distance above min."""
    del rule
    share = _share_of_spread(values, peers, direction)
    return (np.full(values.shape, np.nan) if share is None else 100.0 * share), None


def _share_of_spread(values: Column, peers: Column, direction: Direction) -> Column | None:
    """Return how far each value is from the worst peer to the best, 0…1; None without spread."""
    low, high = np.fmin.reduce(peers), np.fmax.reduce(peers)
    if low == high:
        return None
    if max(abs(low), abs(high)) > 2.0**_SAFE:
        values, low, high = values / 4.0, low / 4.0, high / 4.0
    share = high - values if direction is Direction.LOWER else values - low
    share /= high - low
    return np.asarray(share)


def _zscore(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return mean + sd·(x − x̄)/s with the sample s (n − 1); lower: of −x. s = 0, n = 1: null."""
    present = peers[~np.isnan(peers)]
    if present.min() == present.max():
        return np.full(values.shape, np.nan), None
    exponent = -int(np.frexp(np.abs(present).max())[1])
    present, scaled = np.ldexp(present, exponent), np.ldexp(values, exponent)
    centre = present.mean()
    centre += (present - centre).mean()
    widest = np.abs(present - centre).max()
    spread = np.sqrt((((present - centre) / widest) ** 2).sum() / (present.size - 1))
    away = (centre - scaled) if direction is Direction.LOWER else (scaled - centre)
    return rule.mean + rule.sd * (away / widest / spread), None


def _rank(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return ascending ranks 1…n, ties take the smallest; lower: of −x."""
    del rule
    sign = -1.0 if direction is Direction.LOWER else 1.0
    signed, ordered = sign * values, np.sort(sign * peers[~np.isnan(peers)])
    ranks = np.searchsorted(ordered, signed, side="left") + 1.0
    return np.where(np.isnan(values), np.nan, ranks), None


def _borda(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return rank − 1."""
    return _rank(values, peers, rule, direction)[0] - 1.0, None


def _percentile_rank(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return 100·(rank − 1)/(n − 1); n = 1: null."""
    others = np.count_nonzero(~np.isnan(peers)) - 1
    if others == 0:
        return np.full(values.shape, np.nan), None
    return 100.0 * _borda(values, peers, rule, direction)[0] / others, None


def _distance_to_target(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return 100·(x − min)/(target − min); lower: 100·(max − x)/(max − target).

    `cap` holds it at 100. A target the worst unit has reached already (≤ min; lower: ≥ max)
    makes the column null with a fault.
    """
    lower = direction is Direction.LOWER
    worst = np.fmax.reduce(peers) if lower else np.fmin.reduce(peers)
    if (rule.target >= worst) if lower else (rule.target <= worst):
        return np.full(values.shape, np.nan), ColumnFault.TARGET_REACHED_BY_ALL
    shift = 0.25 if max(abs(worst), np.fmax.reduce(np.abs(peers))) > 2.0**_SAFE else 1.0
    way, whole = (values * shift - worst * shift), (rule.target * shift - worst * shift)
    reached = 100.0 * (way / whole)
    return (np.minimum(reached, 100.0) if rule.cap else reached), None


def _best_of_peers(
    values: Column, peers: Column, rule: Normalisation, direction: Direction
) -> tuple[Column, ColumnFault | None]:
    """Return 100·x/best; lower: 100·best/x, where a best of 0 gives 100 to 0 and 0 to the rest.

    A negative value, or under `higher` a best of 0, makes the column null with a fault.
    """
    del rule
    if np.fmin.reduce(peers) < 0:
        return np.full(values.shape, np.nan), ColumnFault.NEGATIVE_VALUE
    taken = np.where(values < 0, np.nan, values)
    if direction is Direction.HIGHER:
        best = np.fmax.reduce(peers)
        if best == 0:
            return np.full(values.shape, np.nan), ColumnFault.BEST_IS_ZERO
        return 100.0 * (taken / best), None
    best = np.fmin.reduce(peers)
    if best == 0:
        return np.where(np.isnan(taken), np.nan, np.where(taken == 0, 100.0, 0.0)), None
    return 100.0 * (best / np.where(taken == 0, np.nan, taken)), None


_OWN_VALUE: dict[Method, Callable[[Column, Normalisation, Direction], Column]] = {
    Method.NONE: _none,
    Method.PERCENT_OF_MAX: _percent_of_max,
    Method.GOALPOSTS: _goalposts,
}

_AMONG_PEERS: dict[
    Method,
    Callable[[Column, Column, Normalisation, Direction], tuple[Column, ColumnFault | None]],
] = {
    Method.MINMAX: _minmax,
    Method.ZSCORE: _zscore,
    Method.RANK: _rank,
    Method.PERCENTILE_RANK: _percentile_rank,
    Method.BORDA: _borda,
    Method.DISTANCE_TO_BEST: _distance_to_best,
    Method.DISTANCE_TO_TARGET: _distance_to_target,
    Method.BEST_OF_PEERS: _best_of_peers,
}
