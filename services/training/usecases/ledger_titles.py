"""Titles of the codes that findings name: events, directions, functions, counted subjects."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.store import registries
from shared.figures.naming import Titles

AXES = {"session": "event", "direction": "direction", "function": "function"}
"""Registries by the part of a key that holds their codes."""


async def ledger_titles(session: AsyncSession) -> Titles:
    """Return titles by part of a key."""
    return {
        axis: dict(await registries.titles(session, registry)) for axis, registry in AXES.items()
    }
