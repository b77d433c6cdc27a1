"""The kinds of data training takes in, and what each import sets going."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.parsers import learning_layouts, people_layouts
from services.training.parsers import programme_layouts as layouts
from services.training.store import calendar, diagnostic_results
from services.training.usecases.active_import_types import ACTIVE_KINDS
from services.training.usecases.dangling import queue_check
from services.training.usecases.measure_import_types import MEASURE_KINDS, publish_exposures
from services.training.usecases.references import load_registries
from services.training.usecases.teacher_effects import queue_teacher_effects
from shared.figures.decimals import decimal_text
from shared.imports.columns import Context
from shared.imports.foreign_rows import TerritoryRule
from shared.imports.import_types import ImportKind, ImportRun, LoadContext
from shared.jobs import enqueue
from shared.ledger.kinds import LEDGER_KINDS

PUBLISH, OUTDATE, REBUILD = "publish", "outdate_plans", "propose_rebuilds"
ATTENDANCE = "note_attendance"
OF_TEACHER = TerritoryRule(
    "teacher",
    "EXISTS (SELECT FROM teacher AS own WHERE own.ref = {row}.teacher"
    " AND own.known_to = 'infinity' AND own.municipality ~ {codes})",
)


async def publish_years(session: AsyncSession, _run: ImportRun) -> None:
    """Queue the publication of every known year; an unchanged one makes no revision."""
    for year in await calendar.years(session):
        await enqueue(session, PUBLISH, year, {"year": year})


def naming(*names: str) -> LoadContext:
    """Return the loader of the registries that the rows of a kind name."""

    async def load(session: AsyncSession, _slice: Mapping[str, str]) -> Context:
        return await load_registries(session, *names)

    return load


async def known_scales(session: AsyncSession, _slice: Mapping[str, str]) -> Context:
    """Return teachers and diagnostics, and the ends of the scale of every diagnostic."""
    found = await diagnostic_results.list_diagnostics(session)
    return {
        **await load_registries(session, "diagnostic", "teacher"),
        "scales": {
            code: (decimal_text(one.levels.low), decimal_text(one.levels.high))
            for code, one in found.items()
        },
    }


async def outdate_plans(session: AsyncSession, run: ImportRun) -> None:
    """Mark the plans that were made before this import; the worker proposes new ones."""
    await enqueue(session, OUTDATE, "plans", {"cause": {"import": run.kind}})


async def after_teachers(session: AsyncSession, run: ImportRun) -> None:
    """Outdate the plans, and count again who was reached and whom the measures are for."""
    await outdate_plans(session, run)
    await publish_exposures(session, run)


async def after_events(session: AsyncSession, run: ImportRun) -> None:
    """Publish the years, and whom the measures of the events reached."""
    await publish_years(session, run)
    await publish_exposures(session, run)


async def propose_rebuilds(session: AsyncSession, run: ImportRun) -> None:
    """Queue proposals for routes with new results and effects, and outdate the plans."""
    await enqueue(session, REBUILD, "routes", {})
    await queue_teacher_effects(session)
    await outdate_plans(session, run)


async def after_attendance(session: AsyncSession, run: ImportRun) -> None:
    """Count who was trained, and mark what is done in the routes."""
    await enqueue(session, ATTENDANCE, "routes", {})
    await publish_exposures(session, run)
    await publish_years(session, run)


async def after_programmes(session: AsyncSession, run: ImportRun) -> None:
    """Outdate the plans, and check the years again for competencies nobody works on."""
    await outdate_plans(session, run)
    await publish_years(session, run)


async def after_claims(session: AsyncSession, run: ImportRun) -> None:
    """Have the document judged, and the years published with the evidence it brought."""
    for kind in LEDGER_KINDS:
        if kind.code == run.kind and kind.on_committed_rows is not None:
            await kind.on_committed_rows(session, run)
    await publish_years(session, run)


REFERRING = frozenset({"events", "quotas", "measures", "teachers", "competencies", "programmes"})
"""Kinds whose rows name codes that may be loaded later, or hold such codes."""


def with_reference_check(kind: ImportKind) -> ImportKind:
    """Return the kind with a check of references after whatever else follows its import."""
    if kind.code not in REFERRING:
        return kind
    follow = kind.on_committed_rows

    async def then_check(session: AsyncSession, run: ImportRun) -> None:
        if follow is not None:
            await follow(session, run)
        await queue_check(session, run)

    return replace(kind, on_committed_rows=then_check)


OWN_KINDS = (
    *ACTIVE_KINDS,
    *MEASURE_KINDS,
    *(replace(kind, on_committed_rows=after_claims) for kind in LEDGER_KINDS),
    ImportKind(
        code="headcounts",
        title="Число учителей по предметам",
        layout=layouts.HEADCOUNTS,
        table="headcount",
        on_committed_rows=publish_years,
        slices=("year",),
    ),
    ImportKind(
        code="events",
        title="КПК, съезды, сборы и сроки циклограммы",
        layout=layouts.EVENTS,
        table="event",
        context=naming("subject", "programme", "measure", "tier"),
        on_committed_rows=after_events,
        slices=("year",),
        territory=TerritoryRule.by("zone"),
    ),
    ImportKind(
        code="quotas",
        title="Численность актива",
        layout=layouts.QUOTAS,
        table="quota",
        on_committed_rows=publish_years,
    ),
    ImportKind(
        code="classes",
        title="Функции и направления работы актива",
        layout=layouts.CLASSES,
        table="class_entry",
        slices=("version",),
    ),
    ImportKind(
        code="teachers",
        title="Учителя",
        layout=people_layouts.TEACHERS,
        table="teacher",
        context=naming("subject"),
        on_committed_rows=after_teachers,
        slices=("municipality",),
        territory=TerritoryRule.by("municipality"),
    ),
    ImportKind(
        code="competencies",
        title="Компетенции",
        layout=learning_layouts.COMPETENCIES,
        table="competency",
        context=naming("subject"),
        on_committed_rows=publish_years,
    ),
    ImportKind(
        code="diagnostics",
        title="Диагностики",
        layout=learning_layouts.DIAGNOSTICS,
        table="diagnostic",
        context=naming("competency"),
    ),
    ImportKind(
        code="results",
        title="Результаты диагностик",
        layout=learning_layouts.RESULTS,
        table="diagnostic_result",
        context=known_scales,
        on_committed_rows=propose_rebuilds,
        slices=("diagnostic",),
        territory=OF_TEACHER,
    ),
    ImportKind(
        code="programmes",
        title="Программы повышения квалификации",
        layout=people_layouts.PROGRAMMES,
        table="programme",
        context=naming("subject", "tier", "open_competency"),
        on_committed_rows=after_programmes,
    ),
    ImportKind(
        code="activists",
        title="Наставники и тьюторы актива",
        layout=people_layouts.ACTIVISTS,
        table="activist",
        context=naming("open_competency", "function", "direction"),
        slices=("part",),
        territory=TerritoryRule.by("municipality"),
    ),
    ImportKind(
        code="attendance",
        title="Посещение и завершение курсов",
        layout=people_layouts.ATTENDANCES,
        table="attendance",
        context=naming("event", "teacher"),
        on_committed_rows=after_attendance,
        slices=("event",),
        territory=OF_TEACHER,
    ),
    ImportKind(
        code="travel",
        title="Стоимость проезда",
        layout=people_layouts.TRAVEL,
        table="travel",
        on_committed_rows=outdate_plans,
        territory=TerritoryRule.by("origin"),
    ),
    ImportKind(
        code="fixed_dates",
        title="Даты олимпиад и ЕГЭ",
        layout=people_layouts.FIXED_DATES,
        table="fixed_date",
        context=naming("subject"),
        on_committed_rows=publish_years,
    ),
)
KINDS = tuple(with_reference_check(kind) for kind in OWN_KINDS)
