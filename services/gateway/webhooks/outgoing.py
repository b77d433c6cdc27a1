"""From an announced fact to the messages that wait for delivery."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain.event_reader import territory_of
from services.gateway.store import changes, deliveries
from services.gateway.store.changes import Change
from services.gateway.webhooks.types import PING, audience_of

SOURCE = "urn:kachestvo"


def cloud_event(change: Change) -> bytes:
    """Return the CloudEvents 1.0 body of a fact, structured JSON: the same bytes every time."""
    attributes = {
        "id": str(change.id),
        "source": f"{SOURCE}:{change.source}",
        "type": change.type,
        "subject": change.subject,
        "time": change.occurred_at,
        "datacontenttype": "application/json",
        "specversion": "1.0",
    }
    data = {"seq": change.seq, "revision": change.revision, **_public(change.body)}
    return JSONFormat().write(CloudEvent(attributes=attributes, data=data))


def _public(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "revision"}


async def fan_out(session: AsyncSession, seq: int) -> int:
    """Queue a fact for every subscription that wants its type; return how many there were.

    A closed type goes to registered clients of the territory it names.
    """
    change = await changes.numbered(session, seq)
    if change is None:
        return 0
    body = cloud_event(change)
    scope = audience_of(change.type)
    found_hooks = await deliveries.subscriptions_for(session, change.type, scope)
    code = territory_of(change.body)
    subscriptions = [hook for hook, within in found_hooks if not scope or within.allow(code)]
    for webhook in subscriptions:
        await deliveries.add(session, webhook, f"msg_{change.id.hex}", change.type, body)
    return len(subscriptions)


def ping_body(delivery: UUID, webhook: UUID) -> bytes:
    """Return the body of a test message."""
    content = {
        "specversion": "1.0",
        "id": str(delivery),
        "source": f"{SOURCE}:gateway",
        "type": PING,
        "subject": str(webhook),
        "datacontenttype": "application/json",
        "data": {"message": "Проверка доставки"},
    }
    return json.dumps(content, ensure_ascii=False).encode()
