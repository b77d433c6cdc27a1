"""Messages waiting for webhook receivers, their claims and the log of attempts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.territories import Territories

CHANNEL = "gateway_deliveries"
FAILURES_BEFORE_PAUSE = 5

# A client that is disabled, or has lost the scope of a closed type, receives nothing more; clients
# of an outside issuer are not registered here.
MATCHING = text("""
    SELECT w.id, coalesce(c.territories, '{}') AS territories
    FROM webhook AS w LEFT JOIN client AS c ON c.id = w.client
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
    WHERE d.state = 'waiting' AND d.next_at <= :now AND w.state = 'active'
    AND (w.paused_until IS NULL OR w.paused_until <= :now) LIMIT 200
""")
CLAIM = text("""
    UPDATE delivery SET next_at = :leased_until, attempts = attempts + 1,
        first_at = coalesce(first_at, :now)
    WHERE id = (
        SELECT d.id FROM delivery d JOIN webhook w ON w.id = d.webhook
        WHERE d.webhook = :webhook AND d.state = 'waiting' AND d.next_at <= :now
        AND w.state = 'active' AND (w.paused_until IS NULL OR w.paused_until <= :now)
        ORDER BY d.next_at, d.created_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED
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
RENEW = text("""
    UPDATE delivery SET next_at = :until
    WHERE id = :delivery AND state = 'waiting' AND attempts = :number
""")
PING_WAITS = text("""
    SELECT EXISTS (SELECT FROM delivery WHERE webhook = :webhook AND type = :type
        AND state = 'waiting' AND next_at <= :soon)
""")
END_PINGS = text("""
    UPDATE delivery SET state = 'failed'
    WHERE webhook = :webhook AND type = :type AND state = 'waiting'
""")
RECOVERED = text("""
    UPDATE webhook SET failures = 0, paused_until = NULL
    WHERE id = :webhook AND (failures > 0 OR paused_until IS NOT NULL)
""")
# The pause doubles from a minute with each failure after those that are let pass.
FAILED_AGAIN = text("""
    UPDATE webhook SET failures = failures + 1, paused_until = CASE WHEN failures + 1 >= :patience
        THEN CAST(:now AS timestamptz) + least(
            make_interval(mins => 1) * power(2, least(failures + 1 - :patience, 20)),
            make_interval(hours => 6))
        END
    WHERE id = :webhook
""")
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


async def subscriptions_for(
    session: AsyncSession, message_type: str, scope: str
) -> list[tuple[UUID, Territories]]:
    """Return the active subscriptions to a type with their clients' territories.

    `scope` is what a closed type asks for. A client that is not registered here has none.
    """
    row = {"type": message_type, "scope": scope}
    found = await session.execute(MATCHING, row)
    return [(one.id, Territories.of(one.territories)) for one in found]


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


async def renew(session: AsyncSession, message: ClaimedDelivery, until: datetime) -> None:
    """Prolong a claim that is still held."""
    row = {"delivery": message.delivery, "number": message.number, "until": until}
    await session.execute(RENEW, row)


async def replace_ping(
    session: AsyncSession, webhook: UUID, message_type: str, soon: datetime
) -> bool:
    """End test messages that wait for long; False where one is under way or due by `soon`."""
    row: dict[str, Any] = {"webhook": webhook, "type": message_type}
    if (await session.execute(PING_WAITS, {**row, "soon": soon})).scalar_one():
        return False
    await session.execute(END_PINGS, row)
    return True


async def note_success(session: AsyncSession, webhook: UUID) -> None:
    """End the count of failures and the pause of a receiver that answers."""
    await session.execute(RECOVERED, {"webhook": webhook})


async def note_failure(session: AsyncSession, webhook: UUID, now: datetime) -> None:
    """Count a failure in a row; from the fifth on the receiver is paused, longer each time."""
    row = {"webhook": webhook, "now": now, "patience": FAILURES_BEFORE_PAUSE}
    await session.execute(FAILED_AGAIN, row)


async def mark_failed(session: AsyncSession, delivery: UUID) -> None:
    """End a delivery without further attempts."""
    await session.execute(GIVE_UP, {"delivery": delivery})


async def postpone(session: AsyncSession, delivery: UUID, next_at: datetime) -> None:
    """Set the next attempt of a waiting delivery."""
    await session.execute(AGAIN, {"delivery": delivery, "next_at": next_at})


async def disable(session: AsyncSession, webhook: UUID, reason: str) -> None:
    """Disable a subscription with a reason for its owner."""
    await session.execute(DISABLE, {"webhook": webhook, "reason": reason})
