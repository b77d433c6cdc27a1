"""Tallies of scores: who is admitted, equal percentiles, quartiles, histograms — all exact."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

HUNDRED = 100
HALF = Fraction(1, 2)
QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
BINS = 4
"""Histogram bins of 25 % of the maximum each, so that the last one is the ≥ 75 % performers."""

Tally = Mapping[Decimal, int]


def admitted_at(tally: Tally, threshold: Decimal) -> int:
    """#{score ≥ threshold}."""
    return sum(number for score, number in tally.items() if score >= threshold)


def seats_left(quota: int, admitted: int, refusals: int) -> int:
    """Places still empty after some of the admitted refused; below zero is an overflow."""
    return quota - (admitted - refusals)


def percentile_rank(tally: Tally, score: Decimal) -> Fraction | None:
    """Mid-percentile rank of a score: 100·(#{<} + ½·#{=})/n; null for an empty tally."""
    total = sum(tally.values())
    if total == 0:
        return None
    below = sum(number for other, number in tally.items() if other < score)
    return HUNDRED * (below + HALF * tally.get(score, 0)) / total


def equivalent(previous: Tally, current: Tally, threshold: Decimal) -> Fraction | None:
    """Find the score of this season that stands where last season's threshold stood.

    Equi-percentile: the mid-percentile rank of the threshold among last season's scores, carried
    to this season's attained scores by linear interpolation between their own ranks. Outside
    their range it is the lowest or the highest attained score. Null without scores in a season.
    """
    rank = percentile_rank(previous, threshold)
    if rank is None or not any(current.values()):
        return None
    return _score_at(_ranks(current), rank)


def _ranks(tally: Tally) -> list[tuple[Fraction, Fraction]]:
    """Attained scores with their mid-percentile ranks, both ascending, in one pass."""
    total = sum(tally.values())
    ranks, below = [], 0
    for score in sorted(s for s, n in tally.items() if n):
        ranks.append((HUNDRED * (below + HALF * tally[score]) / total, Fraction(score)))
        below += tally[score]
    return ranks


def _score_at(ranks: list[tuple[Fraction, Fraction]], rank: Fraction) -> Fraction:
    if rank <= ranks[0][0]:
        return ranks[0][1]
    for (low_rank, low), (high_rank, high) in pairwise(ranks):
        if rank <= high_rank:
            return low + (high - low) * (rank - low_rank) / (high_rank - low_rank)
    return ranks[-1][1]


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean and type-7 quartiles of a tally; exact fractions."""

    participants: int
    mean: Fraction
    quartiles: tuple[Fraction, Fraction, Fraction]


def summarise(tally: Tally) -> Summary | None:
    """Mean and quartiles (type 7: linear between order statistics); null for nobody."""
    total = sum(tally.values())
    if total == 0:
        return None
    ordered = sorted((s, n) for s, n in tally.items() if n)
    mean = sum(Fraction(s) * n for s, n in ordered) / total
    first, second, third = (_quantile(ordered, total, p) for p in QUARTERS)
    return Summary(total, Fraction(mean), (first, second, third))


def _quantile(ordered: list[tuple[Decimal, int]], total: int, p: Fraction) -> Fraction:
    position = (total - 1) * p
    index = int(position)
    low = _order_statistic(ordered, index)
    high = _order_statistic(ordered, min(index + 1, total - 1))
    return low + (high - low) * (position - index)


def _order_statistic(ordered: list[tuple[Decimal, int]], index: int) -> Fraction:
    reached = 0
    for score, number in ordered:
        reached += number
        if index < reached:
            return Fraction(score)
    raise IndexError(index)


def histogram(tally: Tally, maximum: Decimal) -> tuple[int, ...]:
    """People by quarters of the maximum: [0, 25), [25, 50), [50, 75), [75, 100] per cent."""
    bins = [0] * BINS
    for score, number in tally.items():
        place = int(BINS * Fraction(score) / Fraction(maximum))
        bins[min(place, BINS - 1)] += number
    return tuple(bins)
