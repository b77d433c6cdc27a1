"""Slices: which programme and period have data, and since which instant of knowledge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

TOUCH = text("""
    INSERT INTO slice (programme, period, known_at) VALUES (:programme, :period, :known_at)
    ON CONFLICT (programme, period)
    DO UPDATE SET known_at = greatest(slice.known_at, excluded.known_at)
""")
FIND = text("""
    SELECT slice.id, slice.programme, programme.id AS programme_id, programme.title,
        programme.computed, slice.period, slice.known_at
    FROM slice JOIN programme ON programme.code = slice.programme
    WHERE slice.programme = :programme AND slice.period = :period
""")
LIST = text("""
    SELECT slice.id, slice.programme, programme.id AS programme_id, programme.title,
        programme.computed, slice.period, slice.known_at
    FROM slice JOIN programme ON programme.code = slice.programme
    WHERE CAST(:programme AS text) IS NULL OR slice.programme = :programme
    ORDER BY slice.programme, slice.period
""")


@dataclass(frozen=True, slots=True)
class SliceRow:
    """A slice with what a recalculation needs of its programme."""

    id: int
    programme: str
    programme_id: int
    title: str
    computed: bool
    period: str
    known_at: datetime

    @property
    def scope(self) -> str:
        """The name under which the slice is locked and its jobs are queued."""
        return f"{self.programme}/{self.period}"


async def touch(session: AsyncSession, programme: str, period: str, known_at: datetime) -> None:
    """Record that the knowledge about a slice changed."""
    await session.execute(TOUCH, {"programme": programme, "period": period, "known_at": known_at})


async def find(session: AsyncSession, programme: str, period: str) -> SliceRow | None:
    """Return a slice, or None where nothing is known of it."""
    row = (await session.execute(FIND, {"programme": programme, "period": period})).one_or_none()
    return None if row is None else SliceRow(*row)


async def listed(session: AsyncSession, programme: str | None = None) -> Sequence[SliceRow]:
    """Return all slices, or those of a programme, by code and period."""
    rows = await session.execute(LIST, {"programme": programme})
    return [SliceRow(*row) for row in rows]
