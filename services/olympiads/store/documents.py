"""Public documents: immutable revisions of final bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.tables import METADATA
from shared.publication import PRESENT, AskedRevision

TABLE = METADATA.tables["olympiads.public_document"]
C = TABLE.c
TOGETHER = ("thresholds", "comparison", "subject")
"""The documents that one publication of thresholds puts out."""


@dataclass(frozen=True, slots=True)
class Name:
    """Which document: its kind, season, and subject or ''."""

    name: str
    season: str
    subject: str = ""

    def is_of(self) -> ColumnElement[bool]:
        """Return the condition that a row is a revision of this document."""
        return and_(C.name == self.name, C.season == self.season, C.subject == self.subject)


@dataclass(frozen=True, slots=True)
class Document:
    """One revision of a public document."""

    name: str
    season: str
    subject: str
    revision: int
    path: str
    body: bytes
    etag: str
    content: str
    source_time: datetime
    created_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str | None


COLUMNS = [C[field.name] for field in fields(Document)]


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """The newest revision of a document without its bytes."""

    path: str
    revision: int
    source_time: datetime
    etag: str


async def find(
    session: AsyncSession, name: Name, asked: AskedRevision = PRESENT
) -> Document | None:
    """Return the newest revision, that very one, or the one that was current at an instant."""
    conditions = [name.is_of()]
    if asked.number is not None:
        conditions.append(C.revision == asked.number)
    if asked.as_of is not None:
        conditions.append(C.created_at <= asked.as_of)
    return await _newest(session, *conditions)


async def find_valid_before(session: AsyncSession, name: Name, revision: int) -> Document | None:
    """Return the newest revision before one that was not withdrawn, or None."""
    return await _newest(session, name.is_of(), C.revision < revision, C.withdrawn_at.is_(None))


async def _newest(session: AsyncSession, *conditions: ColumnElement[bool]) -> Document | None:
    statement = select(*COLUMNS).where(*conditions).order_by(C.revision.desc()).limit(1)
    row = (await session.execute(statement)).mappings().one_or_none()
    return None if row is None else Document(**row)


async def add(
    session: AsyncSession, document: Document, hidden: Mapping[str, Any] | None = None
) -> None:
    """Store a new revision; `hidden` is what suppression must remember of it."""
    row = {column.name: getattr(document, column.name) for column in COLUMNS}
    if hidden is not None:  # A None would be stored as the JSON value null.
        row["hidden"] = hidden
    await session.execute(insert(TABLE).values(row))


async def withdraw_edition(
    session: AsyncSession, document: Document, at: datetime, reason: str
) -> None:
    """Mark a revision, and what was published together with it, as withdrawn."""
    edition = (
        C.season == document.season,
        C.created_at == document.created_at,
        C.name.in_(TOGETHER),
    )
    values = {"withdrawn_at": at, "withdrawn_reason": reason}
    await session.execute(update(TABLE).where(*edition).values(values))


async def current(session: AsyncSession) -> Sequence[DocumentHead]:
    """Return the head of every public document's newest revision."""
    key = (C.name, C.season, C.subject)
    statement = (
        select(C.path, C.revision, C.source_time, C.etag)
        .ext(distinct_on(*key))
        .order_by(*key, C.revision.desc())
    )
    return [DocumentHead(**row) for row in (await session.execute(statement)).mappings()]


async def remembered(session: AsyncSession, name: Name) -> Sequence[Mapping[str, Any]]:
    """Return what suppression remembers of every revision, oldest first."""
    rows: Sequence[Mapping[str, Any]] = (
        (await session.execute(_remembered(name).order_by(C.revision))).scalars().all()
    )
    return rows


async def remembered_last(session: AsyncSession, name: Name) -> Mapping[str, Any] | None:
    """Return what suppression remembers of the newest revision; None before any."""
    newest = _remembered(name).order_by(C.revision.desc()).limit(1)
    row: Mapping[str, Any] | None = (await session.execute(newest)).scalar_one_or_none()
    return row


def _remembered(name: Name) -> Select[tuple[Mapping[str, Any]]]:
    return select(C.hidden).where(name.is_of(), C.hidden.is_not(None))
