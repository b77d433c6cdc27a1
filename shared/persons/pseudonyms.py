"""Pseudonyms of persons, each under a key of its own.

Destroying a person's key unties the pseudonym from the reference for ever.
"""

import hashlib
import hmac
import secrets

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Caller

FIND_KEY = text("SELECT key FROM person_key WHERE lookup = :lookup")
MAKE_KEY = text("""
    INSERT INTO person_key (lookup, key) VALUES (:lookup, :key) ON CONFLICT DO NOTHING
""")
DROP_KEY = text("DELETE FROM person_key WHERE lookup = :lookup RETURNING key")


def _lookup(reference: str) -> str:
    return hashlib.sha256(b"kachestvo.person\x00" + reference.encode()).hexdigest()


async def pseudonym(session: AsyncSession, reference: str) -> str:
    """Return the person's pseudonym under their own key, which is made on first mention."""
    lookup = _lookup(reference)
    await session.execute(MAKE_KEY, {"lookup": lookup, "key": secrets.token_bytes(32)})
    key: bytes = (await session.execute(FIND_KEY, {"lookup": lookup})).scalar_one()
    return "p-" + hmac.new(key, reference.encode(), hashlib.sha256).hexdigest()[:32]


async def pseudonym_of_actor(session: AsyncSession, caller: Caller) -> str | None:
    """Return the pseudonym of the person a caller acts for; None when nobody is named."""
    return None if caller.actor is None else await pseudonym(session, caller.actor)


async def signature(session: AsyncSession, caller: Caller) -> str:
    """Return who did it: the pseudonym of the person acting, else the client."""
    return await pseudonym_of_actor(session, caller) or caller.subject


async def destroy_key(session: AsyncSession, reference: str) -> str | None:
    """Destroy a person's key and return the pseudonym it made; None if there was no key."""
    dropped = await session.execute(DROP_KEY, {"lookup": _lookup(reference)})
    key = dropped.scalar_one_or_none()
    if key is None:
        return None
    return "p-" + hmac.new(key, reference.encode(), hashlib.sha256).hexdigest()[:32]
