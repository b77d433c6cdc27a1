"""A loop that a NOTIFY of PostgreSQL wakes, and a poll when none arrives."""

import asyncio
from collections.abc import Awaitable, Callable

from shared import clock
from shared.db import TRANSIENT_ERRORS, Database
from shared.log import logger

log = logger(__name__)

RETRY_SECONDS = 0.5


class NotifiedLoop:
    """Runs `step` on every NOTIFY of a channel and at least every `poll_seconds`.

    Notifications that arrive during a step cause one more; a step that fails for a moment
    (`TRANSIENT_ERRORS`) is logged and tried again after half a second.
    """

    def __init__(
        self, db: Database, channel: str, step: Callable[[], Awaitable[None]], poll_seconds: float
    ) -> None:
        self._db = db
        self._channel = channel
        self._step = step
        self._poll_seconds = poll_seconds
        self._wakeup = asyncio.Event()

    def wake(self) -> None:
        """Run a step as soon as the present one is over."""
        self._wakeup.set()

    async def run(self) -> None:
        """Run until cancelled; a lost database is waited for."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._repeat())

    async def _listen(self) -> None:
        while True:
            try:
                await self._db.listen(self._channel, lambda _: self.wake())
            except TRANSIENT_ERRORS as error:
                log.warning("listen_lost", channel=self._channel, error=str(error))
            self.wake()
            await asyncio.sleep(RETRY_SECONDS)

    async def _repeat(self) -> None:
        while True:
            self._wakeup.clear()
            try:
                await self._step()
            except TRANSIENT_ERRORS as error:
                log.warning("step_failed", channel=self._channel, error=str(error))
                await asyncio.sleep(RETRY_SECONDS)
            await clock.wait_for(self._wakeup, self._poll_seconds)
