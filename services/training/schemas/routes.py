"""Individual routes (ИОМ) on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.training.domain.route_states import State, Verb
from services.training.schemas.fields import Code, Day, Ref
from services.training.schemas.outcomes import RouteOutcome
from services.training.schemas.route_preview import RouteWindow, UncoveredDeficit
from shared.web import RequestModel, ResponseModel

Text = Annotated[str, Field(max_length=2000)]
Rating = Annotated[int, Field(ge=1, le=5)]
Codes = Annotated[list[Code], Field(max_length=2000)]


class RouteDraft(RequestModel):
    """Учитель, для которого строится маршрут, его тьютор и окна занятий."""

    teacher: Ref
    tutor: Ref | None = None
    windows: Annotated[list[RouteWindow], Field(max_length=100)] = Field(default_factory=list)
    as_of: Annotated[
        Day | None,
        Field(
            description="Планировать как в этот день; по умолчанию сегодня. Начавшееся раньше "
            "не предлагается: причина IN_THE_PAST."
        ),
    ] = None

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "teacher": "t-000001",
                "tutor": "m-0221",
                "windows": [{"from": "2023-01-09", "to": "2023-05-31"}],
            }
        },
    )


class VerbNote(RequestModel):
    """Пояснение к действию."""

    note: Text | None = None

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"example": {"note": "Согласовано"}}
    )


class EvidenceDraft(RequestModel):
    """Свидетельство по шагу: выполнение, заметка или оценка 1…5."""

    step: Code
    kind: Literal["completion", "note", "rating"]
    rating: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    done_on: Annotated[
        Day | None, Field(description="День выполнения, если он отличается от планового.")
    ] = None

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "step": "kpk-mathematics-subject-03",
                "kind": "completion",
                "rating": None,
                "text": "Удостоверение 27-0001",
            }
        },
    )


class RouteStep(ResponseModel):
    """Шаг маршрута."""

    code: Code
    title: Text
    hours: Annotated[int, Field(ge=0, le=2**53)]
    first: Annotated[str | None, Field(alias="from", max_length=10)]
    last: Annotated[str | None, Field(alias="to", max_length=10)]
    done: bool
    rating: Rating | None
    rated_by: Literal["person", "machine"] | None
    done_on: Annotated[date | None, Field(description="Когда выполнен, если это сообщено.")] = None


class RouteProposal(ResponseModel):
    """Предложенная перестройка и её отличие от того, что ещё не сделано."""

    steps: Annotated[list[RouteStep], Field(max_length=2000)]
    uncovered: Annotated[list[UncoveredDeficit], Field(max_length=1000)]
    added: Codes
    dropped: Codes
    reordered: bool


class RouteLine(ResponseModel):
    """Строка истории маршрута."""

    version: Annotated[int, Field(ge=1, le=2**53)]
    verb: Annotated[str, Field(max_length=40)]
    state: State
    actor: Annotated[str, Field(max_length=300)]
    note: Text | None
    at: datetime


class RouteEvidence(ResponseModel):
    """Свидетельство; не изменяется и не удаляется."""

    id: UUID
    step: Code
    kind: Literal["completion", "note", "rating"]
    rating: Rating | None
    text: Text
    author: Annotated[str, Field(max_length=300)]
    created_at: datetime


class RouteArchive(ResponseModel):
    """Что стояло в маршруте при завершении."""

    version: Annotated[int, Field(ge=1, le=2**53)]
    steps: Annotated[list[RouteStep], Field(max_length=2000)]
    uncovered: Annotated[list[UncoveredDeficit], Field(max_length=1000)]
    created_at: datetime


class RouteHead(ResponseModel):
    """Маршрут кратко."""

    id: UUID
    owner: Ref
    tutor: Ref | None
    municipality: Annotated[str, Field(max_length=8)]
    state: State
    version: Annotated[int, Field(ge=1, le=2**53)]
    follows: Annotated[
        UUID | None, Field(description="Маршрут без результата, после которого предложен этот.")
    ]
    created_at: datetime
    changed_at: datetime


class RouteAnswer(RouteHead):
    """Маршрут целиком."""

    steps: Annotated[list[RouteStep], Field(max_length=2000)]
    uncovered: Annotated[list[UncoveredDeficit], Field(max_length=1000)]
    proposal: RouteProposal | None
    outcome: Annotated[
        RouteOutcome | None, Field(description="Измерение после маршрута; null — не измерялось.")
    ]
    history: Annotated[list[RouteLine], Field(max_length=100_000)]
    evidence: Annotated[list[RouteEvidence], Field(max_length=100_000)]
    archive: Annotated[list[RouteArchive], Field(max_length=1000)]
    verbs: Annotated[
        list[Verb], Field(max_length=20, description="Что может сделать действующее лицо.")
    ]


class RoutePage(ResponseModel):
    """Страница маршрутов."""

    items: Annotated[list[RouteHead], Field(max_length=1000)]
    next: Annotated[str | None, Field(max_length=2000)]


class AddedEvidence(ResponseModel):
    """Записанное свидетельство; маршрут завершается сам, когда выполнены все шаги."""

    id: UUID
    completed_itself: bool
