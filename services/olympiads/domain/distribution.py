"""Tallies of scores: who is admitted, percentile ranks, means, histograms, all exact."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

HUNDRED = 100
HALF = Fraction(1, 2)
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


def mean_of(tally: Tally) -> Fraction | None:
    """Return the exact mean; null for nobody."""
    total = sum(tally.values())
    if total == 0:
        return None
    return sum((Fraction(score) * people for score, people in tally.items()), Fraction(0)) / total


def histogram(tally: Tally, maximum: Decimal) -> tuple[int, ...]:
    """People by quarters of the maximum: [0, 25), [25, 50), [50, 75), [75, 100] per cent."""
    bins = [0] * BINS
    for score, number in tally.items():
        place = int(BINS * Fraction(score) / Fraction(maximum))
        bins[min(place, BINS - 1)] += number
    return tuple(bins)
