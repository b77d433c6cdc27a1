"""Verbs of a route: rights by relation, one version a change, history, archive, events."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from services.region import home_region
from services.training.domain.calendar import local_day
from services.training.domain.outcomes import Measured, ending
from services.training.domain.route_states import (
    ENDED,
    REDIAGNOSIS,
    REVIEWERS,
    SUPPORT,
    Relation,
    State,
    Step,
    Verb,
    WrongState,
    completes_itself,
    entitled,
    move,
    rate,
    rebuild,
)
from services.training.errors import (
    NoProposal,
    NotEntitled,
    RouteStateForbids,
    RouteUnknown,
    StepUnknown,
    TeacherUnknown,
    TutorUnknown,
)
from services.training.store import outcomes, routes
from services.training.topics import ROUTE_CHANGED
from services.training.usecases.build_routes import merged_task, read_steps
from services.training.usecases.route_outcomes import keep_outcome, measured, with_rediagnosis
from services.training.usecases.signatures import Signer, sign
from shared.access_errors import TerritoryForbidden
from shared.clock import now
from shared.jobs import enqueue
from shared.outbox import emit
from shared.territories import Territories

PROPOSE_NEXT = "propose_next_route"
ITSELF = "service:completion"
REGISTER = "service:attendance"
DIAGNOSTICS = "service:diagnostics"

BUILDER = Signer("service:builder", None)

Check = Callable[[str], None]


def tag_of(route: RowMapping) -> str:
    """Return the strong tag of a route's version."""
    return f'"{route["id"]}-{route["version"]}"'


async def find_route(session: AsyncSession, route_id: UUID, *, lock: bool = False) -> RowMapping:
    """Return a route or raise `ROUTE_UNKNOWN`."""
    route = await routes.find(session, route_id, lock=lock)
    if route is None:
        raise RouteUnknown
    return route


async def relations_to(
    session: AsyncSession, route: RowMapping, person: str
) -> frozenset[Relation]:
    """Say what a person is to a route: its owner, its tutor, manager of the municipality."""
    found: set[Relation] = set()
    if person == route["owner"]:
        found.add("owner")
    if person == route["tutor"]:
        found.add("tutor")
    if await routes.manages(session, person, route["municipality"]):
        found.add("manager")
    return frozenset(found)


async def read_route(session: AsyncSession, route_id: UUID, person: str | None) -> RowMapping:
    """Return a route to those it concerns.

    A client that acts for nobody reads by its scope within its territories.
    """
    route = await find_route(session, route_id)
    if person is not None and not await relations_to(session, route, person):
        raise NotEntitled
    return route


async def open_route(
    session: AsyncSession,
    teacher: str,
    tutor: str | None,
    signer: Signer,
    territories: Territories,
) -> str:
    """Check who may open a route for a teacher; return the teacher's municipality.

    The teacher must be of the client's territories; the tutor may be of others.
    """
    municipality = await routes.municipality_of(session, teacher)
    if municipality is None:
        raise TeacherUnknown
    if not territories.allow(municipality):
        raise TerritoryForbidden
    if tutor is not None and (tutor == teacher or not await routes.tutor_known(session, tutor)):
        raise TutorUnknown
    person = signer.person or ""
    if person not in (teacher, tutor) and not await routes.manages(session, person, municipality):
        raise NotEntitled
    return municipality


async def draft_route(
    session: AsyncSession, row: Mapping[str, object], signer: Signer
) -> RowMapping:
    """Keep a built route as a draft, the first line of its history with it."""
    route = await find_route(session, await routes.add(session, row))
    line = {"version": 1, "verb": "create", "state": "draft", "note": None}
    await routes.note(session, {**line, "route": route["id"], "actor": await sign(session, signer)})
    await _announce(session, route, 1, "draft", "create")
    return route


async def _announce(
    session: AsyncSession, route: RowMapping, version: int, state: State, verb: str
) -> None:
    """Emit the change of a route with the territory whose readers are reported of it."""
    body = {
        "revision": version,
        "documents": [],
        "territory": route["municipality"],
        "route": str(route["id"]),
        "state": state,
        "verb": verb,
    }
    await emit(session, ROUTE_CHANGED, str(route["id"]), body)


async def draft_next(
    session: AsyncSession, route: RowMapping, built: Mapping[str, Any]
) -> RowMapping:
    """Draft the route that follows one without result, for the same teacher and tutor."""
    row = {name: route[name] for name in ("owner", "tutor", "municipality")}
    task = {"windows": [], "as_of": route["task"].get("as_of"), "deficits": built["deficits"]}
    drafted = {"task": task, "steps": built["steps"], "uncovered": built["uncovered"]}
    return await draft_route(session, {**row, **drafted, "follows": route["id"]}, BUILDER)


