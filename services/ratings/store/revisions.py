"""Revisions of a rating: numbered, immutable, published or held, withdrawn by a tombstone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_FIELDS = """
    rating_revision.id, rating_revision.slice_id, slice.programme,
    programme.title AS programme_title, slice.period,
    rating_revision.number, rating_revision.status, rating_revision.input_hash,
    rating_revision.content_hash, rating_revision.engine_version, rating_revision.methodology_id,
    methodology.version AS methodology, rating_revision.data_known_at,
    rating_revision.source_time, rating_revision.created_at, rating_revision.published_at,
    rating_revision.published_by, rating_revision.withdraws, rating_revision.reason,
    rating_revision.layout,
    (SELECT min(later.number) FROM rating_revision AS later
     WHERE later.slice_id = rating_revision.slice_id AND later.withdraws = rating_revision.number)
        AS withdrawn_by
"""
_FROM = """
    FROM rating_revision JOIN slice ON slice.id = rating_revision.slice_id
    JOIN programme ON programme.code = slice.programme
    LEFT JOIN methodology ON methodology.id = rating_revision.methodology_id
"""
LATEST = text(f"""
    SELECT {_FIELDS} {_FROM} WHERE rating_revision.slice_id = :slice_id
    ORDER BY number DESC LIMIT 1
""")
PUBLIC = text(f"""
    SELECT {_FIELDS} {_FROM}
    WHERE slice.programme = :programme AND slice.period = :period
    AND rating_revision.published_at <= coalesce(CAST(:as_of AS timestamptz), 'infinity')
    ORDER BY number DESC LIMIT 1
""")
NUMBERED = text(f"""
    SELECT {_FIELDS} {_FROM}
    WHERE slice.programme = :programme AND slice.period = :period AND number = :number
""")
# The head of each slice is found by index first: who withdrew what is asked of the heads alone.
_HEADS = """
    FROM slice CROSS JOIN LATERAL (
        SELECT id, number, status FROM rating_revision
        WHERE slice_id = slice.id AND published_at IS NOT NULL ORDER BY number DESC LIMIT 1
    ) AS head
"""
ALL_PUBLIC = text(f"""
    SELECT {_FIELDS} {_FROM}
    WHERE rating_revision.id IN (
        SELECT head.id {_HEADS}
        WHERE CAST(:programme AS text) IS NULL OR slice.programme = :programme)
    ORDER BY slice.programme, slice.period
""")
HEADS = text(f"""
    SELECT slice.programme, slice.period, head.id, head.number, head.status {_HEADS}
    ORDER BY slice.programme, slice.period
""")
LIST = text(f"""
    SELECT {_FIELDS} {_FROM}
    WHERE (CAST(:programme AS text) IS NULL OR slice.programme = :programme)
    AND (CAST(:period AS text) IS NULL OR slice.period = :period)
    AND (CAST(:before AS bigint) IS NULL OR rating_revision.id < :before)
    ORDER BY rating_revision.id DESC LIMIT :limit
""")
INSERT = text("""
    INSERT INTO rating_revision (slice_id, number, status, input_hash, content_hash,
        engine_version, methodology_id, data_known_at, source_time, published_at, published_by,
        withdraws, reason, layout)
    VALUES (:slice_id,
        (SELECT coalesce(max(number), 0) + 1 FROM rating_revision WHERE slice_id = :slice_id),
        :status, :input_hash, :content_hash, :engine_version, :methodology_id, :data_known_at,
        :source_time, CASE WHEN :status <> 'preliminary' THEN clock_timestamp() END,
        :published_by, :withdraws, :reason, CAST(:layout AS jsonb))
    RETURNING id, number
""")
PUBLISH = text("""
    UPDATE rating_revision
    SET status = 'published', published_at = clock_timestamp(), published_by = :by
    WHERE id = :id AND status = 'preliminary'
""")
INSERT_DECLARED = text("""
    INSERT INTO rating_declared (revision_id, territory_id, nodes)
    VALUES (:revision_id, :territory_id, CAST(:nodes AS jsonb))
""")
DECLARED = text("""
    SELECT territory.code, territory.title, parent.code AS group_code, nodes
    FROM rating_declared JOIN territory ON territory.id = territory_id
    LEFT JOIN territory AS parent ON parent.code = territory.parent
    WHERE revision_id = :revision_id
    AND (CAST(:territory AS text) IS NULL OR territory.code = :territory)
