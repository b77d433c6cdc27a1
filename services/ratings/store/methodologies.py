"""Versions of methodologies."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

FOR_PERIOD = text("""
    SELECT methodology.* FROM methodology WHERE programme = :programme AND state = 'published'
    ORDER BY version = :period DESC, published_at DESC, id DESC LIMIT 1
""")
LIST = text("SELECT methodology.* FROM methodology ORDER BY programme, version")
ADD = text("""
    INSERT INTO methodology (programme, version, document)
    VALUES (:programme, :version, CAST(:document AS jsonb))
    ON CONFLICT (programme, version) DO NOTHING RETURNING methodology.*
""")
REPLACE = text("""
    UPDATE methodology SET document = CAST(:document AS jsonb), version = :version
    WHERE id = :id AND state = 'draft' RETURNING methodology.*
""")
PUBLISH = text("""
    UPDATE methodology SET state = 'published', published_at = clock_timestamp()
    WHERE id = :id AND state = 'draft' RETURNING methodology.*
""")
ARCHIVE = text("""
    UPDATE methodology SET state = 'archived', archived_at = clock_timestamp()
    WHERE id = :id AND state = 'published' RETURNING methodology.*
""")
FIND = text("SELECT methodology.* FROM methodology WHERE id = :id")


@dataclass(frozen=True, slots=True)
class MethodologyRow:
    """A version of a methodology as stored."""

    id: int
    programme: str
    version: str
    state: str
    document: Mapping[str, Any]
    created_at: datetime
    published_at: datetime | None
    archived_at: datetime | None


async def for_period(session: AsyncSession, programme: str, period: str) -> MethodologyRow | None:
    """Return the published version that counts for a period.

    It is the one called like the period, or else the one published last.
    """
    asked = {"programme": programme, "period": period}
    row = (await session.execute(FOR_PERIOD, asked)).mappings().one_or_none()
    return None if row is None else MethodologyRow(**row)


async def listed(session: AsyncSession) -> Sequence[MethodologyRow]:
    """Return all versions, by programme and version."""
    return [MethodologyRow(**row) for row in (await session.execute(LIST)).mappings()]


async def find(session: AsyncSession, methodology_id: int) -> MethodologyRow | None:
    """Return a version by its number."""
    row = (await session.execute(FIND, {"id": methodology_id})).mappings().one_or_none()
    return None if row is None else MethodologyRow(**row)


async def add(
    session: AsyncSession, programme: str, version: str, document: Mapping[str, object]
) -> MethodologyRow | None:
    """Store a draft; None if the programme has that version already."""
    row = {"programme": programme, "version": version, "document": _json(document)}
    return await _one(session, ADD, row)


async def replace(
    session: AsyncSession, methodology_id: int, version: str, document: Mapping[str, object]
) -> MethodologyRow | None:
    """Replace a draft; None if it is none any more."""
    row = {"id": methodology_id, "version": version, "document": _json(document)}
    return await _one(session, REPLACE, row)


async def publish(session: AsyncSession, methodology_id: int) -> MethodologyRow | None:
    """Publish a draft; None if it is none any more."""
    return await _one(session, PUBLISH, {"id": methodology_id})


async def archive(session: AsyncSession, methodology_id: int) -> MethodologyRow | None:
    """Archive a published version; None if it is not published."""
    return await _one(session, ARCHIVE, {"id": methodology_id})


async def _one(
    session: AsyncSession, statement: TextClause, row: Mapping[str, object]
) -> MethodologyRow | None:
    found = (await session.execute(statement, row)).mappings().one_or_none()
    return None if found is None else MethodologyRow(**found)


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, ensure_ascii=False)
