"""How much waits in the gateway: webhook messages, documents, silent services."""

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

WAITING = text("""
    SELECT (SELECT count(*) FROM delivery WHERE state = 'waiting') AS deliveries,
        (SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - min(next_at)), 0), 0)
         FROM delivery WHERE state = 'waiting') AS oldest,
        (SELECT count(*) FROM pending_document) AS documents,
        (SELECT count(*) FROM stale_service) AS stale
""")


async def waiting(session: AsyncSession) -> Row[tuple[int, float, int, int]]:
    """Return counts of waiting deliveries, documents and stale services, and the oldest's age."""
    return (await session.execute(WAITING)).one()
