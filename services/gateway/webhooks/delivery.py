"""Delivering what waits: one message at a time to each subscription, retried over 75 hours.

A message is claimed by moving its next attempt a minute ahead, so a deliverer that dies leaves
nothing stuck and two deliverers never send the same attempt. A subscription with a slow receiver
holds up nobody else.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.gateway.settings import Settings
from services.gateway.webhooks.http_post import Posted, post
from services.gateway.webhooks.signing import sign
from shared import clock
from shared.db import Database
from shared.log import logger
from shared.worker import TRANSIENT_ERRORS, JobContext

log = logger(__name__)

# Pauses before attempts 2…10: together 75 h 35 min (Standard Webhooks' recommended schedule).
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
ATTEMPTS = len(PAUSES) + 1
GONE = 410
_JITTER = 0.1
_LEASE = timedelta(seconds=60)
_MOST_AT_ONCE = 64

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
class Message:
    """A claimed message and where it goes."""

    delivery: UUID
    webhook: UUID
    message: str
    body: bytes
    number: int
    url: str
    secrets: list[dict[str, Any]]


def next_attempt(number: int, at: datetime, draw: Callable[[], float]) -> datetime | None:
    """Return when to try again after attempt `number` (1-based) failed; None after the last.

    `draw` gives a uniform number of [0, 1): the pause is shortened by up to a tenth of it.
    """
    if number > len(PAUSES):
        return None
    return at + PAUSES[number - 1] * (1 - _JITTER * draw())


class Deliverer:
    """Starts a task for every subscription with something due, never two for one."""

    def __init__(self, now: Callable[[], datetime] = clock.now) -> None:
        self._now = now
        self._busy: dict[UUID, asyncio.Task[None]] = {}

    async def look(self, context: JobContext) -> None:
        """Start delivering whatever is due now; returns without waiting for receivers."""
        async with context.db.reading() as session:
            due = list((await session.execute(DUE, {"now": self._now()})).scalars())
        for webhook in due:
            if webhook not in self._busy and len(self._busy) < _MOST_AT_ONCE:
                task = asyncio.create_task(self._drain(context, webhook))
                self._busy[webhook] = task
                task.add_done_callback(partial(self._forget, webhook))

    def _forget(self, webhook: UUID, _task: object) -> None:
        self._busy.pop(webhook, None)

    async def settled(self) -> None:
        """Wait for every receiver that is being spoken to."""
        await asyncio.gather(*self._busy.values())

    async def _drain(self, context: JobContext, webhook: UUID) -> None:
        settings = context.settings
        private = isinstance(settings, Settings) and settings.webhook_private_networks
        try:
            while message := await self._claim(context.db, webhook):
                sent_at = self._now()
                fields = sign(message.secrets, message.message, sent_at, message.body)
                fields["content-type"] = "application/cloudevents+json"
                posted = await post(message.url, message.body, fields, private_allowed=private)
                await self._settle(context.db, message, posted, sent_at)
        except TRANSIENT_ERRORS as error:
            log.warning("delivery_interrupted", webhook=str(webhook), error=str(error))

    async def _claim(self, db: Database, webhook: UUID) -> Message | None:
        now = self._now()
        row = {"webhook": webhook, "now": now, "leased_until": now + _LEASE}
        async with db.transaction() as session:
            claimed = (await session.execute(CLAIM, row)).one_or_none()
            hook = (await session.execute(HOOK, {"webhook": webhook})).one_or_none()
        if claimed is None or hook is None:
            return None
        return Message(
            claimed.id,
            webhook,
            claimed.message,
            claimed.body,
            claimed.attempts,
            hook.url,
            hook.secrets,
        )

    async def _settle(
        self, db: Database, message: Message, posted: Posted, sent_at: datetime
    ) -> None:
        """Log the attempt and decide what follows."""
        row = {
            "delivery": message.delivery,
            "number": message.number,
            "at": sent_at,
            "status": posted.status,
            "error": posted.error,
            "milliseconds": posted.milliseconds,
        }
        again = next_attempt(message.number, sent_at, random.random)
        async with db.transaction() as session:
            await session.execute(LOG, row)
            if posted.delivered:
                await session.execute(DELIVERED, {"delivery": message.delivery, "now": self._now()})
            elif posted.status == GONE:
                reason = "Получатель ответил 410 Gone."
                await session.execute(GIVE_UP, {"delivery": message.delivery})
                await session.execute(DISABLE, {"webhook": message.webhook, "reason": reason})
            elif again is None:
                await session.execute(GIVE_UP, {"delivery": message.delivery})
            else:
                await session.execute(AGAIN, {"delivery": message.delivery, "next_at": again})
