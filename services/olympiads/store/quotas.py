"""Stored quotas, and the tallies they are solved on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

COLUMNS = """id, season, stage, subject, grades, places, floor_percent, outside, outside_counts,
    basis, version"""
LIST = text(f"SELECT {COLUMNS} FROM quota WHERE season = :season ORDER BY subject, grades, id")  # noqa: S608 -- constant columns.
FIND = text(f"SELECT {COLUMNS} FROM quota WHERE season = :season AND id = :id FOR UPDATE")  # noqa: S608 -- constant columns.
ADD = text("""
    INSERT INTO quota (id, season, stage, subject, grades, places, floor_percent, outside,
        outside_counts, basis)
    VALUES (:id, :season, :stage, :subject, CAST(:grades AS jsonb), :places, :floor_percent,
        :outside, :outside_counts, :basis)
""")
REMOVE = text("DELETE FROM quota WHERE id = :id")
OVERLAP = text("""
    SELECT id FROM quota WHERE season = :season AND stage = :stage AND subject = :subject
    AND EXISTS (SELECT FROM jsonb_array_elements(grades) AS g
                WHERE g IN (SELECT jsonb_array_elements(CAST(:grades AS jsonb))))
""")
HOLDERS = text("""
    SELECT d.subject, d.participant, coalesce(p.study_grade, d.study_grade + 1) AS grade
    FROM diploma d
    LEFT JOIN participant p ON p.season = :season AND p.participant = d.participant
        AND p.known_to = 'infinity'
    WHERE d.season = :before AND d.stage = :stage AND d.known_to = 'infinity'
    AND p.enrolled IS NOT FALSE
""")
HOLDERS_SCORES = text("""
    SELECT r.subject, r.task_grade, r.participant, r.score FROM result r
    JOIN diploma d ON d.participant = r.participant AND d.subject = r.subject
        AND d.season = :before AND d.stage = :stage AND d.known_to = 'infinity'
    WHERE r.season = :season AND r.stage = :scored_at AND r.known_to = 'infinity'
    AND r.status <> 'void' AND r.score IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class Quota:
    """Places of a subject for one grade or several that share them.

    `outside` is null where the people admitted without a score are to be counted by diplomas.
    """

    id: UUID
    season: str
    stage: str
    subject: str
    grades: tuple[int, ...]
    places: int
    floor_percent: Decimal | None
    outside: int | None
    outside_counts: bool
    basis: str
    version: int = 1

    @property
    def etag(self) -> str:
        """Strong tag of this version."""
        return f'"{self.id.hex}-{self.version}"'


def _quota(row: Any) -> Quota:
    values = dict(row)
    values["grades"] = tuple(values["grades"])
    return Quota(**values)


async def list_quotas(session: AsyncSession, season: str) -> Sequence[Quota]:
    """Return the quotas of a season."""
    rows = (await session.execute(LIST, {"season": season})).mappings()
    return [_quota(row) for row in rows]


async def lock_quota(session: AsyncSession, season: str, quota_id: UUID) -> Quota | None:
    """Return a quota locked for this transaction, or None."""
    found = await session.execute(FIND, {"season": season, "id": quota_id})
    row = found.mappings().one_or_none()
    return None if row is None else _quota(row)


async def add_quota(session: AsyncSession, quota: Quota) -> None:
    """Store a quota."""
    row = {
        "id": quota.id,
        "season": quota.season,
        "stage": quota.stage,
        "subject": quota.subject,
        "grades": json.dumps(list(quota.grades)),
        "places": quota.places,
        "floor_percent": quota.floor_percent,
        "outside": quota.outside,
        "outside_counts": quota.outside_counts,
        "basis": quota.basis,
    }
    await session.execute(ADD, row)


async def remove_quota(session: AsyncSession, quota_id: UUID) -> None:
    """Remove a quota."""
    await session.execute(REMOVE, {"id": quota_id})


async def overlapping(session: AsyncSession, quota: Quota) -> bool:
    """Whether a quota of the same subject already holds one of these grades."""
    row = {
        "season": quota.season,
        "stage": quota.stage,
        "subject": quota.subject,
        "grades": json.dumps(list(quota.grades)),
    }
    return (await session.execute(OVERLAP, row)).first() is not None


@dataclass(frozen=True, slots=True)
class Holder:
    """A diploma holder of last season.

    `grade` is the one registered this season, else the next after the one of the diploma; null
    where neither was recorded.
    """

    participant: str
    grade: int | None


async def diploma_holders(
    session: AsyncSession, season: str, before: str, stage: str
) -> Mapping[str, Sequence[Holder]]:
    """Return last season's diploma holders who are not known to have left school, by subject."""
    row = {"season": season, "before": before, "stage": stage}
    holders: dict[str, list[Holder]] = {}
    for found in await session.execute(HOLDERS, row):
        holders.setdefault(found.subject, []).append(Holder(found.participant, found.grade))
    return holders


async def holders_scores(
    session: AsyncSession, season: str, before: str, stage: str, scored_at: str
) -> Sequence[tuple[str, int, str, Decimal]]:
    """Return (subject, task grade, participant, score) of diploma holders who also competed."""
    row = {"season": season, "before": before, "stage": stage, "scored_at": scored_at}
    found = await session.execute(HOLDERS_SCORES, row)
    return [(r.subject, r.task_grade, r.participant, r.score) for r in found]
