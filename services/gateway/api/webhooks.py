"""Subscriptions to changes: made and changed by clients for themselves, seen whole by admins."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.api.webhook_schemas import (
    DeliveryAnswer,
    DeliveryList,
    Queued,
    ReplayBody,
    WebhookAnswer,
    WebhookBody,
    WebhookList,
    WebhookPatch,
)
from services.gateway.errors import (
    ChangeUnknown,
    PingWaiting,
    ReplayInvalid,
    WebhookInvalid,
    WebhookLimit,
    WebhookUnknown,
)
from services.gateway.http.admission import ADMISSION
from services.gateway.settings import Settings
from services.gateway.store import audit, changes, deliveries, webhooks
from services.gateway.store.webhooks import Hook
from services.gateway.webhooks.addresses import AddressRefused, check_url, normalise_url
from services.gateway.webhooks.outgoing import cloud_event, ping_body
from services.gateway.webhooks.signing import new_secret, rotated, seal_secrets
from services.gateway.webhooks.types import EVENT_TYPES, PING, hidden_from, reader_of
from shared import clock
from shared.errors import FieldError
from shared.secret_key import Sealer
from shared.web import (
    Caller,
    Idempotency,
    Paging,
    WriteSession,
    if_match,
    requires,
)
from shared.web.problems import documented

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=ADMISSION)
Client = Annotated[Caller, Depends(requires())]
HookId = Annotated[UUID, Path(description="Номер подписки.")]
VERSIONED = documented(412, 428)
REPLAY_DAYS = 30
MOST_WEBHOOKS = 20
_PING_WINDOW = timedelta(seconds=15)
_MOST_REPLAYED = 10_000


def shown(hook: Hook, secret: str | None = None) -> WebhookAnswer:
    """Return a subscription as it is answered."""
    shown_once = {"secret", "secret_shown_at"}
    content = {n: getattr(hook, n) for n in WebhookAnswer.model_fields if n not in shown_once}
    return WebhookAnswer(**content, secret=secret, secret_shown_at=None)


def tag(hook: Hook) -> str:
    """Return the strong tag of a subscription's version."""
    return f'"webhook-{hook.id}-{hook.version}"'


def answer(hook: Hook, secret: str | None = None, status: int = 200) -> Response:
    """Answer with a subscription and its tag; one with a secret is stored by nobody."""
    headers = {
        "ETag": tag(hook),
        "Cache-Control": "no-store",
        "Location": f"/v1/webhooks/{hook.id}",
    }
    content = shown(hook, secret).model_dump_json()
    return Response(content, status, headers, media_type="application/json")


def sealer_of(request: Request) -> Sealer:
    """Return what seals the secrets of subscriptions."""
    return Sealer(request.app.state.settings)


async def own(session: AsyncSession, hook_id: UUID, caller: Caller) -> Hook:
    """Return a subscription of the caller's; those of others are not there, except for admins."""
    hook = await webhooks.find(session, hook_id)
    if hook is None or (hook.client != caller.subject and "admin" not in caller.scopes):
        raise WebhookUnknown
    return hook


def check(request: Request, url: str | None, types: list[str] | None, caller: Caller) -> str | None:
    """Return the address in ASCII.

    Refuses an address inside a network, and types that are unknown or closed to the caller.
    """
    settings: Settings = request.app.state.settings
    errors = []
    if url is not None:
        try:
            url = normalise_url(url)
            check_url(
                url,
                private_allowed=settings.webhook_private_networks,
                loopback_allowed=settings.webhook_loopback,
            )
        except AddressRefused as refused:
            errors.append(FieldError("/body/url", "ADDRESS_REFUSED", str(refused)))
    hidden = hidden_from(caller.scopes)
    for position, name in enumerate(types or []):
        if name not in EVENT_TYPES or name in hidden or name == PING:
            told = f"Вид события {name} неизвестен или закрыт для клиента."
            errors.append(FieldError(f"/body/types/{position}", "TYPE_UNKNOWN", told))
    if errors:
        raise WebhookInvalid(errors=errors)
    return url


@router.post(
    "",
    status_code=201,
    summary="Подписаться на события",
    description="Секрет подписи Standard Webhooks показывается только в этом ответе.",
    responses={201: {"model": WebhookAnswer}},
)
async def create_webhook(
    request: Request, body: WebhookBody, session: WriteSession, once: Idempotency, caller: Client
) -> Response:
    """Register a subscription of the caller's."""

    async def effect() -> Response:
        url = check(request, body.url, body.types, caller)
        if await webhooks.count(session, caller.subject) >= MOST_WEBHOOKS:
            told = f"У клиента уже {MOST_WEBHOOKS} подписок — больше не бывает: удалите лишние."
            raise WebhookLimit(told)
        made, hook_id = new_secret(clock.now()), uuid4()
        row = {
            "id": hook_id,
            "client": caller.subject,
            "url": url,
            "types": body.types,
            "secrets": seal_secrets(sealer_of(request), hook_id, [made]),
        }
        await webhooks.add(session, row)
        await audit.record(session, caller, "webhook_created", str(hook_id), {"url": url})
        return answer(await own(session, hook_id, caller), made["secret"], 201)

    return await once(effect, shown_once="secret")


@router.get("", summary="Подписки", description="Свои подписки; администратор видит все.")
async def list_webhooks(session: WriteSession, caller: Client, page: Paging) -> WebhookList:
    """Return the caller's subscriptions, all of them for an admin."""
    after = page.after
    client = None if "admin" in caller.scopes else caller.subject
    found = await webhooks.listed(session, client, after and UUID(after), page.fetch)
    rows, following = page.cut(found, lambda hook: str(hook.id))
    return WebhookList(items=[shown(hook) for hook in rows], next=following)


