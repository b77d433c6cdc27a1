"""The kinds of data about measures: what they are, whom they reached."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.parsers import measure_layouts as layouts
from services.training.store import measures
from services.training.usecases.active_import_types import find_overdue
from services.training.usecases.references import load_registries
from services.training.usecases.teacher_effects import queue_teacher_effects
from shared.imports.columns import Context
from shared.imports.foreign_rows import TerritoryRule
from shared.imports.import_types import ImportKind, ImportRun
from shared.jobs import enqueue

PUBLISH_EXPOSURES = "publish_exposures"
OF_UNIT = TerritoryRule(
    "unit",
    "{row}.unit ~ {codes} OR EXISTS (SELECT FROM school AS own WHERE own.code = {row}.unit"
    " AND own.known_to = 'infinity' AND own.oktmo ~ {codes})",
)
"""A unit is a municipality, or a school of the register."""


async def exposure_context(session: AsyncSession, _slice: Mapping[str, str]) -> Context:
    """Return the measures, and the level of unit each is for."""
    return {
        **await load_registries(session, "closed_measure"),
        "unit_levels": await measures.unit_levels(session),
    }


async def publish_exposures(session: AsyncSession, _run: ImportRun) -> None:
    """Queue the publication of exposures and effects; unchanged ones make no revision."""
    await enqueue(session, PUBLISH_EXPOSURES, "measures", {})
    await queue_teacher_effects(session)


async def after_measures(session: AsyncSession, run: ImportRun) -> None:
    """Check the terms of the measures, and publish whom they reached."""
    await find_overdue(session, run)
    await publish_exposures(session, run)


MEASURE_KINDS = (
    ImportKind(
        code="measures",
        title="Мероприятия программы",
        layout=layouts.MEASURES,
        table="measure",
        on_committed_rows=after_measures,
    ),
    ImportKind(
        code="exposures",
        title="Охват мероприятий: единицы, периоды, доза",
        layout=layouts.EXPOSURES,
        table="exposure",
        context=exposure_context,
        on_committed_rows=publish_exposures,
        slices=("measure",),
        territory=OF_UNIT,
    ),
)
