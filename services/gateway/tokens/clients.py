"""Machine clients: registration, proof of identity, revocation.

A secret is 256 random bits, so its SHA-256 is all that has to be kept and a fast digest is no
weakness. During rotation several secrets hold; each can be given an end.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalogue import SCOPES
from shared import clock

GRANTABLE = tuple(scope for scope in SCOPES if scope != "internal:read")

GET = text("""
    SELECT id, title, secrets, jwks, scopes, enabled, tokens_revoked_at, version, created_at,
        updated_at
    FROM client WHERE id = :id
""")
GET_LOCKED = text("""
    SELECT id, title, secrets, jwks, scopes, enabled, tokens_revoked_at, version, created_at,
        updated_at
    FROM client WHERE id = :id FOR UPDATE
""")
LIST = text("""
    SELECT id, title, secrets, jwks, scopes, enabled, tokens_revoked_at, version, created_at,
        updated_at
    FROM client WHERE id > :after ORDER BY id LIMIT :limit
""")
INSERT = text("""
    INSERT INTO client (id, title, secrets, jwks, scopes, version)
    VALUES (:id, :title, CAST(:secrets AS jsonb), CAST(:jwks AS jsonb), :scopes, 1)
    ON CONFLICT (id) DO NOTHING RETURNING id
""")
UPDATE = text("""
    UPDATE client SET title = :title, secrets = CAST(:secrets AS jsonb),
        jwks = CAST(:jwks AS jsonb), scopes = :scopes, enabled = :enabled,
        tokens_revoked_at = :tokens_revoked_at, version = version + 1,
        updated_at = clock_timestamp()
    WHERE id = :id
""")
REVOKED = text("""
    SELECT id, enabled, tokens_revoked_at FROM client
    WHERE NOT enabled OR tokens_revoked_at IS NOT NULL
""")
DELETE_OLD_ASSERTIONS = text("DELETE FROM used_assertion WHERE expires_at < clock_timestamp()")
USE_ASSERTION = text("""
    INSERT INTO used_assertion (client, jti, expires_at) VALUES (:client, :jti, :expires_at)
    ON CONFLICT DO NOTHING RETURNING jti
""")


@dataclass(frozen=True, slots=True)
class Registered:
    """A client as it is stored; `secrets` are digests with the instants they end."""

    id: str
    title: str
    secrets: Sequence[Mapping[str, Any]]
    jwks: Mapping[str, Any] | None
    scopes: Sequence[str]
    enabled: bool
    tokens_revoked_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


def new_secret() -> tuple[str, dict[str, Any]]:
    """Return a secret to be shown once and the record of it that is kept."""
    secret = secrets.token_urlsafe(32)
    made = clock.now().isoformat()
    return secret, {"sha256": digest(secret), "made_at": made, "ends_at": None}


def digest(secret: str) -> str:
    """Return the SHA-256 of a secret, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_holds(client: Registered, secret: str, at: datetime) -> bool:
    """Tell whether a secret is one of the client's living ones, in constant time for each."""
    given = digest(secret)
    held = False
    for kept in client.secrets:
        ends = kept["ends_at"]
        living = ends is None or datetime.fromisoformat(ends) > at
        held |= hmac.compare_digest(kept["sha256"], given) and living
    return held


async def find(session: AsyncSession, client_id: str, *, locked: bool = False) -> Registered | None:
    """Return a client, or None; no client's id holds a NUL, which PostgreSQL cannot be asked."""
    if "\x00" in client_id:
        return None
    statement = GET_LOCKED if locked else GET
    row = (await session.execute(statement, {"id": client_id})).mappings().one_or_none()
    return None if row is None else Registered(**row)


async def listed(session: AsyncSession, after: str, limit: int) -> list[Registered]:
    """Return clients in order of their ids, after one."""
    rows = await session.execute(LIST, {"after": after, "limit": limit})
    return [Registered(**row) for row in rows.mappings()]


async def register(
    session: AsyncSession,
    *,
    title: str,
    scopes: Sequence[str],
    jwks: Mapping[str, Any] | None = None,
    client_id: str | None = None,
) -> tuple[Registered, str | None]:
    """Register a client; return it and its secret, None for one that proves itself by keys."""
    secret, kept = (None, None) if jwks is not None else new_secret()
    new_id = client_id or f"c-{secrets.token_hex(8)}"
    row = {
        "id": new_id,
        "title": title,
        "secrets": json.dumps([kept] if kept else []),
        "jwks": None if jwks is None else json.dumps(jwks),
        "scopes": sorted(set(scopes)),
    }
    await session.execute(INSERT, row)
    registered = await find(session, new_id)
    if registered is None:
        raise RuntimeError("A client that was just registered is there.")
    return registered, secret


async def save(session: AsyncSession, client: Registered) -> None:
    """Store a changed client under the next version."""
    row = {
        "id": client.id,
        "title": client.title,
        "secrets": json.dumps([dict(kept) for kept in client.secrets]),
        "jwks": None if client.jwks is None else json.dumps(client.jwks),
        "scopes": list(client.scopes),
        "enabled": client.enabled,
        "tokens_revoked_at": client.tokens_revoked_at,
    }
    await session.execute(UPDATE, row)


async def revocations(session: AsyncSession) -> dict[str, int]:
    """Return for each client the second up to which its tokens are revoked.

    Of a disabled client every token is.
    """
    far = 2**53
    return {
        row.id: int(row.tokens_revoked_at.timestamp()) if row.enabled else far
        for row in await session.execute(REVOKED)
    }


async def use_assertion(
    session: AsyncSession, client_id: str, jti: str, expires_at: datetime
) -> bool:
    """Mark an assertion as used; False if it was used before."""
    await session.execute(DELETE_OLD_ASSERTIONS)
    row = {"client": client_id, "jti": jti, "expires_at": expires_at}
    return (await session.execute(USE_ASSERTION, row)).scalar_one_or_none() is not None
