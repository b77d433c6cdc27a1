"""Stored documents and parts, and what is pending.

A writer takes the lock of the sequence for the rest of its transaction, so numbers become visible
in their order; the commit tells every gateway process (`gateway_documents`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain.documents import SourceDocument, compress
from shared.db import lock

CHANNEL = "gateway_documents"
PENDING_PAGE = 500
# Documents written by one statement.
PUT_ROWS = 500

LAST_SEQ = text("""
    SELECT greatest((SELECT coalesce(max(seq), 0) FROM document),
                    (SELECT coalesce(max(seq), 0) FROM part))
""")
NOTIFY = text("SELECT pg_notify(:channel, '')")
_ROWS = """
    SELECT * FROM unnest(CAST(:path AS text[]), CAST(:service AS text[]), CAST(:version AS text[]),
        CAST(:media AS text[]), CAST(:revision AS bigint[]), CAST(:source_time AS timestamptz[]),
        CAST(:body AS bytea[]))
        AS given (path, service, version, media, revision, source_time, body)
"""
# A document that says the same takes the version it is offered with; it is not written again.
SAME = text(f"""
    WITH given AS ({_ROWS}), same AS (
        SELECT document.path, given.version FROM document JOIN given USING (path)
        WHERE document.body = given.body AND document.source_time = given.source_time
        AND document.revision IS NOT DISTINCT FROM given.revision
    ), renamed AS (
        UPDATE document SET version = same.version FROM same
        WHERE document.path = same.path AND document.version <> same.version
    )
    SELECT path FROM same
""")  # noqa: S608 -- made of constants.
PUT = text("""
    INSERT INTO document (path, service, version, media, revision, source_time, body, gzip, seq)
    SELECT * FROM unnest(CAST(:path AS text[]), CAST(:service AS text[]), CAST(:version AS text[]),
        CAST(:media AS text[]), CAST(:revision AS bigint[]), CAST(:source_time AS timestamptz[]),
        CAST(:body AS bytea[]), CAST(:gzip AS bytea[]), CAST(:seq AS bigint[]))
    ON CONFLICT (path) DO UPDATE SET service = excluded.service, version = excluded.version,
        media = excluded.media, revision = excluded.revision, source_time = excluded.source_time,
        body = excluded.body, gzip = excluded.gzip, seq = excluded.seq
""")
WITHDRAW = text("""
    UPDATE document SET body = NULL, gzip = NULL, version = '', seq = given.seq
    FROM unnest(CAST(:path AS text[]), CAST(:seq AS bigint[])) AS given (path, seq)
    WHERE document.path = given.path AND body IS NOT NULL
""")
VERSIONS = text("""
    SELECT path, version FROM document WHERE service = :service AND body IS NOT NULL
""")
READ_SOURCES = text("""
    SELECT path, service, version, media, revision, source_time, body, gzip, seq FROM document
    WHERE path = ANY(:paths) AND body IS NOT NULL
""")
AFTER = text("""
    SELECT path, service, version, media, revision, source_time, body, gzip, seq FROM document
    WHERE seq > :after ORDER BY seq LIMIT :limit
""")
READ = text("""
    SELECT path, service, version, media, revision, source_time, body, gzip, seq FROM document
    WHERE path = :path AND body IS NOT NULL
""")
NOTE = text("""
    INSERT INTO pending_document (path, service) VALUES (:path, :service)
    ON CONFLICT (path) DO UPDATE SET noted_at = clock_timestamp()
""")
PENDING = text("""
    SELECT path, noted_at FROM pending_document WHERE service = :service
    ORDER BY noted_at LIMIT :limit
""")
SETTLE = text("DELETE FROM pending_document WHERE path = :path AND noted_at = :noted_at")
PART = text("SELECT digest FROM part WHERE name = :name")
DIGESTS = text("SELECT name, digest FROM part WHERE name = ANY(:names)")
PARTS_AFTER = text("""
    SELECT name, service, digest, content, seq FROM part WHERE seq > :after ORDER BY seq
""")
PUT_PART = text("""
    INSERT INTO part (name, service, digest, content, seq)
    VALUES (:name, :service, :digest, :content, :seq)
    ON CONFLICT (name) DO UPDATE SET service = excluded.service, digest = excluded.digest,
        content = excluded.content, seq = excluded.seq, fetched_at = clock_timestamp()
    WHERE part.digest <> excluded.digest
    RETURNING name
""")
COMPOSED_PARTS = text("""
    SELECT name, service, digest, content, seq FROM part WHERE name NOT LIKE 'openapi:%'
""")
LISTING = text("""
    SELECT path, service, revision, source_time FROM document
    WHERE body IS NOT NULL AND path > :after ORDER BY path LIMIT :limit
""")
DOUBT = text("UPDATE document SET version = '' WHERE service <> 'gateway'")
CONTACTS = text("SELECT source, contacted_at FROM cursor WHERE contacted_at IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it lies in the store; `source` is None once it is withdrawn."""

    path: str
    seq: int
    source: SourceDocument | None
    gzip: bytes | None


