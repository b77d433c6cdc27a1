"""Plans of enrolment: proposals, decisions of people, revisions."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from services.training.schemas.enrolment import LotteryBody, LotteryRow, Objective
from services.training.schemas.fields import Code, Ref
from shared.web import RequestModel, ResponseModel

Reason = Annotated[str, Field(min_length=3, max_length=1000, description="Обоснование.")]
Share = Annotated[float, Field(ge=0, le=1)]
People = Annotated[list[Ref | None], Field(max_length=200_000)]


class PlanProposal(RequestModel):
    """Полугодие, на которое нужен план: 1 — январь–май, 2 — сентябрь–декабрь."""

    year: Annotated[str, Field(pattern=r"^(19|20|21)[0-9]{2}$", max_length=4)]
    half: Literal[1, 2]
    round: Annotated[int, Field(strict=True, ge=1, le=10, description="Круг зачисления.")] = 1
    lottery: LotteryBody | None = Field(
        None, description="Жребий среди равных вместо порядка ссылок."
    )

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"year": "2023", "half": 2, "round": 1}},
    )


class PlanOverride(RequestModel):
    """Решение человека: зачислить учителя на курсы или не включать в план."""

    teacher: Ref
    act: Literal["place", "exclude"]
    session: Code | None = None
    reason: Reason

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "teacher": "t-000001",
                "act": "place",
                "session": "kpk-chemistry-profile",
                "reason": "Решение комиссии",
            }
        },
    )


class PlanHead(ResponseModel):
    """План полугодия без содержания."""

    id: UUID
    year: Annotated[str, Field(max_length=4)]
    half: Annotated[int, Field(ge=1, le=2)]
    round: Annotated[int, Field(ge=1, le=10)]
    state: Literal["draft", "solved", "published", "superseded"]
    version: Annotated[int, Field(ge=1, le=2**53)]
    outdated_by: Annotated[
        dict[str, JsonValue] | None, Field(description="Что изменилось после расчёта.")
    ]
    proposed_by: Annotated[str, Field(max_length=300)]
    lottery_seed: Annotated[int, Field(ge=0, le=2**53)] | None = Field(
        None, description="Начало жребия; null — без жребия."
    )
    created_at: datetime


class PlanPage(ResponseModel):
    """Страница планов."""

    items: Annotated[list[PlanHead], Field(max_length=1000)]
    next: Annotated[str | None, Field(max_length=2000)]


class PlannedSeat(ResponseModel):
    """Учитель, его курсы и почему он важен."""

    ref: Ref | None
    session: Code
    override: bool
    priority: Annotated[int | None, Field(ge=1, le=100)] = None
    reasons: Annotated[dict[str, Annotated[int, Field(ge=0, le=100)]], Field(max_length=20)] = (
        Field(default_factory=dict)
    )


class PlannedWait(ResponseModel):
    """Учитель в очереди."""

    ref: Ref | None
    reason: Literal["NO_SESSION", "BUSY", "SEATS_TAKEN"]
    priority: Annotated[int, Field(ge=1, le=100)]
    reasons: Annotated[dict[str, Annotated[int, Field(ge=0, le=100)]], Field(max_length=20)]


class PlanShortage(ResponseModel):
    """Доказательство нехватки мест."""

    refs: People
    teachers: Annotated[int, Field(ge=1, le=2**53)]
    sessions: Annotated[list[Code], Field(max_length=5000)]
    seats: Annotated[int, Field(ge=0, le=2**53)]
    shortage: Annotated[int, Field(ge=1, le=2**53)]


class Fairness(ResponseModel):
    """Доля зачисленных в худшем муниципалитете и расстояние до границы."""

    worst_share: Share
    gap: Share


class PlanCounts(ResponseModel):
    """Сколько людей в плане региона, на всех страницах."""

    placed: Annotated[int, Field(ge=0, le=2**53)]
    waiting: Annotated[int, Field(ge=0, le=2**53)]
    excluded: Annotated[int, Field(ge=0, le=2**53)]


class PlanContent(ResponseModel):
    """Содержание ревизии плана: люди страницы, остальное по всему плану."""

    counts: PlanCounts
    placed: Annotated[list[PlannedSeat], Field(max_length=1000)]
    waiting: Annotated[list[PlannedWait], Field(max_length=1000)]
    excluded: People
    objective: Objective
    fairness: Fairness | None
    certificates: Annotated[list[PlanShortage], Field(max_length=200_000)]
    unknown_travel: Annotated[list[Code], Field(max_length=100_000)]
    lottery: LotteryRow | None = Field(None, description="Жребий по стратам.")
    status: Literal["optimal", "feasible"]


class PlanRevision(ResponseModel):
    """Неизменяемая ревизия плана с тем, на чём она основана."""

    revision: Annotated[int, Field(ge=1, le=2**53)]
    basis: dict[str, JsonValue]
    result: PlanContent
    author: Annotated[str, Field(max_length=300)]
    created_at: datetime


class PlanAnswer(PlanHead):
    """План с последней (или названной) ревизией."""

    revision: PlanRevision | None
    next: Annotated[str | None, Field(max_length=2000, description="Курсор следующих людей.")]


class OverrideAnswer(ResponseModel):
    """Записанное решение."""

    id: UUID
    teacher: Ref | None
    act: Literal["place", "exclude"]
    session: Code | None
    author: Annotated[str, Field(max_length=300)]
    reason: Reason
    created_at: datetime


class OverridePage(ResponseModel):
    """Решения по плану."""

    items: Annotated[list[OverrideAnswer], Field(max_length=1000)]
    next: Annotated[str | None, Field(max_length=2000)]


class QueuedJob(ResponseModel):
    """Поставленное в очередь задание."""

    job: UUID
