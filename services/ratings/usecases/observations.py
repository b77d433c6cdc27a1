"""Taking observations in: what their files are checked against, and what follows an import."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.parsers.observation_layout import LAYOUT
from services.ratings.parsers.periods import is_period, period_number, period_text
from services.ratings.store import claims, programmes, slices, territories
from shared.errors import Invalid, NotFound
from shared.imports.columns import Context
from shared.imports.import_types import ImportKind, ImportRun
from shared.jobs import enqueue

RECALCULATE = "recalculate"


async def load_context(session: AsyncSession, _slice: object) -> Context:
    """Load the codes an observation may name, and the domains of indicators."""
    domains = await programmes.domains(session)
    return {
        "programmes": {row.code: row.id for row in await programmes.listed(session)},
        "territories": {
            **await territories.ids_by_name(session),
            **await territories.ids_by_code(session),
        },
        "indicators": await programmes.all_indicators(session),
        "domains": tuple(zip(*domains, strict=True)) if domains else ((), (), ()),
    }


def located(part: Mapping[str, str], context: Context) -> Mapping[str, object]:
    """Return the columns of a slice; an unknown programme or a malformed period is an error."""
    if part["programme"] not in context["programmes"]:
        raise NotFound("PROGRAMME_UNKNOWN", "Такой программы нет.")
    if not is_period(part["period"]):
        raise Invalid("PERIOD_INVALID", "Период — год или два соседних года через дефис.")
    return {
        "programme_id": context["programmes"][part["programme"]],
        "period": period_number(part["period"]),
    }


async def follow(session: AsyncSession, run: ImportRun) -> None:
    """Queue a recalculation of every slice that an import affected."""
    codes = {str(row.id): row.code for row in await programmes.listed(session)}
    affected = {
        (codes[programme], period_text(int(period)))
        for programme, period in run.affected_keys
        if programme is not None and period is not None
    }
    if {"programme", "period"} <= set(run.slice):
        affected.add((run.slice["programme"], run.slice["period"]))
    for programme, period in sorted(affected):
        await queue_recalculation(session, programme, period, run.known_at)


async def follow_document(session: AsyncSession, document: str) -> None:
    """Queue a recalculation of every slice whose declared figures a document states."""
    for programme, period, known_at in await claims.slices_of(session, document):
        await queue_recalculation(session, programme, period, known_at)


async def queue_recalculation(
    session: AsyncSession, programme: str, period: str, known_at: datetime
) -> None:
    """Queue a recalculation of a slice whose knowledge changed; those already waiting coalesce."""
    await slices.touch(session, programme, period, known_at)
    args = {"programme": programme, "period": period}
    await enqueue(session, RECALCULATE, f"{programme}/{period}", args)


OBSERVATIONS = ImportKind(
    code="observations",
    title="Наблюдения показателей",
    layout=LAYOUT,
    table="observation",
    context=load_context,
    on_committed_rows=follow,
    slices=("programme", "period"),
    slice_columns=located,
)
