"""Forgetting what is older than it is promised for, and what must not be kept."""

from services.gateway.store import changes, requests, webhooks
from services.gateway.tokens import keys
from shared.worker import JobContext


async def destroy_keys(context: JobContext) -> None:
    """Destroy the private halves of signing keys that sign no more."""
    async with context.db.transaction() as session:
        await keys.destroy_retired(session)


async def prune(context: JobContext) -> None:
    """Forget old changes, requests and ended deliveries."""
    async with context.db.transaction() as session:
        await changes.prune(session)
        await requests.prune(session)
        await webhooks.prune(session)
