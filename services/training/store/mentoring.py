"""Decisions about mentors, only ever added; the last word counts about each pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.mentor_profiles import Mentor

ADD = text("""
    INSERT INTO mentoring (id, teacher, mentor, state, reason, author)
    VALUES (:id, :teacher, :mentor, :state, :reason, :author)
""")
STANDING = text("""
    SELECT DISTINCT ON (m.teacher, m.mentor) t.ref AS teacher, p.ref AS mentor, m.state, m.reason,
        m.created_at
    FROM mentoring AS m
    JOIN person AS t ON t.pseudonym::text = m.teacher
    JOIN person AS p ON p.pseudonym::text = m.mentor
    WHERE CAST(:teacher AS text) IS NULL OR t.ref = :teacher
    ORDER BY m.teacher, m.mentor, m.created_at DESC, m.id
""")
LOADS = text("""
    SELECT p.ref AS mentor, count(*) FILTER (WHERE last.state = 'confirmed') AS confirmed,
        count(*) FILTER (WHERE last.state = 'proposed') AS proposed
    FROM (
        SELECT DISTINCT ON (teacher, mentor) teacher, mentor, state FROM mentoring
        ORDER BY teacher, mentor, created_at DESC, id
    ) AS last
    JOIN person AS t ON t.pseudonym::text = last.teacher
    JOIN person AS p ON p.pseudonym::text = last.mentor
    WHERE last.state IN ('confirmed', 'proposed') GROUP BY p.ref
""")
MENTORS = text("""
    SELECT ref, capabilities, municipality, coalesce(remote, false) AS remote, norm FROM activist
    WHERE known_to = 'infinity' AND role = 'mentor' AND coalesce(consent, false) ORDER BY ref
""")
MENTOR = text("""
    SELECT true FROM activist WHERE ref = :ref AND role = 'mentor' AND known_to = 'infinity'
""")
TEACHERS = text("""
    SELECT ref, municipality, superior FROM teacher
    WHERE known_to = 'infinity' AND (CAST(:ref AS text) IS NULL OR ref = :ref) ORDER BY ref
""")


@dataclass(frozen=True, slots=True)
class Word:
    """The last decision about a pair: proposed, withdrawn, confirmed, declined or ended."""

    teacher: str
    mentor: str
    state: str
    reason: str | None
    at: datetime


async def add(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> None:
    """Add decisions: pseudonyms of teacher and mentor, state, reason, author."""
    if rows:
        await session.execute(ADD, [{**row, "id": uuid4()} for row in rows])


async def standing(session: AsyncSession, teacher: str | None = None) -> Sequence[Word]:
    """Return the last word about every pair, of one teacher or of all."""
    rows = await session.execute(STANDING, {"teacher": teacher})
    return [Word(r.teacher, r.mentor, r.state, r.reason, r.created_at) for r in rows]


async def count_pairs(session: AsyncSession) -> Mapping[str, tuple[int, int]]:
    """Return confirmed and proposed pairs by mentor; mentors without any are absent."""
    return {r.mentor: (r.confirmed, r.proposed) for r in await session.execute(LOADS)}


async def mentors(session: AsyncSession) -> Sequence[Mentor]:
    """Return the mentors who consent, by reference."""
    return [
        Mentor(r.ref, frozenset(r.capabilities or ()), r.municipality, r.remote, r.norm)
        for r in await session.execute(MENTORS)
    ]


async def mentor_known(session: AsyncSession, ref: str) -> bool:
    """Tell whether a person is registered as a mentor, consenting or not."""
    return (await session.execute(MENTOR, {"ref": ref})).scalar_one_or_none() is not None


async def teachers(
    session: AsyncSession, ref: str | None = None
) -> Sequence[tuple[str, str, str | None]]:
    """Return (reference, municipality, superior) of one teacher or of all."""
    rows = await session.execute(TEACHERS, {"ref": ref})
    return [(r.ref, r.municipality, r.superior) for r in rows]
