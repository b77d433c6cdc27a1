"""The audit: acts in one chain, each entry's hash covering the one before it.

Persons stand in it under pseudonyms made with a key per person. Erasing a person destroys the key,
after which nothing ties the pseudonym to the reference any more, and the chain still verifies.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import clock
from shared.auth import Caller
from shared.db import lock
from shared.log import current

GENESIS = "0" * 64
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
FIND_KEY = text("SELECT key FROM person_key WHERE lookup = :lookup")
MAKE_KEY = text("""
    INSERT INTO person_key (lookup, key) VALUES (:lookup, :key) ON CONFLICT DO NOTHING
""")
DROP_KEY = text("DELETE FROM person_key WHERE lookup = :lookup RETURNING key")


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: who, for whom, what, on what, with which particulars, under which request."""

    seq: int
    at: datetime
    client: str
    actor: str | None
    action: str
    target: str
    detail: Mapping[str, Any]
    request_id: str | None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying the chain found: entries read, the first broken one, the last hash."""

    entries: int
    broken_at: int | None
    last_hash: str


def entry_hash(entry: Entry) -> str:
    """Return the SHA-256 of an entry's canonical JSON, the previous hash included."""
    content = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "client": entry.client,
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "detail": entry.detail,
        "request_id": entry.request_id,
        "previous": entry.previous,
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_chain(entries: Sequence[Entry], previous: str, expected_seq: int) -> int | None:
    """Return the number of the first entry that breaks the chain, None if all hold.

    An entry breaks it when its number is out of turn, when it does not name the hash before it,
    or when its own hash does not cover what it says.
    """
    for entry in entries:
        if entry.seq != expected_seq or entry.previous != previous:
            return expected_seq
        if entry_hash(entry) != entry.hash:
            return entry.seq
        previous, expected_seq = entry.hash, expected_seq + 1
    return None


async def record(
    session: AsyncSession,
    caller: Caller,
    action: str,
    target: str,
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Add an act to the chain in the caller's transaction."""
    await lock(session, "gateway.audit")
    last = (await session.execute(LAST)).one_or_none()
    actor = None if caller.actor is None else await pseudonym(session, caller.actor)
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


async def listed(
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


async def verify(session: AsyncSession) -> Verdict:
    """Read the whole chain and say whether it holds."""
    previous, count = GENESIS, 0
    while True:
        page = await listed(session, count, _VERIFY_PAGE)
        broken = check_chain(page, previous, count + 1)
        if broken is not None:
            return Verdict(broken - 1, broken, previous)
        if not page:
            return Verdict(count, None, previous)
        count, previous = page[-1].seq, page[-1].hash


def _lookup(reference: str) -> str:
    return hashlib.sha256(b"kachestvo.person\x00" + reference.encode()).hexdigest()


async def pseudonym(session: AsyncSession, reference: str) -> str:
    """Return the person's pseudonym under their own key, which is made on first mention."""
    lookup = _lookup(reference)
    await session.execute(MAKE_KEY, {"lookup": lookup, "key": secrets.token_bytes(32)})
    key: bytes = (await session.execute(FIND_KEY, {"lookup": lookup})).scalar_one()
    return "p-" + hmac.new(key, reference.encode(), hashlib.sha256).hexdigest()[:32]


async def destroy_key(session: AsyncSession, reference: str) -> str | None:
    """Destroy a person's key and return the pseudonym it made; None if there was no key."""
    dropped = await session.execute(DROP_KEY, {"lookup": _lookup(reference)})
    key = dropped.scalar_one_or_none()
    if key is None:
        return None
    return "p-" + hmac.new(key, reference.encode(), hashlib.sha256).hexdigest()[:32]
