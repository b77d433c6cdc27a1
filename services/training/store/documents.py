"""Published documents: bytes by path and revision, only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.publication import PRESENT, AskedRevision

LATEST = text("""
    SELECT path, revision, body, etag, source_time FROM document
    WHERE path = :path AND (CAST(:revision AS bigint) IS NULL OR revision = :revision)
    AND (CAST(:as_of AS timestamptz) IS NULL OR published_at <= :as_of)
    ORDER BY revision DESC LIMIT 1
""")
CURRENT = text("""
    SELECT DISTINCT ON (path) path, revision, source_time FROM document
    ORDER BY path, revision DESC
""")
ADD = text("""
    INSERT INTO document (path, revision, body, etag, source_time)
    VALUES (:path, :revision, :body, :etag, :source_time)
""")
NEXT = text("SELECT coalesce(max(revision), 0) + 1 FROM document")


@dataclass(frozen=True, slots=True)
class Document:
    """One revision of a public answer: its final bytes and strong tag."""

    path: str
    revision: int
    body: bytes
    etag: str
    source_time: datetime


async def find(session: AsyncSession, path: str, asked: AskedRevision = PRESENT) -> Document | None:
    """Return the latest revision of a path, that very revision, or that of an instant."""
    row = {"path": path, "revision": asked.number, "as_of": asked.as_of}
    found = (await session.execute(LATEST, row)).one_or_none()
    if found is None:
        return None
    return Document(found.path, found.revision, bytes(found.body), found.etag, found.source_time)


async def current(session: AsyncSession) -> Sequence[tuple[str, int, datetime]]:
    """Return every path with its latest revision and source time."""
    return [(r.path, r.revision, r.source_time) for r in await session.execute(CURRENT)]


async def next_revision(session: AsyncSession) -> int:
    """Return the number of the next revision; hold the lock of publication."""
    return int((await session.execute(NEXT)).scalar_one())


async def add(session: AsyncSession, document: Document) -> None:
    """Add a revision."""
    await session.execute(
        ADD,
        {
            "path": document.path,
            "revision": document.revision,
            "body": document.body,
            "etag": document.etag,
            "source_time": document.source_time,
        },
    )
