"""Who is calling: every service verifies tokens by itself and believes nobody for their address.

Three kinds of token are known by `iss`: the gateway's own (client credentials), those
of an outside OIDC issuer, and those by which services call each other (`svc:<name>`, signed with
the service's own key). Only asymmetric algorithms are accepted, the key is chosen by `kid` among
the keys of that issuer alone.
"""

import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, import_key

from shared.access_errors import ClocksDisagree, ScopeMissing, TokenRejected
from shared.errors import Unavailable
from shared.log import logger
from shared.settings import Settings
from shared.territories import EVERYWHERE, PATTERN, Territories

log = logger(__name__)

ALGORITHMS = ["ES256", "Ed25519", "EdDSA", "RS256"]
INTERNAL_PREFIX = "svc:"
OUTSIDE_PREFIX = "oidc:"
INTERNAL_SCOPE = "internal:read"
TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})
INTERNAL_SECONDS = 300
LEEWAY_SECONDS = 5
CLOCK_SKEW_SECONDS = 60
MAX_TOKEN_BYTES = 8192
JWKS_SECONDS = 300
JWKS_AGAIN_SECONDS = 5
REVOCATIONS_SECONDS = 5
CACHE_SIZE = 4096
NOWHERE = Territories()

FetchJson = Callable[[str], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified caller: the client or service, what it may do, the person it acts for if any.

    `territories` bound every read and write of a row that has a territory.
    """

    subject: str
    scopes: frozenset[str]
    actor: str | None = None
    expires: int = 0
    issued: int = 0
    territories: Territories = NOWHERE


def internal_signer(settings: Settings) -> Callable[[], str] | None:
    """Return a maker of this service's own short-lived tokens, or None without a key."""
    if settings.service_key_file is None:
        return None
    key = import_key(json.loads(settings.service_key_file.read_text()))
    made: tuple[str, float] = ("", 0.0)
    header = {"alg": "ES256", "typ": "at+jwt"}

    def token() -> str:
        nonlocal made
        present = time.time()
        if present > made[1] - 60:
            claims = {
                "iss": INTERNAL_PREFIX + settings.service,
                "sub": settings.service,
                "aud": settings.audience,
                "scope": INTERNAL_SCOPE,
                "iat": int(present),
                "exp": int(present) + INTERNAL_SECONDS,
            }
            made = (jwt.encode({**header, "kid": key.kid}, claims, key), claims_end(claims))
        return made[0]

    return token


def claims_end(claims: dict[str, Any]) -> float:
    """Return the instant at which a token's claims expire, in seconds since the epoch."""
    return float(claims["exp"])


class KeyRing:
    """The public keys of one issuer: given, or fetched and stored for a few minutes."""

    def __init__(
        self,
        keys: KeySet | None = None,
        fetch: Callable[[], Awaitable[Any]] | None = None,
    ) -> None:
        self._keys = keys
        self._fetch = fetch
        self._asked = float("-inf")

    async def find(self, kid: str) -> KeySet | None:
        """Return the keys if one has this id, asking the issuer again when it does not."""
        age = time.monotonic() - self._asked
        if self._fetch is not None and (
            self._keys is None
            or age > JWKS_SECONDS
            or (not self._has(kid) and age > JWKS_AGAIN_SECONDS)
        ):
            await self._ask()
        return self._keys if self._has(kid) else None

    def replace(self, jwks: Any) -> None:
        """Take a new set of public keys."""
        self._keys = KeySet.import_key_set(jwks)

    async def _ask(self) -> None:
        self._asked = time.monotonic()
        try:
            self.replace(await self._fetch())  # type: ignore[misc]  # find() checked it.
        except Unavailable:
            if self._keys is None:
                raise

    def _has(self, kid: str) -> bool:
        return self._keys is not None and any(key.kid == kid for key in self._keys.keys)


class Verifier:
    """Turns bearer tokens into callers, or refuses them.

    `rings` maps an issuer to its keys; `revoked` tells whether a subject's tokens issued at an
    instant have been revoked since.
    """

    def __init__(
        self,
        settings: Settings,
        rings: dict[str, KeyRing],
        revoked: Callable[[str, int], Awaitable[bool]],
    ) -> None:
        self._settings = settings
        self._rings = rings
        self._outside = frozenset(rings) - {settings.issuer}
        self._revoked = revoked
        self._internal = _internal_keys(settings)
        self._cache: dict[bytes, Caller] = {}

    async def verify(self, token: str) -> Caller:
        """Return the caller of a token; `TokenRejected` if it is not good."""
        if len(token) > MAX_TOKEN_BYTES:
            raise TokenRejected("Токен слишком длинный.")
        digest = sha256(token.encode()).digest()
        caller = self._cache.get(digest)
        if caller is None:
            caller = await self._check(token)
            if len(self._cache) >= CACHE_SIZE:
                self._cache.clear()
            self._cache[digest] = caller
        if caller.expires + LEEWAY_SECONDS < time.time():
            self._cache.pop(digest, None)
            raise TokenRejected("Срок действия токена истёк.")
        if await self._revoked(caller.subject, caller.issued):
            raise TokenRejected("Токен отозван.")
        return caller

    async def _check(self, token: str) -> Caller:
        try:
            issuer, kid = _peek(token)
            keys = await self._keys_of(issuer, kid)
            if keys is None:
                raise TokenRejected("Токен подписан неизвестным ключом.")
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise TokenRejected("Токен не прошёл проверку подписи.") from error
        self._require_type(issuer, decoded.header)
        return self._accept(issuer, decoded.claims)

    def _require_type(self, issuer: str, header: Mapping[str, Any]) -> None:
        """Refuse what is signed for another use: an identity token, a client's assertion."""
        kind = str(header.get("typ", "")).lower()
        outside = {name.lower() for name in self._settings.external_token_types}
        if kind not in (outside if issuer in self._outside else TOKEN_TYPES):
            raise TokenRejected("Это не токен доступа.")

    async def _keys_of(self, issuer: str, kid: str) -> KeySet | None:
        if issuer.startswith(INTERNAL_PREFIX):
            named = [key for key in self._internal.keys if key.kid == kid and kid == issuer]
            return KeySet(named) if named else None
        ring = self._rings.get(issuer)
        return None if ring is None else await ring.find(kid)

    def _accept(self, issuer: str, claims: dict[str, Any]) -> Caller:
        present = time.time()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        expires, starts = claims.get("exp"), claims.get("nbf", 0)
        if not isinstance(expires, int) or not isinstance(starts, int):
            raise TokenRejected("В токене нет срока действия.")
        if self._settings.audience not in audiences:
            raise TokenRejected("Токен выдан для другой системы.")
        if starts > present + LEEWAY_SECONDS:
            raise TokenRejected("Токен ещё не действует.")
        subject, scope = claims.get("sub"), claims.get("scope", "")
        if not isinstance(subject, str) or not isinstance(scope, str):
            raise TokenRejected("В токене нет владельца.")
        issued, actor = claims.get("iat", 0), claims.get("actor")
        caller = Caller(
            subject,
            frozenset(scope.split()),
            actor if isinstance(actor, str) else None,
            expires,
            issued if isinstance(issued, int) else 0,
            _territories(claims.get("territories")),
        )
        if issuer.startswith(INTERNAL_PREFIX):
            _require_same_clock(caller, present)
            return _as_service(caller)
        if issuer in self._outside:
            return _as_outsider(caller, claims, self._settings)
        return replace(caller, scopes=caller.scopes - {INTERNAL_SCOPE})


def _require_same_clock(service: Caller, present: float) -> None:
    """Refuse a fresh token of a service whose clock differs: services renew theirs before its end.

    A minute ahead is enough to refuse; behind, a difference shows when the token has expired.
    """
    ahead, behind = service.issued - present, present - service.expires
    if ahead > CLOCK_SKEW_SECONDS or behind > LEEWAY_SECONDS:
        seconds = int(max(ahead, behind + CLOCK_SKEW_SECONDS))
        log.error("clock_skew", of=service.subject, seconds=seconds, ahead=ahead > 0)
        raise ClocksDisagree(service.subject, seconds)


def _as_service(caller: Caller) -> Caller:
    """Give a service what services have, whatever its token claims: its key is no master key."""
    everywhere = Territories.of([EVERYWHERE])
    return replace(
        caller, scopes=caller.scopes & {INTERNAL_SCOPE}, actor=None, territories=everywhere
    )


def _as_outsider(caller: Caller, claims: Mapping[str, Any], settings: Settings) -> Caller:
    """Translate the scopes and territories of the outside issuer and cap them by settings.

    Both issuers may know a «demo»; what belongs to one is not the other's.
    """
    translated = {settings.external_scope_map.get(scope, scope) for scope in caller.scopes}
    claimed = _territories(claims.get(settings.external_territories_claim))
    cap = Territories.of(settings.external_territories)
    return replace(
        caller,
        subject=OUTSIDE_PREFIX + caller.subject,
        scopes=frozenset(translated) & frozenset(settings.external_scopes),
        territories=claimed.meet(cap),
    )


def _territories(claim: object) -> Territories:
    """Return the territories a token names; what is no list of codes names none."""
    codes = claim if isinstance(claim, list) else []
    good = [code for code in codes if isinstance(code, str) and re.fullmatch(PATTERN, code)]
    return Territories.of(good)


def _internal_keys(settings: Settings) -> KeySet:
    if settings.service_jwks_file is None:
        return KeySet([])
    return KeySet.import_key_set(json.loads(settings.service_jwks_file.read_text()))


def _peek(token: str) -> tuple[str, str]:
    """Read `iss` and `kid` without believing them; they only choose the key."""
    compact = jws.extract_compact(token.encode())
    header = compact.headers()
    claims = json.loads(compact.payload)
    issuer, kid = claims["iss"], header["kid"]
    if not isinstance(issuer, str) or not isinstance(kid, str):
        raise TypeError("iss and kid are strings")
    return issuer, kid


class Revocations:
    """Which subjects' tokens the gateway has revoked, asked for every few seconds at most."""

    def __init__(self, fetch: Callable[[], Awaitable[Any]]) -> None:
        self._fetch = fetch
        self._asked = float("-inf")
        self._before: dict[str, int] = {}

    async def revoked(self, subject: str, issued: int) -> bool:
        """Tell whether tokens of a subject issued at this instant are revoked.

        While the gateway does not answer, what was known last holds.
        """
        if time.monotonic() - self._asked > REVOCATIONS_SECONDS:
            self._asked = time.monotonic()
            try:
                answer = await self._fetch()
                self._before = {str(i["client_id"]): int(i["revoked_at"]) for i in answer["items"]}
            except Unavailable:
                pass
        return issued <= self._before.get(subject, -1)


def under_scoped(scope: str) -> ScopeMissing:
    """Return the refusal of a known caller who may not do this."""
    return ScopeMissing(scope)
