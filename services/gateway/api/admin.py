"""Administration: clients and keys."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import ConfigDict, Field

from services.catalogue import PERSONAL_SCOPES
from services.gateway.errors import ClientInvalid, ClientUnknown, TerritoriesRequired
from services.gateway.http.admission import ADMISSION
from services.gateway.settings import Settings
from services.gateway.store import audit, clients, signing_keys
from services.gateway.store.clients import Registered
from services.gateway.tokens.clients import GRANTABLE, new_secret, register
from shared import clock
from shared.errors import FieldError
from shared.secret_key import Sealer
from shared.territories import MOST, PATTERN
from shared.web import (
    Caller,
    Idempotency,
    Paging,
    RequestModel,
    ResponseModel,
    WriteSession,
    if_match,
    requires,
)
from shared.web.problems import documented

router = APIRouter(prefix="/v1/admin", tags=["admin"], dependencies=ADMISSION)
Admin = Annotated[Caller, Depends(requires("admin"))]
VERSIONED = documented(412, 428)
_OVERLAP = timedelta(hours=24)

ClientId = Annotated[
    str,
    Path(description="Клиент.", max_length=200, pattern=r"^[A-Za-z0-9._-]+$", examples=["demo"]),
]
Title = Annotated[str, Field(description="Название для людей.", min_length=1, max_length=200)]
Scopes = Annotated[
    list[Annotated[str, Field(max_length=50, pattern=r"^[a-z_:]+$")]],
    Field(description="Области доступа.", max_length=20),
]

CostUnits = Annotated[
    int | None,
    Field(
        description=(
            "Единиц стоимости запросов в минуту: единица — около миллисекунды работы. "
            "null — общий предел."
        ),
        ge=1,
        le=10**9,
        examples=[60000],
    ),
]

Territories = Annotated[
    list[Annotated[str, Field(max_length=11, pattern=PATTERN)]],
    Field(
        description="Коды ОКТМО, каждый со всем, что в него входит; * — все территории.",
        min_length=1,
        max_length=MOST,
    ),
]


class ClientBody(RequestModel):
    """Новый клиент: с секретом либо, если даны ключи, с private_key_jwt."""

    title: Title
    scopes: Scopes
    territories: Territories | None = Field(
        None,
        description=(
            "Территории, строки которых клиент читает и пишет: коды ОКТМО, каждый со всем, что в "
            "него входит; * — все. Обязательны, если среди областей есть данные о людях."
        ),
        examples=[["08000000"]],
    )
    jwks: dict[str, Any] | None = Field(None, description="Открытые ключи клиента (JWKS).")
    cost_units_per_minute: CostUnits = None

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title": "Портал министерства",
                "scopes": ["ratings:read"],
                "territories": ["08000000"],
                "jwks": None,
                "cost_units_per_minute": None,
            }
        }
    )


class ClientPatch(RequestModel):
    """Изменение клиента; чего нет, то остаётся; cost_units_per_minute: null — общий предел."""

    title: Title | None = None
    scopes: Scopes | None = None
    territories: Territories | None = None
    jwks: dict[str, Any] | None = Field(None, description="Открытые ключи клиента (JWKS).")
    enabled: bool | None = Field(None, description="Выдавать ли токены.")
    cost_units_per_minute: CostUnits = None


class ClientAnswer(ResponseModel):
    """Клиент."""

    id: str = Field(description="Клиент.", max_length=200)
    title: str = Field(description="Название.", max_length=200)
    scopes: list[str] = Field(description="Области доступа.", max_length=20)
    territories: list[str] = Field(
        description="Коды ОКТМО, с которыми разрешено работать; * — все.", max_length=MOST
    )
    jwks: dict[str, Any] | None = Field(description="Открытые ключи клиента.")
    enabled: bool = Field(description="Выдаются ли токены.")
    cost_units_per_minute: CostUnits
    secrets: int = Field(description="Сколько секретов действует.", ge=0, le=10)
    tokens_revoked_at: datetime | None = Field(
        description="Токены, выданные до этого времени, отозваны."
    )
    version: int = Field(description="Версия для If-Match.", ge=1, le=2**53)
    created_at: datetime = Field(description="Когда создан.")
    updated_at: datetime = Field(description="Когда изменён.")
    client_secret: str | None = Field(
        description="Секрет; показывается один раз, иначе null.", max_length=200
    )
    secret_shown_at: datetime | None = Field(
        description="Когда секрет был показан: в повторе ответа на создание, иначе null."
    )


class ClientList(ResponseModel):
    """Клиенты."""

    items: list[ClientAnswer] = Field(description="Клиенты.", max_length=1000)
    next: str | None = Field(description="Курсор следующей страницы.", max_length=1024)


class KeyAnswer(ResponseModel):
    """Ключ подписи токенов."""

    kid: str = Field(description="Номер ключа.", max_length=100)
    created_at: datetime = Field(description="Когда создан.")
    retired_at: datetime | None = Field(description="Когда перестал подписывать.")


class KeyList(ResponseModel):
    """Ключи подписи."""

    items: list[KeyAnswer] = Field(description="Ключи, новые первыми.", max_length=100)


def tag(client: Registered) -> str:
    """Return the strong tag of a client's version."""
    return f'"client-{client.id}-{client.version}"'


