"""The admission curve: what every possible threshold of a subject and grade would do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.olympiads.domain.distribution import Tally, admitted_at, seats_left


@dataclass(frozen=True, slots=True)
class Competitors:
    """People of one score, study grade and municipality; `gone` of them have refused."""

    score: Decimal
    study_grade: int
    municipality: str
    people: int
    gone: int


@dataclass(frozen=True, slots=True)
class Step:
    """One possible threshold: everybody with at least `score` is admitted.

    `previous` is how many the same score would have admitted last season, null without results
    of it; `seats_left` is null without a quota and below zero where the quota overflows.
    """

    score: Decimal
    admitted: int
    tied: int
    refused: int
    by_grade: Mapping[int, int]
    by_municipality: Mapping[str, int]
    previous: int | None
    seats_left: int | None


def admission_curve(
    competitors: Iterable[Competitors], previous: Tally | None, quota: int | None
) -> tuple[Step, ...]:
    """Return the curve, highest score first; empty for nobody.

    The breakdowns are by grade studied in and by municipality, both cumulative. Refusals free
    seats: seats left = quota − (admitted − refused).
    """
    by_score: dict[Decimal, list[Competitors]] = {}
    for group in competitors:
        by_score.setdefault(group.score, []).append(group)
    grades: dict[int, int] = {}
    places: dict[str, int] = {}
    admitted = refused = 0
    steps = []
    for score in sorted(by_score, reverse=True):
        tied = sum(group.people for group in by_score[score])
        admitted += tied
        refused += sum(group.gone for group in by_score[score])
        for group in by_score[score]:
            grades[group.study_grade] = grades.get(group.study_grade, 0) + group.people
            places[group.municipality] = places.get(group.municipality, 0) + group.people
        steps.append(
            Step(
                score,
                admitted,
                tied,
                refused,
                dict(sorted(grades.items())),
                dict(sorted(places.items())),
                None if previous is None else admitted_at(previous, score),
                None if quota is None else seats_left(quota, admitted, refused),
            )
        )
    return tuple(steps)
