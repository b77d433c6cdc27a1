"""One reader of the change table a process, and a bounded queue for each subscriber.

A subscriber first reads what it missed out of the table itself and then takes from its queue; a
number seen already is skipped, so nothing is lost or reported twice at the seam. Whoever lets the
queue fill is dropped: a slow reader costs a bounded amount of memory and delays nobody.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from services.gateway.domain.event_reader import EventReader
from services.gateway.errors import StreamsExceeded
from services.gateway.store import changes
from services.gateway.store.changes import Change
from shared.db import Database
from shared.notified_loop import NotifiedLoop

QUEUE = 256
_PAGE = 200


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
        self._streams: Counter[str] = Counter()
        self._seq: int | None = None
        self._poll = poll_seconds

    @contextmanager
    def stream_of(self, caller: str, most: int) -> Iterator[None]:
        """Count a stream of a caller while the block runs; more than `most` → 429."""
        if self._streams[caller] >= most:
            raise StreamsExceeded
        self._streams[caller] += 1
        try:
            yield
        finally:
            self._streams[caller] -= 1
            if not self._streams[caller]:
                del self._streams[caller]

    async def run(self) -> None:
        """Follow until cancelled; a lost database is waited for."""
        await NotifiedLoop(self.db, changes.CHANNEL, self._read, self._poll).run()

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
