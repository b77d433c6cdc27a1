"""Public documents: immutable revisions of final bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

COLUMNS = """name, season, subject, revision, path, body, etag, content, source_time, created_at,
    withdrawn_at, withdrawn_reason"""
AT = "name = :name AND season = :season AND subject = :subject"

LATEST = text(f"SELECT {COLUMNS} FROM public_document WHERE {AT} ORDER BY revision DESC LIMIT 1")  # noqa: S608 -- constants.
BY_REVISION = text(f"SELECT {COLUMNS} FROM public_document WHERE {AT} AND revision = :revision")  # noqa: S608 -- constants.
AS_OF = text(f"""
    SELECT {COLUMNS} FROM public_document WHERE {AT} AND created_at <= :instant
    ORDER BY revision DESC LIMIT 1
""")  # noqa: S608 -- constants.
ADD = text("""
    INSERT INTO public_document (name, season, subject, revision, path, body, etag, content,
        source_time, created_at, hidden)
    VALUES (:name, :season, :subject, :revision, :path, :body, :etag, :content, :source_time,
        :created_at, CAST(:hidden AS jsonb))
""")
WITHDRAW = text("""
    UPDATE public_document SET withdrawn_at = :at, withdrawn_reason = :reason
    WHERE season = :season AND created_at = :created_at
    AND name IN ('thresholds', 'comparison', 'subject')
""")
STANDING = text(f"""
    SELECT {COLUMNS} FROM public_document WHERE {AT} AND revision < :revision
    AND withdrawn_at IS NULL ORDER BY revision DESC LIMIT 1
""")  # noqa: S608 -- constants.
CURRENT = text("""
    SELECT DISTINCT ON (name, season, subject) path, revision, source_time, etag
    FROM public_document ORDER BY name, season, subject, revision DESC
""")
REVISIONS = text(f"""
    SELECT revision, created_at, source_time, withdrawn_at, withdrawn_reason
    FROM public_document WHERE {AT} ORDER BY revision
""")  # noqa: S608 -- constants.
HIDDEN = text(f"SELECT hidden FROM public_document WHERE {AT} ORDER BY revision")  # noqa: S608 -- constants.
NEWEST_HIDDEN = text(f"""
    SELECT hidden FROM public_document WHERE {AT} AND hidden IS NOT NULL
    ORDER BY revision DESC LIMIT 1
""")  # noqa: S608 -- constants.

STORED = (
    "name",
    "season",
    "subject",
    "revision",
    "path",
    "body",
    "etag",
    "content",
    "source_time",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class Name:
    """Which document: its kind, season, and subject or ''."""

    name: str
    season: str
    subject: str = ""

    def row(self) -> dict[str, object]:
        """Return the bind values of the name."""
        return {"name": self.name, "season": self.season, "subject": self.subject}


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


async def _one(session: AsyncSession, query: Any, row: Mapping[str, object]) -> Document | None:
    found = (await session.execute(query, row)).one_or_none()
    return None if found is None else Document(*found)


async def latest(session: AsyncSession, name: Name) -> Document | None:
    """Return the newest revision, or None."""
    return await _one(session, LATEST, name.row())


async def by_revision(session: AsyncSession, name: Name, revision: int) -> Document | None:
    """Return one revision, or None."""
    return await _one(session, BY_REVISION, {**name.row(), "revision": revision})


async def as_of(session: AsyncSession, name: Name, instant: datetime) -> Document | None:
    """Return the revision that was current at an instant, or None."""
    return await _one(session, AS_OF, {**name.row(), "instant": instant})


async def add(session: AsyncSession, document: Document, hidden: str | None = None) -> None:
    """Store a new revision; `hidden` is what suppression must remember of it, JSON text."""
    row = {column: getattr(document, column) for column in STORED}
    await session.execute(ADD, {**row, "hidden": hidden})


async def withdraw_edition(
    session: AsyncSession, document: Document, at: datetime, reason: str
) -> None:
    """Mark a revision, and what was published together with it, as withdrawn."""
    row = {
        "season": document.season,
        "created_at": document.created_at,
        "at": at,
        "reason": reason,
    }
    await session.execute(WITHDRAW, row)


async def last_standing(session: AsyncSession, name: Name, before: int) -> Document | None:
    """Return the newest revision before one that was not withdrawn, or None."""
    return await _one(session, STANDING, {**name.row(), "revision": before})


async def current(session: AsyncSession) -> Sequence[Mapping[str, Any]]:
    """Return path, revision, source time and tag of every public document's newest revision."""
    return [dict(row) for row in (await session.execute(CURRENT)).mappings()]


async def revisions(session: AsyncSession, name: Name) -> Sequence[Mapping[str, Any]]:
    """Return the revisions of a document without their bytes, oldest first."""
    return [dict(row) for row in (await session.execute(REVISIONS, name.row())).mappings()]


async def remembered(session: AsyncSession, name: Name) -> Sequence[Mapping[str, Any]]:
    """Return what suppression remembers of every revision, oldest first."""
    rows = (await session.execute(HIDDEN, name.row())).scalars()
    return [row for row in rows if row is not None]


async def remembered_last(session: AsyncSession, name: Name) -> Mapping[str, Any] | None:
    """Return what suppression remembers of the newest revision; None before any."""
    found: Mapping[str, Any] | None = (
        await session.execute(NEWEST_HIDDEN, name.row())
    ).scalar_one_or_none()
    return found
