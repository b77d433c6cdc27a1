"""Seasons, subjects, shared maxima."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from services.olympiads.schemas.numbers import SeasonCode, SubjectCode, Text
from services.olympiads.schemas.thresholds import StageName
from shared.web import RequestModel, ResponseModel


class DatedTitle(ResponseModel):
    """Название предмета и когда он его носил; null — без границы."""

    title: Text
    short_title: Annotated[str, Field(max_length=100)] | None
    valid_from: date | None = Field(alias="from")
    valid_to: date | None = Field(alias="to")


class SubjectAnswer(ResponseModel):
    """Предмет олимпиады."""

    code: SubjectCode
    title: Text
    in_programme: bool = Field(description="Назван ли в программе региона.")
    titles: list[DatedTitle] = Field(max_length=100)


class SubjectList(ResponseModel):
    """Предметы по алфавиту."""

    items: list[SubjectAnswer] = Field(max_length=1000)


class SeasonAnswer(ResponseModel):
    """Сезон — учебный год."""

    code: SeasonCode
    starts: date
    ends: date


class SeasonList(ResponseModel):
    """Сезоны."""

    items: list[SeasonAnswer] = Field(max_length=1000)


class NewSeason(RequestModel):
    """Новый сезон."""

    code: SeasonCode

    model_config = ConfigDict(json_schema_extra={"example": {"code": "2023-2024"}})


class SharedMaximumAnswer(RequestModel):
    """Классы предмета выполняли на этапе одну работу с одним максимумом."""

    stage: StageName = "municipal"
    subject: SubjectCode
    basis: Text = Field(examples=["Требования к проведению этапа, 2022"])


class SharedMaximumList(ResponseModel):
    """Предметы с общим максимумом."""

    items: list[SharedMaximumAnswer] = Field(max_length=1000)
