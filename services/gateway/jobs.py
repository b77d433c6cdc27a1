"""Periodic clean-up of what is older than promised, and of private halves of retired keys."""

from services.gateway.store import changes, requests, signing_keys, webhooks
from shared.worker import JobContext


async def destroy_keys(context: JobContext) -> None:
    """Destroy the private halves of signing keys that sign no more."""
    async with context.db.transaction() as session:
        await signing_keys.destroy_retired(session)


async def prune(context: JobContext) -> None:
    """Forget old changes, requests and ended deliveries."""
    async with context.db.transaction() as session:
        await changes.prune(session)
        await requests.prune(session)
        await webhooks.prune(session)
