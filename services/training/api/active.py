"""The active at work: assignments, groups, schools, staff, roadmap, numbers of the directions."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import RowMapping

from services.training.api.registry_reader import Filter, Reader, RegistryPages
from services.training.errors import RecordUnknown
from services.training.schemas import active as shapes
from services.training.schemas.registries import RegistryPage
from services.training.schemas.roadmap_calendar import roadmap_calendar
from services.training.schemas.roadmap_picture import roadmap_picture
from services.training.store import active
from services.training.store.registry_pages import REGISTRIES, list_rows
from services.training.usecases.active import direction_numbers, today
from shared.clock import now
from shared.web import (
    Paging,
    ReadSession,
)

router = APIRouter(prefix="/v1/training", tags=["training"])
Code = Annotated[str, Path(min_length=1, max_length=100, description="Код записи.")]


async def one_of(session: ReadSession, name: str, code: str, **more: str) -> RowMapping:
    """Return one record by its code or raise `RECORD_UNKNOWN`."""
    found = await list_rows(session, REGISTRIES[name], {"code": code} | more, limit=1)
    if not found:
        raise RecordUnknown(code)
    return found[0]


@router.get(
    "/assignments",
    summary="Поручения актива",
    description="Кто из актива что делает и для кого. Поручения направления 11 (аттестация и "
    "выгорание) видны только исполнителю и учителю, для которого они даны.",
)
async def list_assignments(
    registry: RegistryPages,
    caller: Reader,
    *,
    direction: Filter = None,
    function: Filter = None,
    activist: Filter = None,
    state: Filter = None,
) -> shapes.AssignmentPage:
    """List a page of assignments."""
    chosen = {"direction": direction, "function": function, "activist": activist, "state": state}
    found, following = await registry.read("assignments", **chosen, person=caller.actor or "")
    return shapes.AssignmentPage(
        items=[shapes.assignment_row(dict(r)) for r in found], next=following
    )


@router.get(
    "/assignments/{code}",
    summary="Поручение",
    description="Одно поручение; скрытое от действующего лица — 404.",
)
async def get_assignment(session: ReadSession, caller: Reader, code: Code) -> shapes.AssignmentRow:
    """Show an assignment."""
    row = await one_of(session, "assignments", code, person=caller.actor or "")
    return shapes.assignment_row(dict(row))


@router.get(
    "/groups",
    summary="Группы",
    description="Методические объединения, групповые формы, «перевёрнутый класс».",
)
async def list_groups(
    registry: RegistryPages,
    _caller: Reader,
    leader: Filter = None,
) -> RegistryPage[shapes.GroupRow]:
    """List a page of groups."""
    return await registry.page("groups", shapes.GroupRow, leader=leader)


@router.get("/groups/{code}", summary="Группа", description="Одна группа.")
async def get_group(session: ReadSession, _caller: Reader, code: Code) -> shapes.GroupRow:
    """Show a group."""
    return shapes.GroupRow.model_validate(dict(await one_of(session, "groups", code)))


@router.get(
    "/schools",
    summary="Школы",
    description="Школы и список ШНОР по объявленному правилу; boundary — школа на его границе в "
    "пределах точности напечатанной доли.",
)
async def list_schools(
    registry: RegistryPages,
    _caller: Reader,
    oktmo: Filter = None,
) -> shapes.SchoolPage:
    """List a page of schools."""
    found, following = await registry.read("schools", oktmo=oktmo)
    return shapes.SchoolPage(items=[shapes.school_row(dict(row)) for row in found], next=following)


@router.get("/schools/{code}", summary="Школа", description="Одна школа.")
async def get_school(session: ReadSession, _caller: Reader, code: Code) -> shapes.SchoolRow:
    """Show a school."""
    return shapes.school_row(dict(await one_of(session, "schools", code)))


@router.get(
    "/staffing",
    summary="Численность актива",
    description="По программе 220 = 110 + 110 и 480 = 70 + 410, рядом назначенные и вакансии; "
    "строки по муниципалитетам, предметам, направлениям и функциям.",
)
async def list_staffing(
    session: ReadSession,
    page: Paging,
    municipality: Filter = None,
) -> shapes.Staffing:
    """List planned and appointed people."""
    rows = await active.staff(session, municipality)
    found, following = page.cut_sorted(rows, lambda r: [r.municipality, r.part, r.area])
    return shapes.Staffing(
        totals=[shapes.total_row(row) for row in await active.totals(session)],
        items=[shapes.staff_row(row) for row in found],
        next=following,
    )


@router.get(
    "/roadmap",
    summary="Дорожная карта",
    description="Задачи со сроком, ответственной ролью и состоянием; просрочка — по дню региона.",
)
async def list_roadmap(session: ReadSession, page: Paging) -> shapes.Roadmap:
    """List the tasks in order of code."""
    tasks = sorted(await active.tasks(session), key=lambda task: task.code)
    found, following = page.cut_sorted(tasks, lambda task: [task.code])
    day = today()
    return shapes.Roadmap(items=[shapes.task_row(task, day) for task in found], next=following)


@router.get(
    "/roadmap.ics",
    summary="Дорожная карта для календаря",
    description="iCalendar: срок задачи — день без часа; owner оставляет задачи одной роли.",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def get_roadmap_calendar(session: ReadSession, owner: Filter = None) -> Response:
    """Answer with the terms of the tasks as a calendar."""
    tasks = [t for t in await active.tasks(session) if owner in (None, t.owner_role)]
    return Response(roadmap_calendar(tasks, now()), media_type="text/calendar; charset=utf-8")


@router.get(
    "/roadmap.svg",
    summary="Дорожная карта рисунком",
    description="SVG: задачи по срокам; просроченные — красным и словами.",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {"schema": {"type": "string"}}}}},
)
async def get_roadmap_picture(session: ReadSession) -> Response:
    """Answer with the tasks as a picture."""
    content = roadmap_picture(await active.tasks(session), today())
    return Response(content, media_type="image/svg+xml")


@router.get("/roadmap/{code}", summary="Задача дорожной карты", description="Одна задача.")
async def get_roadmap_task(session: ReadSession, code: Code) -> shapes.TaskRow:
    """Show a task."""
    for task in await active.tasks(session):
        if task.code == code:
            return shapes.task_row(task, today())
    raise RecordUnknown(code)


@router.get(
    "/directions/numbers",
    summary="Числа двенадцати направлений",
    description="Каждое направление кончается своим числом: скольких достигло из скольких "
    "поручений с нужным свидетельством.",
)
async def list_direction_numbers(session: ReadSession, _caller: Reader) -> shapes.DirectionNumbers:
    """List the number of each direction."""
    numbers = await direction_numbers(session)
    return shapes.DirectionNumbers(items=[shapes.number_row(number) for number in numbers])
