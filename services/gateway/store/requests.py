"""Requests that went through the gateway, found again by their id."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.http.request_context import RequestContext
from shared import clock
from shared.db import Database
from shared.log import current, logger
from shared.worker import TRANSIENT_ERRORS

log = logger(__name__)
KEPT_DAYS = 30
_MOST_WAITING = 10_000
_BATCH = 500

INSERT = text("""
    INSERT INTO seen_request (id, request_id, at, client, actor, scopes, method, path, status,
        milliseconds, service, job)
    VALUES (:id, :request_id, :at, :client, :actor, :scopes, :method, :path, :status,
        :milliseconds, :service, :job)
""")
FIND = text("""
    SELECT request_id, at, client, actor, scopes, method, path, status, milliseconds, service, job
    FROM seen_request WHERE request_id = :request_id ORDER BY at LIMIT 100
""")
PRUNE = text("""
    DELETE FROM seen_request WHERE at < clock_timestamp() - make_interval(days => :days)
""")


@dataclass(frozen=True, slots=True)
class Seen:
    """One request: who, with what rights, what, how it ended, how long it took."""

    id: UUID
    request_id: str
    at: datetime
    client: str | None
    actor: str | None
    scopes: list[str]
    method: str
    path: str
    status: int
    milliseconds: float
    service: str | None
    job: str | None


class Register:
    """Writes seen requests in batches beside the answers; over its capacity lines are dropped."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._waiting: asyncio.Queue[Seen] = asyncio.Queue(_MOST_WAITING)

    def note(self, passage: RequestContext, method: str, status: int, location: str) -> None:
        """Remember a request that was let in, answered so."""
        caller = passage.caller
        seen = Seen(
            id=uuid4(),
            request_id=current("request_id") or "",
            at=clock.now(),
            client=caller.subject if caller else None,
            actor=passage.actor,
            scopes=sorted(caller.scopes) if caller else [],
            method=method,
            path=(passage.path or "")[:4000],
            status=status,
            milliseconds=round((perf_counter() - passage.started) * 1000, 3),
            service=passage.service,
            job=location.rpartition("/jobs/")[2] or None if "/jobs/" in location else None,
        )
        if not self._waiting.full():
            self._waiting.put_nowait(seen)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty() and len(batch) < _BATCH:
                batch.append(self._waiting.get_nowait())
            try:
                async with self.db.transaction() as session:
                    await session.execute(INSERT, [asdict(seen) for seen in batch])
            except TRANSIENT_ERRORS as error:
                log.warning("requests_not_registered", count=len(batch), error=str(error))


async def find(session: AsyncSession, request_id: str) -> list[dict[str, Any]]:
    """Return requests with this id, oldest first."""
    rows = await session.execute(FIND, {"request_id": request_id})
    return [dict(row) for row in rows.mappings()]


async def prune(session: AsyncSession) -> None:
    """Forget old requests."""
    await session.execute(PRUNE, {"days": KEPT_DAYS})
