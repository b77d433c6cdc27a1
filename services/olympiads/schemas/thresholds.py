"""The public table of thresholds, and a threshold in its life."""

from datetime import date as day
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.olympiads.schemas.numbers import (
    Count,
    ExactDecimal,
    Grade,
    SeasonCode,
    StageCode,
    SubjectCode,
    Text,
)
from shared.ledger.source_schemas import Citation, TableSources
from shared.web import RequestModel, ResponseModel

StatusCode = Literal["draft", "approved", "published", "superseded"]
StageName = Literal["school", "municipal", "regional", "final"]


class ThresholdPercent(ResponseModel):
    """Процент от максимума: как напечатан и как выводится."""

    declared: ExactDecimal | None
    derived: ExactDecimal | None


class MaximumScore(ResponseModel):
    """Максимальный балл: заданный или целые кандидаты, следующие из балла и процента."""

    given: ExactDecimal | None
    candidates: list[Annotated[int, Field(ge=1, le=10_000_000)]] = Field(max_length=100_000)


class Performers(ResponseModel):
    """Сколько участников выполнили не менее 75 % работы."""

    declared: Count | None = Field(description="Как напечатано в источнике.")
    counted: Count | None = Field(
        description="Сосчитано по результатам; null, если результатов нет или ячейка скрыта."
    )
    mark: Literal["not_applicable"] | None = Field(description="Прочерк в источнике — не ноль.")


class PreviousThreshold(ResponseModel):
    """Порог прошлого сезона и разность в баллах."""

    score: ExactDecimal
    delta: ExactDecimal


class ThresholdRow(ResponseModel):
    """Порог одного предмета и класса."""

    subject: SubjectCode
    title: Text
    grade: Grade
    stage: StageName = Field(description="Этап, на который допускает порог.")
    scored_at: StageName = Field(description="Этап, баллы которого сравнивают с порогом.")
    score: ExactDecimal
    percent: ThresholdPercent
    max: MaximumScore
    at_least_75: Performers
    previous: PreviousThreshold | None
    status: StatusCode
    doubts: Annotated[
        list[Annotated[str, Field(max_length=32)]],
        Field(description="Номера выводов, которые ставят числа под вопрос.", max_length=1000),
    ]


class ThresholdTable(ResponseModel):
    """Таблица порогов сезона."""

    season: SeasonCode
    revision: Annotated[int, Field(ge=1, le=2_000_000_000)]
    citation: Citation
    sources: TableSources
    rows: list[ThresholdRow] = Field(max_length=10_000)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "season": "2022-2023",
                "revision": 1,
                "citation": "Проходные баллы 2022-2023, редакция 1",
                "sources": [],
                "rows": [
                    {
                        "subject": "physics",
                        "title": "Физика",
                        "grade": 9,
                        "stage": "regional",
                        "scored_at": "municipal",
                        "score": "14",
                        "percent": {"declared": "28", "derived": None},
                        "max": {"given": None, "candidates": [50]},
                        "at_least_75": {"declared": 2, "counted": None, "mark": None},
                        "previous": {"score": "20", "delta": "-6"},
                        "status": "published",
                        "doubts": [],
                    }
                ],
            }
        }
    )


class Basis(RequestModel):
    """Документ, на основании которого меняют опубликованное."""

    document: Text = Field(examples=["Распоряжение № 1701"])
    date: day | None = Field(None, examples=["2022-12-27"])


class NewThreshold(RequestModel):
    """Проект порога."""

    subject: SubjectCode
    grade: Grade
    stage: StageCode = "regional"
    score: ExactDecimal
    percent: ExactDecimal | None = None
    tie_policy: Literal["reject", "admit", "not_stated"] = "not_stated"
    basis: Basis | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "subject": "physics",
                "grade": 9,
                "score": "14",
                "percent": "28",
                "basis": {"document": "Распоряжение № 1701", "date": "2022-12-27"},
            }
        }
    )


class Publication(RequestModel):
    """Основание публикации; обязательно, если порог заменяет опубликованный."""

    basis: Basis | None = None

    model_config = ConfigDict(
        json_schema_extra={"example": {"basis": {"document": "Протокол апелляций № 3"}}}
    )


class ThresholdState(ResponseModel):
    """Порог с его состоянием; ETag ответа нужен для следующего шага."""

    id: UUID
    season: SeasonCode
    subject: SubjectCode
    grade: Grade
    stage: StageName
    scored_at: StageName
    score: ExactDecimal
    percent: ExactDecimal | None
    percentile: ExactDecimal | None = Field(
        description="Процентиль порога среди участников; null, если результатов нет."
    )
    tie_policy: Literal["reject", "admit", "not_stated"]
    basis: Basis | None
    status: StatusCode
    supersedes: UUID | None
    etag: Annotated[str, Field(max_length=64)]


class ThresholdList(ResponseModel):
    """Пороги сезона во всех состояниях."""

    items: list[ThresholdState] = Field(max_length=100_000)


class ThresholdStepAnswer(ResponseModel):
    """Один шаг в жизни порога."""

    threshold: UUID
    score: ExactDecimal
    status: StatusCode
    at: datetime
    by: Annotated[str, Field(max_length=200)]
    basis: Annotated[str, Field(max_length=1000)] | None


class ThresholdHistory(ResponseModel):
    """Жизнь порога и тех, кого он заменил или кем заменён."""

    items: list[ThresholdStepAnswer] = Field(max_length=10_000)


class Withdrawal(RequestModel):
    """Отзыв ошибочной публикации."""

    reason: Text = Field(examples=["Опубликованы баллы не того класса"])


class Withdrawn(ResponseModel):
    """Отозванная публикация."""

    season: SeasonCode
    revision: Annotated[int, Field(ge=1, le=2_000_000_000)]
    reason: Text
