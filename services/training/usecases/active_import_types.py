"""The kinds of data about the active at work."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.parsers import active_layouts as layouts
from services.training.usecases.active import known_targets
from services.training.usecases.references import load_registries
from shared.imports.columns import Context
from shared.imports.foreign_rows import TerritoryRule
from shared.imports.import_types import ImportKind, ImportRun
from shared.jobs import enqueue

OVERDUE_TASKS = "find_overdue_tasks"
OWN_ACTIVE = (
    "SELECT FROM activist AS own WHERE own.ref = {row}.%s"
    " AND own.known_to = 'infinity' AND own.municipality ~ {codes}"
)
OWN_TEACHERS = OWN_ACTIVE.replace("activist AS", "teacher AS")
OF_ACTIVIST = TerritoryRule("activist", f"EXISTS ({OWN_ACTIVE % 'activist'})")
OF_LEADER = TerritoryRule(
    "leader", f"EXISTS ({OWN_ACTIVE % 'leader'}) OR EXISTS ({OWN_TEACHERS % 'leader'})"
)


async def assignment_context(session: AsyncSession, _slice: Mapping[str, str]) -> Context:
    """Return the registries and the known targets that assignments are checked against."""
    return {
        **await load_registries(session, "direction", "function"),
        **await known_targets(session),
    }


async def find_overdue(session: AsyncSession, _run: ImportRun) -> None:
    """Queue the check of terms."""
    await enqueue(session, OVERDUE_TASKS, "roadmap", {})


ACTIVE_KINDS = (
    ImportKind(
        code="assignments",
        title="Поручения актива",
        layout=layouts.ASSIGNMENTS,
        table="assignment",
        context=assignment_context,
        slices=("activist",),
        territory=OF_ACTIVIST,
    ),
    ImportKind(
        code="groups",
        title="Группы и методические объединения",
        layout=layouts.GROUPS,
        table="study_group",
        territory=OF_LEADER,
    ),
    ImportKind(
        code="schools",
        title="Школы и список ШНОР",
        layout=layouts.SCHOOLS,
        table="school",
        slices=("oktmo",),
        territory=TerritoryRule.by("oktmo"),
    ),
    ImportKind(
        code="staffing",
        title="Плановая численность актива по муниципалитетам",
        layout=layouts.STAFFING,
        table="staffing_plan",
        slices=("municipality",),
        territory=TerritoryRule.by("municipality"),
    ),
    ImportKind(
        code="roadmap",
        title="Задачи дорожной карты",
        layout=layouts.ROADMAP,
        table="roadmap_task",
        on_committed_rows=find_overdue,
    ),
)
