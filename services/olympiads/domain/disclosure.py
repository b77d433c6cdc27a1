"""What may be public of the scores of few people.

The rules are those of `docs/rules/olympiads.md`, Statistics and disclosure.
An order statistic is somebody's score, so quantiles are read off bins of parts of the maximum with
at least k people each. A mean of n people is n scores with one equation: it is public from a least
number of people on, while no earlier mean of nearly the same people is, and where it leaves every
score in its bin open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor, lcm

from services.olympiads.domain.distribution import BINS, Tally

HUNDRED = 100
QUARTER_STEPS = 5
WIDEST_STEPS = 8
DIFFERENCE_LIMIT = 20


class Note(StrEnum):
    """Why a distribution is not public."""

    MAXIMUM_UNKNOWN = "MAXIMUM_UNKNOWN"
    SUPPRESSED = "SUPPRESSED"
    FEW_PARTICIPANTS = "FEW_PARTICIPANTS"
    FEW_CHANGES = "FEW_CHANGES"


@dataclass(frozen=True, slots=True)
class Bin:
    """People with low ≤ score < high; the last bin also holds the maximum."""

    low: Fraction
    high: Fraction
    people: int


Bins = tuple[Bin, ...]


def group_scores(tally: Tally, maximum: Decimal, least: int) -> Bins:
    """Group the scores of each quarter of the maximum into bins of at least `least` people.

    A quarter with fewer people is one bin. Edges are twentieths of the maximum, but never closer
    than two points. Steps without people between two bins belong to neither.
    """
    inside = max(1, min(QUARTER_STEPS, int(maximum / WIDEST_STEPS)))
    counts = [0] * (BINS * inside)
    for score, people in tally.items():
        step = int(len(counts) * Fraction(score) / Fraction(maximum))
        counts[min(step, len(counts) - 1)] += people
    width = Fraction(maximum) / len(counts)
    bins: list[Bin] = []
    for start in range(0, len(counts), inside):
        bins += _group_quarter(counts, range(start, start + inside), width, least)
    return tuple(bins)


def _group_quarter(counts: Sequence[int], steps: range, width: Fraction, least: int) -> list[Bin]:
    bins: list[Bin] = []
    opened: Bin | None = None
    for step in (step for step in steps if counts[step]):
        low = step * width if opened is None else opened.low
        people = counts[step] + (0 if opened is None else opened.people)
        opened = Bin(low, (step + 1) * width, people)
        if people >= least:
            bins.append(opened)
            opened = None
    if opened is not None:
        last = bins.pop() if bins else Bin(opened.low, opened.low, 0)
        bins.append(Bin(last.low, opened.high, last.people + opened.people))
    return bins


def quantile(bins: Bins, share: Fraction) -> Fraction:
    """Return the score below which the share of people lies, linear inside a bin."""
    wanted = share * sum(part.people for part in bins)
    below = 0
    for part in bins:
        if below + part.people >= wanted:
            inside = max(Fraction(0), wanted - below)
            return part.low + (part.high - part.low) * inside / part.people
        below += part.people
    raise ValueError("A quantile of nobody was asked for.")


def rank_of(bins: Bins, score: Decimal) -> Fraction:
    """Return the per cent of people below a score, linear inside a bin."""
    below = Fraction(0)
    for part in bins:
        reached = (Fraction(score) - part.low) / (part.high - part.low)
        below += part.people * min(Fraction(1), max(Fraction(0), reached))
    return HUNDRED * below / sum(part.people for part in bins)


def equivalent(previous: Bins, current: Bins, threshold: Decimal) -> Fraction:
    """Return the score of this season at the percentile of last season's threshold."""
    return quantile(current, rank_of(previous, threshold) / HUNDRED)


def changed_people(before: Tally, after: Tally) -> int:
    """Return how many people must have come, gone or got another score between two tallies."""
    scores = {*before, *after}
    more = sum(max(0, after.get(score, 0) - before.get(score, 0)) for score in scores)
    fewer = sum(max(0, before.get(score, 0) - after.get(score, 0)) for score in scores)
    return max(more, fewer)


def tells_a_difference(before: Iterable[Tally], after: Tally, k: int) -> bool:
    """Whether a public mean and this one would together tell the scores of fewer than k people."""
    return any(0 < changed_people(tally, after) < k for tally in before)


def must_be_remembered(tally: Tally, maximum: Decimal) -> bool:
    """Whether a later mean could be subtracted from the mean of this tally.

    A mean printed to a tenth leaves the sum of n scores open by n/10: from 20 maxima on, the
    difference of two sums says nothing of any one score.
    """
    return sum(tally.values()) < DIFFERENCE_LIMIT * maximum


def leaves_scores_open(tally: Tally, maximum: Decimal, bins: Bins) -> bool:
    """Whether somebody who knows the bins and the mean finds two scores for each person.

    The unit of the scores is taken as known too. Each bin must hold two of them, and the sum must
    differ from that of the lowest and of the highest scores of the bins: then one score can grow
    by a unit where another falls.
    """
    unit = Fraction(1, lcm(*(Fraction(score).denominator for score in tally)))
    lowest = [ceil(part.low / unit) * unit for part in bins]
    highest = [_highest(part, maximum, unit) for part in bins]
    if any(low >= high for low, high in zip(lowest, highest, strict=True)):
        return False
    total = sum((Fraction(score) * people for score, people in tally.items()), Fraction(0))
    people = [part.people for part in bins]
    return _sum(lowest, people) < total < _sum(highest, people)


def _highest(part: Bin, maximum: Decimal, unit: Fraction) -> Fraction:
    end = floor(part.high / unit) * unit
    return end if end < part.high or part.high == maximum else end - unit


def _sum(scores: Iterable[Fraction], people: Iterable[int]) -> Fraction:
    return sum((s * n for s, n in zip(scores, people, strict=True)), Fraction(0))


def bins_as_json(bins: Bins) -> list[list[object]]:
    """Return bins as JSON values; fractions are texts."""
    return [[str(part.low), str(part.high), part.people] for part in bins]


def bins_from_json(value: Iterable[tuple[str, str, int]]) -> Bins:
    """Return bins that `bins_as_json` wrote."""
    return tuple(Bin(Fraction(low), Fraction(high), int(people)) for low, high, people in value)


def tally_as_json(tally: Tally) -> Mapping[str, int]:
    """Return a tally as JSON values."""
    return {f"{score:f}": people for score, people in tally.items()}


def tally_from_json(value: Mapping[str, int]) -> Tally:
    """Return a tally that `tally_as_json` wrote."""
    return {Decimal(score): people for score, people in value.items()}
