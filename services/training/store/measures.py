"""Measures, whom they reached by the registers, and which units are their neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.exposures import Dose

LEVELS = text("SELECT code, unit_level FROM measure WHERE known_to = 'infinity'")
EVALUATED = text("""
    SELECT code, title, unit_level, coalesce(reached_by, 'import') AS reached_by, least_share,
        assignment_rule AS rule, assignment_why AS why, assignment_selected_on AS selected_on,
        assignment_selected_period AS selected_period, assignment_indicator AS indicator,
        assignment_period AS period, assignment_cut AS cut, assignment_side AS side,
        assignment_seed AS seed, coalesce(outcomes, '[]') AS outcomes
    FROM measure WHERE known_to = 'infinity' AND unit_level IS NOT NULL ORDER BY code
""")
TERMS = text("""
    SELECT code, title, "to", state FROM measure
    WHERE known_to = 'infinity' AND "to" IS NOT NULL ORDER BY code
""")
STATED = text("""
    SELECT unit, period, coalesce(exposed, true) AS exposed, trained, need, hours, stratum,
        coalesce(neighbour, false) AS neighbour
    FROM exposure WHERE known_to = 'infinity' AND measure = :measure ORDER BY unit, period
""")
# A teacher who moved counts where they are registered now; completions without a day in the year
# of the event.
ATTENDED = """
    SELECT t.unit, coalesce(extract(year FROM a.completed_on)::integer::text, e.year) AS period,
        count(DISTINCT a.teacher) AS trained, sum(p.hours) AS hours
    FROM attendance AS a
    JOIN event AS e ON e.code = a.event AND e.known_to = 'infinity' AND e.measure = :measure
    JOIN (SELECT ref, {unit} AS unit FROM teacher WHERE known_to = 'infinity') AS t
        ON t.ref = a.teacher AND t.unit IS NOT NULL
    LEFT JOIN programme AS p ON p.code = e.programme AND p.known_to = 'infinity'
    WHERE a.known_to = 'infinity' AND a.state = 'completed'
    GROUP BY 1, 2 ORDER BY 1, 2
"""
ROUTES = """
    SELECT t.unit, extract(year FROM r.changed_at AT TIME ZONE 'UTC')::integer::text AS period,
        count(DISTINCT r.owner) AS trained, CAST(NULL AS bigint) AS hours
    FROM route AS r
    JOIN (SELECT ref, {unit} AS unit FROM teacher WHERE known_to = 'infinity') AS t
        ON t.ref = r.owner AND t.unit IS NOT NULL
    WHERE r.state = 'completed' GROUP BY 1, 2 ORDER BY 1, 2
"""
MENTORED = """
    WITH pair AS (
        SELECT DISTINCT ON (teacher, mentor) teacher, state, created_at FROM mentoring
        ORDER BY teacher, mentor, created_at DESC, id
    )
    SELECT t.unit, extract(year FROM min(pair.created_at) AT TIME ZONE 'UTC')::integer::text
            AS period,
        count(DISTINCT t.ref) AS trained, CAST(NULL AS bigint) AS hours
    FROM pair JOIN person ON person.pseudonym::text = pair.teacher
    JOIN (SELECT ref, {unit} AS unit FROM teacher WHERE known_to = 'infinity') AS t
        ON t.ref = person.ref AND t.unit IS NOT NULL
    WHERE pair.state = 'confirmed'
    GROUP BY t.unit, extract(year FROM pair.created_at AT TIME ZONE 'UTC') ORDER BY 1, 2
"""
# Whoever teaches a subject of the measure's events; everybody where none names a subject.
NEED = """
    SELECT {unit} AS unit, count(*) AS need FROM teacher WHERE known_to = 'infinity'
    AND {unit} IS NOT NULL AND (
        NOT EXISTS (SELECT 1 FROM event WHERE known_to = 'infinity' AND measure = :measure
                    AND subject IS NOT NULL)
        OR EXISTS (SELECT 1 FROM event WHERE known_to = 'infinity' AND measure = :measure
                   AND teacher.subjects ? event.subject))
    GROUP BY 1
