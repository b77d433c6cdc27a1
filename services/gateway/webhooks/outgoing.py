"""From an announced fact to the messages that wait for delivery."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.store import changes
from services.gateway.store.changes import Change
from services.gateway.webhooks.types import PING, audience_of

SOURCE = "urn:kachestvo"
CHANNEL = "gateway_deliveries"

# A client that is disabled, or has lost the scope of a closed type, is told nothing more; clients
# of an outside issuer are not registered here.
MATCHING = text("""
    SELECT w.id FROM webhook AS w LEFT JOIN client AS c ON c.id = w.client
    WHERE w.state = 'active' AND ((w.types = '{}' AND :scope = '') OR :type = ANY(w.types))
    AND (c.id IS NULL OR (c.enabled AND (:scope = '' OR :scope = ANY(c.scopes)))) ORDER BY w.id
""")
INSERT = text("""
    INSERT INTO delivery (id, webhook, message, type, body, state)
    VALUES (:id, :webhook, :message, :type, :body, 'waiting')
""")
RING = text("SELECT pg_notify(:channel, '')")


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
    """Queue a fact for every subscription that wants its type; return how many there were."""
    found = await changes.read_after(session, seq - 1, 1)
    if not found:
        return 0
    change = found[0]
    body = cloud_event(change)
    wanted = {"type": change.type, "scope": audience_of(change.type)}
    hooks = list((await session.execute(MATCHING, wanted)).scalars())
    for hook in hooks:
        await queue(session, hook, f"msg_{change.id.hex}", change.type, body)
    return len(hooks)


async def queue(
    session: AsyncSession, webhook: UUID, message: str, message_type: str, body: bytes
) -> UUID:
    """Queue one message to one subscription; the commit rings the deliverer."""
    delivery = uuid4()
    row = {
        "id": delivery,
        "webhook": webhook,
        "message": message,
        "type": message_type,
        "body": body,
    }
    await session.execute(INSERT, row)
    await session.execute(RING, {"channel": CHANNEL})
    return delivery


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
