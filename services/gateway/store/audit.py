"""The audit: acts appended to one hash chain, persons under pseudonyms.

Erasing a person destroys the key of the pseudonym; the chain still verifies.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain.audit_anchor import Fault, judge
from services.gateway.domain.audit_chain import GENESIS, Entry, Verdict, check_chain, entry_hash
from shared import clock
from shared.auth import Caller
from shared.db import lock
from shared.log import current
from shared.persons.pseudonyms import pseudonym_of_actor

_VERIFY_PAGE = 1000

LAST = text("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
INSERT = text("""
    INSERT INTO audit (seq, at, client, actor, action, target, detail, request_id, previous, hash)
    VALUES (:seq, :at, :client, :actor, :action, :target, CAST(:detail AS jsonb), :request_id,
        :previous, :hash)
""")
PAGE = text("""
    SELECT seq, at, client, actor, action, target, detail, request_id, previous, hash FROM audit
    WHERE seq > :after AND (CAST(:client AS text) IS NULL OR client = :client)
    AND (CAST(:action AS text) IS NULL OR action = :action) ORDER BY seq LIMIT :limit
""")
OF_REQUEST = text("""
    SELECT seq, at, client, actor, action, target, detail, request_id, previous, hash FROM audit
    WHERE request_id = :request_id ORDER BY seq LIMIT 1000
""")


async def record(
    session: AsyncSession,
    caller: Caller,
    action: str,
    target: str,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Append an act in the caller's transaction; holds the lock of the chain."""
    await lock(session, "gateway.audit")
    last = (await session.execute(LAST)).one_or_none()
    actor = await pseudonym_of_actor(session, caller)
    entry = Entry(
        seq=1 if last is None else last.seq + 1,
        at=clock.now(),
        client=caller.subject,
        actor=actor,
        action=action,
        target=target,
        detail=dict(detail or {}),
        request_id=current("request_id"),
        previous=GENESIS if last is None else last.hash,
        hash="",
    )
    row = {name: getattr(entry, name) for name in Entry.__slots__}
    row |= {"hash": entry_hash(entry), "detail": json.dumps(entry.detail, ensure_ascii=False)}
    await session.execute(INSERT, row)
    return entry


async def list_entries(
    session: AsyncSession,
    after: int,
    limit: int,
    client: str | None = None,
    action: str | None = None,
) -> list[Entry]:
    """Return entries after a number, oldest first."""
    row = {"after": after, "limit": limit, "client": client, "action": action}
    return [Entry(**found) for found in (await session.execute(PAGE, row)).mappings()]


async def of_request(session: AsyncSession, request_id: str) -> list[Entry]:
    """Return the acts of one request."""
    rows = await session.execute(OF_REQUEST, {"request_id": request_id})
    return [Entry(**found) for found in rows.mappings()]


async def last_entry(session: AsyncSession) -> tuple[int, str] | None:
    """Return number and hash of the last entry; None while there is none."""
    last = (await session.execute(LAST)).one_or_none()
    return None if last is None else (last.seq, last.hash)


async def verify(session: AsyncSession, anchors: Mapping[int, str] | None = None) -> Verdict:
    """Verify the whole chain, page by page, and what anchors say of its end."""
    previous, count = GENESIS, 0
    found: dict[int, str] = {}
    anchored = max(anchors, default=None) if anchors is not None else None
    while page := await list_entries(session, count, _VERIFY_PAGE):
        broken = check_chain(page, previous, count + 1)
        if broken is not None:
            return Verdict(broken - 1, broken, previous, Fault.ALTERED, anchored)
        found |= {entry.seq: entry.hash for entry in page if entry.seq in (anchors or {})}
        count, previous = page[-1].seq, page[-1].hash
    fault, broken_at = judge(anchors or {}, found, count) or (None, None)
    return Verdict(count, broken_at, previous, fault, anchored)
