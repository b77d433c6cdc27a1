"""Tokens: the endpoint of client credentials, the public keys, the server's metadata."""

import base64
import binascii
from typing import Annotated, Any
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends, Form, Request, Response

from services.catalogue import SCOPES
from services.gateway.errors import (
    TOKEN_ERRORS,
    ClientUnproven,
    GrantTypeUnsupported,
    TokenRequestInvalid,
)
from services.gateway.schemas import JsonWebKeySet, TokenAnswer
from services.gateway.settings import Settings
from services.gateway.store import clients, signing_keys
from services.gateway.tokens import issue
from services.gateway.tokens.clients import GRANTABLE
from shared.secret_key import Sealer
from shared.web import ReadSession, WriteSession, requires
from shared.web.problems import documented, render_problem

router = APIRouter(tags=["identity"])
internal = APIRouter(include_in_schema=False)
TOKEN_PATH = "/oauth/token"  # noqa: S105 -- an address, not a secret.
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@router.post(
    TOKEN_PATH,
    summary="Получить токен доступа",
    description=(
        "OAuth 2.0 client credentials (RFC 6749, раздел 4.4). Клиент подтверждает себя секретом "
        "(HTTP Basic или поля формы) либо подписанным утверждением private_key_jwt (RFC 7523)."
    ),
    responses=documented(400, 401, 429),
)
async def create_token(
    request: Request,
    response: Response,
    session: WriteSession,
    grant_type: Annotated[
        str | None,
        Form(
            description="Всегда client_credentials.",
            max_length=100,
            examples=["client_credentials"],
        ),
    ] = None,
    scope: Annotated[
        str | None, Form(description="Области доступа через пробел.", max_length=1000)
    ] = None,
    client_id: Annotated[str | None, Form(description="Клиент.", max_length=200)] = None,
    client_secret: Annotated[str | None, Form(description="Секрет.", max_length=500)] = None,
    client_assertion_type: Annotated[
        str | None, Form(description="Вид утверждения.", max_length=200)
    ] = None,
    client_assertion: Annotated[
        str | None, Form(description="Подписанное утверждение (JWT).", max_length=8192)
    ] = None,
) -> TokenAnswer:
    """Issue an access token."""
    settings: Settings = request.app.state.settings
    await request.app.state.token_quotas.take(request, None)
    response.headers.update(_NO_STORE)
    if not grant_type:
        raise TokenRequestInvalid("Не указан grant_type.")
    if grant_type != "client_credentials":
        raise GrantTypeUnsupported
    basic_id, basic_secret = _basic(request)
    if client_assertion is not None:
        if client_assertion_type != issue.ASSERTION_TYPE:
            raise TokenRequestInvalid("Неизвестный вид утверждения.")
        client = await issue.prove_by_assertion(session, client_assertion, _audiences(request))
    else:
        known_id, secret = basic_id or client_id, basic_secret or client_secret
        if known_id is None or secret is None:
            raise ClientUnproven
        client = await issue.prove_by_secret(session, known_id, secret)
    return TokenAnswer(**await issue.issue(session, settings, client, issue.granted(client, scope)))


def _basic(request: Request) -> tuple[str | None, str | None]:
    """Read HTTP Basic credentials, form-decoded as RFC 6749 §2.3.1 asks."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ClientUnproven from error
    return unquote_plus(name), unquote_plus(secret)


def base_url(request: Request) -> str:
    """Return the address people reach this gateway by, without a final slash."""
    settings: Settings = request.app.state.settings
    return (settings.public_url or _listening(request)[0]).rstrip("/")


def _listening(request: Request) -> list[str]:
    """Return the addresses this process listens on; what the caller calls them is not believed."""
    host, port = request.scope.get("server") or ("127.0.0.1", None)
    names = [host, "localhost"] if host in LOOPBACK else [host]
    return [f"http://{name}" + (f":{port}" if port else "") for name in names]


def _audiences(request: Request) -> list[str]:
    settings: Settings = request.app.state.settings
    public = settings.public_url
    bases = [public.rstrip("/")] if public else _listening(request)
    return [settings.issuer, *bases, *(base + TOKEN_PATH for base in bases)]


async def refuse_token(request: Request, error: Exception) -> Response:
    """Answer a refused token: problem+json with RFC 6749's `error` next to it."""
    if not isinstance(error, TOKEN_ERRORS):
        raise error
    response = render_problem(request, error, _NO_STORE)
    content = bytes(response.body).rstrip()
    extra = f', "error": "{error.code.lower()}"}}'.encode()
    response.body = content[:-1] + extra
    response.headers["content-length"] = str(len(response.body))
    return response


@router.get(
    "/.well-known/jwks.json",
    summary="Открытые ключи подписи токенов",
    description="Набор ключей JWKS (RFC 7517); при смене ключа старый остаётся, пока живы токены.",
)
async def get_jwks(request: Request, session: WriteSession, response: Response) -> JsonWebKeySet:
    """Return the public keys; the first one is made when first asked for."""
    settings: Settings = request.app.state.settings
    await signing_keys.live_key(session, Sealer(settings))
    response.headers["Cache-Control"] = "public, max-age=60"
    return JsonWebKeySet(**await signing_keys.jwks(session, settings.token_seconds * 2))


@router.get(
    "/.well-known/oauth-authorization-server",
    summary="Сведения о сервере авторизации",
    description="Метаданные по RFC 8414: где получать токен и какими способами.",
)
async def get_authorization_server(request: Request) -> dict[str, Any]:
    """Return the metadata of the authorization server."""
    base = base_url(request)
    settings: Settings = request.app.state.settings
    return {
        "issuer": settings.issuer,
        "token_endpoint": base + TOKEN_PATH,
        "jwks_uri": base + "/.well-known/jwks.json",
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
        ],
        "token_endpoint_auth_signing_alg_values_supported": issue.ASSERTION_ALGORITHMS,
        "scopes_supported": [scope for scope in SCOPES if scope in GRANTABLE],
    }


@internal.get("/internal/revocations", dependencies=[Depends(requires("internal:read"))])
async def get_revocations(session: ReadSession) -> dict[str, Any]:
    """Tell the services whose tokens are revoked, up to which second."""
    until = await clients.revocations(session)
    return {"items": [{"client_id": one, "revoked_at": at} for one, at in until.items()]}
