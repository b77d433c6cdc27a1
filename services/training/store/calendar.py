"""Events and head counts of a year, as the domain's values."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.calendar import Run, Span
from services.training.domain.coverage import Headcount
from services.training.domain.cyclogram_checks import FixedDate

HEADCOUNTS = text("""
    SELECT subject, title, headcount, assumptions FROM headcount
    WHERE year = :year AND known_to = 'infinity' ORDER BY import_row, subject
""")
EVENTS = text("""
    SELECT code, title, kind, subject, tiers, "from", "to", venues, seats, "window", doubts
    FROM event WHERE year = :year AND known_to = 'infinity' AND state <> 'cancelled'
    ORDER BY code
""")
YEARS = text("""
    SELECT year FROM headcount UNION SELECT year FROM event ORDER BY year
""")
TRAINED = text("""
    SELECT e.subject, t.tier, count(DISTINCT a.teacher) AS n
    FROM attendance AS a
    JOIN event AS e ON e.code = a.event AND e.known_to = 'infinity'
    JOIN teacher AS t ON t.ref = a.teacher AND t.known_to = 'infinity'
    WHERE a.known_to = 'infinity' AND a.state = 'completed' AND e.year = :year
    AND e.subject IS NOT NULL GROUP BY e.subject, t.tier
""")
FIXED_DATES = text("""
    SELECT code, title, kind, subject, "from", "to" FROM fixed_date
    WHERE known_to = 'infinity' ORDER BY code
""")
TUTORS = text("""
    SELECT code, headcount FROM quota
    WHERE known_to = 'infinity' AND (code = 'managerial' OR parent = 'managerial') ORDER BY code
""")
ADDRESSED = text("""
    SELECT e.code, p.competencies FROM event AS e
    JOIN programme AS p ON p.code = e.programme AND p.known_to = 'infinity'
    WHERE e.year = :year AND e.known_to = 'infinity' AND e.state <> 'cancelled'
""")
METHODICAL = text("""
    SELECT code, title FROM competency WHERE known_to = 'infinity' AND kind = 'methodical'
""")
SOURCE_TIME = text("""
    SELECT max(greatest(known_from, nullif(known_to, 'infinity'))) FROM (
        SELECT known_from, known_to FROM headcount WHERE year = :year
        UNION ALL SELECT known_from, known_to FROM event WHERE year = :year
        UNION ALL SELECT a.known_from, a.known_to FROM attendance AS a
            WHERE a.event IN (SELECT code FROM event WHERE year = :year)
    ) AS known
""")


async def tutors(session: AsyncSession) -> Mapping[str, int]:
    """Return the size of the managerial active and of its parts: among them are the tutors."""
    return {r.code: r.headcount for r in await session.execute(TUTORS)}


async def addressed(session: AsyncSession, year: str) -> Mapping[str, frozenset[str]]:
    """Return the competencies the programmes of a year's events address, by event."""
    rows = await session.execute(ADDRESSED, {"year": year})
    return {r.code: frozenset(r.competencies or ()) for r in rows}


async def methodical(session: AsyncSession) -> Mapping[str, str]:
    """Return the titles of the methodical competencies."""
    return {r.code: r.title for r in await session.execute(METHODICAL)}


async def years(session: AsyncSession) -> Sequence[str]:
    """Return the years anything is known about."""
    return list((await session.execute(YEARS)).scalars())


async def headcounts(session: AsyncSession, year: str) -> Sequence[Headcount]:
    """Return the declared head counts in the order they were given."""
    rows = await session.execute(HEADCOUNTS, {"year": year})
    return [Headcount(r.subject, r.title, r.headcount, tuple(r.assumptions or ())) for r in rows]


async def runs(session: AsyncSession, year: str) -> Sequence[Run]:
    """Return the events of the cyclogram of a year that are not cancelled."""
    rows = await session.execute(EVENTS, {"year": year})
    return [_run(row) for row in rows.mappings()]


def _run(row: RowMapping) -> Run:
    return Run(
        code=row["code"],
        title=row["title"],
        kind=row["kind"],
        subject=row["subject"],
        tiers=tuple(row["tiers"] or ()),
        span=None if row["from"] is None else Span.parse(row["from"], row["to"]),
        venues=tuple(row["venues"] or ()),
        seats=row["seats"],
        window=row["window"],
        doubts=tuple(row["doubts"] or ()),
    )


async def trained(session: AsyncSession, year: str) -> Mapping[tuple[str, str], int]:
    """Return how many teachers completed a course of the year, by subject and tier."""
    rows = await session.execute(TRAINED, {"year": year})
    return {(row.subject, row.tier): row.n for row in rows}


async def source_time(session: AsyncSession, year: str) -> datetime | None:
    """Return the instant the service last learnt something about the year."""
    found: datetime | None = (await session.execute(SOURCE_TIME, {"year": year})).scalar_one()
    return found


async def fixed_dates(session: AsyncSession) -> Sequence[FixedDate]:
    """Return the dates of olympiads and exams that courses should keep clear of."""
    rows = await session.execute(FIXED_DATES)
    return [FixedDate(r[0], r[1], r[2], r[3], Span.parse(r[4], r[5])) for r in rows]
