"""The stream of one reader as an ASGI answer: resume, live facts, heartbeat, dropping."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from services.gateway.events.hub import Hub, Subscriber
from services.gateway.store import changes
from services.gateway.store.changes import Change

HEARTBEAT_SECONDS = 15.0
# A reader whose connection takes nothing for so long is gone or too slow.
STALLED_SECONDS = 30.0
_PAGE = 200
_RETRY = b"retry: 3000\n\n"
_HEARTBEAT = b": heartbeat\n\n"
_RESET = (
    b'event: reset\ndata: {"reason": "LAST_EVENT_ID_TOO_OLD", "full_sync": "/v1/documents"}\n\n'
)

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


def render(change: Change) -> bytes:
    """Return a fact in the text of the event stream; its number is the id to resume after."""
    content = {
        "seq": change.seq,
        "id": str(change.id),
        "type": change.type,
        "subject": change.subject,
        "revision": change.revision,
        "time": change.occurred_at.isoformat(),
        "documents": change.body.get("documents", []),
    }
    data = json.dumps(content, ensure_ascii=False)
    return f"id: {change.seq}\nevent: {change.type}\ndata: {data}\n\n".encode()


class EventStream:
    """Answers one request for events; `after` None begins with what happens from now on."""

    def __init__(self, hub: Hub, subscriber: Subscriber, after: int | None) -> None:
        self.hub = hub
        self.subscriber = subscriber
        self.after = after

    async def __call__(self, _scope: Message, receive: Receive, send: Send) -> None:
        """Send until the reader leaves, stalls or is dropped."""
        self.hub.subscribers.add(self.subscriber)
        talking = asyncio.create_task(self._talk(send))
        leaving = asyncio.create_task(_left(receive))
        dropped = asyncio.create_task(self.subscriber.dropped.wait())
        try:
            await asyncio.wait({talking, leaving, dropped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.subscribers.discard(self.subscriber)
            for task in (talking, leaving, dropped):
                task.cancel()
            await asyncio.gather(talking, leaving, dropped, return_exceptions=True)

    async def _talk(self, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for chunk in self._chunks():
            async with asyncio.timeout(STALLED_SECONDS):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def _chunks(self) -> AsyncIterator[bytes]:
        """Give the missed facts out of the table, then the live ones, a heartbeat between."""
        yield _RETRY
        seen = 0
        if self.after is not None:
            async with self.hub.db.reading() as session:
                first, last = await changes.span(session)
            if self.after < first - 1 or self.after > last:
                yield _RESET
            else:
                seen = self.after
                async for change in self._missed(self.after):
                    seen = change.seq
                    yield render(change)
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    change = await self.subscriber.queue.get()
            except TimeoutError:
                yield _HEARTBEAT
                continue
            if change.seq > seen:
                yield render(change)

    async def _missed(self, after: int) -> AsyncIterator[Change]:
        types = self.subscriber.types
        while True:
            async with self.hub.db.reading() as session:
                page = await changes.read_after(
                    session,
                    after,
                    _PAGE,
                    None if types is None else sorted(types),
                    self.subscriber.reader,
                )
            for change in page:
                yield change
            if len(page) < _PAGE:
                return
            after = page[-1].seq


async def _left(receive: Receive) -> None:
    """Return once the reader has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
