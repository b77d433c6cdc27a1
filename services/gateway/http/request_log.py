"""Answered requests written to the store in batches, so that they are found by their id."""

import asyncio
from time import perf_counter
from uuid import uuid4

from services.gateway.http.request_context import RequestContext
from services.gateway.store import requests
from services.gateway.store.requests import RequestRecord
from shared import clock
from shared.db import TRANSIENT_ERRORS, Database
from shared.log import current, logger

log = logger(__name__)
_MOST_WAITING = 10_000
_BATCH = 500


class RequestLog:
    """Writes seen requests in batches, apart from the answers; surplus lines are dropped."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._waiting: asyncio.Queue[RequestRecord] = asyncio.Queue(_MOST_WAITING)

    def note(self, context: RequestContext, method: str, status: int, location: str) -> None:
        """Remember a request that was let in, answered so."""
        caller = context.caller
        record = RequestRecord(
            id=uuid4(),
            request_id=current("request_id") or "",
            at=clock.now(),
            client=caller.subject if caller else None,
            actor=context.actor,
            scopes=sorted(caller.scopes) if caller else [],
            method=method,
            path=(context.path or "")[:4000],
            status=status,
            milliseconds=round((perf_counter() - context.started) * 1000, 3),
            service=context.service,
            cost=context.cost,
            route=context.route,
            job=location.rpartition("/jobs/")[2] or None if "/jobs/" in location else None,
        )
        if not self._waiting.full():
            self._waiting.put_nowait(record)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty() and len(batch) < _BATCH:
                batch.append(self._waiting.get_nowait())
            try:
                async with self.db.transaction() as session:
                    await requests.add(session, batch)
            except TRANSIENT_ERRORS as error:
                log.warning("requests_not_registered", count=len(batch), error=str(error))
