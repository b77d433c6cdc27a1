"""Results as tallies: how many people have each score."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.row_access import whole_region

Cell = tuple[str, int]
Tallies = Mapping[Cell, Mapping[Decimal, int]]

VALID = """season = :season AND stage = :stage AND known_to = 'infinity'
    AND status <> 'void' AND score IS NOT NULL"""
COUNTED = text("""
    SELECT r.subject, r.task_grade, r.municipality, r.score, count(*) AS people,
        count(*) FILTER (WHERE 4 * r.score >= 3 * CAST(m.maximum AS numeric)) AS performed,
        count(*) FILTER (WHERE m.maximum IS NULL) AS unmeasured
    FROM result r LEFT JOIN maximum m ON m.season = r.season AND m.stage = r.stage
        AND m.subject = r.subject AND m.grade = r.task_grade AND m.known_to = 'infinity'
    WHERE r.season = :season AND r.stage = :stage AND r.known_to = 'infinity'
    AND r.status <> 'void' AND r.score IS NOT NULL
    GROUP BY GROUPING SETS (
        (r.subject, r.task_grade, r.score), (r.municipality, r.task_grade), (r.municipality)
    )
""")
BY_SCORE = text(f"""
    SELECT subject, task_grade, score, count(*) AS people FROM result WHERE {VALID}
    AND (CAST(:subject AS text) IS NULL OR subject = :subject)
    GROUP BY subject, task_grade, score
""")  # noqa: S608 -- a constant condition.
OF_CELL = text(f"""
    SELECT score, count(*) AS people FROM result WHERE {VALID}
    AND subject = :subject AND task_grade = :grade GROUP BY score
""")  # noqa: S608 -- a constant condition.
GREATEST = text("""
    SELECT concat_ws('|', season, stage, subject, task_grade) AS key,
        CAST(max(score) AS text) AS score
    FROM result WHERE known_to = 'infinity' AND status <> 'void' AND score IS NOT NULL
    AND (CAST(:season AS text) IS NULL OR season = :season)
    AND (CAST(:stage AS text) IS NULL OR stage = :stage)
    GROUP BY season, stage, subject, task_grade
""")
NEWEST = text("""
    SELECT max(known_from) FROM result WHERE season = :season AND stage = :stage
""")
KEEP = text("""
    INSERT INTO cell_tally (season, stage, subject, grade, tally, known_at)
    VALUES (:season, :stage, :subject, :grade, CAST(:tally AS jsonb), :known_at)
""")
FORGET = text("DELETE FROM cell_tally WHERE season = :season AND stage = :stage")
KEPT = text("""
    SELECT subject, grade, tally FROM cell_tally WHERE season = :season AND stage = :stage
""")
UP_TO_DATE = text("""
    SELECT subject, grade, tally FROM cell_tally WHERE season = :season AND stage = :stage
    AND known_at = (SELECT max(known_at) FROM import_run
                    WHERE kind = 'results' AND revision IS NOT NULL)
    AND (CAST(:subject AS text) IS NULL OR subject = :subject)
""")
NEWEST_IMPORT = text("""
    SELECT max(known_at) FROM import_run WHERE kind = 'results' AND revision IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class Counted:
    """A stage counted: people by score of each subject and task grade, and by municipality.

    `municipal_performers` are those who did at least 75 % of the work, of the municipalities whose
    every result has a known maximum.
    """

    tallies: Tallies
    municipal: Mapping[tuple[str, int], int]
    municipal_performers: Mapping[str, int]


async def newest_result(session: AsyncSession, season: str, stage: str) -> datetime | None:
    """Return when a stage's results last changed; None without results."""
    found: datetime | None = (
        await session.execute(NEWEST, {"season": season, "stage": stage})
    ).scalar_one()
    return found


async def greatest_scores(
    session: AsyncSession, season: str | None, stage: str | None
) -> Mapping[str, str]:
    """Return the greatest valid score, as text, by «season|stage|subject|grade»."""
    async with whole_region(session):
        rows = await session.execute(GREATEST, {"season": season, "stage": stage})
    return {row.key: row.score for row in rows}


async def count_stage(session: AsyncSession, season: str, stage: str) -> Counted:
    """Count the valid results of a stage in one pass."""
    tallies: dict[Cell, dict[Decimal, int]] = {}
    municipal: dict[tuple[str, int], int] = {}
    performers: dict[str, int] = {}
    for row in await session.execute(COUNTED, {"season": season, "stage": stage}):
        if row.subject is not None:
            tallies.setdefault((row.subject, row.task_grade), {})[row.score] = row.people
        elif row.task_grade is not None:
            municipal[(row.municipality, row.task_grade)] = row.people
        elif not row.unmeasured:
            performers[row.municipality] = row.performed
    return Counted(tallies, municipal, performers)


async def tally_stage(
    session: AsyncSession, season: str, stage: str, subject: str | None = None
) -> Tallies:
    """Count the valid results of a stage by subject, task grade and score, as they are now.

    With a subject, only its own results are read. The tallies of the last statistics are taken
    where no import of results came after them; otherwise the results are counted again.
    """
    tallies: dict[Cell, dict[Decimal, int]] = {}
    place = {"season": season, "stage": stage, "subject": subject}
    kept = _read(await session.execute(UP_TO_DATE, place))
    if kept:
        return kept
    for row in await session.execute(BY_SCORE, place):
        tallies.setdefault((row.subject, row.task_grade), {})[row.score] = row.people
    return tallies


async def tally_cell(
    session: AsyncSession, season: str, stage: str, subject: str, grade: int
) -> Mapping[Decimal, int]:
    """Count the valid results of one subject and task grade by score."""
    row = {"season": season, "stage": stage, "subject": subject, "grade": grade}
    return {found.score: found.people for found in await session.execute(OF_CELL, row)}


async def keep_tallies(
    session: AsyncSession, season: str, stage: str, tallies: Tallies, known_at: datetime | None
) -> None:
    """Keep the tallies that the statistics were made of, in place of the earlier ones.

    `known_at` is the instant of the newest import that they hold.
    """
    place = {"season": season, "stage": stage}
    await session.execute(FORGET, place)
    rows = [
        {
            **place,
            "subject": subject,
            "grade": grade,
            "known_at": known_at,
            "tally": json.dumps({f"{score:f}": people for score, people in tally.items()}),
        }
        for (subject, grade), tally in tallies.items()
    ]
    if rows:
        await session.execute(KEEP, rows)


async def kept_tallies(session: AsyncSession, season: str, stage: str) -> Tallies:
    """Return the tallies of the last statistics; empty before any."""
    return _read(await session.execute(KEPT, {"season": season, "stage": stage}))


def _read(rows: Iterable[Any]) -> dict[Cell, Mapping[Decimal, int]]:
    return {
        (row.subject, row.grade): {Decimal(s): int(n) for s, n in row.tally.items()} for row in rows
    }


async def newest_import(session: AsyncSession) -> datetime | None:
    """Return the instant of the newest import that changed results; None before any."""
    found: datetime | None = (await session.execute(NEWEST_IMPORT)).scalar_one()
    return found
