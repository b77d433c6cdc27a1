"""Taking territories in: the register follows its newest records, ratings follow the register."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.parsers.territory_layout import KINDS, LAYOUT
from services.ratings.store import register, revisions, slices
from services.ratings.topics import TERRITORIES_CHANGED
from services.ratings.usecases.observations import queue_recalculation
from shared.errors import FieldError
from shared.imports.errors import RowsRejected
from shared.imports.foreign_rows import TerritoryRule
from shared.imports.import_types import ImportKind, ImportRun
from shared.outbox import emit


async def follow(session: AsyncSession, run: ImportRun) -> None:
    """Bring the register to the imported rows, refuse those without a parent, tell the others.

    Every slice is calculated again: peers and groups come from the register.
    """
    await register.close_renamed(session, run.known_at)
    orphans = await register.orphans(session, run.known_at, KINDS)
    lost = await register.lost_successors(session, run.known_at)
    if orphans or lost:
        errors = [_fault(row, code, "PARENT_UNKNOWN", parent) for row, code, parent in orphans]
        errors += [_fault(row, code, "SUCCESSOR_UNKNOWN", other) for row, code, other in lost]
        raise RowsRejected("Файл ссылается на территории, которых нет в реестре.", errors=errors)
    await register.apply(session, run.known_at)
    for row in await slices.listed(session):
        await queue_recalculation(session, row.programme, row.period, row.known_at)
    public = await revisions.all_public(session)
    documents = [f"/v1/ratings/{r.programme}/{r.period}" for r in public]
    await emit(
        session,
        TERRITORIES_CHANGED,
        "territories",
        {"revision": run.revision, "documents": documents},
    )


def _fault(row: int, code: str, fault: str, other: str) -> FieldError:
    told = f"Строка {row}: у территории {code} указан код {other}, его нет или вид не выше."
    return FieldError(f"/rows/{row}", fault, told)


TERRITORIES = ImportKind(
    code="territories",
    title="Реестр территорий",
    layout=LAYOUT,
    table="territory_record",
    on_committed_rows=follow,
    territory=TerritoryRule.by("code"),
    not_revertible="Реестр территорий исправляется новой загрузкой.",
)