def shown(client: Registered, secret: str | None = None) -> ClientAnswer:
    """Return a client as it is answered."""
    present = clock.now().isoformat()
    living = [kept for kept in client.secrets if not kept["ends_at"] or kept["ends_at"] > present]
    plain = {
        name: getattr(client, name)
        for name in ClientAnswer.model_fields
        if name not in {"secrets", "client_secret", "secret_shown_at"}
    }
    return ClientAnswer(**plain, secrets=len(living), client_secret=secret, secret_shown_at=None)


def answer(client: Registered, secret: str | None = None, status: int = 200) -> Response:
    """Answer with a client and its tag, stored by nobody."""
    headers = {
        "ETag": tag(client),
        "Cache-Control": "no-store",
        "Location": f"/v1/admin/clients/{client.id}",
    }
    content = shown(client, secret).model_dump_json()
    return Response(content, status, headers, media_type="application/json")


async def known(session: WriteSession, client_id: str) -> Registered:
    """Return a client, locked; unknown is 404."""
    client = await clients.find(session, client_id, locked=True)
    if client is None:
        raise ClientUnknown
    return client


def check(scopes: list[str] | None, jwks: dict[str, Any] | None) -> None:
    """Refuse scopes that cannot be granted and keys that are no public JWKS."""
    errors = [
        FieldError(f"/body/scopes/{n}", "SCOPE_UNKNOWN", f"Области «{scope}» нет.")
        for n, scope in enumerate(scopes or [])
        if scope not in GRANTABLE
    ]
    if jwks is not None and not is_public_jwks(jwks):
        told = "Нужен JWKS с открытыми ключами ES256, EdDSA, RS256 или PS256."
        errors.append(FieldError("/body/jwks", "JWKS_INVALID", told))
    if errors:
        raise ClientInvalid(errors=errors)


def territories_of(scopes: Sequence[str], territories: list[str] | None) -> list[str]:
    """Return the territories of a client; none where a scope opens rows about people is 422."""
    personal = sorted(set(scopes) & PERSONAL_SCOPES)
    if personal and not territories:
        raise TerritoriesRequired(personal)
    return territories or []


def is_public_jwks(jwks: dict[str, Any]) -> bool:
    """Tell whether a JWKS holds asymmetric public keys and nothing else."""
    found = jwks.get("keys")
    if not isinstance(found, list) or not 0 < len(found) <= 10:  # noqa: PLR2004 -- a bound.
        return False
    return all(
        isinstance(key, dict)
        and key.get("kty") in {"EC", "OKP", "RSA"}
        and isinstance(key.get("kid"), str)
        and not {"d", "p", "q", "k"} & key.keys()
        for key in found
    )


@router.post(
    "/clients",
    status_code=201,
    summary="Зарегистрировать клиента",
    description="Секрет показывается только в этом ответе; хранится его SHA-256.",
    responses={201: {"model": ClientAnswer}},
)
async def create_client(
    body: ClientBody, session: WriteSession, once: Idempotency, caller: Admin
) -> Response:
    """Register a client."""

    async def effect() -> Response:
        check(body.scopes, body.jwks)
        territories = territories_of(body.scopes, body.territories)
        client, secret = await register(
            session,
            title=body.title,
            scopes=body.scopes,
            territories=territories,
            jwks=body.jwks,
            cost_units_per_minute=body.cost_units_per_minute,
        )
        given = {"scopes": list(client.scopes), "territories": list(client.territories)}
        await audit.record(session, caller, "client_created", client.id, given)
        return answer(client, secret, 201)

    return await once(effect, shown_once="client_secret")