@router.get("/{webhook_id}", summary="Подписка", responses={200: {"model": WebhookAnswer}})
async def get_webhook(session: WriteSession, webhook_id: HookId, caller: Client) -> Response:
    """Return one subscription."""
    return answer(await own(session, webhook_id, caller))


@router.patch(
    "/{webhook_id}",
    summary="Изменить подписку",
    description="Нужен If-Match с ETag подписки.",
    responses={200: {"model": WebhookAnswer}, **VERSIONED},
)
async def update_webhook(
    request: Request, webhook_id: HookId, body: WebhookPatch, session: WriteSession, caller: Client
) -> Response:
    """Change what the body names."""
    hook = await own(session, webhook_id, caller)
    if_match(request, tag(hook))
    url = check(request, body.url, body.types, caller)
    given = body.model_dump(exclude_none=True) | ({} if url is None else {"url": url})
    if body.state == "active":
        given |= {"reason": None, "failures": 0, "paused_until": None}
    await webhooks.save(session, replace(hook, **given))
    await audit.record(session, caller, "webhook_changed", str(hook.id), given)
    return answer(await own(session, webhook_id, caller))


@router.delete(
    "/{webhook_id}",
    status_code=204,
    summary="Удалить подписку",
    description="Нужен If-Match с ETag подписки. Недоставленное не доставляется.",
    responses=VERSIONED,
)
async def delete_webhook(
    request: Request, webhook_id: HookId, session: WriteSession, caller: Client
) -> Response:
    """Delete a subscription and what waits for it."""
    hook = await own(session, webhook_id, caller)
    if_match(request, tag(hook))
    await webhooks.remove(session, hook.id)
    await audit.record(session, caller, "webhook_deleted", str(hook.id))
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/rotate-secret",
    summary="Сменить секрет подписки",
    description="Секрет показывается один раз; прежний подписывает ещё сутки. Нужен If-Match.",
    responses={200: {"model": WebhookAnswer}, **VERSIONED},
)
async def rotate_webhook_secret(
    request: Request, webhook_id: HookId, session: WriteSession, caller: Client
) -> Response:
    """Add a new secret and let the old one end in a day."""
    hook = await own(session, webhook_id, caller)
    if_match(request, tag(hook))
    kept = rotated(hook.secrets, clock.now())
    sealed = seal_secrets(sealer_of(request), hook.id, kept)
    await webhooks.save(session, replace(hook, secrets=sealed))
    await audit.record(session, caller, "webhook_secret_rotated", str(hook.id))
    return answer(await own(session, webhook_id, caller), kept[0]["secret"])


@router.post(
    "/{webhook_id}/ping",
    status_code=202,
    summary="Отправить проверочное сообщение",
    description="Ставит на доставку событие gateway.ping.v1; одно за раз, пока прежнее ждёт — 409.",
)
async def ping_webhook(session: WriteSession, webhook_id: HookId, caller: Client) -> Queued:
    """Queue a test message."""
    hook = await own(session, webhook_id, caller)
    if not await deliveries.replace_ping(session, hook.id, PING, clock.now() + _PING_WINDOW):
        told = "Прежнее проверочное сообщение ещё доставляется: дождитесь его итога."
        raise PingWaiting(told, headers={"Retry-After": "5"})
    message = uuid4()
    await deliveries.add(session, hook.id, f"msg_{message.hex}", PING, ping_body(message, hook.id))
    return Queued(queued=1)


@router.post(
    "/{webhook_id}/replay",
    status_code=202,
    summary="Доставить события ещё раз",
    description="Номер сообщения прежний, поэтому получатель узнает повтор.",
)
async def replay_webhook(
    session: WriteSession, webhook_id: HookId, body: ReplayBody, caller: Client
) -> Queued:
    """Queue one fact or those of a period again."""
    hook = await own(session, webhook_id, caller)
    chosen = await _chosen(session, body)
    reader = reader_of(caller)
    count = 0
    for change in chosen:
        wanted = not hook.types or change.type in hook.types
        if wanted and reader.may_see(change.type, change.body):
            message = f"msg_{change.id.hex}"
            await deliveries.add(session, hook.id, message, change.type, cloud_event(change))
            count += 1
    return Queued(queued=count)


async def _chosen(session: AsyncSession, body: ReplayBody) -> list[changes.Change]:
    if (body.event is None) == (body.since is None):
        raise ReplayInvalid
    if body.event is not None:
        found = await changes.one(session, body.event)
        if found is None:
            raise ChangeUnknown
        return [found]
    oldest = clock.now() - timedelta(days=REPLAY_DAYS)
    since = max(body.since, oldest) if body.since else oldest
    return await changes.read_between(session, since, body.until or clock.now(), _MOST_REPLAYED)


@router.get(
    "/{webhook_id}/deliveries",
    summary="Журнал доставки",
    description="Сообщения подписки с попытками, новые первыми; хранится 40 дней.",
)
async def list_deliveries(
    session: WriteSession,
    webhook_id: HookId,
    caller: Client,
    page: Paging,
    state: Annotated[
        Literal["waiting", "delivered", "failed"] | None, Query(description="Состояние.")
    ] = None,
) -> DeliveryList:
    """Return the delivery log of a subscription."""
    await own(session, webhook_id, caller)
    after = page.after
    before = datetime.fromisoformat(after) if after else None
    found = await webhooks.deliveries(session, webhook_id, state, before, page.fetch)
    rows, following = page.cut(found, lambda row: row["created_at"].isoformat())
    return DeliveryList(items=[_delivery(row) for row in rows], next=following)


def _delivery(found: dict[str, Any]) -> DeliveryAnswer:
    waiting = found["state"] == "waiting"
    return DeliveryAnswer(**{**found, "next_at": found["next_at"] if waiting else None})
