"""The token endpoint's rules: RFC 6749 §4.4 with a secret, RFC 7523 with a signed assertion."""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from time import time
from typing import Any, cast

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.errors import ClientUnproven, ScopeNotGranted
from services.gateway.settings import Settings
from services.gateway.store import clients, signing_keys
from services.gateway.store.clients import Registered
from services.gateway.tokens.clients import secret_holds
from shared import clock
from shared.secret_key import Sealer

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_ALGORITHMS = ["ES256", "Ed25519", "EdDSA", "RS256", "PS256"]
_LEEWAY = 5
_LONGEST_ASSERTION = 600


async def prove_by_secret(session: AsyncSession, client_id: str, secret: str) -> Registered:
    """Return the client a secret belongs to. Raises ClientUnproven."""
    client = await clients.find(session, client_id)
    if client is None or not client.enabled:
        raise ClientUnproven
    if not secret_holds(client, secret, clock.now()):
        raise ClientUnproven
    return client


async def prove_by_assertion(
    session: AsyncSession, assertion: str, audiences: Sequence[str]
) -> Registered:
    """Return the client that signed an assertion with a registered key. Raises ClientUnproven.

    `iss` and `sub` are the client, `aud` this token endpoint or issuer, the life is at most ten
    minutes, and a `jti` is believed once.
    """
    try:
        client = await clients.find(session, _claimed_subject(assertion))
        if client is None or not client.enabled or not client.jwks:
            raise ClientUnproven
        keys = cast("Any", client.jwks)
        public = KeySet.import_key_set(keys)
        claims = jwt.decode(assertion, public, algorithms=ASSERTION_ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ClientUnproven from error
    _check_assertion(claims, client.id, audiences)
    expires = datetime.fromtimestamp(claims["exp"] + _LEEWAY, tz=UTC)
    if not await clients.use_assertion(session, client.id, str(claims["jti"]), expires):
        raise ClientUnproven
    return client


def _claimed_subject(assertion: str) -> str:
    subject = json.loads(jws.extract_compact(assertion.encode()).payload)["sub"]
    if not isinstance(subject, str):
        raise TypeError("sub is a string")
    return subject


def _check_assertion(claims: dict[str, Any], client_id: str, audiences: Sequence[str]) -> None:
    present = time()
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    expires, starts = claims.get("exp"), claims.get("nbf", 0)
    good = (
        claims.get("iss") == client_id
        and claims.get("sub") == client_id
        and any(one in audiences for one in named)
        and isinstance(expires, int)
        and isinstance(starts, int)
        and present - _LEEWAY < expires <= present + _LONGEST_ASSERTION
        and starts <= present + _LEEWAY
        and isinstance(claims.get("jti"), str)
        and 0 < len(claims["jti"]) <= 256  # noqa: PLR2004 -- bound of a stored text.
    )
    if not good:
        raise ClientUnproven


def granted(client: Registered, asked: str | None) -> list[str]:
    """Return the scopes of a token: those asked for, all of the client's by default."""
    if asked is None or not asked.split():
        return list(client.scopes)
    wanted = sorted(set(asked.split()))
    beyond = [scope for scope in wanted if scope not in client.scopes]
    if beyond:
        raise ScopeNotGranted(beyond)
    return wanted


async def issue(
    session: AsyncSession, settings: Settings, client: Registered, scopes: Sequence[str]
) -> dict[str, Any]:
    """Return the answer of the token endpoint with a freshly signed access token."""
    kid, private = await signing_keys.live_key(session, Sealer(settings))
    present = int(time())
    claims = {
        "iss": settings.issuer,
        "aud": settings.audience,
        "sub": client.id,
        "client_id": client.id,
        "scope": " ".join(scopes),
        "territories": list(client.territories),
        "jti": secrets.token_hex(16),
        "iat": present,
        "nbf": present,
        "exp": present + settings.token_seconds,
    }
    header = {"alg": signing_keys.ALGORITHM, "kid": kid, "typ": "at+jwt"}
    key = import_key(dict(private))
    return {
        "access_token": jwt.encode(header, claims, key),
        "token_type": "Bearer",
        "expires_in": settings.token_seconds,
        "scope": " ".join(scopes),
    }