async def move_route(
    session: AsyncSession,
    route_id: UUID,
    verb: Verb,
    check: Check,
    signer: Signer,
    note: str | None,
) -> RowMapping:
    """Move a route by a verb: 403 before 412 before 409."""
    route = await find_route(session, route_id, lock=True)
    relations = await relations_to(session, route, signer.person or "")
    if not entitled(verb, relations):
        raise NotEntitled
    check(tag_of(route))
    try:
        state = move(route["state"], verb, relations)
    except WrongState:
        raise RouteStateForbids(
            f"Из состояния {route['state']} действие {verb} невозможно."
        ) from None
    author = await sign(session, signer)
    steps = read_steps(route["steps"])
    if verb == "complete":
        found = await measured(session, route, steps, vouched=True)
        await _end(session, route, steps, found, author, note)
    elif verb == "reopen":
        reopened = with_rediagnosis(steps, done=False)
        await _set(session, route, verb, author, note, state=state, steps=_stored(reopened))
    else:
        await _set(session, route, verb, author, note, state=state)
    return await find_route(session, route_id)


async def show_evidence(
    session: AsyncSession, route_id: UUID, given: Mapping[str, Any], signer: Signer
) -> tuple[UUID, bool]:
    """Add evidence to a step; return its id and whether the route completed itself.

    The owner shows completions and notes; rating belongs to tutor and manager. A person's rating
    overrides a machine's. No text completes the new diagnosis: only a diagnostic result does.
    """
    route = await find_route(session, route_id, lock=True)
    relations = await relations_to(session, route, signer.person or "")
    reviewing = bool(relations & REVIEWERS) and "owner" not in relations
    if not relations or (given["kind"] == "rating" and not reviewing):
        raise NotEntitled
    if route["state"] != "active":
        raise RouteStateForbids("Свидетельства добавляются к действующему маршруту.")
    steps = read_steps(route["steps"])
    if given["step"] not in {step.code for step in steps}:
        raise StepUnknown
    author = await sign(session, signer)
    added = await routes.add_evidence(session, {**given, "route": route_id, "author": author})
    after = tuple(_with(step, given) if step.code == given["step"] else step for step in steps)
    await _set(session, route, given["kind"], author, None, steps=_stored(after))
    return added, given["kind"] == "completion" and await _end_when_done(session, route, after)


async def note_attendance(session: AsyncSession) -> int:
    """Show as done the steps whose courses were completed by the register of attendance.

    Return how many; a route whose last step it was completes itself.
    """
    attended = await routes.attended(session)
    for row in attended:
        route = await find_route(session, row["id"], lock=True)
        steps = read_steps(route["steps"])
        if route["state"] != "active" or row["event"] not in {s.code for s in steps if not s.done}:
            continue
        day = None if row["completed_on"] is None else row["completed_on"].isoformat()
        proof = f"Удостоверение {row['certificate']}" if row["certificate"] else "Курс завершён"
        line = {"step": row["event"], "kind": "completion", "rating": None, "text": proof}
        await routes.add_evidence(session, {**line, "route": route["id"], "author": REGISTER})
        after = tuple(
            replace(s, done=True, done_on=day) if s.code == row["event"] else s for s in steps
        )
        await _set(session, route, "completion", REGISTER, None, steps=_stored(after))
        await _end_when_done(session, route, after)
    return len(attended)


async def note_measurements(session: AsyncSession) -> int:
    """Measure the routes whose owners were diagnosed after the last activity; count those ended.

    An active one with every step done ends; one that people completed before keeps its outcome.
    """
    ended = 0
    for route_id in await outcomes.to_measure(session):
        route = await find_route(session, route_id, lock=True)
        steps = read_steps(route["steps"])
        if route["state"] == "active":
            ended += await _end_when_done(session, route, steps)
            continue
        found = await measured(session, route, steps, vouched=True)
        if found is not None:
            await _end(session, route, steps, found, DIAGNOSTICS, None)
            ended += 1
    return ended


