"""The deficits of one teacher, as they are known now."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.deficits import find_deficits
from services.training.errors import NotEntitled
from services.training.store import diagnostic_results, routes
from services.training.usecases.territory_rights import related_rows, require_own_teacher


async def deficits_of(
    session: AsyncSession, teacher: str, person: str | None
) -> Sequence[dict[str, Any]]:
    """Return the teacher's deficits by competency; empty for the unknown and the untested.

    A person reads the own ones, or those of a teacher whose manager, tutor or mentor they are; a
    client that acts for nobody reads by its scope within its territories.
    """
    async with related_rows(session, person):
        if person is None:
            await require_own_teacher(session, teacher)
        elif person != teacher and not await routes.concerns(session, teacher, person):
            raise NotEntitled
        diagnostics = await diagnostic_results.list_diagnostics(session)
        found = find_deficits(diagnostics, await diagnostic_results.results(session, teacher))
    return [asdict(one) for one in found]
