"""Listeners to other services: what monitoring says changes the priorities of teachers."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.usecases.signals import take_olympiads, take_ratings
from shared.events import Event
from shared.worker import JobContext


async def on_revision_published(session: AsyncSession, event: Event, _work: JobContext) -> None:
    """Take the weak spots of a published rating."""
    await take_ratings(session, event.body)


async def on_statistics_changed(session: AsyncSession, event: Event, _work: JobContext) -> None:
    """Take what olympiads say about subjects."""
    await take_olympiads(session, event.body)
