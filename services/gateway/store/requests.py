"""Requests that went through the gateway, found again by their id."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

INSERT = text("""
    INSERT INTO seen_request (id, request_id, at, client, actor, scopes, method, path, status,
        milliseconds, service, job, cost, route)
    VALUES (:id, :request_id, :at, :client, :actor, :scopes, :method, :path, :status,
        :milliseconds, :service, :job, :cost, :route)
""")
FIND = text("""
    SELECT request_id, at, client, actor, scopes, method, path, status, milliseconds, service, job
    FROM seen_request WHERE request_id = :request_id ORDER BY at LIMIT 100
""")


LIST_OWN = text("""
    SELECT id, request_id, at, method, route, status, milliseconds, cost, job
    FROM seen_request
    WHERE client = :client AND (at, id) < (
        coalesce(CAST(:at AS timestamptz), 'infinity'), CAST(:id AS uuid)
    )
    ORDER BY at DESC, id DESC LIMIT :limit
""")
_LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """A request as its client sees it: the template of its path, no person and no query."""

    id: UUID
    request_id: str
    at: datetime
    method: str
    route: str | None
    status: int
    milliseconds: float
    cost: int
    job: str | None


@dataclass(frozen=True, slots=True)
class RequestRecord:
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
    cost: int
    route: str | None


async def add(session: AsyncSession, records: Sequence[RequestRecord]) -> None:
    """Store the records of answered requests."""
    await session.execute(INSERT, [asdict(record) for record in records])


async def find(session: AsyncSession, request_id: str) -> list[dict[str, Any]]:
    """Return requests with this id, oldest first."""
    rows = await session.execute(FIND, {"request_id": request_id})
    return [dict(row) for row in rows.mappings()]


async def list_of_client(
    session: AsyncSession, client: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[OwnRequest]:
    """Return requests of a client, newest first, after one of them."""
    at, last = after or (None, _LAST_ID)
    row = {"client": client, "at": at, "id": last, "limit": limit}
    return [OwnRequest(**one) for one in (await session.execute(LIST_OWN, row)).mappings()]
