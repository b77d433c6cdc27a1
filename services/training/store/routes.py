"""Routes with their history, evidence and archive; the latter three are only ever added to."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.calendar import Span
from services.training.domain.route import Kind
from services.training.domain.route_catalogue import ANY_TIME_FORMS, Offer

LISTS = ("task", "steps", "uncovered")
CHANGED = ("task", "steps", "uncovered", "proposal", "dismissed")
ADD = text("""
    INSERT INTO route (id, owner, tutor, municipality, state, task, steps, uncovered, follows)
    VALUES (:id, :owner, :tutor, :municipality, 'draft', CAST(:task AS jsonb),
        CAST(:steps AS jsonb), CAST(:uncovered AS jsonb), CAST(:follows AS uuid))
""")
FIND = text("SELECT * FROM route WHERE id = :id")
FIND_LOCKED = text("SELECT * FROM route WHERE id = :id FOR UPDATE")
LIST = text("""
    SELECT * FROM route
    WHERE (CAST(:owner AS text) IS NULL OR owner = :owner)
    AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:person AS text) IS NULL OR :person IN (owner, tutor) OR municipality IN (
        SELECT municipality FROM activist WHERE ref = :person AND part = 'managerial.omsu'
        AND known_to = 'infinity'))
    AND (CAST(:created_at AS timestamptz) IS NULL
         OR (created_at, id) < (:created_at, CAST(:id AS uuid)))
    ORDER BY created_at DESC, id DESC LIMIT :limit
""")
CHANGE = text("""
    UPDATE route SET state = :state, steps = CAST(:steps AS jsonb), version = version + 1,
        task = CAST(:task AS jsonb),
        uncovered = CAST(:uncovered AS jsonb), proposal = CAST(:proposal AS jsonb),
        dismissed = CAST(:dismissed AS jsonb), changed_at = clock_timestamp()
    WHERE id = :id RETURNING version
""")
NOTE = text("""
    INSERT INTO route_history (route, version, verb, state, actor, note)
    VALUES (:route, :version, :verb, :state, :actor, :note)
""")
HISTORY = text("""
    SELECT version, verb, state, actor, note, at FROM route_history
    WHERE route = :route ORDER BY version
""")
ADD_EVIDENCE = text("""
    INSERT INTO evidence (id, route, step, kind, rating, text, author)
    VALUES (:id, :route, :step, :kind, :rating, :text, :author)
""")
EVIDENCE = text("""
    SELECT id, step, kind, rating, text, author, created_at FROM evidence
    WHERE route = :route ORDER BY created_at, id
""")
ARCHIVE = text("""
    INSERT INTO route_archive (route, version, body)
    VALUES (:route, :version, CAST(:body AS jsonb))
""")
ARCHIVED = text("""
    SELECT version, body, created_at FROM route_archive WHERE route = :route ORDER BY version
""")
FORGET_ORPHANS = text("SELECT forget_routes()")
OPEN = text("""
    SELECT id FROM route
    WHERE state NOT IN ('completed', 'completed_without_result') AND owner IN (
        SELECT teacher FROM diagnostic_result WHERE known_to = 'infinity') ORDER BY id
""")
FOLLOWER = text("SELECT id FROM route WHERE follows = :route ORDER BY created_at LIMIT 1")
OPEN_OF_OWNER = text("""
    SELECT id FROM route WHERE owner = :owner
    AND state NOT IN ('completed', 'completed_without_result') ORDER BY created_at LIMIT 1
""")
CONCERNS = text("""
    SELECT EXISTS (SELECT FROM teacher AS t JOIN activist AS a ON a.municipality = t.municipality
        WHERE t.ref = :teacher AND t.known_to = 'infinity' AND a.ref = :person
        AND a.part = 'managerial.omsu' AND a.known_to = 'infinity')
    OR EXISTS (SELECT FROM route WHERE owner = :teacher AND tutor = :person)
    OR EXISTS (SELECT FROM (
        SELECT DISTINCT ON (mentor) mentor, state FROM mentoring WHERE teacher = :teacher
        ORDER BY mentor, created_at DESC) AS last
        WHERE mentor = :person AND state = 'confirmed')
