"""Delivering what waits: one message at a time to each subscription, retried over 75 hours.

A message is claimed by moving its next attempt ten seconds ahead and prolonging that while its
receiver is spoken to, so a deliverer that dies leaves nothing stuck and two deliverers never send
the same attempt. A subscription with a slow receiver
holds up nobody else.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from services.gateway.settings import Settings
from services.gateway.store import deliveries
from services.gateway.store.deliveries import Attempt, ClaimedDelivery
from services.gateway.webhooks.http_post import Posted, post
from services.gateway.webhooks.signing import open_secrets, sign
from shared import clock
from shared.db import TRANSIENT_ERRORS, Database
from shared.log import logger
from shared.secret_key import SealBroken, Sealer
from shared.worker import JobContext

log = logger(__name__)

# Pauses before attempts 2…10: together 75 h 35 min (Standard Webhooks' recommended schedule).
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)
ATTEMPTS = len(PAUSES) + 1
GONE = 410
# A receiver may put an attempt off by a day at most.
MOST_RETRY_AFTER = 86_400.0
_JITTER = 0.1
# A claim of a process that died is taken back within 15 s; one that lives is prolonged.
_LEASE = timedelta(seconds=10)
_RENEW_SECONDS = 3.0
_MOST_AT_ONCE = 64


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
            due = await deliveries.due_subscriptions(session, self._now())
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
        own = settings if isinstance(settings, Settings) else None
        private = own is not None and own.webhook_private_networks
        loopback = own is not None and own.webhook_loopback
        try:
            while message := await self._claim(context.db, webhook):
                sent_at = self._now()
                kept = open_secrets(Sealer(settings), webhook, message.secrets)
                fields = sign(kept, message.message, sent_at, message.body)
                fields["content-type"] = "application/cloudevents+json"
                async with self._renewing(context.db, message):
                    posted = await post(
                        message.url,
                        message.body,
                        fields,
                        private_allowed=private,
                        loopback_allowed=loopback,
                    )
                await self._settle(context.db, message, posted, sent_at)
        except SealBroken as error:
            log.warning("webhook_secret_unreadable", webhook=str(webhook), error=str(error))
        except TRANSIENT_ERRORS as error:
            log.warning("delivery_interrupted", webhook=str(webhook), error=str(error))

    @asynccontextmanager
    async def _renewing(self, db: Database, message: ClaimedDelivery) -> AsyncIterator[None]:
        """Prolong a claim while its receiver is spoken to; a dead process stops prolonging."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(_RENEW_SECONDS)
                try:
                    async with db.transaction() as session:
                        await deliveries.renew(session, message, self._now() + _LEASE)
                except TRANSIENT_ERRORS as error:
                    log.warning("claim_not_renewed", error=str(error))

        task = asyncio.create_task(renew())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _claim(self, db: Database, webhook: UUID) -> ClaimedDelivery | None:
        now = self._now()
        async with db.transaction() as session:
            return await deliveries.claim(session, webhook, now, now + _LEASE)

    async def _settle(
        self, db: Database, message: ClaimedDelivery, posted: Posted, sent_at: datetime
    ) -> None:
        """Log the attempt and decide what follows."""
        again = next_attempt(message.number, sent_at, random.random)
        if again is not None and posted.retry_after is not None:
            asked = sent_at + timedelta(seconds=min(posted.retry_after, MOST_RETRY_AFTER))
            again = max(again, asked)
        attempt = Attempt(
            message.delivery,
            message.number,
            sent_at,
            posted.status,
            posted.error,
            posted.milliseconds,
        )
        async with db.transaction() as session:
            await deliveries.log_attempt(session, attempt)
            if posted.delivered:
                await deliveries.note_success(session, message.webhook)
            else:
                await deliveries.note_failure(session, message.webhook, self._now())
            if posted.delivered:
                await deliveries.mark_delivered(session, message.delivery, self._now())
            elif posted.status == GONE:
                await deliveries.mark_failed(session, message.delivery)
                await deliveries.disable(session, message.webhook, "Получатель ответил 410 Gone.")
            elif again is None:
                await deliveries.mark_failed(session, message.delivery)
            else:
                await deliveries.postpone(session, message.delivery, again)
