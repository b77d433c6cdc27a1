"""From a quota of places to the two passing scores that treat equal scores equally.

With a tied group on the edge of the quota no score admits exactly the quota. H rejects the whole
tied group and leaves places unused, L admits it and overflows the quota. Both are stable: nobody
is left out who scored as much as somebody admitted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from typing import Literal, TypeVar

Score = TypeVar("Score", Decimal, Fraction)
TopGroup = Literal["TOP_GROUP_EXCEEDS_QUOTA"]

TOP_GROUP_EXCEEDS_QUOTA: TopGroup = "TOP_GROUP_EXCEEDS_QUOTA"
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """One stable answer: the passing score and its price in places.

    `threshold` is null when nobody is admitted by score; `unused` are places of the quota left
    empty, `overflow` people admitted over it; at most one of the two is above zero.
    """

    threshold: Decimal | Fraction | None
    admitted: int
    unused: int
    overflow: int
    reason: TopGroup | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """Both answers to one quota, and how many people are on the edge between them.

    `total_high` and `total_low` add the people admitted without a score (`outside`).
    """

    high: Answer
    low: Answer
    tied_group: int
    total_high: int
    total_low: int


def places_for_scores(quota: int, outside: int, *, outside_counts: bool) -> int:
    """Places left to those who compete by score.

    People admitted without a score come on top of the quota unless the organiser counts them in it;
    then the quota shrinks by their number, never below zero.
    """
    return max(0, quota - outside) if outside_counts else quota


def reaches_floor(score: Decimal, maximum: Decimal, floor_percent: Decimal) -> bool:
    """Whether 100·score ≥ floor·maximum, in exact arithmetic of any number of digits."""
    return HUNDRED * Fraction(score) >= Fraction(floor_percent) * Fraction(maximum)


def count_scores(scores: Iterable[Score]) -> dict[Score, int]:
    """Count the people at each distinct score; 2.50 and 2.5 are one score."""
    counts: dict[Score, int] = {}
    for score in scores:
        counts[score] = counts.get(score, 0) + 1
    return counts


def drop_below_floor(
    counts: Mapping[Decimal, int], maximum: Decimal | None, floor_percent: Decimal | None
) -> dict[Decimal, int]:
    """Keep the scores that may compete at all.

    Without a floor everybody competes. A floor is a per cent of the maximum, so a floor without a
    maximum is a `ValueError`: the caller must refuse it before.
    """
    if floor_percent is None:
        return dict(counts)
    if maximum is None:
        raise ValueError("a floor in per cent needs the maximum score")
    return {s: n for s, n in counts.items() if reaches_floor(s, maximum, floor_percent)}


def solve(counts: Mapping[Score, int], places: int, outside: int = 0) -> Solution:
    """Both stable answers for `places` among people counted by distinct score.

    H is the lowest score t with #{score ≥ t} ≤ places, L the highest with #{score ≥ t} ≥ places.
    With no more people than places both are the lowest score and everybody is admitted. With no
    places or no people both are null. When the top group alone exceeds the places H admits nobody
    and says so. `counts` holds positive numbers; people without a valid score are not in it.
    """
    descending = sorted(counts, reverse=True)
    reached = list(accumulate(counts[score] for score in descending))
    if places == 0 or not descending:
        nobody = Answer(None, 0, places, 0)
        return _solution(nobody, nobody, outside)
    if reached[-1] <= places:
        everybody = Answer(descending[-1], reached[-1], places - reached[-1], 0)
        return _solution(everybody, everybody, outside)
    edge = next(i for i, n in enumerate(reached) if n >= places)
    low = Answer(descending[edge], reached[edge], 0, reached[edge] - places)
    return _solution(_reject_edge(descending, reached, edge, places), low, outside)


def _reject_edge(descending: list[Score], reached: list[int], edge: int, places: int) -> Answer:
    if reached[edge] == places:
        return Answer(descending[edge], places, 0, 0)
    if edge == 0:
        return Answer(None, 0, places, 0, TOP_GROUP_EXCEEDS_QUOTA)
    admitted = reached[edge - 1]
    return Answer(descending[edge - 1], admitted, places - admitted, 0)


def _solution(high: Answer, low: Answer, outside: int) -> Solution:
    return Solution(
        high,
        low,
        low.admitted - high.admitted,
        high.admitted + outside,
        low.admitted + outside,
    )


@dataclass(frozen=True, slots=True)
class Shared:
    """Answer to one quota shared by several grades, each with its own maximum.

    Grades compete by the share of their maximum. `high` and `low` give, per grade, the lowest
    attained score of that grade that is admitted; null where the grade sends nobody.
    """

    solution: Solution
    high: dict[int, Decimal | None]
    low: dict[int, Decimal | None]


def share_of(score: Decimal, maximum: Decimal) -> Fraction:
    """Score in per cent of its maximum, exact."""
    return HUNDRED * Fraction(score) / Fraction(maximum)


def solve_shared(
    grades: Mapping[int, Mapping[Decimal, int]],
    maxima: Mapping[int, Decimal],
    places: int,
    outside: int = 0,
) -> Shared:
    """One quota over several grades: one solve over per-cent scores.

    `grades` counts people by score within a grade; every grade needs its maximum. Two people of
    different grades with the same per cent are equal and share their fate.
    """
    pooled: dict[Fraction, int] = {}
    for grade, counts in grades.items():
        for score, number in counts.items():
            share = share_of(score, maxima[grade])
            pooled[share] = pooled.get(share, 0) + number
    solution = solve(pooled, places, outside)
    return Shared(
        solution,
        _by_grade(grades, maxima, solution.high.threshold),
        _by_grade(grades, maxima, solution.low.threshold),
    )


def _by_grade(
    grades: Mapping[int, Mapping[Decimal, int]],
    maxima: Mapping[int, Decimal],
    threshold: Decimal | Fraction | None,
) -> dict[int, Decimal | None]:
    if threshold is None:
        return dict.fromkeys(grades)
    return {
        grade: min((s for s in counts if share_of(s, maxima[grade]) >= threshold), default=None)
        for grade, counts in grades.items()
    }