""")
OWNER = text("""
    SELECT municipality FROM teacher WHERE ref = :ref AND known_to = 'infinity'
""")
MANAGES = text("""
    SELECT true FROM activist WHERE ref = :ref AND municipality = :municipality
    AND part = 'managerial.omsu' AND known_to = 'infinity'
""")
TUTOR = text("""
    SELECT true FROM activist WHERE ref = :ref AND role = 'tutor'
    AND coalesce(consent, true) AND known_to = 'infinity'
""")
KINDS = text("SELECT code, kind FROM competency WHERE known_to = 'infinity'")
OFFERS = text("""
    SELECT e.code, e.title, p.code AS programme, p.competencies, coalesce(p.hours, 0) AS hours,
        e."from" AS first, e."to" AS last, p.requires
    FROM event AS e JOIN programme AS p ON p.code = e.programme AND p.known_to = 'infinity'
    WHERE e.known_to = 'infinity' AND e.state = 'planned' AND e."from" IS NOT NULL
    UNION ALL
    SELECT p.code, p.title, p.code, p.competencies, coalesce(p.hours, 0), NULL, NULL, p.requires
    FROM programme AS p WHERE p.known_to = 'infinity' AND p.form = ANY(:forms)
    AND NOT EXISTS (SELECT FROM event AS e WHERE e.programme = p.code AND e.known_to = 'infinity')
    ORDER BY code
""")
COMPLETED = text("""
    SELECT DISTINCT e.programme FROM attendance AS a
    JOIN event AS e ON e.code = a.event AND e.known_to = 'infinity'
    WHERE a.teacher = :ref AND a.state = 'completed' AND a.known_to = 'infinity'
    AND e.programme IS NOT NULL
""")
ATTENDED = text("""
    SELECT r.id, a.event, a.certificate, a.completed_on FROM route AS r
    JOIN attendance AS a ON a.teacher = r.owner AND a.state = 'completed'
        AND a.known_to = 'infinity'
    WHERE r.state = 'active' AND EXISTS (
        SELECT FROM jsonb_array_elements(r.steps) AS step
        WHERE step ->> 'code' = a.event AND NOT CAST(step ->> 'done' AS boolean))
    ORDER BY r.id, a.event
""")


async def add(session: AsyncSession, row: Mapping[str, object]) -> UUID:
    """Add a draft route and return its id."""
    route_id = uuid4()
    written = {name: json.dumps(row[name], ensure_ascii=False) for name in LISTS}
    await session.execute(ADD, {"follows": None, **row, **written, "id": route_id})
    return route_id


async def find(session: AsyncSession, route_id: UUID, *, lock: bool = False) -> RowMapping | None:
    """Return a route or None; `lock` holds it until the transaction ends."""
    found = await session.execute(FIND_LOCKED if lock else FIND, {"id": route_id})
    return found.mappings().one_or_none()


async def listed(
    session: AsyncSession,
    chosen: Mapping[str, str | None],
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[RowMapping]:
    """Return routes, newest first, after a key of (created_at, id).

    By owner, by state and, where a `person` asks, only those that concern this person.
    """
    created_at, route_id = after or (None, None)
    row = {**chosen, "created_at": created_at, "id": route_id, "limit": limit}
    return (await session.execute(LIST, row)).mappings().all()


async def change(session: AsyncSession, route: RowMapping, **changed: Any) -> int:
    """Change state, task, steps, what is uncovered, the proposal or the one dismissed last.

    Returns the new version.
    """
    row = {name: changed.get(name, route[name]) for name in ("state", *CHANGED)}
    written = {
        name: None if row[name] is None else json.dumps(row[name], ensure_ascii=False)
        for name in CHANGED
    }
    found = await session.execute(CHANGE, {**row, **written, "id": route["id"]})
    return int(found.scalar_one())


async def note(session: AsyncSession, row: Mapping[str, object]) -> None:
    """Add a line to the history of a route."""
    await session.execute(NOTE, row)


async def history(session: AsyncSession, route_id: UUID) -> Sequence[RowMapping]:
    """Return the history of a route, oldest first."""
    return (await session.execute(HISTORY, {"route": route_id})).mappings().all()


async def add_evidence(session: AsyncSession, row: Mapping[str, object]) -> UUID:
    """Add evidence and return its id."""
    evidence_id = uuid4()
    await session.execute(ADD_EVIDENCE, {**row, "id": evidence_id})
    return evidence_id


async def evidence(session: AsyncSession, route_id: UUID) -> Sequence[RowMapping]:
    """Return the evidence of a route, oldest first."""
    return (await session.execute(EVIDENCE, {"route": route_id})).mappings().all()


async def archive(
    session: AsyncSession, route_id: UUID, version: int, body: Mapping[str, object]
) -> None:
    """Keep what stood when a route was completed."""
    row = {"route": route_id, "version": version, "body": json.dumps(body, ensure_ascii=False)}
    await session.execute(ARCHIVE, row)


async def archived(session: AsyncSession, route_id: UUID) -> Sequence[RowMapping]:
    """Return what stood at each completion, oldest first."""
    return (await session.execute(ARCHIVED, {"route": route_id})).mappings().all()


async def open_routes(session: AsyncSession) -> Sequence[UUID]:
    """Return the routes not completed whose owners have diagnostics."""
    return list((await session.execute(OPEN)).scalars())


async def follower(session: AsyncSession, route_id: UUID) -> UUID | None:
    """Return the route that was proposed after this one, or None."""
    found: UUID | None = (await session.execute(FOLLOWER, {"route": route_id})).scalar()
    return found


async def open_route_of(session: AsyncSession, owner: str) -> UUID | None:
    """Return the teacher's oldest route that has not ended, or None."""
    found: UUID | None = (await session.execute(OPEN_OF_OWNER, {"owner": owner})).scalar()
    return found


