"""Certificates: completed courses whose document has a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.credentials import Achievement

ISSUED = text("""
    SELECT a.event, a.teacher AS holder, a.certificate AS number, a.completed_on,
        coalesce(p.title, e.title, a.event) AS programme, p.hours,
        coalesce(e.venues ->> 0, '') AS venue
    FROM attendance AS a
    LEFT JOIN event AS e ON e.code = a.event AND e.known_to = 'infinity'
    LEFT JOIN programme AS p ON p.code = e.programme AND p.known_to = 'infinity'
    WHERE a.known_to = 'infinity' AND a.state = 'completed' AND a.certificate IS NOT NULL
    AND (CAST(:event AS text) IS NULL OR a.event = :event)
    AND (CAST(:after_event AS text) IS NULL
         OR (a.event, a.teacher) > (:after_event, CAST(:after_holder AS text)))
    ORDER BY a.event, a.teacher LIMIT :limit
""")

ONE = text("""
    SELECT a.event, a.teacher AS holder, a.certificate AS number, a.completed_on,
        CAST(a.known_from AT TIME ZONE 'UTC' AS date) AS known_on,
        coalesce(p.title, e.title, a.event) AS programme, p.hours
    FROM attendance AS a
    LEFT JOIN event AS e ON e.code = a.event AND e.known_to = 'infinity'
    LEFT JOIN programme AS p ON p.code = e.programme AND p.known_to = 'infinity'
    WHERE a.known_to = 'infinity' AND a.state = 'completed' AND a.certificate IS NOT NULL
    AND a.event = :event AND a.teacher = :holder
""")
# Certificates once registered that the register does not hold any more.
WITHDRAWN = text("""
    SELECT DISTINCT event, teacher, certificate FROM attendance AS was
    WHERE state = 'completed' AND certificate IS NOT NULL AND NOT EXISTS (
        SELECT FROM attendance AS a WHERE a.known_to = 'infinity' AND a.state = 'completed'
        AND (a.event, a.teacher, a.certificate) = (was.event, was.teacher, was.certificate))
    ORDER BY event, teacher, certificate LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A document of a completed course; the holder is an opaque reference."""

    event: str
    holder: str
    number: str
    completed_on: date | None
    programme: str
    hours: int | None
    venue: str


async def issued(
    session: AsyncSession, event: str | None, after: Sequence[str] | None, limit: int
) -> Sequence[IssuedCertificate]:
    """Return certificates by event and holder, after a key of both."""
    after_event, after_holder = after or (None, None)
    row = {
        "event": event,
        "after_event": after_event,
        "after_holder": after_holder,
        "limit": limit,
    }
    found = await session.execute(ISSUED, row)
    return [IssuedCertificate(**line) for line in found.mappings()]


async def find(session: AsyncSession, event: str, holder: str) -> Achievement | None:
    """Return the certificate of a holder for a course, None without one."""
    rows = await session.execute(ONE, {"event": event, "holder": holder})
    found = rows.mappings().one_or_none()
    return None if found is None else Achievement(**found)


async def withdrawn(session: AsyncSession, limit: int) -> Sequence[tuple[str, str, str]]:
    """Return event, holder and number of the certificates that were taken back, at most `limit`."""
    rows = await session.execute(WITHDRAWN, {"limit": limit})
    return [(row[0], row[1], row[2]) for row in rows]
