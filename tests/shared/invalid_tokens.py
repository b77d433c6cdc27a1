"""The one table of identities that must be refused, for whichever door is tried with them.

Each case makes an `Authorization` field (or none) out of the issuer's real key and a usual good
claim set, and says what the refusal is: status, problem code, `WWW-Authenticate`.
"""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from joserfc.jwk import ECKey

from tests.shared.keys import claims, make_key, public, signed

REALM = 'Bearer realm="kachestvo"'
REVOKED_CLIENT = "revoked-client"
REVOKED_AGO = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What a case forges from: the issuer's private key, and the scope the operation needs."""

    key: ECKey
    scope: str

    def good(self, **changed: object) -> str:
        return bearer(signed(self.key, **{"scope": self.scope, **changed}))


@dataclass(frozen=True, slots=True)
class InvalidToken:
    """A field to send; `error` is that of RFC 6750, None where no token was sent at all."""

    name: str
    field: Callable[[Asked], str | None]
    status: int = 401
    code: str = "UNAUTHENTICATED"
    error: str | None = "invalid_token"

    def challenge(self, scope: str) -> str:
        """Return the `WWW-Authenticate` that the refusal carries."""
        error = "" if self.error is None else f', error="{self.error}"'
        lacking = f', scope="{scope}"' if self.error == "insufficient_scope" else ""
        return REALM + error + lacking


def bearer(token: str) -> str:
    return f"Bearer {token}"


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def unsigned(key: ECKey, algorithm: str = "none", **changed: object) -> str:
    header = {"alg": algorithm, "kid": key.kid}
    return (
        f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims(**changed)).encode())}."
    )


def hs256(key: ECKey, secret: bytes, **changed: object) -> str:
    message = unsigned(key, "HS256", **changed).removesuffix(".")
    return f"{message}.{encoded(hmac.digest(secret, message.encode(), 'sha256'))}"


def public_json(key: ECKey) -> bytes:
    return json.dumps(public(key)["keys"][0]).encode()


def ago(seconds: int) -> int:
    return int(time.time()) - seconds


def altered(field: str) -> str:
    """Change the first character of a signature, whose every bit counts."""
    message, _, signature = field.rpartition(".")
    return f"{message}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


# A token whose claims are lists in lists, deeper than Python's JSON reader goes.
NESTED = ".".join(encoded(part) for part in (b'{"alg":"ES256","kid":"x"}', b"[" * 2900, b"x" * 64))

INVALID_TOKENS = (
    InvalidToken("missing", lambda _: None, error=None),
    InvalidToken("empty", lambda _: ""),
    InvalidToken("no token", lambda _: "Bearer"),
    InvalidToken("another scheme", lambda a: a.good().replace("Bearer", "Basic")),
    InvalidToken("malformed", lambda _: "Bearer aaa.bbb.ccc"),
    InvalidToken("nested", lambda _: bearer(NESTED)),
    InvalidToken("not three parts", lambda a: a.good().rpartition(".")[0]),
    InvalidToken("endless", lambda _: bearer("a" * 10_000)),
    InvalidToken("expired", lambda a: a.good(iat=ago(700), nbf=ago(700), exp=ago(60))),
    InvalidToken("never expires", lambda a: a.good(exp=None)),
    InvalidToken("not yet valid", lambda a: a.good(nbf=ago(-600))),
    InvalidToken("wrong key", lambda a: Asked(make_key(str(a.key.kid)), a.scope).good()),
    InvalidToken("unknown key", lambda a: Asked(make_key("unknown"), a.scope).good()),
    InvalidToken("signature altered", lambda a: altered(a.good())),
    InvalidToken("alg none", lambda a: bearer(unsigned(a.key, scope=a.scope))),
    InvalidToken("alg None", lambda a: bearer(unsigned(a.key, "None", scope=a.scope))),
    InvalidToken(
        "HS256 with the public JWK",
        lambda a: bearer(hs256(a.key, public_json(a.key), scope=a.scope)),
    ),
    InvalidToken(
        "HS256 with the public PEM",
        lambda a: bearer(hs256(a.key, a.key.as_pem(private=False), scope=a.scope)),
    ),
    InvalidToken("wrong audience", lambda a: a.good(aud="another")),
    InvalidToken("no audience", lambda a: a.good(aud=None)),
    InvalidToken("unknown issuer", lambda a: a.good(iss="another")),
    InvalidToken("a service's name on the issuer's key", lambda a: a.good(iss="svc:training")),
    InvalidToken("nobody's", lambda a: a.good(sub=None)),
    InvalidToken(
        "under-scoped",
        lambda a: a.good(scope="gateway:read"),
        status=403,
        code="INSUFFICIENT_SCOPE",
        error="insufficient_scope",
    ),
    InvalidToken(
        "without any scope",
        lambda a: a.good(scope=None),
        status=403,
        code="INSUFFICIENT_SCOPE",
        error="insufficient_scope",
    ),
)
REVOKED = InvalidToken("revoked", lambda a: a.good(sub=REVOKED_CLIENT, iat=ago(REVOKED_AGO + 30)))


def assert_refused(answer: httpx.Response, invalid: InvalidToken, scope: str) -> None:
    """Hold an answer against the table."""
    assert answer.status_code == invalid.status, (invalid.name, answer.text)
    problem: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["code"]) == (invalid.status, invalid.code)
    assert answer.headers["www-authenticate"] == invalid.challenge(scope), invalid.name
