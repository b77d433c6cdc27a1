"""What a plan is made of: teachers, sessions, topics, signals, travel, overrides."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.calendar import Run, Span
from services.training.domain.planning import SessionCard, TeacherCard
from services.training.domain.priorities import WeakSpot
from shared.synthetic import is_synthetic_territory

TEACHERS = text("""
    SELECT t.ref, t.municipality, t.subjects, t.tier, coalesce(t.required, false) AS required,
        coalesce(t.shnor_school, false) AS shnor_school, t.attestation_due, t.waiting_since,
        t.busy, coalesce(done.programmes, '{}') AS completed
    FROM teacher AS t
    LEFT JOIN (
        SELECT a.teacher, array_agg(DISTINCT e.programme) AS programmes
        FROM attendance AS a JOIN event AS e ON e.code = a.event AND e.known_to = 'infinity'
        WHERE a.known_to = 'infinity' AND a.state = 'completed' AND e.programme IS NOT NULL
        GROUP BY a.teacher
    ) AS done ON done.teacher = t.ref
    WHERE t.known_to = 'infinity' ORDER BY t.ref
""")
SESSIONS = text("""
    SELECT e.code, e.title, e.subject, e.tiers, e."from", e."to", e.venues, e.zone, e.seats,
        e."window", e.programme, p.requires
    FROM event AS e
    LEFT JOIN programme AS p ON p.code = e.programme AND p.known_to = 'infinity'
    WHERE e.known_to = 'infinity' AND e.kind = 'kpk' AND e.state = 'planned'
    AND e.subject IS NOT NULL ORDER BY e.code
""")
TOPICS = text("""
    SELECT code, topics, subject FROM competency WHERE known_to = 'infinity'
""")
TRAVEL = text("SELECT origin, destination, cost FROM travel WHERE known_to = 'infinity'")
SIGNALS = text("""
    SELECT source, topic, territory, weight FROM signal ORDER BY source, slice, topic, territory
""")
HEARD = text("SELECT source, slice, revision FROM heard_revision ORDER BY source, slice")


async def teachers(session: AsyncSession, *, synthetic: bool) -> Sequence[TeacherCard]:
    """Return every registered teacher, by reference: the real ones, or the example's."""
    return [
        TeacherCard(
            ref=r.ref,
            municipality=r.municipality,
            subjects=frozenset(r.subjects or ()),
            tier=r.tier,
            required=r.required,
            shnor_school=r.shnor_school,
            attestation_due=r.attestation_due,
            waiting_since=r.waiting_since,
            busy=tuple(_days(text) for text in r.busy or ()),
            completed=frozenset(r.completed),
        )
        for r in await session.execute(TEACHERS)
        if is_synthetic_territory(r.municipality) is synthetic
    ]


def _days(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    return date.fromisoformat(first), date.fromisoformat(last)


async def sessions(session: AsyncSession, year: str, half: int) -> Sequence[SessionCard]:
    """Return the planned courses of a half-year: by the window they belong to, else by date."""
    cards = []
    for r in await session.execute(SESSIONS):
        span = None if r[4] is None else Span.parse(r[4], r[5])
        run = Run(
            r.code,
            r.title,
            "kpk",
            r.subject,
            tuple(r.tiers or ()),
            span,
            tuple(r.venues or ()),
            r.seats,
            r.window,
        )
        if (run.window or run.half) == f"{year}-{half}":
            cards.append(SessionCard(run, r.zone, frozenset(r.requires or ()), r.programme))
    return cards


async def topics(session: AsyncSession) -> Mapping[str, frozenset[str]]:
    """Return the topics of every competency, its subject among them."""
    return {
        r.code: frozenset({*(r.topics or ()), *([r.subject] if r.subject else [])})
        for r in await session.execute(TOPICS)
    }


async def travel(session: AsyncSession) -> Mapping[tuple[str, str], int]:
    """Return the directed travel costs."""
    rows = await session.execute(TRAVEL)
    return {(r.origin, r.destination): r.cost for r in rows}


async def signals(
    session: AsyncSession,
) -> tuple[Sequence[WeakSpot], frozenset[str], Mapping[str, int]]:
    """Return weak spots of the ratings, subjects weak at olympiads, and the revisions heard."""
    rows = list(await session.execute(SIGNALS))
    spots = [WeakSpot(r.topic, r.territory, r.weight) for r in rows if r.source == "ratings"]
    gaps = frozenset(r.topic for r in rows if r.source == "olympiads")
    heard = await session.execute(HEARD)
    return spots, gaps, {f"{r.source}:{r.slice}": r.revision for r in heard}
