"""Machine clients: registration and proof by a secret.

A secret is 256 random bits, so its SHA-256 is all that has to be stored and a fast digest is no
weakness. During rotation several secrets hold; each can be given an end.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalogue import SCOPES
from services.gateway.store import clients
from services.gateway.store.clients import Registered
from shared import clock

GRANTABLE = tuple(scope for scope in SCOPES if scope != "internal:read")


def new_secret() -> tuple[str, dict[str, Any]]:
    """Return a secret to be given once and the record of it that is stored."""
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


async def register(
    session: AsyncSession,
    *,
    title: str,
    scopes: Sequence[str],
    territories: Sequence[str],
    jwks: Mapping[str, Any] | None = None,
    client_id: str | None = None,
    cost_units_per_minute: int | None = None,
) -> tuple[Registered, str | None]:
    """Register a client; return it and its secret, None for one that proves itself by keys."""
    secret, digested = (None, None) if jwks is not None else new_secret()
    client = await clients.add(
        session,
        client_id or f"c-{secrets.token_hex(8)}",
        title=title,
        scopes=scopes,
        territories=territories,
        secrets=[digested] if digested else [],
        jwks=jwks,
        cost_units_per_minute=cost_units_per_minute,
    )
    return client, secret
