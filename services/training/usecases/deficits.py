"""The deficits of one teacher, as they stand now."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.deficits import find_deficits
from services.training.store import diagnostic_results


async def deficits_of(session: AsyncSession, teacher: str) -> Sequence[dict[str, Any]]:
    """Return the teacher's deficits by competency; empty for the unknown and the untested."""
    diagnostics = await diagnostic_results.list_diagnostics(session)
    found = find_deficits(diagnostics, await diagnostic_results.results(session, teacher))
    return [asdict(one) for one in found]
