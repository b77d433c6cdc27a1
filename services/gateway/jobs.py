"""Periodic removal of the private halves of retired keys."""

from services.gateway.store import signing_keys
from shared.worker import JobContext


async def destroy_keys(context: JobContext) -> None:
    """Destroy the private halves of signing keys that sign no more."""
    async with context.db.transaction() as session:
        await signing_keys.destroy_retired(session)
