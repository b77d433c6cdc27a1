"""Announced facts in their order, and the ones waiting for their documents."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain.event_reader import EventReader
from services.gateway.measurements import FRESHNESS
from shared.db import lock
from shared.events import Event

CHANNEL = "gateway_changes"

HOLD = text("""
    INSERT INTO pending_change (id, service, type, subject, position, body, occurred_at, request_id)
    VALUES (:id, :service, :type, :subject, :position, CAST(:body AS jsonb), :occurred_at,
        :request_id)
    ON CONFLICT (id) DO NOTHING
""")
HELD = text("""
    SELECT id FROM pending_change WHERE service = :service ORDER BY position
""")
# One announcer at a time holds the lock until its commit: a reader who has seen n has seen all
# smaller numbers.
ANNOUNCE = text("""
    WITH taken AS (
        DELETE FROM pending_change WHERE id = ANY(:ids) RETURNING *
    ), last AS (SELECT coalesce(max(seq), 0) AS seq FROM change)
    INSERT INTO change (seq, id, source, type, subject, revision, body, occurred_at, request_id)
    SELECT last.seq + row_number() OVER (ORDER BY taken.position), taken.id, taken.service,
        taken.type, taken.subject,
        CASE WHEN jsonb_typeof(taken.body -> 'revision') = 'number'
             THEN (taken.body ->> 'revision')::bigint END,
        taken.body, taken.occurred_at, taken.request_id
    FROM taken, last ON CONFLICT (id) DO NOTHING
    RETURNING seq, extract(epoch FROM announced_at - occurred_at) AS age
""")
NOTIFY = text("SELECT pg_notify(:channel, '')")
# What a fact says of its own may be megabytes (the weak spots of a country): it is not read here.
AFTER = text("""
    SELECT seq, id, source, type, subject, revision,
        jsonb_strip_nulls(jsonb_build_object(
            'documents', body -> 'documents', 'territory', body -> 'territory')) AS body,
        occurred_at, announced_at
    FROM change
    WHERE seq > :after AND (CAST(:types AS text[]) IS NULL OR type = ANY(:types))
    AND type <> ALL(:hidden)
    AND (type <> ALL(:bound) OR body ->> 'territory' ~ CAST(:codes AS text))
    ORDER BY seq LIMIT :limit
""")
NO_CODE = "a^"
NUMBERED = text("""
    SELECT seq, id, source, type, subject, revision, body, occurred_at, announced_at FROM change
    WHERE seq = :seq
""")
BETWEEN = text("""
    SELECT seq, id, source, type, subject, revision, body, occurred_at, announced_at FROM change
    WHERE occurred_at >= :since AND occurred_at < :until ORDER BY seq LIMIT :limit
""")
ONE = text("""
    SELECT seq, id, source, type, subject, revision, body, occurred_at, announced_at FROM change
    WHERE id = :id
""")
OF_REQUEST = text("""
    SELECT id, source, type, subject, revision, occurred_at, announced_at FROM change
    WHERE request_id = :request_id
    UNION ALL
    SELECT id, service, type, subject, CASE WHEN jsonb_typeof(body -> 'revision') = 'number'
        THEN (body ->> 'revision')::bigint END, occurred_at, NULL FROM pending_change
    WHERE request_id = :request_id
    ORDER BY occurred_at, id LIMIT 1000
""")
SPAN = text("SELECT coalesce(min(seq), 1) AS first, coalesce(max(seq), 0) AS last FROM change")


@dataclass(frozen=True, slots=True)
class Change:
    """A fact as integrators see it; `seq` orders the feed."""

    seq: int
    id: UUID
    source: str
    type: str
    subject: str
    revision: int | None
    body: dict[str, Any]
    occurred_at: datetime
    announced_at: datetime


async def stage(session: AsyncSession, event: Event) -> None:
    """Keep a service's fact until the documents it touches are served."""
    row = {
        "id": event.id,
        "service": event.source,
        "type": event.topic,
        "subject": event.subject,
        "position": event.position,
        "body": json.dumps(event.body, ensure_ascii=False),
        "occurred_at": event.occurred_at,
        "request_id": event.request_id,
    }
    await session.execute(HOLD, row)


async def staged(session: AsyncSession, service: str) -> list[UUID]:
    """Ids of the facts of a service that wait, in the order they came."""
    return list((await session.execute(HELD, {"service": service})).scalars())


async def publish(session: AsyncSession, ids: Sequence[UUID]) -> list[int]:
    """Give waiting facts their places in the feed, return these; the commit notifies readers."""
    if not ids:
        return []
    await lock(session, "gateway.change.seq")
    announced = (await session.execute(ANNOUNCE, {"ids": list(ids)})).all()
    for row in announced:
        FRESHNESS.observe(float(row.age))
    numbers = sorted(row.seq for row in announced)
    await session.execute(NOTIFY, {"channel": CHANNEL})
    return numbers


async def read_after(
    session: AsyncSession,
    seq: int,
    limit: int,
    types: Sequence[str] | None = None,
    reader: EventReader | None = None,
) -> list[Change]:
    """Return facts after `seq` of these types (None: all) that a reader may see, oldest first.

    Without a reader, for ourselves, every fact. Of its body each has `documents` and `territory`
    alone.
    """
    told = reader or EventReader()
    everywhere = told.territories.everywhere
    row = {
        "after": seq,
        "limit": limit,
        "types": None if types is None else list(types),
        "hidden": sorted(told.hidden),
        "bound": [] if everywhere else sorted(told.bound),
        "codes": told.territories.regex() or NO_CODE,
    }
    return [_change(r) for r in await session.execute(AFTER, row)]


async def numbered(session: AsyncSession, seq: int) -> Change | None:
    """Return a fact with all it says, by its place in the feed."""
    found = (await session.execute(NUMBERED, {"seq": seq})).one_or_none()
    return None if found is None else _change(found)


async def read_between(
    session: AsyncSession, since: datetime, until: datetime, limit: int
) -> list[Change]:
    """Facts that happened in [since, until), oldest first."""
    row = {"since": since, "until": until, "limit": limit}
    return [_change(r) for r in await session.execute(BETWEEN, row)]


async def one(session: AsyncSession, change_id: UUID) -> Change | None:
    """One fact by its id, or None."""
    found = (await session.execute(ONE, {"id": change_id})).one_or_none()
    return None if found is None else _change(found)


async def of_request(session: AsyncSession, request_id: str) -> list[Mapping[str, Any]]:
    """Return the facts a request caused, announced or still waiting, oldest first."""
    rows = await session.execute(OF_REQUEST, {"request_id": request_id})
    return [dict(r) for r in rows.mappings()]


async def span(session: AsyncSession) -> tuple[int, int]:
    """First number still stored and last number given."""
    row = (await session.execute(SPAN)).one()
    return row.first, row.last


def _change(row: Any) -> Change:
    return Change(**{name: getattr(row, name) for name in Change.__slots__})