async def _end_when_done(session: AsyncSession, route: RowMapping, steps: tuple[Step, ...]) -> bool:
    """Note the new diagnosis; complete an active route whose steps are all done; tell whether."""
    found = await measured(session, route, steps)
    noted = with_rediagnosis(steps, done=found is not None)
    if noted != steps:
        steps = noted
        fresh = await find_route(session, route["id"])
        if found is not None:
            proof = {"step": REDIAGNOSIS, "kind": "completion", "rating": None}
            proof |= {"text": _proof(found), "route": route["id"], "author": DIAGNOSTICS}
            await routes.add_evidence(session, proof)
        verb = "completion" if found is not None else "await_rediagnosis"
        await _set(session, fresh, verb, DIAGNOSTICS, None, steps=_stored(steps))
    if not completes_itself(route["state"], steps):
        return False
    fresh = await find_route(session, route["id"])
    await _end(session, fresh, steps, found, ITSELF, "Все шаги выполнены.")
    return True


def _proof(found: tuple[Measured, ...]) -> str:
    lines = (f"{one.diagnostic} {one.taken_on.isoformat()}: {one.level}" for one in found)
    return "; ".join(lines)[:2000]


async def _end(
    session: AsyncSession,
    route: RowMapping,
    steps: tuple[Step, ...],
    found: tuple[Measured, ...] | None,
    author: str,
    note: str | None,
) -> None:
    """End a route with what was measured; a deficit that is still there proposes the next route."""
    result = "closed" if found is None else ending(found)
    state: State = "completed" if result == "closed" else "completed_without_result"
    if found is not None:
        steps = with_rediagnosis(steps, done=True)
    verb = "measure" if route["state"] in ENDED else "complete"
    version = await _set(session, route, verb, author, note, state=state, steps=_stored(steps))
    if found is not None:
        await keep_outcome(session, route["id"], version, found)
    if state == "completed_without_result":
        await enqueue(session, PROPOSE_NEXT, str(route["id"]), {"route": str(route["id"])})


def _stored(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    return [asdict(step) for step in steps]


def _with(step: Step, given: Mapping[str, Any]) -> Step:
    if given["kind"] == "rating":
        return rate(step, given["rating"], "person")
    if given["kind"] != "completion" or step.code == REDIAGNOSIS:
        return step
    stated = given.get("done_on")
    undated = step.first is None and step.code != SUPPORT
    day = stated or (local_day(now(), home_region().zone) if undated else None)
    return replace(step, done=True, done_on=None if day is None else day.isoformat())


async def settle_proposal(
    session: AsyncSession, route_id: UUID, *, accept: bool, check: Check, signer: Signer
) -> RowMapping:
    """Accept or dismiss the proposed rebuild: reviewers until completion, the owner of a draft.

    What is left when the rest was dropped may be done already: then the route completes itself.
    """
    route = await find_route(session, route_id, lock=True)
    relations = await relations_to(session, route, signer.person or "")
    reviewing = bool(relations & REVIEWERS) and "owner" not in relations
    if not reviewing and not ("owner" in relations and route["state"] == "draft"):
        raise NotEntitled
    check(tag_of(route))
    if route["state"] in ENDED:
        raise RouteStateForbids("Завершённый маршрут не перестраивается.")
    proposal = route["proposal"]
    if proposal is None:
        raise NoProposal
    changed: dict[str, Any] = {"proposal": None}
    steps = read_steps(route["steps"])
    if accept:
        steps = rebuild(steps, read_steps(proposal["steps"]))
        changed |= {"steps": _stored(steps), "uncovered": proposal["uncovered"]}
        changed |= {"task": merged_task(route["task"], proposal)}
    else:
        changed["dismissed"] = proposal
    verb = "accept_rebuild" if accept else "dismiss_rebuild"
    await _set(session, route, verb, await sign(session, signer), None, **changed)
    fresh = await find_route(session, route_id)
    if accept:
        await _end_when_done(session, fresh, steps)
    return await find_route(session, route_id)


async def _set(
    session: AsyncSession,
    route: RowMapping,
    verb: str,
    actor: str,
    note: str | None,
    **changed: Any,
) -> int:
    """Make one version: the change, its line of history, the archive of a completion, an event."""
    version = await routes.change(session, route, **changed)
    state: State = changed.get("state", route["state"])
    line = {"version": version, "verb": verb, "state": state, "actor": actor, "note": note}
    await routes.note(session, {**line, "route": route["id"]})
    if state in ENDED and route["state"] not in ENDED:
        body = {"steps": changed.get("steps", route["steps"]), "uncovered": route["uncovered"]}
        await routes.archive(session, route["id"], version, body)
    await _announce(session, route, version, state, verb)
    return version