async def concerns(session: AsyncSession, teacher: str, person: str) -> bool:
    """Tell whether a person is manager, tutor or confirmed mentor of a teacher."""
    row = {"teacher": teacher, "person": person}
    return bool((await session.execute(CONCERNS, row)).scalar_one())


async def municipality_of(session: AsyncSession, ref: str) -> str | None:
    """Return the municipality of a registered teacher, or None."""
    found: str | None = (await session.execute(OWNER, {"ref": ref})).scalar_one_or_none()
    return found


async def manages(session: AsyncSession, ref: str, municipality: str) -> bool:
    """Tell whether a person manages a municipality: active at its ОМСУ."""
    row = {"ref": ref, "municipality": municipality}
    return (await session.execute(MANAGES, row)).scalar_one_or_none() is not None


async def tutor_known(session: AsyncSession, ref: str) -> bool:
    """Tell whether a person is a tutor who consents."""
    return (await session.execute(TUTOR, {"ref": ref})).scalar_one_or_none() is not None


async def competency_kinds(session: AsyncSession) -> Mapping[str, Kind]:
    """Return the kind of every competency as routes know it: subject or methodical."""
    rows = await session.execute(KINDS)
    return {r.code: "subject" if r.kind == "subject" else "methodical" for r in rows}


async def offers(session: AsyncSession) -> Sequence[Offer]:
    """Return what routes can be made of: dated events of programmes, and forms of any time."""
    return [
        Offer(
            r.code,
            r.title,
            r.programme,
            frozenset(r.competencies or ()),
            r.hours,
            None if r.first is None else Span.parse(r.first, r.last),
            frozenset(r.requires or ()),
        )
        for r in await session.execute(OFFERS, {"forms": list(ANY_TIME_FORMS)})
    ]


async def attended(session: AsyncSession) -> Sequence[RowMapping]:
    """Return steps of active routes that were completed as courses: id, event, day, certificate."""
    return (await session.execute(ATTENDED)).mappings().all()


async def completed(session: AsyncSession, ref: str) -> frozenset[str]:
    """Return the programmes a teacher completed."""
    return frozenset((await session.execute(COMPLETED, {"ref": ref})).scalars())


async def forget_orphans(session: AsyncSession) -> int:
    """Remove evidence and archives of routes that are gone; return how many rows.

    The tables are append-only for this role: a function of their owner does it, for orphans alone.
    """
    return int((await session.execute(FORGET_ORPHANS)).scalar_one())
