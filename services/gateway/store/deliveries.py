"""Messages waiting for webhook receivers, their claims and the log of attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "gateway_deliveries"

# A client that is disabled, or has lost the scope of a closed type, is told nothing more; clients
# of an outside issuer are not registered here.
MATCHING = text("""
    SELECT w.id FROM webhook AS w LEFT JOIN client AS c ON c.id = w.client
    WHERE w.state = 'active' AND ((w.types = '{}' AND :scope = '') OR :type = ANY(w.types))
    AND (c.id IS NULL OR (c.enabled AND (:scope = '' OR :scope = ANY(c.scopes)))) ORDER BY w.id
""")
ADD = text("""
    INSERT INTO delivery (id, webhook, message, type, body, state)
    VALUES (:id, :webhook, :message, :type, :body, 'waiting')
""")
NOTIFY = text("SELECT pg_notify(:channel, '')")
DUE = text("""
    SELECT DISTINCT d.webhook FROM delivery d JOIN webhook w ON w.id = d.webhook
    WHERE d.state = 'waiting' AND d.next_at <= :now AND w.state = 'active' LIMIT 200
""")
CLAIM = text("""
    UPDATE delivery SET next_at = :leased_until, attempts = attempts + 1,
        first_at = coalesce(first_at, :now)
    WHERE id = (
        SELECT d.id FROM delivery d JOIN webhook w ON w.id = d.webhook
        WHERE d.webhook = :webhook AND d.state = 'waiting' AND d.next_at <= :now
        AND w.state = 'active' ORDER BY d.next_at, d.created_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED
    )
    RETURNING id, message, type, body, attempts
""")
HOOK = text("SELECT url, secrets FROM webhook WHERE id = :webhook AND state = 'active'")
LOG = text("""
    INSERT INTO delivery_attempt (delivery, number, at, status, error, milliseconds)
    VALUES (:delivery, :number, :at, :status, :error, :milliseconds)
    ON CONFLICT (delivery, number) DO NOTHING
""")
DELIVERED = text("""
    UPDATE delivery SET state = 'delivered', delivered_at = :now WHERE id = :delivery
""")
AGAIN = text("UPDATE delivery SET next_at = :next_at WHERE id = :delivery AND state = 'waiting'")
GIVE_UP = text("UPDATE delivery SET state = 'failed' WHERE id = :delivery")
DISABLE = text("""
    UPDATE webhook SET state = 'disabled', reason = :reason, version = version + 1,
        updated_at = clock_timestamp() WHERE id = :webhook
""")


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A claimed message and where it goes."""

    delivery: UUID
    webhook: UUID
    message: str
    body: bytes
    number: int
    url: str
    secrets: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of one POST: the status, or the error in words."""

    delivery: UUID
    number: int
    at: datetime
    status: int | None
    error: str | None
    milliseconds: float


async def subscriptions_for(session: AsyncSession, message_type: str, scope: str) -> list[UUID]:
    """Return the active subscriptions to a type; `scope` is what a closed type asks for."""
    row = {"type": message_type, "scope": scope}
    return list((await session.execute(MATCHING, row)).scalars())


async def add(
    session: AsyncSession, webhook: UUID, message: str, message_type: str, body: bytes
) -> UUID:
    """Queue one message to one subscription; the commit notifies the deliverer."""
    delivery = uuid4()
    row = {
        "id": delivery,
        "webhook": webhook,
        "message": message,
        "type": message_type,
        "body": body,
    }
    await session.execute(ADD, row)
    await session.execute(NOTIFY, {"channel": CHANNEL})
    return delivery


async def due_subscriptions(session: AsyncSession, now: datetime) -> list[UUID]:
    """Return subscriptions with a message that is due."""
    return list((await session.execute(DUE, {"now": now})).scalars())


async def claim(
    session: AsyncSession, webhook: UUID, now: datetime, leased_until: datetime
) -> ClaimedDelivery | None:
    """Claim the message of a subscription that is due the longest, until an instant."""
    row = {"webhook": webhook, "now": now, "leased_until": leased_until}
    claimed = (await session.execute(CLAIM, row)).one_or_none()
    hook = (await session.execute(HOOK, {"webhook": webhook})).one_or_none()
    if claimed is None or hook is None:
        return None
    return ClaimedDelivery(
        delivery=claimed.id,
        webhook=webhook,
        message=claimed.message,
        body=claimed.body,
        number=claimed.attempts,
        url=hook.url,
        secrets=hook.secrets,
    )


async def log_attempt(session: AsyncSession, attempt: Attempt) -> None:
    """Store the outcome of an attempt once."""
    await session.execute(LOG, asdict(attempt))


async def mark_delivered(session: AsyncSession, delivery: UUID, now: datetime) -> None:
    """End a delivery as taken by its receiver."""
    await session.execute(DELIVERED, {"delivery": delivery, "now": now})


async def mark_failed(session: AsyncSession, delivery: UUID) -> None:
    """End a delivery without further attempts."""
    await session.execute(GIVE_UP, {"delivery": delivery})


async def postpone(session: AsyncSession, delivery: UUID, next_at: datetime) -> None:
    """Set the next attempt of a waiting delivery."""
    await session.execute(AGAIN, {"delivery": delivery, "next_at": next_at})


async def disable(session: AsyncSession, webhook: UUID, reason: str) -> None:
    """Disable a subscription with a reason for its owner."""
    await session.execute(DISABLE, {"webhook": webhook, "reason": reason})
