"""Curves, invitations, and who changed sides between two revisions of results."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.olympiads.schemas.numbers import (
    Count,
    ExactDecimal,
    Grade,
    Opaque,
    SeasonCode,
    SubjectCode,
)
from services.olympiads.schemas.statistics import Territory
from shared.web import ResponseModel


class GradePeople(ResponseModel):
    """Допущено из класса обучения."""

    grade: Grade
    admitted: Count


class PlacePeople(ResponseModel):
    """Допущено из муниципалитета."""

    territory: Territory
    admitted: Count


class CurveStep(ResponseModel):
    """Возможный порог и его последствия."""

    score: ExactDecimal
    admitted: Count = Field(description="Сколько человек набрали не меньше.")
    tied: Count = Field(description="Сколько человек набрали ровно столько.")
    refused: Count = Field(description="Сколько из допущенных отказались.")
    seats_left: Annotated[int, Field(ge=-100_000_000, le=100_000_000)] | None = Field(
        description="Свободных мест; меньше нуля — сверх квоты; null, если квоты нет."
    )
    previous: Count | None = Field(description="Сколько допустил бы тот же балл в прошлом сезоне.")
    by_grade: list[GradePeople] = Field(max_length=11)
    by_municipality: list[PlacePeople] = Field(max_length=30_000)


class AdmissionCurve(ResponseModel):
    """Кривая допуска предмета и класса задания, от высшего балла к низшему."""

    season: SeasonCode
    subject: SubjectCode
    grade: Grade
    quota: Count | None
    items: list[CurveStep] = Field(max_length=1_000_000)


Ground = Literal["BY_SCORE", "BY_LAST_YEAR_DIPLOMA", "ABROAD_CLAUSE"]


class Invitation(ResponseModel):
    """Приглашённый участник."""

    participant: Opaque
    study_grade: Grade
    task_grade: Grade | None
    municipality: Territory | None
    school: Annotated[str, Field(max_length=64)] | None
    score: ExactDecimal | None
    grounds: list[Ground] = Field(max_length=3)


class InvitationList(ResponseModel):
    """Приглашённые на этап."""

    items: list[Invitation] = Field(max_length=10_000_000)


class ResultRevision(ResponseModel):
    """Загрузка результатов, ставшая ревизией."""

    revision: Annotated[int, Field(ge=1, le=2**53)]
    known_at: datetime
    opened: Count = Field(description="Строк добавлено или изменено.")
    states: list[Literal["preliminary", "after_appeals", "final"]] = Field(max_length=3)


class ResultRevisionList(ResponseModel):
    """Ревизии результатов сезона по порядку."""

    items: list[ResultRevision] = Field(max_length=100_000)


class ResultSide(ResponseModel):
    """Результат в одной из двух ревизий."""

    score: ExactDecimal | None
    status: Literal["winner", "prize", "participant", "void"]
    state: Literal["preliminary", "after_appeals", "final"]
    reaches: bool = Field(description="Достигает ли порога.")


class ResultChange(ResponseModel):
    """Участник, который оказался по другую сторону порога."""

    participant: Opaque
    subject: SubjectCode
    grade: Grade
    threshold: ExactDecimal
    change: Literal["gained", "lost"]
    before: ResultSide | None
    after: ResultSide | None


class ResultChanges(ResponseModel):
    """Кто сменил сторону порога между двумя ревизиями результатов."""

    season: SeasonCode
    since: Annotated[int, Field(ge=0, le=2**53)]
    until: Annotated[int, Field(ge=1, le=2**53)]
    changed_rows: Count
    items: list[ResultChange] = Field(max_length=10_000_000)