@dataclass(frozen=True, slots=True)
class PendingPath:
    """A path to be pulled, and the instant it was noted last."""

    path: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part as it lies in the store."""

    name: str
    service: str
    digest: str
    content: bytes
    seq: int


async def _next_seq(session: AsyncSession) -> int:
    await lock(session, "gateway.document.seq")
    return int((await session.execute(LAST_SEQ)).scalar_one()) + 1


async def put(session: AsyncSession, sources: Sequence[SourceDocument]) -> list[str]:
    """Store documents whose content changed; return their paths, the unchanged left out.

    Two sources of one path are not given at once. Bodies are compressed in a thread, before the
    lock of the sequence is taken.
    """
    changed: list[str] = []
    for start in range(0, len(sources), PUT_ROWS):
        changed += await _put(session, sources[start : start + PUT_ROWS])
    if changed:
        await session.execute(NOTIFY, {"channel": CHANNEL})
    return changed


async def _put(session: AsyncSession, sources: Sequence[SourceDocument]) -> list[str]:
    same = set((await session.execute(SAME, _columns(sources))).scalars())
    fresh = [source for source in sources if source.path not in same]
    if not fresh:
        return []
    packed = await asyncio.to_thread(lambda: [compress(source.body) for source in fresh])
    seq = await _next_seq(session)
    numbers = list(range(seq, seq + len(fresh)))
    await session.execute(PUT, {**_columns(fresh), "gzip": packed, "seq": numbers})
    return [source.path for source in fresh]


def _columns(sources: Sequence[SourceDocument]) -> dict[str, list[Any]]:
    """Return the values of the columns, each a list over the documents."""
    names = ("path", "service", "version", "media", "revision", "source_time", "body")
    return {name: [getattr(source, name) for source in sources] for name in names}


async def withdraw(session: AsyncSession, paths: Sequence[str]) -> None:
    """Mark documents as no longer published."""
    seq = await _next_seq(session)
    row = {"path": list(paths), "seq": list(range(seq, seq + len(paths)))}
    await session.execute(WITHDRAW, row)
    await session.execute(NOTIFY, {"channel": CHANNEL})


async def versions(session: AsyncSession, service: str) -> dict[str, str]:
    """Versions of the published documents of a service, by path."""
    rows = await session.execute(VERSIONS, {"service": service})
    return {row.path: row.version for row in rows}


async def after(session: AsyncSession, seq: int, limit: int) -> list[Stored]:
    """Documents written after `seq`, oldest first, at most `limit`."""
    rows = await session.execute(AFTER, {"after": seq, "limit": limit})
    return [_stored(row) for row in rows]


async def read(session: AsyncSession, path: str) -> Stored | None:
    """One published document, or None."""
    row = (await session.execute(READ, {"path": path})).one_or_none()
    return None if row is None else _stored(row)


async def read_sources(session: AsyncSession, paths: Sequence[str]) -> list[SourceDocument]:
    """Return the published documents at these paths, in no order."""
    rows = await session.execute(READ_SOURCES, {"paths": list(paths)})
    return [source for row in rows if (source := _stored(row).source) is not None]


def _stored(row: Any) -> Stored:
    if row.body is None:
        return Stored(row.path, row.seq, None, None)
    source = SourceDocument(
        path=row.path,
        service=row.service,
        version=row.version,
        revision=row.revision,
        source_time=row.source_time,
        body=row.body,
        media=row.media,
    )
    return Stored(row.path, row.seq, source, row.gzip)


async def mark_dirty(session: AsyncSession, service: str, paths: Sequence[str]) -> None:
    """Remember that these answers changed and have to be pulled."""
    for path in sorted(set(paths)):
        await session.execute(NOTE, {"path": path, "service": service})


async def pending(session: AsyncSession, service: str) -> list[PendingPath]:
    """Return paths of a service to be pulled, the longest waiting first."""
    rows = await session.execute(PENDING, {"service": service, "limit": PENDING_PAGE})
    return [PendingPath(**row) for row in rows.mappings()]


async def clear_dirty(session: AsyncSession, noted: Sequence[PendingPath]) -> None:
    """Forget pending paths unless they were noted again meanwhile."""
    for row in noted:
        await session.execute(SETTLE, asdict(row))


async def put_part(
    session: AsyncSession, name: str, service: str, digest: str, content: bytes
) -> bool:
    """Store a part; False when it is what is stored already."""
    row = {"name": name, "service": service, "digest": digest, "content": content}
    stored = (await session.execute(PART, {"name": name})).one_or_none()
    if stored is not None and stored.digest == digest:
        return False
    seq = await _next_seq(session)
    await session.execute(PUT_PART, {**row, "seq": seq})
    await session.execute(NOTIFY, {"channel": CHANNEL})
    return True


async def part_digests(session: AsyncSession, names: Sequence[str]) -> dict[str, str]:
    """Return what the named parts are distinguished by; who is not stored is absent."""
    return {r.name: r.digest for r in await session.execute(DIGESTS, {"names": list(names)})}


async def parts(session: AsyncSession, seq: int = 0) -> list[StoredPart]:
    """Parts written after `seq`, oldest first."""
    rows = await session.execute(PARTS_AFTER, {"after": seq})
    return [StoredPart(r.name, r.service, r.digest, r.content, r.seq) for r in rows]


async def composed_parts(session: AsyncSession) -> list[StoredPart]:
    """Return the parts the gateway's own documents are composed of, in no order."""
    rows = await session.execute(COMPOSED_PARTS)
    return [StoredPart(r.name, r.service, r.digest, r.content, r.seq) for r in rows]


async def contacts(session: AsyncSession) -> dict[str, Any]:
    """Instant of each service's last answer; services that never answered are absent."""
    return {r.source: r.contacted_at for r in await session.execute(CONTACTS)}


async def invalidate_all(session: AsyncSession) -> None:
    """Make every stored version differ from what services offer, so that all is pulled again."""
    await session.execute(DOUBT)


async def listing(session: AsyncSession, after_path: str, limit: int) -> list[dict[str, Any]]:
    """Return published documents by path, after one."""
    rows = await session.execute(LISTING, {"after": after_path, "limit": limit})
    return [dict(row) for row in rows.mappings()]