@router.get("/clients", summary="Клиенты", description="Все клиенты по порядку имён.")
async def list_clients(session: WriteSession, _caller: Admin, page: Paging) -> ClientList:
    """Return clients by id."""
    found = await clients.list_clients(session, str(page.after or ""), page.fetch)
    rows, following = page.cut(found, lambda client: client.id)
    return ClientList(items=[shown(client) for client in rows], next=following)


@router.get("/clients/{client_id}", summary="Клиент", responses={200: {"model": ClientAnswer}})
async def get_client(session: WriteSession, client_id: ClientId, _caller: Admin) -> Response:
    """Return one client."""
    return answer(await known(session, client_id))


@router.patch(
    "/clients/{client_id}",
    summary="Изменить клиента",
    description="Нужен If-Match. Выключенному клиенту токены не выдаются, выданные отзываются.",
    responses={200: {"model": ClientAnswer}, **VERSIONED},
)
async def update_client(
    request: Request, client_id: ClientId, body: ClientPatch, session: WriteSession, caller: Admin
) -> Response:
    """Change what the body names; other territories or fewer scopes revoke living tokens."""
    client = await known(session, client_id)
    if_match(request, tag(client))
    check(body.scopes, body.jwks)
    given = body.model_dump(exclude_none=True)
    if "cost_units_per_minute" in body.model_fields_set:
        given["cost_units_per_minute"] = body.cost_units_per_minute
    wanted = body.scopes or client.scopes
    territories_of(wanted, body.territories or list(client.territories))
    moved = body.territories is not None and set(body.territories) != set(client.territories)
    narrowed = moved or not set(client.scopes) <= set(wanted)
    if narrowed or body.enabled is False:
        given["tokens_revoked_at"] = clock.now()
    await clients.save(session, replace(client, **given))
    await audit.record(session, caller, "client_changed", client.id, {"fields": sorted(given)})
    return answer(await known(session, client_id))


@router.post(
    "/clients/{client_id}/rotate-secret",
    summary="Сменить секрет клиента",
    description="Новый секрет показывается один раз; прежний действует ещё сутки. Нужен If-Match.",
    responses={200: {"model": ClientAnswer}, **VERSIONED},
)
async def rotate_client_secret(
    request: Request, client_id: ClientId, session: WriteSession, caller: Admin
) -> Response:
    """Add a new secret and let the newest old one end in a day."""
    client = await known(session, client_id)
    if_match(request, tag(client))
    secret, kept = new_secret()
    ends = (clock.now() + _OVERLAP).isoformat()
    old = [{**one, "ends_at": one["ends_at"] or ends} for one in client.secrets[:1]]
    await clients.save(session, replace(client, secrets=[kept, *old]))
    await audit.record(session, caller, "client_secret_rotated", client.id)
    return answer(await known(session, client_id), secret)


@router.post(
    "/clients/{client_id}/revoke-tokens",
    summary="Отозвать токены клиента",
    description="Выданные токены перестают действовать: у шлюза за секунду, у сервисов за пять.",
    responses={200: {"model": ClientAnswer}},
)
async def revoke_client_tokens(
    session: WriteSession, client_id: ClientId, caller: Admin
) -> Response:
    """Revoke every token issued to a client up to now."""
    client = await known(session, client_id)
    await clients.save(session, replace(client, tokens_revoked_at=clock.now()))
    await audit.record(session, caller, "client_tokens_revoked", client.id)
    return answer(await known(session, client_id))


@router.get(
    "/keys", summary="Ключи подписи токенов", description="Действующий ключ и недавно снятые."
)
async def list_keys(request: Request, session: WriteSession, _caller: Admin) -> KeyList:
    """Return the signing keys that are still believed."""
    settings: Settings = request.app.state.settings
    found = await signing_keys.public_keys(session, settings.token_seconds * 2)
    return KeyList(
        items=[
            KeyAnswer(kid=k["kid"], created_at=k["created_at"], retired_at=k["retired_at"])
            for k in found
        ]
    )


@router.post(
    "/keys/rotate",
    summary="Сменить ключ подписи",
    description="Новый ключ подписывает сразу; прежний остаётся в JWKS, пока живы его токены.",
)
async def rotate_keys(request: Request, session: WriteSession, caller: Admin) -> KeyList:
    """Make a new signing key and retire the old one."""
    kid, retired = await signing_keys.rotate(session, Sealer(request.app.state.settings))
    await audit.record(session, caller, "keys_rotated", kid, {"retired": retired})
    return await list_keys(request, session, caller)
