"""Signing keys: one signs, retired ones stay public until their last token has expired.

A new key is published first and signs ten seconds later, so that everybody who verifies has had
the time to learn it.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import lock
from shared.log import logger
from shared.secret_key import SealBroken, Sealer

log = logger(__name__)

ALGORITHM = "ES256"

PUBLISHED_FIRST_SECONDS = 10

LIVE = text("""
    WITH usable AS (
        SELECT kid, private, created_at,
            created_at <= clock_timestamp() - make_interval(secs => :first) AS settled
        FROM signing_key WHERE private IS NOT NULL
        AND (retired_at IS NULL OR retired_at > clock_timestamp())
    )
    SELECT kid, private FROM usable
    ORDER BY settled DESC, CASE WHEN settled THEN created_at END DESC, created_at LIMIT 1
""")
PUBLIC = text("""
    SELECT kid, public, created_at, retired_at FROM signing_key
    WHERE retired_at IS NULL
    OR retired_at > clock_timestamp() - make_interval(secs => :kept)
    ORDER BY created_at DESC
""")
INSERT = text("""
    INSERT INTO signing_key (kid, private, public)
    VALUES (:kid, CAST(:private AS jsonb), CAST(:public AS jsonb))
""")
RETIRE = text("""
    UPDATE signing_key SET retired_at = clock_timestamp() + make_interval(secs => :first)
    WHERE retired_at IS NULL AND kid <> :kid RETURNING kid
""")
GIVE_UP = text("UPDATE signing_key SET private = NULL WHERE kid = :kid")
DESTROY = text("""
    UPDATE signing_key SET private = NULL
    WHERE private IS NOT NULL AND retired_at < clock_timestamp()
""")


async def live_key(session: AsyncSession, sealer: Sealer) -> tuple[str, Mapping[str, Any]]:
    """Return the id and private JWK of the key that signs, made when first asked for.

    A key that was sealed with a lost secret key cannot sign: its private half is given up and the
    next one is taken.
    """
    while True:
        row = await _live(session) or await _live_under_lock(session, sealer)
        try:
            return row.kid, _opened(row, sealer)
        except SealBroken as error:
            log.warning("signing_key_unreadable", kid=row.kid, error=str(error))
            await session.execute(GIVE_UP, {"kid": row.kid})


async def _live(session: AsyncSession) -> Row[Any] | None:
    return (await session.execute(LIVE, {"first": PUBLISHED_FIRST_SECONDS})).one_or_none()


async def _live_under_lock(session: AsyncSession, sealer: Sealer) -> Row[Any]:
    await lock(session, "gateway.signing_key")
    row = await _live(session)
    while row is None:
        await make_key(session, sealer)
        row = await _live(session)
    return row


async def make_key(session: AsyncSession, sealer: Sealer) -> str:
    """Store a new ES256 key pair and return its id."""
    kid = f"gw-{secrets.token_hex(8)}"
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": ALGORITHM}, private=True)
    row = {
        "kid": kid,
        "private": json.dumps(sealer.seal(json.dumps(key.as_dict(private=True)), _place(kid))),
        "public": json.dumps(key.as_dict(private=False)),
    }
    await session.execute(INSERT, row)
    return kid


def _place(kid: str) -> str:
    return f"signing_key.private {kid}"


def _opened(row: Row[Any], sealer: Sealer) -> Mapping[str, Any]:
    """Return a private JWK; keys of before the deployment had a secret key are plain objects."""
    if isinstance(row.private, str):
        key: Mapping[str, Any] = json.loads(sealer.open(row.private, _place(row.kid)))
        return key
    return dict(row.private)


async def rotate(session: AsyncSession, sealer: Sealer) -> tuple[str, list[str]]:
    """Make a new signing key and retire the others; return the new id and the retired ones.

    The old key signs until the new one is known; then its private half is destroyed, while the
    public one stays in the JWKS for the life of the tokens it signed.
    """
    await lock(session, "gateway.signing_key")
    kid = await make_key(session, sealer)
    row = {"kid": kid, "first": PUBLISHED_FIRST_SECONDS}
    return kid, list((await session.execute(RETIRE, row)).scalars())


async def destroy_retired(session: AsyncSession) -> None:
    """Destroy the private halves of keys that sign no more."""
    await session.execute(DESTROY)


async def public_keys(session: AsyncSession, kept_seconds: int) -> list[dict[str, Any]]:
    """Return the keys that are still believed, newest first, with their life."""
    rows = await session.execute(PUBLIC, {"kept": kept_seconds})
    return [dict(row) for row in rows.mappings()]


async def jwks(session: AsyncSession, kept_seconds: int) -> dict[str, Any]:
    """Return the public JWKS (RFC 7517)."""
    return {"keys": [row["public"] for row in await public_keys(session, kept_seconds)]}
