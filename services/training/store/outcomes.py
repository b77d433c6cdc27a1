"""Measured outcomes of routes; only ever added to."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.outcome_report import RouteEnding
from services.training.domain.outcomes import Spread

ADD = text("""
    INSERT INTO route_outcome (route, version, competency, before_diagnostic, before_score,
        before_level, before_on, required, after_diagnostic, after_score, after_level, after_on,
        closed, error, expected, chance)
    VALUES (:route, :version, :competency, :before_diagnostic, :before_score, :before_level,
        :before_on, :required, :after_diagnostic, :after_score, :after_level, :after_on, :closed,
        :error, :expected, :chance)
""")
OF_ROUTE = text("""
    SELECT * FROM route_outcome WHERE route = :route ORDER BY version, competency
""")
SPREADS = text("""
    SELECT diagnostic, count(*) AS takers, avg(score) AS mean, coalesce(var_samp(score), 0) AS var
    FROM (
        SELECT DISTINCT ON (diagnostic, teacher) diagnostic, CAST(score AS numeric) AS score
        FROM diagnostic_result
        WHERE known_to = 'infinity' AND diagnostic = ANY(:codes)
        ORDER BY diagnostic, teacher, taken_on
    ) AS first_scores
    GROUP BY diagnostic
""")
TO_MEASURE = text("""
    SELECT id FROM route
    WHERE state IN ('active', 'completed') AND owner IN (
        SELECT teacher FROM diagnostic_result WHERE known_to = 'infinity')
    AND NOT (state = 'completed' AND EXISTS (
        SELECT FROM route_outcome AS o WHERE o.route = route.id))
    ORDER BY id
""")
CLOSED = text("""
    SELECT DISTINCT ON (o.route, o.competency) o.route, r.owner, o.competency, o.after_on, o.closed
    FROM route_outcome AS o JOIN route AS r ON r.id = o.route
    WHERE r.state IN ('completed', 'completed_without_result')
    ORDER BY o.route, o.competency, o.version DESC
""")
ENDINGS = text("""
    SELECT r.id, r.state, r.owner, r.tutor, o.competency, o.closed, o.chance,
        ARRAY(SELECT step ->> 'code' FROM jsonb_array_elements(r.steps) AS step
              WHERE CAST(step ->> 'done' AS boolean)) AS steps
    FROM route AS r LEFT JOIN LATERAL (
        SELECT DISTINCT ON (competency) competency, closed, chance FROM route_outcome
        WHERE route = r.id ORDER BY competency, version DESC
    ) AS o ON true
    WHERE r.state IN ('completed', 'completed_without_result')
    ORDER BY r.id, o.competency
""")
ADDRESSED = text("""
    SELECT e.code, p.competencies FROM event AS e
    JOIN programme AS p ON p.code = e.programme AND p.known_to = 'infinity'
    WHERE e.known_to = 'infinity'
    UNION ALL
    SELECT p.code, p.competencies FROM programme AS p WHERE p.known_to = 'infinity'
""")
MENTORS = text("""
    SELECT DISTINCT ON (teacher, mentor) teacher, mentor, state FROM mentoring
    ORDER BY teacher, mentor, created_at DESC
""")
ACTIVE_DIRECTIONS = text("""
    SELECT ref, directions FROM activist WHERE known_to = 'infinity'
""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One deficit of a route before and after; numbers in the text they were computed as."""

    route: UUID
    version: int
    competency: str
    before_diagnostic: str
    before_score: str
    before_level: str
    before_on: date
    required: str
    after_diagnostic: str
    after_score: str
    after_level: str
    after_on: date
    closed: bool
    error: str | None
    expected: str | None
    chance: float | None


@dataclass(frozen=True, slots=True)
class LastOutcome:
    """What a route last left of one competency, and whose it was."""

    route: UUID
    owner: str
    competency: str
    after_on: date
    closed: bool


async def add(session: AsyncSession, outcomes: Sequence[Outcome]) -> None:
    """Add the outcome of a route, a row a deficit."""
    for outcome in outcomes:
        await session.execute(ADD, asdict(outcome))


async def of_route(session: AsyncSession, route_id: UUID) -> Sequence[Outcome]:
    """Return what was measured of a route, oldest version first."""
    rows = await session.execute(OF_ROUTE, {"route": route_id})
    names = Outcome.__dataclass_fields__
    return [Outcome(**{name: row[name] for name in names}) for row in rows.mappings()]


async def spreads(session: AsyncSession, codes: Sequence[str]) -> Mapping[str, Spread]:
    """Return mean and variance of each teacher's first score, by diagnostic."""
    rows = await session.execute(SPREADS, {"codes": list(codes)})
    return {r.diagnostic: Spread(r.takers, float(r.mean), float(r.var)) for r in rows}


async def to_measure(session: AsyncSession) -> Sequence[UUID]:
    """Return active routes and unmeasured completed ones whose owners have results."""
    return list((await session.execute(TO_MEASURE)).scalars())


async def last_outcomes(session: AsyncSession) -> Sequence[LastOutcome]:
    """Return the last outcome of every ended route and competency."""
    rows = await session.execute(CLOSED)
    return [LastOutcome(r.route, r.owner, r.competency, r.after_on, r.closed) for r in rows]


async def endings(session: AsyncSession) -> Sequence[RouteEnding]:
    """Return the ended routes, a row a measured deficit; without one, not measured."""
    return [
        RouteEnding(r.id, r.owner, r.tutor, tuple(r.steps), r.competency, r.closed, r.chance)
        for r in await session.execute(ENDINGS)
    ]


async def addressed(session: AsyncSession) -> Mapping[str, frozenset[str]]:
    """Return the competencies that events and programmes address, by code."""
    rows = await session.execute(ADDRESSED)
    return {r.code: frozenset(r.competencies or ()) for r in rows}


async def mentors(session: AsyncSession) -> Mapping[str, frozenset[str]]:
    """Return the confirmed mentors of every teacher."""
    found: dict[str, frozenset[str]] = {}
    for row in await session.execute(MENTORS):
        if row.state == "confirmed":
            found[row.teacher] = found.get(row.teacher, frozenset()) | {row.mentor}
    return found


async def directions(session: AsyncSession) -> Mapping[str, frozenset[str]]:
    """Return the directions of every person of the active."""
    rows = await session.execute(ACTIVE_DIRECTIONS)
    return {r.ref: frozenset(r.directions or ()) for r in rows}
