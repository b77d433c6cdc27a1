"""Put a public answer out as a new revision, only if it says something new."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.canonical import canonical_json, digest
from services.olympiads.store import documents
from services.olympiads.store.documents import Document, Name
from shared.publication import AskedRevision, NotPublished, RevisionWithdrawn
from shared.web.preconditions import strong_etag

PATHS = {
    "thresholds": "/v1/olympiads/{season}/thresholds",
    "comparison": "/v1/olympiads/{season}/comparison",
    "statistics": "/v1/olympiads/{season}/statistics",
    "subject": "/v1/olympiads/{season}/subjects/{subject}",
}
UNNUMBERED = 0

Build = Callable[[int], dict[str, object]]


def path_of(name: Name) -> str:
    """Return the public path of a document."""
    return PATHS[name.name].format(season=name.season, subject=name.subject)


async def put_document(
    session: AsyncSession,
    name: Name,
    build: Build,
    source_time: datetime,
    at: datetime,
    hidden: Mapping[str, object] | None = None,
) -> Document | None:
    """Store the answer as the next revision; None when it equals the present one.

    `build` makes the answer for a revision number. The comparison leaves the number out.
    """
    content = digest(canonical_json(build(UNNUMBERED)))
    last = await documents.find(session, name)
    if last is not None and last.content == content and last.withdrawn_at is None:
        return None
    revision = 1 if last is None else last.revision + 1
    body = canonical_json(build(revision))
    document = Document(
        name.name,
        name.season,
        name.subject,
        revision,
        path_of(name),
        body,
        strong_etag(body),
        content,
        source_time,
        at,
        None,
        None,
    )
    await documents.add(session, document, hidden)
    return document


async def read_document(session: AsyncSession, name: Name, asked: AskedRevision) -> Document:
    """Return the newest revision, a named one, or the one that was current at an instant.

    Raises `RevisionWithdrawn` with its reason, `NotPublished` for one that never was.
    """
    found = await documents.find(session, name, asked)
    if found is None:
        raise NotPublished
    if found.withdrawn_at is not None:
        told = f"Публикация № {found.revision} отозвана: {found.withdrawn_reason}"
        raise RevisionWithdrawn(told)
    return found
