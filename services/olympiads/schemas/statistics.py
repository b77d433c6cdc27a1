"""Public statistics, comparison of seasons, and the page of a subject."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.olympiads.schemas.numbers import (
    Count,
    ExactDecimal,
    Grade,
    SeasonCode,
    SubjectCode,
    Text,
)
from services.olympiads.schemas.thresholds import StageName, ThresholdRow
from shared.web import ResponseModel

Revision = Annotated[int, Field(ge=1, le=2_000_000_000)]
Territory = Annotated[str, Field(pattern=r"^[0-9]{8}$", max_length=8, examples=["08701000"])]


class CountedPeople(ResponseModel):
    """Число людей; скрытое — null с пометкой suppressed."""

    value: Count | None
    suppressed: bool


class StatisticsLine(ResponseModel):
    """Участники и выполнившие не менее 75 %."""

    participants: CountedPeople
    at_least_75: CountedPeople
    share: ExactDecimal | None = Field(description="Доля выполнивших не менее 75 %, проценты.")


class GradeStatistics(StatisticsLine):
    """Итог по классу задания."""

    grade: Grade


class SubjectStatistics(StatisticsLine):
    """Итог по предмету."""

    subject: SubjectCode
    title: Text


class CountedPerformers(ResponseModel):
    """Выполнившие не менее 75 %: объявленные, сосчитанные и скрыты ли сосчитанные."""

    declared: Count | None
    counted: Count | None
    mark: Literal["not_applicable"] | None
    suppressed: bool


DistributionNote = Literal["MAXIMUM_UNKNOWN", "SUPPRESSED", "FEW_PARTICIPANTS", "FEW_CHANGES"]


class CellStatistics(ResponseModel):
    """Предмет и класс задания."""

    subject: SubjectCode
    title: Text
    grade: Grade
    max: ExactDecimal | None
    participants: CountedPeople
    at_least_75: CountedPerformers
    share: ExactDecimal | None
    mean: ExactDecimal | None
    quartiles: list[ExactDecimal] | None = Field(
        max_length=3,
        description="Оценки 25, 50 и 75 % по интервалам из целых двадцатых долей максимума, в "
        "каждом из которых не менее k человек: точный квартиль был бы чьим-то баллом.",
    )
    histogram: list[Count] | None = Field(
        max_length=4, description="Людей в четвертях максимума; последняя — не менее 75 %."
    )
    distribution_note: DistributionNote | None = Field(
        description="Почему нет среднего, квартилей и гистограммы: MAXIMUM_UNKNOWN — неизвестен "
        "максимум; SUPPRESSED — по ним вычислялось бы скрытое; FEW_PARTICIPANTS — участников "
        "меньше distribution_from; FEW_CHANGES — вместе с прежней публикацией они выдали бы баллы "
        "тех немногих, чей результат изменился. null — показаны."
    )


class PlaceGrade(ResponseModel):
    """Участники муниципалитета в классе задания."""

    grade: Grade
    participants: CountedPeople


class PlaceStatistics(StatisticsLine):
    """Участники муниципалитета и выполнившие не менее 75 %."""

    territory: Territory
    by_grade: list[PlaceGrade] = Field(max_length=11)


class StageStatistics(ResponseModel):
    """Статистика муниципального этапа без того, что раскрыло бы отдельных людей."""

    season: SeasonCode
    revision: Revision
    stage: StageName
    k: Annotated[int, Field(ge=3, le=100, description="Числа от 1 до k−1 скрыты.")]
    distribution_from: Annotated[int, Field(ge=10, le=1000)] = Field(
        description="Наименьшее число участников, при котором видны среднее и квартили."
    )
    withheld: bool = Field(description="Скрыто всё, что не было показано раньше.")
    total: StatisticsLine
    by_grade: list[GradeStatistics] = Field(max_length=11)
    by_subject: list[SubjectStatistics] = Field(max_length=100)
    cells: list[CellStatistics] = Field(max_length=1100)
    by_municipality: list[PlaceStatistics] = Field(max_length=30_000)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "season": "2022-2023",
                "revision": 1,
                "stage": "municipal",
                "k": 3,
                "distribution_from": 10,
                "withheld": False,
                "total": {
                    "participants": {"value": 9120, "suppressed": False},
                    "at_least_75": {"value": 184, "suppressed": False},
                    "share": "2.0",
                },
                "by_grade": [],
                "by_subject": [],
                "cells": [],
                "by_municipality": [],
            }
        }
    )


class Equivalent(ResponseModel):
    """Балл этого сезона на процентиле прошлогоднего порога, или почему его нет."""

    score: ExactDecimal | None
    percentile: ExactDecimal | None
    reason: Literal["RESULTS_UNKNOWN", "SUPPRESSED"] | None


class ComparedThreshold(ResponseModel):
    """Порог двух сезонов рядом."""

    subject: SubjectCode
    title: Text
    grade: Grade
    stage: StageName
    previous: ExactDecimal
    current: ExactDecimal
    points: ExactDecimal
    percent_points: ExactDecimal | None = Field(description="Разность в процентах максимумов.")
    percent_reason: Literal["MAXIMUM_UNKNOWN"] | None
    equivalent: Equivalent


class SeasonComparison(ResponseModel):
    """Сравнение порогов с прошлым сезоном."""

    season: SeasonCode
    revision: Revision
    rows: list[ComparedThreshold] = Field(max_length=10_000)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "season": "2022-2023",
                "revision": 1,
                "rows": [
                    {
                        "subject": "physics",
                        "title": "Физика",
                        "grade": 9,
                        "stage": "regional",
                        "previous": "20",
                        "current": "14",
                        "points": "-6",
                        "percent_points": None,
                        "percent_reason": "MAXIMUM_UNKNOWN",
                        "equivalent": {
                            "score": None,
                            "percentile": None,
                            "reason": "RESULTS_UNKNOWN",
                        },
                    }
                ],
            }
        }
    )


class SubjectPage(ResponseModel):
    """Всё опубликованное о предмете в сезоне."""

    season: SeasonCode
    revision: Revision
    subject: SubjectCode
    title: Text
    thresholds: list[ThresholdRow] = Field(max_length=100)
    comparison: list[ComparedThreshold] = Field(max_length=100)
