"""Who the published plans placed in the sessions of a measure, and who waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.calendar import Span

SESSIONS = text("""
    SELECT code, "from", "to" FROM event
    WHERE known_to = 'infinity' AND measure = :measure AND state <> 'cancelled' ORDER BY code
""")
# The latest revision of every published plan that placed somebody in a session of the measure.
PLACES = text("""
    WITH last AS (
        SELECT DISTINCT ON (r.plan) r.plan, r.result, p.lottery_seed
        FROM plan_revision AS r JOIN plan AS p ON p.id = r.plan AND p.state = 'published'
        ORDER BY r.plan, r.revision DESC
    ), own AS (
        SELECT * FROM last WHERE EXISTS (
            SELECT FROM jsonb_array_elements(result -> 'placed') AS row
            WHERE row ->> 'session' = ANY(:sessions))
    ), rows AS (
        SELECT lottery_seed, row ->> 'ref' AS pseudonym, row ->> 'session' AS session,
            row ->> 'priority' AS priority
        FROM own, jsonb_array_elements(result -> 'placed') AS row
        WHERE row ->> 'session' = ANY(:sessions) AND NOT (row ->> 'override')::boolean
        UNION ALL
        SELECT lottery_seed, row ->> 'ref', NULL, row ->> 'priority'
        FROM own, jsonb_array_elements(result -> 'waiting') AS row
        WHERE row ->> 'reason' = 'SEATS_TAKEN'
    )
    SELECT DISTINCT ON (t.ref) t.ref, rows.session, rows.lottery_seed,
        concat_ws('|', t.subjects::text, t.tier, coalesce(t.required, false), rows.priority)
            AS stratum
    FROM rows JOIN person ON person.pseudonym::text = rows.pseudonym
    JOIN teacher AS t ON t.ref = person.ref AND t.known_to = 'infinity'
    WHERE EXISTS (
        SELECT FROM event AS e WHERE e.code = ANY(:sessions) AND e.known_to = 'infinity'
        AND (e.subject IS NULL OR t.subjects ? e.subject))
    ORDER BY t.ref, rows.session NULLS LAST
""")


@dataclass(frozen=True, slots=True)
class Place:
    """A teacher of a plan; no session: they wait. `seed` None: the plan drew no lots."""

    ref: str
    session: str | None
    seed: int | None
    stratum: str


async def spans(session: AsyncSession, measure: str) -> dict[str, Span]:
    """Return the days of the sessions of a measure that have dates."""
    rows = await session.execute(SESSIONS, {"measure": measure})
    return {row[0]: Span.parse(row[1], row[2]) for row in rows if row[1] and row[2]}


async def places(session: AsyncSession, sessions: Sequence[str]) -> Sequence[Place]:
    """Return each teacher placed in one of the sessions, or waiting for one; placed first."""
    rows = await session.execute(PLACES, {"sessions": list(sessions)})
    return [Place(r.ref, r.session, r.lottery_seed, r.stratum) for r in rows]
