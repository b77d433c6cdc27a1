"""Quotas: a preview on the caller's own scores, and stored ones."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.olympiads.schemas.numbers import (
    Count,
    ExactDecimal,
    Grade,
    StageCode,
    SubjectCode,
    Text,
)
from shared.web import RequestModel, ResponseModel

Scores = Annotated[list[ExactDecimal], Field(max_length=1_000_000)]


class QuotaQuestion(RequestModel):
    """Баллы и квота: что будет порогом."""

    scores: Scores = Field(description="Баллы участников, аннулированные исключены.")
    quota: Count = Field(description="Мест.")
    max: ExactDecimal | None = Field(None, description="Максимальный балл.")
    floor_percent: ExactDecimal | None = Field(
        None, description="Нижняя граница в процентах максимума."
    )
    outside: Count = Field(0, description="Приглашены без баллов (призёры прошлого года).")
    outside_counts: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Входят ли приглашённые без баллов в квоту."
    )

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "scores": ["50", "31", "30", "30", "12.5"],
                "quota": 3,
                "max": "50",
                "floor_percent": None,
                "outside": 0,
                "outside_counts": False,
            }
        }
    )


class QuotaAnswer(ResponseModel):
    """Один устойчивый ответ и его цена."""

    threshold: ExactDecimal | None
    admitted: Count
    unused: Count = Field(description="Мест квоты осталось пустыми.")
    overflow: Count = Field(description="Принято сверх квоты.")
    reason: Literal["TOP_GROUP_EXCEEDS_QUOTA"] | None


class QuotaSolution(ResponseModel):
    """Оба устойчивых ответа: H отклоняет группу с равным баллом, L принимает её."""

    H: QuotaAnswer
    L: QuotaAnswer
    tied_group: Count
    total_H: Count = Field(description="Вместе с приглашёнными без баллов, H.")  # noqa: N815 -- the name of the wire format.
    total_L: Count = Field(description="Вместе с приглашёнными без баллов, L.")  # noqa: N815 -- the name of the wire format.

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "H": {
                    "threshold": "31",
                    "admitted": 2,
                    "unused": 1,
                    "overflow": 0,
                    "reason": None,
                },
                "L": {
                    "threshold": "30",
                    "admitted": 4,
                    "unused": 0,
                    "overflow": 1,
                    "reason": None,
                },
                "tied_group": 2,
                "total_H": 2,
                "total_L": 4,
            }
        }
    )


class NewQuota(RequestModel):
    """Квота предмета; несколько классов делят одну квоту по проценту от максимума."""

    subject: SubjectCode
    grades: Annotated[list[Grade], Field(min_length=1, max_length=11)]
    stage: StageCode = "regional"
    places: Count
    floor_percent: ExactDecimal | None = None
    outside: Count | None = Field(
        None, description="Приглашены без баллов; null — сосчитать по дипломам прошлого года."
    )
    outside_counts: Annotated[bool, Field(strict=True)] = False
    basis: Text = Field(examples=["Распоряжение № 1701"])


class GradeScore(ResponseModel):
    """Проходной балл класса внутри общей квоты."""

    grade: Grade
    H: ExactDecimal | None
    L: ExactDecimal | None


class QuotaState(ResponseModel):
    """Сохранённая квота и её решение по нынешним результатам."""

    id: UUID
    subject: SubjectCode
    grades: list[Grade] = Field(max_length=11)
    stage: Annotated[str, Field(max_length=9)]
    places: Count
    floor_percent: ExactDecimal | None
    outside: Count
    outside_counts: bool
    basis: Text
    solution: QuotaSolution | None = Field(
        description="При общей квоте пороги — проценты от максимума, баллы — в by_grade."
    )
    by_grade: list[GradeScore] = Field(max_length=11)
    reason: Literal["MAXIMUM_UNKNOWN"] | None = Field(description="Почему решения нет.")
    etag: Annotated[str, Field(max_length=64)]


class QuotaList(ResponseModel):
    """Квоты сезона."""

    items: list[QuotaState] = Field(max_length=1000)
