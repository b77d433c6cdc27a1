"""Events enter a service by being pulled from their source, each handled once and in order.

One transaction handles an event: the listener's effect, the inbox row and the cursor commit
together. An event whose listener keeps failing is set aside as `dead`, can be read and retried,
and does not hold up those behind it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Event

MAX_ATTEMPTS = 5

CURSOR = text("SELECT position FROM cursor WHERE source = :source")
CURSOR_LOCKED = text("SELECT position FROM cursor WHERE source = :source FOR UPDATE")
FIRST_POLL = text("""
    INSERT INTO cursor (source, position) VALUES (:source, 0) ON CONFLICT (source) DO NOTHING
""")
ADVANCE = text("UPDATE cursor SET position = :position WHERE source = :source")
RECORD_POLL = text("UPDATE cursor SET contacted_at = clock_timestamp() WHERE source = :source")
LAST_POLLS = text("SELECT source, position, contacted_at FROM cursor")
ATTEMPT = text("""
    INSERT INTO inbox (event_id, source, position, topic, state, attempts, event)
    VALUES (:event_id, :source, :position, :topic, 'handling', 1, CAST(:event AS jsonb))
    ON CONFLICT (event_id) DO UPDATE SET attempts = inbox.attempts + 1
    WHERE inbox.state = 'handling'
    RETURNING attempts
""")
HANDLED = text("""
    UPDATE inbox SET state = 'handled', error = NULL, handled_at = clock_timestamp()
    WHERE event_id = :event_id AND state <> 'handled' RETURNING event_id
""")
FAILED = text("""
    UPDATE inbox SET state = CASE WHEN attempts >= :most THEN 'dead' ELSE 'handling' END,
        error = :error, handled_at = clock_timestamp()
    WHERE event_id = :event_id RETURNING state
""")
DEAD_LETTERS = text("""
    SELECT event_id, source, topic, position, attempts, error, handled_at FROM inbox
    WHERE state = 'dead' ORDER BY handled_at LIMIT :limit
""")
LOCK_DEAD_LETTER = text("""
    SELECT event FROM inbox WHERE event_id = :event_id AND state = 'dead' FOR UPDATE
""")


async def position_of(session: AsyncSession, source: str) -> int:
    """Return the position of the last event taken from a source; 0 before the first."""
    found = (await session.execute(CURSOR, {"source": source})).scalar_one_or_none()
    if found is None:
        await session.execute(FIRST_POLL, {"source": source})
    return int(found or 0)


async def begin_attempt(session: AsyncSession, event: Event) -> int | None:
    """Count an attempt before it is made, so that a crash counts too; None if already done."""
    row = {
        "event_id": event.id,
        "source": event.source,
        "position": event.position,
        "topic": event.topic,
        "event": json.dumps(asdict(event), default=str, ensure_ascii=False),
    }
    attempts = (await session.execute(ATTEMPT, row)).scalar_one_or_none()
    return None if attempts is None else int(attempts)


async def claim(session: AsyncSession, event: Event) -> bool:
    """Take an event in the transaction of its effect; False if another process already did."""
    locked = await session.execute(CURSOR_LOCKED, {"source": event.source})
    if int(locked.scalar_one()) >= event.position:
        return False
    await advance(session, event)
    done = await session.execute(HANDLED, {"event_id": event.id})
    return done.scalar_one_or_none() is not None


async def advance(session: AsyncSession, event: Event) -> None:
    """Move the source's cursor to an event."""
    await session.execute(ADVANCE, {"source": event.source, "position": event.position})


async def record_failure(session: AsyncSession, event: Event, error: str) -> bool:
    """Record a failed attempt; True when the event is now dead and the cursor may pass it."""
    row = {"event_id": event.id, "error": error[:2000], "most": MAX_ATTEMPTS}
    dead: bool = (await session.execute(FAILED, row)).scalar_one() == "dead"
    return dead


async def record_poll(session: AsyncSession, source: str) -> None:
    """Remember that a source has just answered."""
    await session.execute(RECORD_POLL, {"source": source})


async def last_polls(session: AsyncSession) -> Mapping[str, tuple[int, datetime | None]]:
    """Return for every source the last position taken and the instant of its last answer."""
    rows = await session.execute(LAST_POLLS)
    return {r.source: (r.position, r.contacted_at) for r in rows}


async def dead_letters(session: AsyncSession, limit: int = 100) -> list[dict[str, object]]:
    """Return the events that were set aside, oldest first."""
    rows = await session.execute(DEAD_LETTERS, {"limit": limit})
    return [dict(r) for r in rows.mappings()]


async def retry_dead_letter(session: AsyncSession, event_id: UUID) -> Event | None:
    """Take a dead event for one more attempt, marking it handled in the caller's transaction."""
    stored = (await session.execute(LOCK_DEAD_LETTER, {"event_id": event_id})).scalar_one_or_none()
    if stored is None:
        return None
    await session.execute(HANDLED, {"event_id": event_id})
    return event_of(stored)


def event_of(stored: Mapping[str, object]) -> Event:
    """Read an event back from its JSON form."""
    body, request_id = stored["body"], stored.get("request_id")
    if not isinstance(body, Mapping):
        raise TypeError("The body of an event is an object.")
    return Event(
        UUID(str(stored["id"])),
        str(stored["source"]),
        str(stored["topic"]),
        str(stored["subject"]),
        body,
        int(str(stored["position"])),
        datetime.fromisoformat(str(stored["occurred_at"])),
        None if request_id is None else str(request_id),
    )
