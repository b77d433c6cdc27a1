"""Pages of the registries: open ones about the programme, closed ones about people."""

from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response

from services.training.errors import TimezoneMissing
from services.training.schemas import registries as shapes
from services.training.store.registry_pages import REGISTRIES, page
from services.training.usecases.deficits import deficits_of
from shared.web import (
    Caller,
    Cursor,
    Limit,
    ReadSession,
    ResponseModel,
    next_link,
    read_cursor,
    requires,
    write_cursor,
)

router = APIRouter(prefix="/v1/training", tags=["training"])
Row = TypeVar("Row", bound=ResponseModel)
Reader = Annotated[Caller, Depends(requires("training:read"))]
Filter = Annotated[str | None, Query(max_length=128, description="Только с этим значением.")]
AsOf = Annotated[
    datetime | None, Query(description="Что было известно к этому моменту (RFC 3339).")
]


async def show(
    name: str,
    shape: type[Row],
    request: Request,
    response: Response,
    session: ReadSession,
    limit: int,
    cursor: str | None,
    as_of: datetime | None,
    **chosen: str | None,
) -> shapes.RegistryPage[Row]:
    """Show a page of a registry in the order of its key."""
    if as_of is not None and as_of.tzinfo is None:
        raise TimezoneMissing
    registry = REGISTRIES[name]
    given = {name: value for name, value in chosen.items() if value is not None}
    after = read_cursor(request, cursor)
    rows = await page(session, registry, given, after, limit + 1, as_of)
    following = None
    if len(rows) > limit:
        following = write_cursor(request, [rows[limit - 1][part] for part in registry.key])
    response.headers.update(next_link(request, following))
    items = [shape.model_validate(dict(row)) for row in rows[:limit]]
    return shapes.RegistryPage[Row](items=items, next=following)


@router.get(
    "/teachers",
    summary="Учителя",
    description="Непрозрачные ссылки, уровень, предметы и то, что влияет на важность.",
)
async def list_teachers(
    request: Request,
    response: Response,
    session: ReadSession,
    _caller: Reader,
    municipality: Filter = None,
    tier: Filter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.TeacherRow]:
    """List a page of the registry."""
    shape = shapes.TeacherRow
    return await show(
        "teachers",
        shape,
        request,
        response,
        session,
        limit,
        cursor,
        as_of,
        municipality=municipality,
        tier=tier,
    )


@router.get(
    "/competencies",
    summary="Компетенции",
    description="Дерево компетенций с темами, общими с показателями рейтингов.",
)
async def list_competencies(
    request: Request,
    response: Response,
    session: ReadSession,
    kind: Filter = None,
    subject: Filter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.CompetencyRow]:
    """List a page of the registry."""
    shape = shapes.CompetencyRow
    return await show(
        "competencies",
        shape,
        request,
        response,
        session,
        limit,
        cursor,
        as_of,
        kind=kind,
        subject=subject,
    )


@router.get(
    "/diagnostics", summary="Диагностики", description="Диагностики с уровнями и требуемым уровнем."
)
async def list_diagnostics(
    request: Request,
    response: Response,
    session: ReadSession,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.DiagnosticRow]:
    """List a page of the registry."""
    shape = shapes.DiagnosticRow
    return await show("diagnostics", shape, request, response, session, limit, cursor, as_of)


@router.get(
    "/programmes",
    summary="Программы повышения квалификации",
    description="ДПП ПК: часы, компетенции, предметы, уровни, требования.",
)
async def list_programmes(
    request: Request,
    response: Response,
    session: ReadSession,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.ProgrammeRow]:
    """List a page of the registry."""
    shape = shapes.ProgrammeRow
    return await show("programmes", shape, request, response, session, limit, cursor, as_of)


