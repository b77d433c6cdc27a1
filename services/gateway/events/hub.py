"""One reader of the change table a process, and a bounded queue for each subscriber.

A subscriber first reads what it missed out of the table itself and then takes from its queue; a
number seen already is skipped, so nothing is lost or told twice at the seam. Whoever lets the
queue fill is dropped: a slow reader costs a bounded amount of memory and delays nobody.
"""

import asyncio
from collections.abc import Sequence

from services.gateway.domain.event_reader import EventReader
from services.gateway.store import changes
from services.gateway.store.changes import Change
from shared import clock
from shared.db import TRANSIENT_ERRORS, Database
from shared.log import logger

log = logger(__name__)
QUEUE = 256
_PAGE = 200
_HEAR_AGAIN_SECONDS = 0.5


class Subscriber:
    """What waits for one connected reader."""

    def __init__(self, types: Sequence[str] | None, reader: EventReader) -> None:
        self.types = None if types is None else frozenset(types)
        self.reader = reader
        self.queue: asyncio.Queue[Change] = asyncio.Queue(QUEUE)
        self.dropped = asyncio.Event()

    def wants(self, change: Change) -> bool:
        """Tell whether the reader asked for this type and may see it."""
        wanted = self.types is None or change.type in self.types
        return wanted and self.reader.may_see(change.type, change.body)


class Hub:
    """Follows the change table and fills the queues."""

    def __init__(self, db: Database, poll_seconds: float) -> None:
        self.db = db
        self.subscribers: set[Subscriber] = set()
        self.dropped = 0
        self._seq: int | None = None
        self._poll = poll_seconds
        self._rung = asyncio.Event()

    async def run(self) -> None:
        """Follow until cancelled; a lost database is waited for."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear())
            group.create_task(self._follow())

    async def _hear(self) -> None:
        while True:
            try:
                await self.db.listen(changes.CHANNEL, lambda _: self._rung.set())
            except TRANSIENT_ERRORS as error:
                log.warning("listen_lost", error=str(error))
            await asyncio.sleep(_HEAR_AGAIN_SECONDS)

    async def _follow(self) -> None:
        while True:
            self._rung.clear()
            try:
                await self._read()
            except TRANSIENT_ERRORS as error:
                log.warning("follow_failed", error=str(error))
            await clock.wait_for(self._rung, self._poll)

    async def _read(self) -> None:
        """Hand out what is new; what happened before this process began belongs to nobody here."""
        if self._seq is None:
            async with self.db.reading() as session:
                _, self._seq = await changes.span(session)
        while True:
            async with self.db.reading() as session:
                page = await changes.read_after(session, self._seq, _PAGE)
            for change in page:
                self._seq = change.seq
                self._hand_out(change)
            if len(page) < _PAGE:
                return

    def _hand_out(self, change: Change) -> None:
        for subscriber in [one for one in self.subscribers if one.wants(change)]:
            try:
                subscriber.queue.put_nowait(change)
            except asyncio.QueueFull:
                self.dropped += 1
                self.subscribers.discard(subscriber)
                subscriber.dropped.set()
