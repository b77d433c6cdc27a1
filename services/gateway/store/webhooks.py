"""Subscriptions, their deliveries and the log of attempts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import lock

INSERT = text("""
    INSERT INTO webhook (id, client, url, types, secrets, state, version)
    VALUES (:id, :client, :url, :types, CAST(:secrets AS jsonb), 'active', 1)
""")
GET = text("""
    SELECT id, client, url, types, secrets, state, reason, version, created_at, updated_at,
        failures, paused_until
    FROM webhook WHERE id = :id FOR UPDATE
""")
LIST = text("""
    SELECT id, client, url, types, secrets, state, reason, version, created_at, updated_at,
        failures, paused_until
    FROM webhook WHERE (CAST(:client AS text) IS NULL OR client = :client)
    AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit
""")
COUNT = text("SELECT count(*) FROM webhook WHERE client = :client")
UPDATE = text("""
    UPDATE webhook SET url = :url, types = :types, secrets = CAST(:secrets AS jsonb),
        state = :state, reason = :reason, failures = :failures, paused_until = :paused_until,
        version = version + 1, updated_at = clock_timestamp()
    WHERE id = :id
""")
DELETE_ATTEMPTS = text("""
    DELETE FROM delivery_attempt WHERE delivery IN (SELECT id FROM delivery WHERE webhook = :id)
""")
DELETE_DELIVERIES = text("DELETE FROM delivery WHERE webhook = :id")
DELETE = text("DELETE FROM webhook WHERE id = :id")
DELIVERIES = text("""
    SELECT id, message, type, state, attempts, next_at, delivered_at, created_at FROM delivery
    WHERE webhook = :webhook AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:before AS timestamptz) IS NULL OR created_at < :before)
    ORDER BY created_at DESC LIMIT :limit
""")
ATTEMPTS = text("""
    SELECT delivery, number, at, status, error, milliseconds FROM delivery_attempt
    WHERE delivery = ANY(:deliveries) ORDER BY delivery, number
""")


@dataclass(frozen=True, slots=True)
class Hook:
    """A subscription as it is stored."""

    id: UUID
    client: str
    url: str
    types: Sequence[str]
    secrets: Sequence[Mapping[str, Any]]
    state: str
    reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
    failures: int
    paused_until: datetime | None


async def count(session: AsyncSession, client: str) -> int:
    """Return how many subscriptions a client has; holds a lock against adding one meanwhile."""
    await lock(session, f"gateway.webhooks.{client}")
    return int((await session.execute(COUNT, {"client": client})).scalar_one())


async def add(session: AsyncSession, hook: Mapping[str, Any]) -> None:
    """Store a new subscription."""
    row = {**hook, "secrets": json.dumps(hook["secrets"])}
    await session.execute(INSERT, row)


async def find(session: AsyncSession, hook_id: UUID) -> Hook | None:
    """Return a subscription, locked for the transaction, or None."""
    row = (await session.execute(GET, {"id": hook_id})).mappings().one_or_none()
    return None if row is None else Hook(**row)


async def listed(
    session: AsyncSession, client: str | None, after: UUID | None, limit: int
) -> list[Hook]:
    """Return subscriptions of a client (None: of all), by id."""
    rows = await session.execute(LIST, {"client": client, "after": after, "limit": limit})
    return [Hook(**row) for row in rows.mappings()]


async def save(session: AsyncSession, hook: Hook) -> None:
    """Store a changed subscription under the next version."""
    row = {
        "id": hook.id,
        "url": hook.url,
        "types": list(hook.types),
        "secrets": json.dumps([dict(kept) for kept in hook.secrets]),
        "state": hook.state,
        "reason": hook.reason,
        "failures": hook.failures,
        "paused_until": hook.paused_until,
    }
    await session.execute(UPDATE, row)


async def remove(session: AsyncSession, hook_id: UUID) -> None:
    """Delete a subscription with its deliveries and their log."""
    for statement in (DELETE_ATTEMPTS, DELETE_DELIVERIES, DELETE):
        await session.execute(statement, {"id": hook_id})


async def deliveries(
    session: AsyncSession,
    webhook: UUID,
    state: str | None,
    before: datetime | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return deliveries with their attempts, newest first."""
    row = {"webhook": webhook, "state": state, "before": before, "limit": limit}
    found = [dict(one) for one in (await session.execute(DELIVERIES, row)).mappings()]
    log: dict[UUID, list[dict[str, Any]]] = {one["id"]: [] for one in found}
    attempts = await session.execute(ATTEMPTS, {"deliveries": list(log)})
    for attempt in attempts.mappings():
        content = dict(attempt)
        log[content.pop("delivery")].append(content)
    return [{**one, "log": log[one["id"]]} for one in found]
