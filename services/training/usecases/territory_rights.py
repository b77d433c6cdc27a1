"""Rights that a territory gives, where hiding rows is not enough."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import diagnostic_results, people
from shared.access_errors import TerritoryForbidden
from shared.row_access import is_bound, whole_region


async def require_own_teacher(session: AsyncSession, teacher: str) -> None:
    """Raise `TerritoryForbidden` where a bound caller asks about a teacher not theirs.

    An unknown teacher is refused alike, so that the refusal tells nothing.
    """
    if await is_bound(session) and not await diagnostic_results.teacher_known(session, teacher):
        raise TerritoryForbidden


async def require_own_person(session: AsyncSession, ref: str) -> None:
    """Raise `TerritoryForbidden` where a bound caller names a person not theirs.

    A person is of the territory of their row among the teachers or the active.
    """
    if await is_bound(session) and not await people.registered(session, ref):
        raise TerritoryForbidden


@asynccontextmanager
async def related_rows(session: AsyncSession, person: str | None) -> AsyncIterator[None]:
    """Let an acting person reach rows of other territories; the relation must be checked then."""
    if person is None:
        yield
        return
    async with whole_region(session):
        yield
