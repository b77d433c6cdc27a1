"""Results at two revisions of the data: what an appeal or a correction changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

REVISIONS = text("""
    SELECT run.revision, run.known_at, count(*) AS opened,
        array_agg(DISTINCT r.state ORDER BY r.state) AS states
    FROM import_run run JOIN result r ON r.import_id = run.id AND r.known_from = run.known_at
    WHERE run.kind = 'results' AND run.revision IS NOT NULL
    AND r.season = :season AND r.stage = :stage
    GROUP BY run.revision, run.known_at ORDER BY run.revision
""")
KNOWN_AT = text("""
    SELECT max(known_at) FROM import_run
    WHERE kind = 'results' AND revision IS NOT NULL AND revision <= :revision
""")
CHANGED = text("""
    WITH touched AS (
        SELECT DISTINCT subject, participant FROM result
        WHERE season = :season AND stage = :stage
        AND ((known_from > :since AND known_from <= :until)
             OR (known_to > :since AND known_to <= :until))
    )
    SELECT t.subject, t.participant,
        b.task_grade AS old_grade, b.score AS old_score, b.status AS old_status,
        b.state AS old_state,
        a.task_grade AS new_grade, a.score AS new_score, a.status AS new_status,
        a.state AS new_state, coalesce(a.municipality, b.municipality) AS municipality
    FROM touched t
    LEFT JOIN result b ON b.season = :season AND b.stage = :stage AND b.subject = t.subject
        AND b.participant = t.participant AND b.known_from <= :since AND b.known_to > :since
    LEFT JOIN result a ON a.season = :season AND a.stage = :stage AND a.subject = t.subject
        AND a.participant = t.participant AND a.known_from <= :until AND a.known_to > :until
    ORDER BY t.subject, t.participant
""")


@dataclass(frozen=True, slots=True)
class Held:
    """A result as it was held at an instant."""

    grade: int
    score: Decimal | None
    status: str
    state: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A participant's result before and after; null where there was none.

    `municipality` is that of the last one.
    """

    subject: str
    participant: str
    municipality: str
    before: Held | None
    after: Held | None


async def result_revisions(
    session: AsyncSession, season: str, stage: str
) -> Sequence[Mapping[str, Any]]:
    """Return the imports that changed a stage's results: revision, instant, rows, states."""
    rows = await session.execute(REVISIONS, {"season": season, "stage": stage})
    return [dict(row) for row in rows.mappings()]


async def known_at(session: AsyncSession, revision: int) -> datetime | None:
    """Return the instant at which a revision of results was the newest; None before the first."""
    found: datetime | None = (await session.execute(KNOWN_AT, {"revision": revision})).scalar_one()
    return found


async def changed_results(
    session: AsyncSession, season: str, stage: str, since: datetime, until: datetime
) -> Sequence[Changed]:
    """Return every result that differs between two instants."""
    row = {"season": season, "stage": stage, "since": since, "until": until}
    return [
        Changed(
            r.subject,
            r.participant,
            r.municipality,
            _held(r.old_grade, r.old_score, r.old_status, r.old_state),
            _held(r.new_grade, r.new_score, r.new_status, r.new_state),
        )
        for r in await session.execute(CHANGED, row)
    ]


def _held(
    grade: int | None, score: Decimal | None, status: str | None, state: str | None
) -> Held | None:
    if grade is None or status is None or state is None:
        return None
    return Held(grade, score, status, state)
