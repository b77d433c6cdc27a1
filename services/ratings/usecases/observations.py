"""Taking observations in: what their files are checked against, and what follows an import."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.errors import PeriodInvalid, ProgrammeUnknown
from services.ratings.parsers.observation_layout import LAYOUT, MARKS
from services.ratings.parsers.periods import is_period, period_number, period_text
from services.ratings.store import claims, programmes, slices, territories
from shared.imports.columns import Context, registry_of
from shared.imports.foreign_rows import TerritoryRule
from shared.imports.import_types import Clearing, ImportKind, ImportRun
from shared.jobs import enqueue

RECALCULATE = "recalculate"
MARK_OF = {number: mark for mark, number in MARKS.items()}


async def load_context(session: AsyncSession, _slice: object) -> Context:
    """Load the codes an observation may name, and the domains of indicators."""
    domains = await programmes.domains(session)
    listed = await programmes.listed(session)
    codes = await territories.ids_by_code(session)
    owners = {number: code for code, number in codes.items()}
    names = await territories.ids_by_name(session)
    return {
        "programmes": {row.code: row.id for row in listed},
        "territories": codes,
        "indicators": await programmes.all_indicators(session),
        "validity": [
            (v.code, v.valid_from, v.valid_to, tuple(v.successors))
            for v in await territories.validities(session)
        ],
        "domains": tuple(zip(*domains, strict=True)) if domains else ((), (), ()),
        "registries": {
            "programme": registry_of(
                {row.code: row.title for row in listed},
                "PROGRAMME_UNKNOWN",
                "Такой программы нет.",
                source="/v1/ratings/programmes",
            ),
            "territory": registry_of(
                {**dict.fromkeys(codes, ""), **await territories.titles(session)},
                "TERRITORY_UNKNOWN",
                "Такой территории в реестре нет.",
                other_names=[(name, owners[number]) for name, number in names.items()],
                source="/v1/ratings/territories",
            ),
        },
    }


def located(part: Mapping[str, str], context: Context) -> Mapping[str, object]:
    """Return the columns of a slice; an unknown programme or a malformed period is an error."""
    if part["programme"] not in context["programmes"]:
        raise ProgrammeUnknown(part["programme"])
    if not is_period(part["period"]):
        raise PeriodInvalid
    return {
        "programme_id": context["programmes"][part["programme"]],
        "period": period_number(part["period"]),
    }


async def to_wire(session: AsyncSession, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return stored observations as rows are sent: codes, and the value as printed."""
    if not rows:
        return []
    listed = {row.id: row.code for row in await programmes.listed(session)}
    owners = {number: code for code, number in (await territories.ids_by_code(session)).items()}
    indicators = {
        number: name.partition(" ")[2]
        for name, number in (await programmes.all_indicators(session)).items()
    }
    return [
        {
            "programme": listed.get(row["programme_id"]),
            "period": period_text(row["period"]),
            "territory": owners.get(row["territory_id"]),
            "indicator": indicators.get(row["indicator_id"]),
            "value": _printed(row) if row["status"] == 0 else None,
            "status": MARK_OF.get(row["status"]),
            "source": {"document": row["source_document"], "locator": row["source_locator"]},
        }
        for row in rows
    ]


def _printed(row: Mapping[str, Any]) -> str:
    """Return a stored value with the decimals it was printed with."""
    return f"{Decimal(row['scaled']).scaleb(-row['digits']):f}"


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
    to_wire=to_wire,
    clearing=Clearing(
        column="value",
        condition="t.status = 0 AND s.status <> 0",
        old="round(t.scaled::numeric / 10::numeric ^ t.digits::numeric, t.digits::integer)",
    ),
    territory=TerritoryRule(
        "territory",
        "{row}.territory_id IN (SELECT id FROM territory AS own WHERE own.code ~ {codes})",
    ),
)
