"""Periodic work: removal of the private halves of retired keys, gauges of what waits."""

from services.gateway import measurements
from services.gateway.store import queues, signing_keys
from shared.worker import JobContext


async def destroy_keys(context: JobContext) -> None:
    """Destroy the private halves of signing keys that sign no more."""
    async with context.db.transaction() as session:
        await signing_keys.destroy_retired(session)


async def measure(context: JobContext) -> None:
    """Set the gauges of what waits."""
    async with context.db.reading() as session:
        row = await queues.waiting(session)
    measurements.WAITING_DELIVERIES.set(row.deliveries)
    measurements.OLDEST_DELIVERY.set(float(row.oldest))
    measurements.PENDING_DOCUMENTS.set(row.documents)
    measurements.STALE_SERVICES.set(row.stale)
