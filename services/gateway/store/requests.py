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
        milliseconds, service, job)
    VALUES (:id, :request_id, :at, :client, :actor, :scopes, :method, :path, :status,
        :milliseconds, :service, :job)
""")
FIND = text("""
    SELECT request_id, at, client, actor, scopes, method, path, status, milliseconds, service, job
    FROM seen_request WHERE request_id = :request_id ORDER BY at LIMIT 100
""")


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


async def add(session: AsyncSession, records: Sequence[RequestRecord]) -> None:
    """Store the records of answered requests."""
    await session.execute(INSERT, [asdict(record) for record in records])


async def find(session: AsyncSession, request_id: str) -> list[dict[str, Any]]:
    """Return requests with this id, oldest first."""
    rows = await session.execute(FIND, {"request_id": request_id})
    return [dict(row) for row in rows.mappings()]
