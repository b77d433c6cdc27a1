"""Registered machine clients and the assertions they have used."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

GET = text("""
    SELECT id, title, secrets, jwks, scopes, territories, enabled, tokens_revoked_at, version,
        created_at, updated_at, cost_units_per_minute
    FROM client WHERE id = :id
""")
GET_LOCKED = text("""
    SELECT id, title, secrets, jwks, scopes, territories, enabled, tokens_revoked_at, version,
        created_at, updated_at, cost_units_per_minute
    FROM client WHERE id = :id FOR UPDATE
""")
LIST = text("""
    SELECT id, title, secrets, jwks, scopes, territories, enabled, tokens_revoked_at, version,
        created_at, updated_at, cost_units_per_minute
    FROM client WHERE id > :after ORDER BY id LIMIT :limit
""")
INSERT = text("""
    INSERT INTO client (id, title, secrets, jwks, scopes, territories, version,
        cost_units_per_minute)
    VALUES (:id, :title, CAST(:secrets AS jsonb), CAST(:jwks AS jsonb), :scopes, :territories, 1,
        :cost_units_per_minute)
    ON CONFLICT (id) DO NOTHING RETURNING id
""")
UPDATE = text("""
    UPDATE client SET title = :title, secrets = CAST(:secrets AS jsonb),
        jwks = CAST(:jwks AS jsonb), scopes = :scopes, territories = :territories,
        enabled = :enabled, tokens_revoked_at = :tokens_revoked_at,
        cost_units_per_minute = :cost_units_per_minute,
        version = version + 1, updated_at = clock_timestamp()
    WHERE id = :id
""")
REVOKED = text("""
    SELECT id, enabled, tokens_revoked_at FROM client
    WHERE NOT enabled OR tokens_revoked_at IS NOT NULL
""")
COST_QUOTAS = text("""
    SELECT id, cost_units_per_minute FROM client WHERE cost_units_per_minute IS NOT NULL
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
    territories: Sequence[str]
    enabled: bool
    tokens_revoked_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    cost_units_per_minute: int | None = None


async def find(session: AsyncSession, client_id: str, *, locked: bool = False) -> Registered | None:
    """Return a client, or None; no client's id holds a NUL, which PostgreSQL cannot be asked."""
    if "\x00" in client_id:
        return None
    statement = GET_LOCKED if locked else GET
    row = (await session.execute(statement, {"id": client_id})).mappings().one_or_none()
    return None if row is None else Registered(**row)


async def list_clients(session: AsyncSession, after: str, limit: int) -> list[Registered]:
    """Return clients in order of their ids, after one."""
    rows = await session.execute(LIST, {"after": after, "limit": limit})
    return [Registered(**row) for row in rows.mappings()]


async def add(
    session: AsyncSession,
    client_id: str,
    *,
    title: str,
    scopes: Sequence[str],
    territories: Sequence[str],
    secrets: Sequence[Mapping[str, Any]],
    jwks: Mapping[str, Any] | None,
    cost_units_per_minute: int | None = None,
) -> Registered:
    """Store a client and return it; one that is there already stays as it is."""
    row = {
        "id": client_id,
        "title": title,
        "secrets": json.dumps([dict(secret) for secret in secrets]),
        "jwks": None if jwks is None else json.dumps(jwks),
        "scopes": sorted(set(scopes)),
        "territories": sorted(set(territories)),
        "cost_units_per_minute": cost_units_per_minute,
    }
    await session.execute(INSERT, row)
    stored = await find(session, client_id)
    if stored is None:
        raise RuntimeError("A client that was just registered is there.")
    return stored


async def save(session: AsyncSession, client: Registered) -> None:
    """Store a changed client under the next version."""
    row = {
        "id": client.id,
        "title": client.title,
        "secrets": json.dumps([dict(kept) for kept in client.secrets]),
        "jwks": None if client.jwks is None else json.dumps(client.jwks),
        "scopes": list(client.scopes),
        "territories": list(client.territories),
        "enabled": client.enabled,
        "tokens_revoked_at": client.tokens_revoked_at,
        "cost_units_per_minute": client.cost_units_per_minute,
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


async def cost_quotas(session: AsyncSession) -> dict[str, int]:
    """Return the units a minute of the clients that have a quota of their own."""
    rows = await session.execute(COST_QUOTAS)
    return {row.id: row.cost_units_per_minute for row in rows}


async def use_assertion(
    session: AsyncSession, client_id: str, jti: str, expires_at: datetime
) -> bool:
    """Mark an assertion as used; False if it was used before."""
    await session.execute(DELETE_OLD_ASSERTIONS)
    row = {"client": client_id, "jti": jti, "expires_at": expires_at}
    return (await session.execute(USE_ASSERTION, row)).scalar_one_or_none() is not None
