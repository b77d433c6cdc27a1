"""Events leave a service through its outbox, in the transaction of the fact they tell.

`emit` writes the row; the relay, in the service's worker, gives committed rows their position
(1, 2, 3 … in the order they became visible) and notifies the consumers, who pull what they have not
seen from `GET /internal/events`. Redis carries only the notification, so nothing is lost with it.
"""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import lock
from shared.events import Event, Topic
from shared.log import current

INSERT = text("""
    INSERT INTO outbox (event_id, topic, subject, body, request_id)
    VALUES (:event_id, :topic, :subject, CAST(:body AS jsonb), :request_id)
""")
NOTIFY_ON_COMMIT = text("SELECT pg_notify('kachestvo_' || current_schema(), 'event')")
# One relay at a time holds the lock until its commit, so positions have no gaps and a reader who
# has seen position n has seen every smaller one.
ASSIGN_POSITIONS = text("""
    WITH unplaced AS (
        SELECT id, row_number() OVER (ORDER BY id) AS n FROM outbox WHERE position IS NULL
    ), last AS (SELECT coalesce(max(position), 0) AS position FROM outbox)
    UPDATE outbox SET position = last.position + unplaced.n
    FROM unplaced, last WHERE outbox.id = unplaced.id
""")
READ = text("""
    SELECT event_id, topic, subject, body, position, occurred_at, request_id FROM outbox
    WHERE position > :after ORDER BY position LIMIT :limit
""")
OLDEST = text("SELECT coalesce(min(position), 1) FROM outbox WHERE position IS NOT NULL")
LAST = text("SELECT coalesce(max(position), 0) FROM outbox")


async def emit(
    session: AsyncSession, topic: Topic, subject: str, body: Mapping[str, object]
) -> UUID:
    """Insert an event in the caller's transaction; consumers are notified on commit.

    It keeps the id of the request this task serves, or that caused the job it runs.
    """
    event_id = uuid4()
    row = {
        "event_id": event_id,
        "topic": str(topic),
        "subject": subject,
        "body": json.dumps(body, ensure_ascii=False),
        "request_id": current("request_id"),
    }
    await session.execute(INSERT, row)
    await session.execute(NOTIFY_ON_COMMIT)
    return event_id


async def assign_positions(session: AsyncSession) -> int:
    """Give every committed event without a position the next ones; return how many there were."""
    await lock(session, "outbox")
    result = await session.execute(ASSIGN_POSITIONS)
    return int(getattr(result, "rowcount", 0))


async def read_after(session: AsyncSession, source: str, after: int, limit: int) -> Sequence[Event]:
    """Return the events of this service after a position, oldest first."""
    rows = await session.execute(READ, {"after": after, "limit": limit})
    return [
        Event(
            id=r.event_id,
            source=source,
            topic=r.topic,
            subject=r.subject,
            body=r.body,
            position=r.position,
            occurred_at=r.occurred_at,
            request_id=r.request_id,
        )
        for r in rows
    ]


async def position_range(session: AsyncSession) -> tuple[int, int]:
    """Return the first position still stored and the last one given."""
    first = (await session.execute(OLDEST)).scalar_one()
    last = (await session.execute(LAST)).scalar_one()
    return int(first), int(last)
