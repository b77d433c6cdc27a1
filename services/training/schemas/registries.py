"""Rows of the registries on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Generic, TypeVar

from pydantic import Field, JsonValue

from shared.web import ResponseModel

Text = Annotated[str, Field(max_length=1000)]
Texts = Annotated[list[Text], Field(max_length=1000)] | None
Whole = Annotated[int, Field(ge=0, le=10**9)]
Row = TypeVar("Row", bound=ResponseModel)


class TeacherRow(ResponseModel):
    """Учитель: непрозрачная ссылка и то, что нужно для планирования."""

    ref: Text
    municipality: Text
    school: Text | None
    subjects: Texts
    tier: Text
    experience: Whole | None
    young_specialist: bool | None
    shnor_school: bool | None
    attestation_due: date | None
    required: bool | None
    superior: Text | None
    waiting_since: date | None
    busy: Texts


class CompetencyRow(ResponseModel):
    """Компетенция."""

    code: Text
    title: Text
    parent: Text | None
    kind: Text
    subject: Text | None
    topics: Texts


class DiagnosticRow(ResponseModel):
    """Диагностика с уровнями."""

    code: Text
    title: Text
    competency: Text
    level_set: dict[str, JsonValue]
    required: Text
    error: Annotated[
        str | None, Field(max_length=40, description="Стандартная ошибка измерения, баллов.")
    ]


class DeficitRow(ResponseModel):
    """Дефицит: последняя диагностика ниже требуемого уровня."""

    teacher: Text
    competency: Text
    level: Text
    required: Text
    missing_levels: Annotated[int, Field(ge=1, le=2**53)]
    taken_on: date
    diagnostic: Text
    score: Annotated[Decimal, Field(description="Балл диагностики.")]


class ProgrammeRow(ResponseModel):
    """Программа повышения квалификации."""

    code: Text
    title: Text
    hours: Whole | None
    form: Text | None
    competencies: Texts
    subjects: Texts
    tiers: Texts
    requires: Texts


class SessionRow(ResponseModel):
    """Поток курсов."""

    code: Text
    year: Text
    title: Text
    programme: Text | None
    measure: Text | None
    subject: Text | None
    tiers: Texts
    first: Annotated[str | None, Field(alias="from", max_length=10)]
    last: Annotated[str | None, Field(alias="to", max_length=10)]
    venues: Texts
    zone: Text | None
    seats: Whole | None
    window: Text | None
    state: Text


class EventRow(ResponseModel):
    """Съезд, сборы, мастер-класс или срок."""

    code: Text
    year: Text
    title: Text
    kind: Text
    measure: Text | None
    subject: Text | None
    first: Annotated[str | None, Field(alias="from", max_length=10)]
    last: Annotated[str | None, Field(alias="to", max_length=10)]
    window: Text | None
    state: Text


class ActivistRow(ResponseModel):
    """Человек актива."""

    ref: Text
    part: Text
    municipality: Text
    role: Text
    capabilities: Texts
    functions: Texts
    directions: Texts
    norm: Whole
    remote: bool | None
    consent: bool | None


class AttendanceRow(ResponseModel):
    """Посещение и завершение курсов."""

    event: Text
    teacher: Text
    state: Text
    completed_on: date | None
    certificate: Text | None


class DirectionRow(ResponseModel):
    """Функция схемы или ключевое направление и соответствие между ними."""

    version: Text
    code: Text
    title: Text
    maps_to: Texts


class MeasureRow(ResponseModel):
    """Часть программы или мероприятие."""

    code: Text
    parent: Text | None
    title: Text
    first: Annotated[date | None, Field(alias="from")]
    last: Annotated[date | None, Field(alias="to")]
    role: Text | None
    result: Text | None
    indicators: Texts
    state: Text | None


class QuotaRow(ResponseModel):
    """Численность части актива по программе."""

    code: Text
    title: Text
    parent: Text | None
    headcount: Whole


class RegistryPage(ResponseModel, Generic[Row]):
    """Страница реестра."""

    items: Annotated[list[Row], Field(max_length=1000)]
    next: Annotated[str | None, Field(max_length=2000)]


class DeficitList(ResponseModel):
    """Дефициты учителя."""

    items: Annotated[list[DeficitRow], Field(max_length=1000)]
