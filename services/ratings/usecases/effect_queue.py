"""When the effects of measures are found again."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import effects
from shared.jobs import enqueue

ESTIMATE_MEASURE, TAKE_EXPOSURES = "estimate_measure", "take_exposures"


async def queue_measure(session: AsyncSession, measure: str) -> None:
    """Queue the effect of a measure; unchanged inputs make no revision."""
    await enqueue(session, ESTIMATE_MEASURE, measure, {"measure": measure})


async def queue_programme(session: AsyncSession, programme: str) -> None:
    """Queue the effects that look at a programme whose public values changed."""
    for measure in await effects.frozen_plans_of(session, programme):
        await queue_measure(session, measure)


async def queue_exposures(session: AsyncSession, measure: str) -> None:
    """Queue the reading of a measure's exposures from the service that published them."""
    await enqueue(session, TAKE_EXPOSURES, measure, {"measure": measure})
