"""Poll the events of other services and handle each once, in order."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import inbox
from shared.db import TRANSIENT_ERRORS
from shared.errors import Unavailable
from shared.events import Event
from shared.job_runner import JobContext
from shared.log import attached, logger

log = logger(__name__)

PULL_PAGE = 200

Listener = Callable[[AsyncSession, Event, JobContext], Awaitable[None]]


class EventPoller:
    """Pulls the events of the sources and gives them to the listeners of their topics."""

    def __init__(
        self, context: JobContext, listeners: Mapping[str, Listener], sources: Sequence[str]
    ) -> None:
        self.context = context
        self.listeners = listeners
        self._pulling = {source: asyncio.Lock() for source in sources}

    async def pull_all(self) -> None:
        """Poll every source once."""
        for source in self._pulling:
            await self.pull(source)

    async def pull(self, source: str) -> None:
        """Take every event of a source that this service has not seen yet."""
        if source not in self._pulling:
            return
        async with self._pulling[source]:
            try:
                while await self._pull_page(source):
                    pass
            except (Unavailable, *TRANSIENT_ERRORS) as error:
                log.warning("pull_failed", source=source, error=str(error))

    async def _pull_page(self, source: str) -> bool:
        async with self.context.db.transaction() as session:
            after = await inbox.position_of(session, source)
        client = self.context.clients[source]
        page = await client.get_json(f"/internal/events?after={after}&limit={PULL_PAGE}")
        try:
            taken = await self._handle_all(source, page["items"])
        finally:
            async with self.context.db.transaction() as session:
                await inbox.record_poll(session, source)
        return taken and len(page["items"]) == PULL_PAGE

    async def _handle_all(self, source: str, items: Sequence[Mapping[str, Any]]) -> bool:
        """Handle events in their order; False when one has to be tried again later."""
        for item in items:
            if not await self._handle(inbox.event_of({**item, "source": source})):
                return False
        return True

    async def _handle(self, event: Event) -> bool:
        """Handle one event; False when it has to be tried again later."""
        async with self.context.db.transaction() as session:
            attempts = await inbox.begin_attempt(session, event)
        if attempts is None:
            return True
        if attempts > inbox.MAX_ATTEMPTS:
            return await self._dead_letter(event, "The process died while handling it.")
        try:
            async with self.context.db.transaction() as session:
                if await inbox.claim(session, event):
                    await self._dispatch(session, event)
        except Unavailable:
            raise
        except Exception as error:
            log.exception("listener_failed", topic=event.topic, event_id=str(event.id))
            return await self._dead_letter(event, repr(error))
        return True

    async def _dispatch(self, session: AsyncSession, event: Event) -> None:
        """Handle an event under the id of the request that caused it."""
        listener = self.listeners.get(event.topic)
        if listener is not None:
            with attached(request_id=event.request_id):
                await listener(session, event, self.context)

    async def _dead_letter(self, event: Event, error: str) -> bool:
        async with self.context.db.transaction() as session:
            dead = await inbox.record_failure(session, event, error)
            if dead:
                await inbox.advance(session, event)
        return dead

    async def retry_dead_letter(self, context: JobContext, args: Mapping[str, Any]) -> None:
        """Handle a dead event once more, as a job."""
        async with context.effect() as session:
            event = await inbox.retry_dead_letter(session, UUID(args["event_id"]))
            if event is not None:
                await self._dispatch(session, event)
