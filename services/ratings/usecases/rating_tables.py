"""The table of a programme and period: every unit with its computed and declared figures."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import results, revisions
from services.ratings.store.results import UnitRecord
from services.ratings.store.revisions import Declared, Revision
from services.ratings.usecases.json_document import Document
from services.ratings.usecases.node_doubts import NodeDoubts, load_node_doubts
from services.ratings.usecases.serializers import (
    CELLS_AT_ONCE,
    NO_DOUBTS,
    NodeSerializer,
    View,
    cells_of,
    shown_at_once,
)
from services.ratings.usecases.table_sources import slice_sources
from shared.db import driver_connection
from shared.ledger.table_sources import TableSource, cite
from shared.limit_errors import RequestTooLarge
from shared.publication import PRESENT, AskedRevision, NotPublished, RevisionWithdrawn
from shared.synthetic import NOTICE, is_synthetic_programme


async def revision_asked(
    session: AsyncSession,
    programme: str,
    period: str,
    asked: AskedRevision = PRESENT,
) -> Revision:
    """Return the revision a reader asks for: the public one, a numbered one, one of an instant.

    A held revision stays hidden, a withdrawn one is gone, whichever way it is asked for.
    """
    if asked.number is None:
        found = await revisions.public(session, programme, period, asked.as_of)
    else:
        found = await revisions.numbered(session, programme, period, asked.number)
    if found is None or found.published_at is None:
        raise NotPublished(f"Нет рейтинга программы {programme} за {period}.")
    if found.withdrawn_by is not None:
        told = f"Редакция {found.number} отозвана редакцией {found.withdrawn_by}."
        raise RevisionWithdrawn(told)
    return found


async def read_table(
    session: AsyncSession, revision: Revision, group: str | None = None
) -> Document:
    """Return the table of a revision, of all units or of one group, as final bytes.

    RequestTooLarge before a cell is read, where the revision's layout tells its size.
    """
    units: Sequence[UnitRecord] = []
    if revision.status != "tombstone":
        if group is None and not shown_at_once(revision.layout):
            raise _too_large(cells_of(revision.layout))
        units = await results.read_units(await driver_connection(session), revision.id, group=group)
    stated = await revisions.declared(session, revision.id)
    kept = [item for item in stated if group is None or item.group == group]
    cells = len(units) * len(revision.layout["nodes"])
    if cells > CELLS_AT_ONCE:
        raise _too_large(cells)
    doubts = await load_node_doubts(session, revision.programme, revision.period)
    sources = await slice_sources(session, revision)
    content = table_content(revision, units, kept, doubts, sources)
    return Document(content, revision.source_time, str(revision.number))


def _too_large(cells: int) -> RequestTooLarge:
    return RequestTooLarge(
        f"В таблице {cells} ячеек, за раз отдаётся не больше {CELLS_AT_ONCE}: "
        "запросите её по группам, параметром group.",
    )


def table_content(
    revision: Revision,
    units: Sequence[UnitRecord],
    stated: Sequence[Declared],
    doubts: NodeDoubts = NO_DOUBTS,
    sources: Sequence[TableSource] = (),
) -> View:
    """Return the table in the format of the wire; doubts and sources are those of today.

    Only a made-up table says that it is.
    """
    mark = {"synthetic": True} if is_synthetic_programme(revision.programme) else {}
    return mark | {
        "programme": revision.programme,
        "period": revision.period,
        "revision": revision.number,
        "status": status_of(revision),
        "methodology": revision.methodology,
        "source_time": revision.source_time.isoformat(),
        "citation": cite(citation(revision), sources),
        "sources": [source.wire() for source in sources],
        "nodes": [*revision.layout["nodes"], *revision.layout["declared_nodes"]],
        "doubts": list(doubts.of_table),
        "rows": table_rows(revision, units, stated, doubts),
    }


def status_of(revision: Revision) -> str:
    """Return `published`, or `withdrawn` for a tombstone."""
    return "withdrawn" if revision.status == "tombstone" else revision.status


def citation(revision: Revision) -> str:
    """Return how people cite this revision."""
    named = f"{revision.programme_title}, период {revision.period}"
    if is_synthetic_programme(revision.programme):
        named = f"{NOTICE}. {named}"
    if revision.status == "tombstone":
        return (
            f"{named}: редакция {revision.withdraws} отозвана, редакция {revision.number}. "
            f"Причина: {revision.reason}"
        )
    method = f", методика {revision.methodology}" if revision.methodology else ""
    return f"{named}{method}, редакция {revision.number}, данные на {revision.source_time:%d.%m.%Y}"


def table_rows(
    revision: Revision,
    units: Sequence[UnitRecord],
    stated: Sequence[Declared],
    doubts: NodeDoubts = NO_DOUBTS,
) -> list[View]:
    """Return the rows by the total's place (computed, else declared), then by code."""
    by_code = {item.code: item for item in stated}
    nodes = NodeSerializer(revision, doubts)
    rows = [
        _row(unit["code"], unit["title"], unit["group_code"], nodes, unit, by_code)
        for unit in units
    ]
    computed = {unit["code"] for unit in units}
    rows += [
        _row(item.code, item.title, item.group, nodes, None, by_code)
        for item in stated
        if item.code not in computed
    ]
    return sorted(rows, key=lambda row: (_standing(row, nodes.root), row["territory"]))


def _row(
    code: str,
    title: str,
    group: str | None,
    nodes: NodeSerializer,
    unit: UnitRecord | None,
    stated: Mapping[str, Declared],
) -> View:
    return {
        "territory": code,
        "title": title,
        "group": group,
        "missing": nodes.missing(unit),
        "nodes": nodes.views(unit, stated.get(code)),
    }


def _standing(row: Mapping[str, Any], total: str | None) -> tuple[float, float]:
    view = row["nodes"].get(total)
    place = view and (view["place"] or (view["declared"] or {}).get("place"))
    return (place["from"], place["to"]) if place else (math.inf, math.inf)
