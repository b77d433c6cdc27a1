"""Keys and tokens for the tests of identity."""

import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ISSUER = "kachestvo"
AUDIENCE = "kachestvo"


def make_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


def public(*keys: ECKey) -> dict[str, Any]:
    return dict(KeySet(list(keys)).as_dict(private=False))


def claims(**changed: object) -> dict[str, Any]:
    present = int(time.time())
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "client-1",
        "scope": "ratings:write training:read",
        "territories": ["*"],
        "iat": present,
        "nbf": present,
        "exp": present + 7200,
    }
    merged = {**usual, **changed}
    return {name: value for name, value in merged.items() if value is not None}


def signed(key: ECKey, **changed: object) -> str:
    """Return an access token; it is bound to no territory unless the claims say so."""
    header = {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}
    return jwt.encode(header, claims(**changed), key)
