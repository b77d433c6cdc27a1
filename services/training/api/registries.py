"""Pages of the registries: open ones about the programme, closed ones about people."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.training.api.registry_reader import Filter, Reader, RegistryReader
from services.training.schemas import registries as shapes
from services.training.usecases.deficits import deficits_of
from shared.web import ReadSession

router = APIRouter(prefix="/v1/training", tags=["training"])


@router.get(
    "/teachers",
    summary="Учителя",
    description="Непрозрачные ссылки, уровень, предметы и то, что влияет на важность.",
)
async def list_teachers(
    registry: RegistryReader,
    _caller: Reader,
    municipality: Filter = None,
    tier: Filter = None,
) -> shapes.RegistryPage[shapes.TeacherRow]:
    """List a page of the registry."""
    return await registry.page("teachers", shapes.TeacherRow, municipality=municipality, tier=tier)


@router.get(
    "/competencies",
    summary="Компетенции",
    description="Дерево компетенций с темами, общими с показателями рейтингов.",
)
async def list_competencies(
    registry: RegistryReader,
    kind: Filter = None,
    subject: Filter = None,
) -> shapes.RegistryPage[shapes.CompetencyRow]:
    """List a page of the registry."""
    return await registry.page("competencies", shapes.CompetencyRow, kind=kind, subject=subject)


@router.get(
    "/diagnostics", summary="Диагностики", description="Диагностики с уровнями и требуемым уровнем."
)
async def list_diagnostics(
    registry: RegistryReader,
) -> shapes.RegistryPage[shapes.DiagnosticRow]:
    """List a page of the registry."""
    return await registry.page("diagnostics", shapes.DiagnosticRow)


@router.get(
    "/programmes",
    summary="Программы повышения квалификации",
    description="ДПП ПК: часы, компетенции, предметы, уровни, требования.",
)
async def list_programmes(
    registry: RegistryReader,
) -> shapes.RegistryPage[shapes.ProgrammeRow]:
    """List a page of the registry."""
    return await registry.page("programmes", shapes.ProgrammeRow)


@router.get("/sessions", summary="Потоки курсов", description="КПК циклограммы с местами и датами.")
async def list_sessions(
    registry: RegistryReader,
    year: Filter = None,
    subject: Filter = None,
) -> shapes.RegistryPage[shapes.SessionRow]:
    """List a page of the registry."""
    return await registry.page("sessions", shapes.SessionRow, year=year, subject=subject)


@router.get(
    "/events", summary="Съезды, сборы и сроки", description="События циклограммы, кроме курсов."
)
async def list_events(
    registry: RegistryReader,
    year: Filter = None,
    kind: Filter = None,
) -> shapes.RegistryPage[shapes.EventRow]:
    """List a page of the registry."""
    return await registry.page("events", shapes.EventRow, year=year, kind=kind)


@router.get("/active", summary="Актив", description="Люди методического и управленческого актива.")
async def list_active(
    registry: RegistryReader,
    _caller: Reader,
    *,
    part: Filter = None,
    municipality: Filter = None,
    function: Filter = None,
    direction: Filter = None,
) -> shapes.RegistryPage[shapes.ActivistRow]:
    """List a page of the registry."""
    return await registry.page(
        "active",
        shapes.ActivistRow,
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
    registry: RegistryReader,
) -> shapes.RegistryPage[shapes.QuotaRow]:
    """List a page of the registry."""
    return await registry.page("quotas", shapes.QuotaRow)


@router.get(
    "/attendance",
    summary="Посещение курсов",
    description="Кто записан, посещал, завершил и номер удостоверения.",
)
async def list_attendance(
    registry: RegistryReader,
    _caller: Reader,
    event: Filter = None,
    state: Filter = None,
) -> shapes.RegistryPage[shapes.AttendanceRow]:
    """List a page of the registry."""
    return await registry.page("attendance", shapes.AttendanceRow, event=event, state=state)


@router.get(
    "/directions",
    summary="Функции и направления актива",
    description="Семь функций схемы, двенадцать направлений и соответствие.",
)
async def list_directions(
    registry: RegistryReader,
    version: Filter = None,
) -> shapes.RegistryPage[shapes.DirectionRow]:
    """List a page of the registry."""
    return await registry.page("directions", shapes.DirectionRow, version=version)


@router.get(
    "/measures",
    summary="Мероприятия программы",
    description="Части программы и мероприятия со сроками и показателями.",
)
async def list_measures(
    registry: RegistryReader,
) -> shapes.RegistryPage[shapes.MeasureRow]:
    """List a page of the registry."""
    return await registry.page("measures", shapes.MeasureRow)


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