""")


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision's head: everything but its units."""

    id: int
    slice_id: int
    programme: str
    programme_title: str
    period: str
    number: int
    status: str
    input_hash: str
    content_hash: str
    engine_version: str
    methodology_id: int | None
    methodology: str | None
    data_known_at: datetime
    source_time: datetime
    created_at: datetime
    published_at: datetime | None
    published_by: str | None
    withdraws: int | None
    reason: str | None
    layout: Mapping[str, Any]
    withdrawn_by: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """Which revision of a slice is public; a tombstone is one too."""

    programme: str
    period: str
    id: int
    number: int
    status: str


@dataclass(frozen=True, slots=True)
class Declared:
    """What documents state about one unit, by node."""

    code: str
    title: str
    group: str | None
    nodes: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class NewRevision:
    """What a new revision is made of; the number is given when it is stored."""

    slice_id: int
    status: str
    input_hash: str
    content_hash: str
    engine_version: str
    methodology_id: int | None
    data_known_at: datetime
    source_time: datetime
    layout: Mapping[str, object]
    published_by: str | None = None
    withdraws: int | None = None
    reason: str | None = None


async def latest(session: AsyncSession, slice_id: int) -> Revision | None:
    """Return the newest revision of a slice, published or not."""
    row = (await session.execute(LATEST, {"slice_id": slice_id})).one_or_none()
    return None if row is None else Revision(*row)


async def public(
    session: AsyncSession, programme: str, period: str, as_of: datetime | None = None
) -> Revision | None:
    """Return the revision that is public now, or was at an instant; a tombstone is one too."""
    asked = {"programme": programme, "period": period, "as_of": as_of}
    row = (await session.execute(PUBLIC, asked)).one_or_none()
    return None if row is None else Revision(*row)


async def numbered(
    session: AsyncSession, programme: str, period: str, number: int
) -> Revision | None:
    """Return a revision by its number."""
    asked = {"programme": programme, "period": period, "number": number}
    row = (await session.execute(NUMBERED, asked)).one_or_none()
    return None if row is None else Revision(*row)


async def all_public(session: AsyncSession, programme: str | None = None) -> Sequence[Revision]:
    """Return the public revision of every slice, by programme and period."""
    return [Revision(*row) for row in await session.execute(ALL_PUBLIC, {"programme": programme})]


async def heads(session: AsyncSession) -> Sequence[Head]:
    """Return which revision of every slice is public, without its content."""
    return [Head(*row) for row in await session.execute(HEADS)]


async def listed(
    session: AsyncSession,
    *,
    programme: str | None = None,
    period: str | None = None,
    before: int | None = None,
    limit: int,
) -> Sequence[Revision]:
    """Return a page of revisions, newest first."""
    asked = {"programme": programme, "period": period, "before": before, "limit": limit}
    return [Revision(*row) for row in await session.execute(LIST, asked)]


async def add(session: AsyncSession, new: NewRevision) -> tuple[int, int]:
    """Store a revision's head; return its id and number. The caller holds the slice's lock."""
    row = {name: getattr(new, name) for name in NewRevision.__slots__}
    row["layout"] = json.dumps(new.layout, ensure_ascii=False)
    stored = (await session.execute(INSERT, row)).one()
    return stored.id, stored.number


async def publish(session: AsyncSession, revision_id: int, by: str) -> None:
    """Make a held revision public."""
    await session.execute(PUBLISH, {"id": revision_id, "by": by})


async def add_declared(
    session: AsyncSession, revision_id: int, declared: Mapping[int, Mapping[str, object]]
) -> None:
    """Store what documents state about the units of a revision, by territory number."""
    rows = [
        {
            "revision_id": revision_id,
            "territory_id": territory,
            "nodes": json.dumps(nodes, ensure_ascii=False),
        }
        for territory, nodes in declared.items()
    ]
    if rows:
        await session.execute(INSERT_DECLARED, rows)


async def declared(
    session: AsyncSession, revision_id: int, territory: str | None = None
) -> Sequence[Declared]:
    """Return what documents state about the units of a revision."""
    asked = {"revision_id": revision_id, "territory": territory}
    return [Declared(*row) for row in await session.execute(DECLARED, asked)]
