"""Building of routes from a teacher's deficits, and proposals to rebuild those that stand."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.deficits import find_deficits
from services.training.domain.route import Task, Window
from services.training.domain.route_building import build_route
from services.training.domain.route_catalogue import Offer, steps_of, task_of
from services.training.domain.route_states import Step, difference
from services.training.store import diagnostic_results, routes

Prepared = tuple[Task, tuple[Offer, ...]]


async def prepare(session: AsyncSession, teacher: str, windows: tuple[Window, ...]) -> Prepared:
    """Return the task of a teacher's route and the offers it is made of.

    A competency whose kind is unknown counts as methodical.
    """
    kinds = await routes.competency_kinds(session)
    diagnostics = await diagnostic_results.list_diagnostics(session)
    found = find_deficits(diagnostics, await diagnostic_results.results(session, teacher))
    deficits = {one.competency: kinds.get(one.competency, "methodical") for one in found}
    offers = tuple(await routes.offers(session))
    return task_of(deficits, offers, windows, await routes.completed(session, teacher)), offers


async def prepare_again(session: AsyncSession, route_id: UUID) -> Prepared | None:
    """Return the task of a route that stands, with the windows it was built for."""
    route = await routes.find(session, route_id)
    if route is None:
        return None
    windows = tuple(
        Window(date.fromisoformat(first), date.fromisoformat(last))
        for first, last in route["task"]["windows"]
    )
    return await prepare(session, route["owner"], windows)


def build(prepared: Prepared) -> dict[str, Any]:
    """Build the best route: its steps and what it leaves uncovered, ready to be stored."""
    task, offers = prepared
    built = build_route(task)
    return {
        "steps": [asdict(step) for step in steps_of(built.steps, offers)],
        "uncovered": [{"deficit": code, "reason": reason} for code, reason in built.uncovered],
        "status": "feasible" if built.gap else "optimal",
    }


def read_steps(stored: list[dict[str, Any]]) -> tuple[Step, ...]:
    """Read stored steps."""
    return tuple(Step(**step) for step in stored)


async def propose_rebuild(session: AsyncSession, route_id: UUID, built: dict[str, Any]) -> bool:
    """Attach a proposal if the rebuilt route differs in what is still to do; True if it does.

    The route itself never changes here: people accept or dismiss the proposal. The one they have
    dismissed last is not proposed again.
    """
    route = await routes.find(session, route_id, lock=True)
    if route is None or route["state"] == "completed":
        return False
    steps = read_steps(route["steps"])
    done = {step.code for step in steps if step.done}
    old = [step.code for step in steps if step.code not in done]
    new = [step["code"] for step in built["steps"] if step["code"] not in done]
    changes = difference(old, new)
    proposal = None
    if changes:
        proposal = {
            **built,
            "added": list(changes.added),
            "dropped": list(changes.dropped),
            "reordered": changes.reordered,
        }
        if proposal == route["dismissed"]:
            proposal = None
    if proposal == route["proposal"]:
        return False
    version = await routes.change(session, route, proposal=proposal)
    await routes.note(
        session,
        {
            "route": route_id,
            "version": version,
            "verb": "propose_rebuild",
            "state": route["state"],
            "actor": "service:builder",
            "note": None,
        },
    )
    return proposal is not None
