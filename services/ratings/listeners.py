"""Facts of other services: whom the measures of the programme reached."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.usecases.effect_queue import queue_exposures
from shared.events import Event
from shared.worker import JobContext


async def on_exposures_published(session: AsyncSession, event: Event, _work: JobContext) -> None:
    """Queue the reading of the exposures; no transaction waits for the network."""
    await queue_exposures(session, str(event.body["measure"]))
