"""The caller of a request, verified, and the scopes an operation asks for."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.openapi.models import OAuthFlows
from fastapi.security import OAuth2
from fastapi.security.utils import get_authorization_scheme_param

from shared.access_errors import ActorRequired, ScopeMissing, TokenMissing, TokenRejected
from shared.auth import Caller, Verifier

SHARED_SCOPES = {
    "admin": "Администрирование",
    "internal:read": "Обмен между сервисами системы",
}
ACTOR_HEADER = "Kachestvo-Actor"
ACT_AS = "training:act_as"
MAX_ACTOR = 128

oauth2_scheme = OAuth2(
    flows={"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict(SHARED_SCOPES)}},
    scheme_name="oauth2",
    description="OAuth 2.0 client credentials: токен выдаёт POST /oauth/token.",
    auto_error=False,
)


def register_scopes(scopes: Mapping[str, str]) -> None:
    """Document the scopes of the system's services, which `shared` does not know."""
    flows: OAuthFlows = oauth2_scheme.model.flows  # type: ignore[attr-defined]  # OAuth2's own model.
    if flows.clientCredentials is not None:
        flows.clientCredentials.scopes.update(scopes)


async def optional_caller(request: Request) -> Caller | None:
    """Return the verified caller, or None for a request without a token."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    kind, token = get_authorization_scheme_param(header)
    if kind.lower() != "bearer" or not token:
        raise TokenRejected("Ожидается заголовок Authorization: Bearer <токен>.")
    verifier: Verifier = request.app.state.verifier
    return _with_actor(request, await verifier.verify(token))


def _with_actor(request: Request, caller: Caller) -> Caller:
    actor = request.headers.get(ACTOR_HEADER)
    if actor is None:
        return caller
    if ACT_AS not in caller.scopes:
        raise ScopeMissing(ACT_AS)
    if not 0 < len(actor) <= MAX_ACTOR or not actor.isascii() or not actor.isprintable():
        raise ActorRequired("Kachestvo-Actor — непрозрачная ссылка до 128 знаков.")
    return replace(caller, actor=actor)


def requires(*scopes: str) -> Callable[..., Awaitable[Caller]]:
    """Return a dependency that gives the caller, who must hold all these scopes."""

    async def check(
        request: Request,
        caller: Annotated[Caller | None, Depends(optional_caller)],
        _documented: Annotated[str | None, Security(oauth2_scheme, scopes=list(scopes))],
    ) -> Caller:
        if caller is None:
            raise TokenMissing
        require_scopes(caller, scopes)
        request.state.client = caller.subject
        return caller

    return check


def require_scopes(caller: Caller, scopes: Iterable[str]) -> None:
    """Refuse a caller who lacks one of these scopes."""
    for scope in scopes:
        if scope not in caller.scopes:
            raise ScopeMissing(scope)


def acting_person(caller: Caller) -> str:
    """Return the person a caller acts for; `ACTOR_REQUIRED` when nobody acts."""
    if caller.actor is None:
        raise ActorRequired
    return caller.actor
