"""How one service erases a person: its registry, the locks of its imports, what else goes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access_errors import TerritoryForbidden
from shared.db import lock
from shared.events import Topic
from shared.persons.columns import PersonColumn
from shared.persons.erasure import ErasureReport, erase_person
from shared.row_access import is_bound, whole_region

UNFINISHED = text("""
    SELECT (SELECT count(*) FROM import_run
            WHERE status IN ('receiving', 'accepted', 'running') AND created_at <= :since)
        + (SELECT count(*) FROM job WHERE state = 'running' AND started_at <= :since
           AND id IS DISTINCT FROM CAST(:own AS uuid))
""")
NOW = text("SELECT clock_timestamp()")

RequireOwn = Callable[[AsyncSession, str], Awaitable[None]]
Further = Callable[[AsyncSession], Awaitable[Mapping[str, int]]]


async def require_whole_region(session: AsyncSession, _reference: str) -> None:
    """Raise `TerritoryForbidden` for a caller bound to a part of the region."""
    if await is_bound(session):
        raise TerritoryForbidden


async def nothing_further(_session: AsyncSession) -> Mapping[str, int]:
    """Remove nothing besides the registered columns."""
    return {}


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases persons from a service's schema.

    `import_kinds` are the codes whose locks keep running imports out. `require_own` raises where a
    caller is bound to territories that the person does not belong to. `further` removes, after the
    registered columns, what belongs to rows that are gone; it counts by column.
    """

    service: str
    metadata: MetaData
    columns: Sequence[PersonColumn]
    topic: Topic
    import_kinds: Sequence[str]
    require_own: RequireOwn
    further: Further = nothing_further

    async def erase(self, session: AsyncSession, reference: str) -> ErasureReport:
        """Erase a person in the caller's transaction, after the imports that are running."""
        for kind in sorted(self.import_kinds):
            await lock(session, f"import:{kind}")
        async with whole_region(session):
            report = await erase_person(session, self.metadata, self.columns, reference)
            further = await self.further(session) if report.found else {}
        more = {name: count for name, count in further.items() if count}
        return ErasureReport({**report.removed, **more}, report.unsearched)


def person_erased(service: str) -> Topic:
    """Return the topic under which a service reports an erasure; it names nobody."""
    return Topic(f"{service}.person_erased", 1, "Стёрты сведения о человеке", audience="admin")


async def current_instant(session: AsyncSession) -> datetime:
    """Return the server's present instant."""
    instant: datetime = (await session.execute(NOW)).scalar_one()
    return instant


async def count_unfinished(session: AsyncSession, since: datetime, own_job: UUID | None) -> int:
    """Count imports and other jobs that began before an instant: they may write a person again."""
    row = {"since": since, "own": own_job}
    return int((await session.execute(UNFINISHED, row)).scalar_one())
