"""Which services have been without contact for too long, and since when."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

STALE = text("SELECT service, since FROM stale_service ORDER BY service")
MARK = text("""
    INSERT INTO stale_service (service, since) VALUES (:service, :since)
    ON CONFLICT (service) DO NOTHING
""")
CLEAR = text("DELETE FROM stale_service WHERE service = :service")


async def stale_since(session: AsyncSession) -> dict[str, datetime]:
    """Return the instant of the last contact of each stale service."""
    return {row.service: row.since for row in await session.execute(STALE)}


async def mark_stale(session: AsyncSession, service: str, since: datetime) -> None:
    """Mark a service as stale; one that is marked keeps its instant."""
    await session.execute(MARK, {"service": service, "since": since})


async def clear_stale(session: AsyncSession, service: str) -> None:
    """Clear the mark of a service that answers again."""
    await session.execute(CLEAR, {"service": service})
