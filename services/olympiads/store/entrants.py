"""Competitors of one subject: by score for curves, by name for invitations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

GROUPS = text("""
    SELECT r.score, r.study_grade, r.municipality, count(*) AS people, count(f.participant) AS gone
    FROM result r LEFT JOIN refusal f ON f.season = r.season AND f.stage = :stage
        AND f.subject = r.subject AND f.participant = r.participant AND f.known_to = 'infinity'
    WHERE r.season = :season AND r.stage = :scored_at AND r.subject = :subject
    AND r.task_grade = :grade AND r.known_to = 'infinity'
    AND r.status <> 'void' AND r.score IS NOT NULL
    GROUP BY r.score, r.study_grade, r.municipality
""")
CANDIDATES = text("""
    SELECT participant, max(study_grade) AS study_grade FROM (
        SELECT r.participant, r.study_grade FROM result r
        LEFT JOIN participant p ON p.season = r.season AND p.participant = r.participant
            AND p.known_to = 'infinity'
        LEFT JOIN threshold t ON t.season = r.season AND t.stage = :stage
            AND t.subject = r.subject AND t.grade = r.task_grade AND t.status = 'published'
        WHERE r.season = :season AND r.stage = :scored_at AND r.subject = :subject
        AND r.known_to = 'infinity' AND (r.score >= t.score OR coalesce(p.abroad, false))
        UNION ALL
        SELECT d.participant, coalesce(p.study_grade, r.study_grade, d.study_grade + 1)
        FROM diploma d
        LEFT JOIN participant p ON p.season = :season AND p.participant = d.participant
            AND p.known_to = 'infinity'
        LEFT JOIN result r ON r.season = :season AND r.stage = :scored_at
            AND r.subject = d.subject AND r.participant = d.participant AND r.known_to = 'infinity'
        WHERE d.season = :before AND d.stage = :stage AND d.subject = :subject
        AND d.known_to = 'infinity'
    ) AS every GROUP BY participant ORDER BY participant
""")
WHERE_FROM = text("""
    SELECT participant, task_grade, municipality, school, score FROM result
    WHERE season = :season AND stage = :scored_at AND subject = :subject AND known_to = 'infinity'
    AND participant = ANY(:people)
""")
REFUSED = text("""
    SELECT participant FROM refusal
    WHERE season = :season AND stage = :stage AND subject = :subject AND known_to = 'infinity'
""")


@dataclass(frozen=True, slots=True)
class Group:
    """People of one score, grade studied in and municipality; `gone` of them have refused."""

    score: Decimal
    study_grade: int
    municipality: str
    people: int
    gone: int


@dataclass(frozen=True, slots=True)
class Work:
    """The work a participant did at the stage before."""

    task_grade: int
    municipality: str
    school: str
    score: Decimal | None


async def groups_of(
    session: AsyncSession, season: str, stages: tuple[str, str], subject: str, grade: int
) -> Sequence[Group]:
    """Return the competitors of a subject and task grade; `stages` are admitted to, scored at."""
    row = {
        "season": season,
        "stage": stages[0],
        "scored_at": stages[1],
        "subject": subject,
        "grade": grade,
    }
    return [Group(*found) for found in await session.execute(GROUPS, row)]


async def candidates_of(
    session: AsyncSession, season: str, before: str, stages: tuple[str, str], subject: str
) -> Sequence[tuple[str, int | None]]:
    """Return everybody who may have a ground for admission, with the grade they study in."""
    row = {
        "season": season,
        "before": before,
        "stage": stages[0],
        "scored_at": stages[1],
        "subject": subject,
    }
    found = await session.execute(CANDIDATES, row)
    return [(r.participant, r.study_grade) for r in found]


async def works_of(
    session: AsyncSession, season: str, scored_at: str, subject: str, people: Sequence[str]
) -> Mapping[str, Work]:
    """Return the works of these participants."""
    row = {
        "season": season,
        "scored_at": scored_at,
        "subject": subject,
        "people": list(people),
    }
    return {
        r.participant: Work(r.task_grade, r.municipality, r.school, r.score)
        for r in await session.execute(WHERE_FROM, row)
    }


async def refused(session: AsyncSession, season: str, stage: str, subject: str) -> frozenset[str]:
    """Return who has refused to come."""
    row = {"season": season, "stage": stage, "subject": subject}
    return frozenset((await session.execute(REFUSED, row)).scalars())
