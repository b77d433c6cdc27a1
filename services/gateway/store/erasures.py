"""Demands to erase a person: the sealed reference, and what each service reported."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.secret_key import Sealer

ADD = text("""
    INSERT INTO erasure (id, reference, reports)
    VALUES (:id, :reference, CAST(:reports AS jsonb))
""")
FIND = text("""
    SELECT id, reference, reports, requested_at, completed_at FROM erasure WHERE id = :id
""")
REPORT = text("""
    UPDATE erasure SET reports = reports || CAST(:report AS jsonb) WHERE id = :id
""")
COMPLETE = text("""
    UPDATE erasure SET reference = NULL, completed_at = clock_timestamp()
    WHERE id = :id AND completed_at IS NULL
""")
LOCKED = text("SELECT reports FROM erasure WHERE id = :id FOR UPDATE")


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand; `reference` is sealed, and null once it is fulfilled everywhere."""

    id: UUID
    reference: str | None
    reports: Mapping[str, Mapping[str, Any]]
    requested_at: datetime
    completed_at: datetime | None


def place(erasure: UUID) -> str:
    """Return what the sealed reference is bound to."""
    return f"erasure.reference/{erasure}"


async def add(
    session: AsyncSession,
    erasure: UUID,
    reference: str,
    sealer: Sealer,
    reports: Mapping[str, object],
) -> None:
    """Store a demand with the reports known already."""
    sealed = sealer.seal(reference, place(erasure))
    row = {"id": erasure, "reference": sealed, "reports": json.dumps(reports)}
    await session.execute(ADD, row)


async def find(session: AsyncSession, erasure: UUID) -> Demand | None:
    """Return a demand or None."""
    row = (await session.execute(FIND, {"id": erasure})).mappings().one_or_none()
    return None if row is None else Demand(**row)


async def reports_of(
    session: AsyncSession, erasure: UUID
) -> Mapping[str, Mapping[str, Any]] | None:
    """Return the reports of a demand, locked; None when it is not known."""
    found: Mapping[str, Mapping[str, Any]] | None = (
        await session.execute(LOCKED, {"id": erasure})
    ).scalar_one_or_none()
    return found


async def save_report(
    session: AsyncSession, erasure: UUID, service: str, report: Mapping[str, object]
) -> None:
    """Store what a service has removed so far."""
    row = {"id": erasure, "report": json.dumps({service: report})}
    await session.execute(REPORT, row)


async def complete(session: AsyncSession, erasure: UUID) -> None:
    """Forget the reference: every service has reported."""
    await session.execute(COMPLETE, {"id": erasure})
