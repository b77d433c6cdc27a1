"""Mentors in life: suggestions, decisions, load."""

from typing import Annotated

from pydantic import ConfigDict, Field

from services.training.schemas.fields import Code, Ref
from shared.web import RequestModel, ResponseModel


class PairDecision(RequestModel):
    """Решение о паре учителя и наставника."""

    teacher: Ref
    mentor: Ref
    reason: Annotated[str, Field(max_length=1000)] | None = None

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"example": {"teacher": "t-000001", "mentor": "m-0007", "reason": None}},
    )


class DecidedPair(ResponseModel):
    """Пара и её состояние."""

    teacher: Ref
    mentor: Ref
    state: Annotated[str, Field(max_length=20)]


class PairList(ResponseModel):
    """Пары."""

    items: Annotated[list[DecidedPair], Field(max_length=100_000)]


class MentorSuggestion(ResponseModel):
    """Подходящий наставник и доводы за него."""

    mentor: Ref
    covers: Annotated[list[Code], Field(max_length=1000)]
    load: Annotated[int, Field(ge=0, le=2**53)]
    norm: Annotated[int, Field(ge=0, le=2**53)]
    previous: bool
    distance: Annotated[int, Field(ge=0, le=2**53)] | None


class SuggestionList(ResponseModel):
    """Наставники по порядку предпочтения."""

    items: Annotated[list[MentorSuggestion], Field(max_length=1000)]


class MentorLoad(ResponseModel):
    """Нагрузка наставника."""

    mentor: Ref
    norm: Annotated[int, Field(ge=0, le=2**53)]
    confirmed: Annotated[int, Field(ge=0, le=2**53)]
    proposed: Annotated[int, Field(ge=0, le=2**53)]


class LoadReport(ResponseModel):
    """Нагрузка наставников, самые занятые сверху."""

    items: Annotated[list[MentorLoad], Field(max_length=1000)]
    next: Annotated[str | None, Field(max_length=2000)]
