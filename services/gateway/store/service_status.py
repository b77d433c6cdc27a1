"""What the gateway holds of each service: published documents, pending ones, last contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.store.documents import contacts
from services.gateway.store.upstreams import stale_since

# Two aggregates over tables without a common row: a join of their results, not of the tables.
HELD = text("""
    SELECT coalesce(d.service, p.service) AS service, coalesce(d.documents, 0) AS documents,
        coalesce(p.pending, 0) AS pending, d.newest AS newest
    FROM (SELECT service, count(*) AS documents, max(source_time) AS newest FROM document
          WHERE body IS NOT NULL GROUP BY service) d
    FULL JOIN (SELECT service, count(*) AS pending FROM pending_document GROUP BY service) p
        ON p.service = d.service
""")


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service as the gateway sees it; no instant where it has never answered."""

    service: str
    contacted_at: datetime | None
    stale_since: datetime | None
    documents: int
    pending: int
    newest_source_time: datetime | None


async def service_statuses(
    session: AsyncSession, services: Sequence[str]
) -> tuple[ServiceStatus, ...]:
    """Return the services in the given order, also those of which nothing is known yet."""
    contacted, stale = await contacts(session), await stale_since(session)
    held = {row.service: row for row in await session.execute(HELD)}
    return tuple(
        ServiceStatus(
            service=name,
            contacted_at=contacted.get(name),
            stale_since=stale.get(name),
            documents=held[name].documents if name in held else 0,
            pending=held[name].pending if name in held else 0,
            newest_source_time=held[name].newest if name in held else None,
        )
        for name in services
    )