"""
# Other events at a venue of the measure in the same year, and mentors shared with its teachers.
NEIGHBOURS = """
    WITH own AS (
        SELECT code, year, jsonb_array_elements_text(coalesce(venues, '[]')) AS venue
        FROM event WHERE known_to = 'infinity' AND measure = :measure
    ), beside AS (
        SELECT DISTINCT e.code FROM event AS e JOIN own ON own.year = e.year
            AND coalesce(e.venues, '[]') ? own.venue AND own.venue <> 'remote'
        WHERE e.known_to = 'infinity' AND e.measure IS DISTINCT FROM :measure
    ), reached AS (
        SELECT DISTINCT a.teacher FROM attendance AS a JOIN own ON own.code = a.event
        WHERE a.known_to = 'infinity' AND a.state = 'completed'
    ), mentored AS (
        SELECT DISTINCT ON (m.teacher, m.mentor) p.ref AS teacher, m.mentor, m.state
        FROM mentoring AS m JOIN person AS p ON p.pseudonym::text = m.teacher
        ORDER BY m.teacher, m.mentor, m.created_at DESC, m.id
    )
    SELECT DISTINCT {unit} AS unit FROM teacher WHERE known_to = 'infinity' AND {unit} IS NOT NULL
    AND ref IN (
        SELECT a.teacher FROM attendance AS a JOIN beside ON beside.code = a.event
        WHERE a.known_to = 'infinity' AND a.state = 'completed'
        UNION
        SELECT other.teacher FROM mentored AS other JOIN mentored AS own_pair
            ON own_pair.mentor = other.mentor AND own_pair.state = 'confirmed'
        JOIN reached ON reached.teacher = own_pair.teacher
        WHERE other.state = 'confirmed')
"""
SOURCE_TIME = text("""
    SELECT greatest(
        (SELECT max(known_from) FROM measure WHERE code = :measure AND known_to = 'infinity'),
        (SELECT max(known_from) FROM exposure WHERE measure = :measure),
        (SELECT max(a.known_from) FROM attendance AS a JOIN event AS e ON e.code = a.event
         WHERE e.known_to = 'infinity' AND e.measure = :measure))
""")
UNITS = {"municipality": "municipality", "school": "school"}
COUNTED = {
    "attendance": {level: text(ATTENDED.format(unit=name)) for level, name in UNITS.items()},
    "routes": {level: text(ROUTES.format(unit=name)) for level, name in UNITS.items()},
    "mentoring": {level: text(MENTORED.format(unit=name)) for level, name in UNITS.items()},
}
NEEDS = {level: text(NEED.format(unit=name)) for level, name in UNITS.items()}
NEAR = {level: text(NEIGHBOURS.format(unit=name)) for level, name in UNITS.items()}


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with a unit level: how its units are chosen and what it should change."""

    code: str
    title: str
    unit_level: str
    reached_by: str
    least_share: str | None
    rule: str | None
    why: str | None
    selected_on: str | None
    selected_period: str | None
    indicator: str | None
    period: str | None
    cut: str | None
    side: str | None
    seed: int | None
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A measure with a term."""

    code: str
    title: str
    term: date
    state: str | None


async def unit_levels(session: AsyncSession) -> Mapping[str, str | None]:
    """Return the level of unit of every measure; None where none is stated."""
    return {row.code: row.unit_level for row in await session.execute(LEVELS)}


async def evaluated(session: AsyncSession) -> Sequence[Measure]:
    """Return the measures that say whom they are for, by code."""
    rows = (await session.execute(EVALUATED)).mappings()
    return [Measure(**{**row, "outcomes": tuple(row["outcomes"])}) for row in rows]


async def terms(session: AsyncSession) -> Sequence[Term]:
    """Return the measures that have a term, by code."""
    return [Term(r.code, r.title, r.to, r.state) for r in await session.execute(TERMS)]


async def stated_doses(session: AsyncSession, measure: str) -> Sequence[Dose]:
    """Return the imported doses of a measure."""
    return [
        Dose(
            r.unit,
            r.period,
            "import",
            r.trained,
            r.need,
            r.hours,
            exposed=r.exposed,
            stratum=r.stratum,
            neighbour=r.neighbour,
        )
        for r in await session.execute(STATED, {"measure": measure})
    ]


async def counted_doses(session: AsyncSession, measure: Measure) -> Sequence[Dose]:
    """Return the doses by the register the measure names; none where only imports count."""
    queries = COUNTED.get(measure.reached_by)
    if queries is None or measure.unit_level not in UNITS:
        return []
    asked = {"measure": measure.code} if measure.reached_by == "attendance" else {}
    needs = await _needs(session, measure)
    return [
        Dose(
            r.unit,
            r.period,
            measure.reached_by,
            r.trained,
            needs.get(r.unit),
            None if r.hours is None else int(r.hours),
        )
        for r in await session.execute(queries[measure.unit_level], asked)
    ]


async def _needs(session: AsyncSession, measure: Measure) -> Mapping[str, int]:
    rows = await session.execute(NEEDS[measure.unit_level], {"measure": measure.code})
    return {row.unit: row.need for row in rows}


async def neighbours(session: AsyncSession, measure: Measure) -> frozenset[str]:
    """Return the units that share a venue or a mentor with those reached by attendance."""
    if measure.reached_by != "attendance" or measure.unit_level not in UNITS:
        return frozenset()
    rows = await session.execute(NEAR[measure.unit_level], {"measure": measure.code})
    return frozenset(rows.scalars())


async def source_time(session: AsyncSession, measure: str) -> datetime:
    """Return when the last fact about a measure became known; the measure is registered."""
    found: datetime = (await session.execute(SOURCE_TIME, {"measure": measure})).scalar_one()
    return found
