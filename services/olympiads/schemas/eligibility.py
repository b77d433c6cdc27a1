"""Admission of participants, with every reason for and against."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from services.olympiads.schemas.numbers import (
    ExactDecimal,
    Grade,
    Opaque,
    SeasonCode,
    SubjectCode,
)
from services.olympiads.schemas.rules import RulesCitation
from shared.web import RequestModel, ResponseModel

MOST = 10_000
ReasonCode = Literal[
    "BY_SCORE",
    "BY_LAST_YEAR_DIPLOMA",
    "ABROAD_CLAUSE",
    "NO_CONSENT",
    "NOT_ENROLLED",
    "GRADE_MISMATCH",
    "VOID",
    "NOT_FINAL",
    "NO_THRESHOLD",
    "BELOW_THRESHOLD",
    "NO_RESULT",
]


class EligibilityItem(RequestModel):
    """Участник и класс, в котором он учится."""

    participant: Opaque
    study_grade: Grade


class EligibilityQuestion(RequestModel):
    """До 10 000 участников одного предмета."""

    season: SeasonCode
    subject: SubjectCode
    items: Annotated[list[EligibilityItem], Field(max_length=MOST)]

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "season": "2022-2023",
                "subject": "physics",
                "items": [{"participant": "p-4f1c", "study_grade": 9}],
            }
        }
    )


class EligibilityReason(ResponseModel):
    """Одна причина; need и have — баллы или классы, где есть что сравнивать."""

    code: ReasonCode
    need: ExactDecimal | None
    have: ExactDecimal | None


class EligibilityThreshold(ResponseModel):
    """Порог, с которым сравнивали: класс выполненного задания и балл."""

    grade: Grade
    score: ExactDecimal


class EligibilityVerdict(ResponseModel):
    """Допущен ли участник и почему."""

    participant: Opaque
    admitted: bool
    reasons: list[EligibilityReason] = Field(max_length=20)
    threshold: EligibilityThreshold | None


class EligibilityAnswer(ResponseModel):
    """Ответы в порядке вопроса."""

    rules: RulesCitation = Field(description="Порядок сезона, по которому решено.")
    items: list[EligibilityVerdict] = Field(max_length=MOST)

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "rules": {
                    "order": "Приказ Минпросвещения России № 678",
                    "date": "2020-11-27",
                    "edition": None,
                    "note": "Какая редакция порядка действовала в этом сезоне, не известно.",
                },
                "items": [
                    {
                        "participant": "p-4f1c",
                        "admitted": False,
                        "reasons": [{"code": "BELOW_THRESHOLD", "need": "14", "have": "13.5"}],
                        "threshold": {"grade": 9, "score": "14"},
                    }
                ],
            }
        }
    )