@router.get("/sessions", summary="Потоки курсов", description="КПК циклограммы с местами и датами.")
async def list_sessions(
    request: Request,
    response: Response,
    session: ReadSession,
    year: Filter = None,
    subject: Filter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.SessionRow]:
    """List a page of the registry."""
    shape = shapes.SessionRow
    return await show(
        "sessions",
        shape,
        request,
        response,
        session,
        limit,
        cursor,
        as_of,
        year=year,
        subject=subject,
    )


@router.get(
    "/events", summary="Съезды, сборы и сроки", description="События циклограммы, кроме курсов."
)
async def list_events(
    request: Request,
    response: Response,
    session: ReadSession,
    year: Filter = None,
    kind: Filter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.EventRow]:
    """List a page of the registry."""
    shape = shapes.EventRow
    return await show(
        "events", shape, request, response, session, limit, cursor, as_of, year=year, kind=kind
    )


@router.get("/active", summary="Актив", description="Люди методического и управленческого актива.")
async def list_active(
    request: Request,
    response: Response,
    session: ReadSession,
    _caller: Reader,
    *,
    part: Filter = None,
    municipality: Filter = None,
    function: Filter = None,
    direction: Filter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.ActivistRow]:
    """List a page of the registry."""
    shape = shapes.ActivistRow
    return await show(
        "active",
        shape,
        request,
        response,
        session,
        limit,
        cursor,
        as_of,
        part=part,
        municipality=municipality,
        function=function,
        direction=direction,
    )


@router.get(
    "/quotas",
    summary="Численность актива",
    description="220 = 110 + 110 и 480 = 70 + 410 по программе.",
)
async def list_quotas(
    request: Request,
    response: Response,
    session: ReadSession,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.QuotaRow]:
    """List a page of the registry."""
    shape = shapes.QuotaRow
    return await show("quotas", shape, request, response, session, limit, cursor, as_of)


@router.get(
    "/attendance",
    summary="Посещение курсов",
    description="Кто записан, посещал, завершил и номер удостоверения.",
)
async def list_attendance(
    request: Request,
    response: Response,
    session: ReadSession,
    _caller: Reader,
    event: Filter = None,
    state: Filter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.AttendanceRow]:
    """List a page of the registry."""
    shape = shapes.AttendanceRow
    return await show(
        "attendance",
        shape,
        request,
        response,
        session,
        limit,
        cursor,
        as_of,
        event=event,
        state=state,
    )


@router.get(
    "/directions",
    summary="Функции и направления актива",
    description="Семь функций схемы, двенадцать направлений и соответствие.",
)
async def list_directions(
    request: Request,
    response: Response,
    session: ReadSession,
    version: Filter = None,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.DirectionRow]:
    """List a page of the registry."""
    shape = shapes.DirectionRow
    return await show(
        "directions", shape, request, response, session, limit, cursor, as_of, version=version
    )


@router.get(
    "/measures",
    summary="Мероприятия программы",
    description="Части программы и мероприятия со сроками и показателями.",
)
async def list_measures(
    request: Request,
    response: Response,
    session: ReadSession,
    limit: Limit = 100,
    cursor: Cursor = None,
    as_of: AsOf = None,
) -> shapes.RegistryPage[shapes.MeasureRow]:
    """List a page of the registry."""
    shape = shapes.MeasureRow
    return await show("measures", shape, request, response, session, limit, cursor, as_of)


@router.get(
    "/deficits",
    summary="Дефициты учителя",
    description="Компетенции, по которым последняя диагностика ниже требуемого уровня. "
    "Действующее лицо читает свои или тех, чьим куратором, тьютором или наставником является.",
)
async def list_deficits(
    session: ReadSession,
    caller: Reader,
    teacher: Annotated[str, Query(min_length=1, max_length=128, description="Учитель.")],
) -> shapes.DeficitList:
    """List the deficits of one teacher."""
    found = await deficits_of(session, teacher, caller.actor)
    return shapes.DeficitList(items=[shapes.DeficitRow.model_validate(row) for row in found])
