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


class TokenRefused(Exception):  # noqa: N818 -- the refusal's own word in RFC 6749.
    """The refusal of a token: `error` is RFC 6749's code, `detail` is for people."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(f"{error}: {detail}")
        self.error = error
        self.detail = detail


def unknown_client() -> TokenRefused:
    """Return the refusal of a client that did not prove who it is; it never says why."""
    return TokenRefused("invalid_client", "Клиент не подтвердил, кто он.")


async def prove_by_secret(session: AsyncSession, client_id: str, secret: str) -> Registered:
    """Return the client a secret belongs to. Raises TokenRefused."""
    client = await clients.find(session, client_id)
    if client is None or not client.enabled:
        raise unknown_client()
    if not secret_holds(client, secret, clock.now()):
        raise unknown_client()
    return client


async def prove_by_assertion(
    session: AsyncSession, assertion: str, audiences: Sequence[str]
) -> Registered:
    """Return the client that signed an assertion with a registered key. Raises TokenRefused.

    `iss` and `sub` are the client, `aud` this token endpoint or issuer, the life is at most ten
    minutes, and a `jti` is believed once.
    """
    try:
        client = await clients.find(session, _claimed_subject(assertion))
        if client is None or not client.enabled or not client.jwks:
            raise unknown_client()
        keys = cast("Any", client.jwks)
        public = KeySet.import_key_set(keys)
        claims = jwt.decode(assertion, public, algorithms=ASSERTION_ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise unknown_client() from error
    _check_assertion(claims, client.id, audiences)
    expires = datetime.fromtimestamp(claims["exp"] + _LEEWAY, tz=UTC)
    if not await clients.use_assertion(session, client.id, str(claims["jti"]), expires):
        raise unknown_client()
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
        raise unknown_client()


def granted(client: Registered, asked: str | None) -> list[str]:
    """Return the scopes of a token: those asked for, all of the client's by default."""
    if asked is None or not asked.split():
        return list(client.scopes)
    wanted = sorted(set(asked.split()))
    beyond = [scope for scope in wanted if scope not in client.scopes]
    if beyond:
        raise TokenRefused("invalid_scope", "Клиенту не даны области: " + ", ".join(beyond) + ".")
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
