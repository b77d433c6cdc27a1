"""Both stable answers to a quota on the caller's own scores; nothing is stored or read."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.olympiads.domain.quotas import (
    Solution,
    count_scores,
    drop_below_floor,
    places_for_scores,
    solve,
)
from shared.errors import FieldError, Invalid

HUNDRED = 100
MOST_ERRORS = 1000


@dataclass(frozen=True, slots=True)
class Question:
    """Scores of those who compete, the quota and how to read it."""

    scores: Sequence[Decimal]
    quota: int
    maximum: Decimal | None
    floor_percent: Decimal | None
    outside: int
    outside_counts: bool


def preview_quota(question: Question) -> Solution:
    """Solve the quota, or refuse a floor without a maximum and scores outside 0…maximum."""
    errors = [*check_floor(question.maximum, question.floor_percent), *_check_scores(question)]
    if errors:
        raise Invalid(errors[0].code, errors[0].detail, errors=errors)
    counts = drop_below_floor(
        count_scores(question.scores), question.maximum, question.floor_percent
    )
    places = places_for_scores(
        question.quota, question.outside, outside_counts=question.outside_counts
    )
    return solve(counts, places, question.outside)


def check_floor(maximum: Decimal | None, floor_percent: Decimal | None) -> list[FieldError]:
    """Find what is wrong with a maximum and a floor."""
    errors = []
    if maximum is not None and maximum <= 0:
        told = "Максимальный балл должен быть больше нуля."
        errors.append(FieldError("/body/max", "MAXIMUM_NOT_POSITIVE", told))
    if floor_percent is not None and not 0 <= floor_percent <= HUNDRED:
        told = "Нижняя граница — от 0 до 100 процентов."
        errors.append(FieldError("/body/floor_percent", "FLOOR_OUT_OF_RANGE", told))
    if floor_percent is not None and maximum is None:
        told = "Нижняя граница в процентах требует максимального балла."
        errors.append(FieldError("/body/floor_percent", "FLOOR_NEEDS_MAXIMUM", told))
    return errors


def _check_scores(question: Question) -> list[FieldError]:
    errors = []
    for place, score in enumerate(question.scores):
        if score < 0:
            told = "Балл не может быть меньше нуля."
            errors.append(FieldError(f"/body/scores/{place}", "SCORE_NEGATIVE", told))
        elif question.maximum is not None and score > question.maximum:
            told = "Балл больше максимального."
            errors.append(FieldError(f"/body/scores/{place}", "SCORE_ABOVE_MAXIMUM", told))
        if len(errors) >= MOST_ERRORS:
            break
    return errors
