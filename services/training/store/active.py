"""What is known of the targets of assignments, staff against the plan, and the roadmap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.direction_rules import Assignment, evidence_kind
from services.training.domain.roadmap import RoadmapTask
from shared.row_access import whole_region

FACTS = {
    "teacher": text("SELECT ref FROM teacher WHERE known_to = 'infinity'"),
    "graduate": text("""
        SELECT DISTINCT teacher FROM attendance WHERE known_to = 'infinity' AND state = 'completed'
    """),
    "young": text("SELECT ref FROM teacher WHERE known_to = 'infinity' AND young_specialist"),
    "olympiad": text("SELECT ref FROM teacher WHERE known_to = 'infinity' AND tier = 'olympiad'"),
    "attestation": text("""
        SELECT ref FROM teacher WHERE known_to = 'infinity' AND attestation_due IS NOT NULL
    """),
    "course": text("SELECT code FROM event WHERE known_to = 'infinity' AND kind = 'kpk'"),
    "event": text("SELECT code FROM event WHERE known_to = 'infinity'"),
    "group": text("SELECT code FROM study_group WHERE known_to = 'infinity'"),
    "practice": text("""
        SELECT code FROM school WHERE known_to = 'infinity'
        UNION SELECT code FROM measure WHERE known_to = 'infinity'
    """),
}
SCHOOL_SHARES = text("SELECT code, low_share FROM school WHERE known_to = 'infinity'")
ASSIGNMENTS = text("""
    SELECT direction, for_ref, state, evidence FROM assignment
    WHERE known_to = 'infinity' AND NOT starts_with(code, 'example-')
""")
STAFF = text("""
    WITH person AS (
        SELECT a.municipality, a.part, area.code FROM activist AS a CROSS JOIN LATERAL (
            SELECT 'all' AS code
            UNION SELECT jsonb_array_elements_text(coalesce(a.functions, '[]'))
            UNION SELECT jsonb_array_elements_text(coalesce(a.directions, '[]'))
            UNION SELECT c.subject FROM competency AS c WHERE c.known_to = 'infinity'
                AND c.subject IS NOT NULL AND coalesce(a.capabilities, '[]') ? c.code
        ) AS area WHERE a.known_to = 'infinity'
    ), appointed AS (
        SELECT municipality, part, code, count(*) AS people FROM person
        GROUP BY municipality, part, code
    )
    SELECT coalesce(p.municipality, a.municipality) AS municipality,
        coalesce(p.part, a.part) AS part, coalesce(p.area, a.code) AS area,
        p.planned, coalesce(a.people, 0) AS appointed
    FROM (SELECT * FROM staffing_plan WHERE known_to = 'infinity') AS p
    FULL JOIN appointed AS a
        ON a.municipality = p.municipality AND a.part = p.part AND a.code = p.area
    WHERE coalesce(p.municipality, a.municipality) = :municipality
        OR CAST(:municipality AS text) IS NULL
        AND NOT starts_with(coalesce(p.municipality, a.municipality), '00')
    ORDER BY 1, 2, 3
""")
TOTALS = text("""
    SELECT q.code, q.title, q.headcount, (
        SELECT count(*) FROM activist AS a
        WHERE a.known_to = 'infinity' AND NOT starts_with(a.municipality, '00')
        AND (a.part = q.code OR starts_with(a.part, q.code || '.'))) AS appointed
    FROM quota AS q WHERE q.known_to = 'infinity' ORDER BY q.import_row, q.code
""")
TASKS = text("""
    SELECT code, title, owner_role, term, depends, indicator, expected, evidence, state
    FROM roadmap_task WHERE known_to = 'infinity' ORDER BY term NULLS LAST, code
""")


@dataclass(frozen=True, slots=True)
class Staff:
    """People of a part of the active in an area of a municipality; `planned` None: no plan."""

    municipality: str
    part: str
    area: str
    planned: int | None
    appointed: int


@dataclass(frozen=True, slots=True)
class StaffTotal:
    """A part of the active: the programme's number and those appointed."""

    part: str
    title: str
    planned: int
    appointed: int


async def facts(session: AsyncSession) -> dict[str, frozenset[str]]:
    """Return the references and codes by what is known of them."""
    return {
        name: frozenset((await session.execute(query)).scalars()) for name, query in FACTS.items()
    }


async def school_shares(session: AsyncSession) -> Mapping[str, str | None]:
    """Return the printed share of low results of every school."""
    return {row.code: row.low_share for row in await session.execute(SCHOOL_SHARES)}


async def assignments(session: AsyncSession) -> Sequence[Assignment]:
    """Return what counts of every current assignment."""
    return [
        Assignment(
            row.direction,
            row.for_ref,
            row.state,
            frozenset(evidence_kind(line) for line in row.evidence or ()),
        )
        for row in await session.execute(ASSIGNMENTS)
    ]


async def staff(session: AsyncSession, municipality: str | None) -> Sequence[Staff]:
    """Return planned and appointed people by municipality, part and area."""
    # Counts of posts are open data, the rows of people behind them are not.
    async with whole_region(session):
        rows = await session.execute(STAFF, {"municipality": municipality})
    return [Staff(r.municipality, r.part, r.area, r.planned, r.appointed) for r in rows]


async def totals(session: AsyncSession) -> Sequence[StaffTotal]:
    """Return the programme's numbers of the active and those appointed."""
    async with whole_region(session):
        rows = await session.execute(TOTALS)
    return [StaffTotal(r.code, r.title, r.headcount, r.appointed) for r in rows]


async def tasks(session: AsyncSession) -> Sequence[RoadmapTask]:
    """Return the tasks of the roadmap by term, then code."""
    return [
        RoadmapTask(
            r.code,
            r.title,
            r.owner_role,
            r.term,
            tuple(r.depends or ()),
            r.indicator,
            r.expected,
            tuple(r.evidence or ()),
            r.state,
        )
        for r in await session.execute(TASKS)
    ]
