"""Thresholds and the steps of their lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.thresholds import Key, Stage, Status

COLUMNS = """id, season, stage, subject, grade, score, percent, tie_policy, basis_document,
    basis_date, status, version, supersedes"""

LIST = text(f"""
    SELECT {COLUMNS} FROM threshold
    WHERE season = :season AND (CAST(:status AS text) IS NULL OR status = :status)
    ORDER BY subject, grade, stage, id
""")  # noqa: S608 -- only the constant list of columns is put in.
FIND = text(f"SELECT {COLUMNS} FROM threshold WHERE id = :id AND season = :season FOR UPDATE")  # noqa: S608 -- constant columns.
READ = text(f"SELECT {COLUMNS} FROM threshold WHERE id = :id AND season = :season")  # noqa: S608 -- constant columns.
PUBLISHED_AT_KEY = text(f"""
    SELECT {COLUMNS} FROM threshold WHERE season = :season AND stage = :stage
    AND subject = :subject AND grade = :grade AND status = 'published' FOR UPDATE
""")  # noqa: S608 -- constant columns.
ADD = text("""
    INSERT INTO threshold (id, season, stage, subject, grade, score, percent, tie_policy,
        basis_document, basis_date, status, supersedes)
    VALUES (:id, :season, :stage, :subject, :grade, :score, :percent, :tie_policy,
        :basis_document, :basis_date, 'draft', NULL)
""")
STEP = text("""
    UPDATE threshold SET status = :status, version = version + 1,
        basis_document = coalesce(:basis_document, basis_document),
        basis_date = coalesce(CAST(:basis_date AS date), basis_date),
        supersedes = coalesce(CAST(:supersedes AS uuid), supersedes)
    WHERE id = :id
""")
REMEMBER = text("""
    INSERT INTO threshold_step (threshold_id, status, at, by, basis)
    VALUES (:id, :status, :at, :by, :basis)
""")
HISTORY = text("""
    WITH RECURSIVE line AS (
        SELECT id, supersedes FROM threshold WHERE id = :id
        UNION SELECT t.id, t.supersedes FROM threshold t JOIN line
            ON t.id = line.supersedes OR t.supersedes = line.id
    )
    SELECT s.threshold_id, t.score, s.status, s.at, s.by, s.basis
    FROM threshold_step s JOIN threshold t ON t.id = s.threshold_id
    WHERE s.threshold_id IN (SELECT id FROM line) ORDER BY s.id
""")
LAST_STEP = text("""
    SELECT max(s.at) FROM threshold_step s JOIN threshold t ON t.id = s.threshold_id
    WHERE t.season = :season AND s.status IN ('published', 'superseded')
""")
PUBLISHED_AFTER = text(f"""
    SELECT {COLUMNS} FROM threshold t WHERE season = :season AND status = 'published'
    AND EXISTS (SELECT FROM threshold_step s WHERE s.threshold_id = t.id
                AND s.status = 'published' AND s.at > :after)
    ORDER BY subject, grade, stage, id
""")  # noqa: S608 -- constant columns.


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold as stored; `percent` keeps the digits it was printed to."""

    id: UUID
    season: str
    stage: Stage
    subject: str
    grade: int
    score: Decimal
    percent: Decimal | None
    tie_policy: str
    basis_document: str | None
    basis_date: date | None
    status: Status
    version: int
    supersedes: UUID | None

    @property
    def key(self) -> Key:
        """What the threshold is about."""
        return Key(self.season, self.stage, self.subject, self.grade)

    @property
    def etag(self) -> str:
        """Strong tag of this version of the threshold."""
        return f'"{self.id.hex}-{self.version}"'


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new threshold says."""

    key: Key
    score: Decimal
    percent: Decimal | None
    tie_policy: str
    basis_document: str | None
    basis_date: date | None


def _threshold(row: Any) -> Threshold:
    values = dict(row)
    values["stage"], values["status"] = Stage(values["stage"]), Status(values["status"])
    return Threshold(**values)


async def list_thresholds(
    session: AsyncSession, season: str, status: Status | None = None
) -> Sequence[Threshold]:
    """Return a season's thresholds, all or those of one status."""
    row = {"season": season, "status": status}
    return [_threshold(r) for r in (await session.execute(LIST, row)).mappings()]


async def lock_threshold(
    session: AsyncSession, season: str, threshold_id: UUID
) -> Threshold | None:
    """Return a threshold locked for this transaction, or None."""
    found = await session.execute(FIND, {"id": threshold_id, "season": season})
    row = found.mappings().one_or_none()
    return None if row is None else _threshold(row)


async def read_threshold(
    session: AsyncSession, season: str, threshold_id: UUID
) -> Threshold | None:
    """Return a threshold as it is, or None."""
    found = await session.execute(READ, {"id": threshold_id, "season": season})
    row = found.mappings().one_or_none()
    return None if row is None else _threshold(row)


async def lock_published(session: AsyncSession, key: Key) -> Threshold | None:
    """Return the published threshold of a key, locked, or None."""
    found = await session.execute(
        PUBLISHED_AT_KEY,
        {"season": key.season, "stage": key.stage, "subject": key.subject, "grade": key.grade},
    )
    row = found.mappings().one_or_none()
    return None if row is None else _threshold(row)


async def add_draft(session: AsyncSession, draft: Draft, at: datetime, by: str) -> UUID:
    """Store a draft with its first step and return its id."""
    key = draft.key
    row = {
        "id": uuid4(),
        "season": key.season,
        "stage": key.stage,
        "subject": key.subject,
        "grade": key.grade,
        "score": draft.score,
        "percent": draft.percent,
        "tie_policy": draft.tie_policy,
        "basis_document": draft.basis_document,
        "basis_date": draft.basis_date,
    }
    await session.execute(ADD, row)
    await _remember(session, row["id"], Status.DRAFT, at, by, draft.basis_document)
    return UUID(str(row["id"]))


async def take_step(
    session: AsyncSession,
    threshold_id: UUID,
    status: Status,
    at: datetime,
    by: str,
    *,
    basis: tuple[str | None, date | None] = (None, None),
    supersedes: UUID | None = None,
) -> None:
    """Bring a threshold to a status and remember who did it, when and why."""
    row = {
        "id": threshold_id,
        "status": status,
        "basis_document": basis[0],
        "basis_date": basis[1],
        "supersedes": supersedes,
    }
    await session.execute(STEP, row)
    await _remember(session, threshold_id, status, at, by, basis[0])


async def _remember(
    session: AsyncSession,
    threshold_id: object,
    status: Status,
    at: datetime,
    by: str,
    basis: str | None,
) -> None:
    row = {"id": threshold_id, "status": status, "at": at, "by": by, "basis": basis}
    await session.execute(REMEMBER, row)


async def history(session: AsyncSession, threshold_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Return the steps of a threshold and of all it superseded or was superseded by, in order."""
    rows = (await session.execute(HISTORY, {"id": threshold_id})).mappings()
    return [dict(row) for row in rows]


async def last_publication(session: AsyncSession, season: str) -> datetime | None:
    """Return when the published thresholds of a season last changed."""
    found: datetime | None = (await session.execute(LAST_STEP, {"season": season})).scalar_one()
    return found


async def published_after(
    session: AsyncSession, season: str, after: datetime
) -> Sequence[Threshold]:
    """Return the thresholds that became public after an instant and still are."""
    rows = await session.execute(PUBLISHED_AFTER, {"season": season, "after": after})
    return [_threshold(row) for row in rows.mappings()]
