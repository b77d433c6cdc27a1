"""Building of routes from a teacher's deficits, and proposals to rebuild those that are open."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.region import home_region
from services.training.domain.calendar import local_day
from services.training.domain.deficits import find_deficits
from services.training.domain.outcomes import Baseline
from services.training.domain.route import Task, Window
from services.training.domain.route_building import build_route
from services.training.domain.route_catalogue import Offer, split_past, steps_of, task_of
from services.training.domain.route_states import ENDED, Step, difference
from services.training.store import diagnostic_results, routes
from shared.clock import now
from shared.figures.decimals import decimal_text


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a route is built of; `past` are deficits that only activities of the past address."""

    task: Task
    offers: tuple[Offer, ...]
    baselines: tuple[Baseline, ...]
    past: frozenset[str]


async def prepare(
    session: AsyncSession, teacher: str, windows: tuple[Window, ...], as_of: date | None
) -> Prepared:
    """Return the task of a teacher's route and the offers it is made of.

    Activities that have begun before `as_of` (today where it is None) are not offered. A
    competency whose kind is unknown counts as methodical.
    """
    kinds = await routes.competency_kinds(session)
    diagnostics = await diagnostic_results.list_diagnostics(session)
    found = find_deficits(diagnostics, await diagnostic_results.results(session, teacher))
    deficits = {one.competency: kinds.get(one.competency, "methodical") for one in found}
    day = as_of or local_day(now(), home_region().zone)
    offers, over = split_past(await routes.offers(session), day)
    task = task_of(deficits, offers, windows, await routes.completed(session, teacher))
    baselines = tuple(
        Baseline(
            one.competency,
            one.diagnostic,
            decimal_text(one.score),
            one.level,
            one.required,
            one.taken_on.isoformat(),
        )
        for one in found
    )
    addressed = frozenset[str]().union(*(offer.addresses for offer in offers))
    past = frozenset[str]().union(*(offer.addresses for offer in over)) - addressed
    return Prepared(task, offers, baselines, past)


async def prepare_again(
    session: AsyncSession, route_id: UUID, *, anytime: bool = False
) -> Prepared | None:
    """Return the task of an existing route, with the windows and the day it was built for.

    `anytime` leaves the windows out: the next route is built for other days.
    """
    route = await routes.find(session, route_id)
    if route is None:
        return None
    windows = tuple(
        Window(date.fromisoformat(first), date.fromisoformat(last))
        for first, last in ([] if anytime else route["task"]["windows"])
    )
    as_of = route["task"].get("as_of")
    day = None if as_of is None else date.fromisoformat(as_of)
    return await prepare(session, route["owner"], windows, day)


def build(prepared: Prepared) -> dict[str, Any]:
    """Build the best route: steps, the deficits they address, what stays uncovered and why."""
    built = build_route(prepared.task)
    uncovered = {
        code: "IN_THE_PAST" if code in prepared.past else reason for code, reason in built.uncovered
    }
    return {
        "steps": [asdict(step) for step in steps_of(built.steps, prepared.offers)],
        "uncovered": [{"deficit": code, "reason": why} for code, why in uncovered.items()],
        "deficits": [asdict(b) for b in prepared.baselines if b.competency not in uncovered],
        "status": "feasible" if built.gap else "optimal",
    }


def read_steps(stored: list[dict[str, Any]]) -> tuple[Step, ...]:
    """Read stored steps."""
    return tuple(Step(**step) for step in stored)


def merged_task(task: Mapping[str, Any], proposal: Mapping[str, Any]) -> dict[str, Any]:
    """Add the deficits of an accepted proposal; what was measured first stays the baseline."""
    held = {row["competency"]: row for row in task.get("deficits", [])}
    fresh = {row["competency"]: row for row in proposal.get("deficits", [])}
    return {**task, "deficits": list((fresh | held).values())}


def _steps_alike(proposal: Mapping[str, Any], other: Mapping[str, Any] | None) -> bool:
    """Tell whether two proposals differ in nothing but the scores they start from."""
    names = ("steps", "uncovered")
    return other is not None and all(proposal[name] == other[name] for name in names)


async def propose_rebuild(session: AsyncSession, route_id: UUID, built: dict[str, Any]) -> bool:
    """Attach a proposal if the rebuilt route differs in what is still to do; True if it does.

    The route itself never changes here: people accept or dismiss the proposal. The one they have
    dismissed last is not proposed again.
    """
    route = await routes.find(session, route_id, lock=True)
    if route is None or route["state"] in ENDED:
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
        if _steps_alike(proposal, route["dismissed"]):
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
