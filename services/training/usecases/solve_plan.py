"""Solving of a plan: read the registries, compute the optimum, keep it as a revision."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.certificates import Certificate
from services.training.domain.deficits import Deficit, find_deficits
from services.training.domain.lottery import lottery_view
from services.training.domain.planning import Inputs, Override, Proposal
from services.training.store import diagnostic_results, people, planning, plans
from services.training.usecases.plans import PLANNER, find_plan
from shared.clock import now
from shared.synthetic import is_synthetic_year, region_of


async def gather(
    session: AsyncSession, plan_id: UUID, region: str
) -> tuple[Inputs, dict[str, object]]:
    """Return what the plan depends on, and the basis that is stored with the answer."""
    plan = await find_plan(session, plan_id)
    diagnostics = await diagnostic_results.list_diagnostics(session)
    deficits: dict[str, list[Deficit]] = {}
    for one in find_deficits(diagnostics, await diagnostic_results.results(session)):
        deficits.setdefault(one.teacher, []).append(one)
    weak_spots, gaps, revisions = await planning.signals(session)
    taken = await _taken(session, plan)
    inputs = Inputs(
        teachers=await planning.teachers(session, synthetic=is_synthetic_year(plan["year"])),
        sessions=await planning.sessions(session, plan["year"], plan["half"]),
        deficits=deficits,
        topics=await planning.topics(session),
        weak_spots=weak_spots,
        olympiad_gaps=gaps,
        travel=await planning.travel(session),
        overrides=await _overrides(session, plan_id),
        taken=taken,
        region=region_of(plan["year"], region),
        today=_reference_day(plan),
        seed=plan["lottery_seed"],
    )
    basis: dict[str, object] = {
        "signals": dict(revisions),
        "known_at": now().isoformat(),
        "round": plan["round"],
        "lottery_seed": plan["lottery_seed"],
        "earlier_round_placed": len(taken),
    }
    return inputs, basis


def _reference_day(plan: RowMapping) -> date:
    """Count waiting and attestation on the first day of the planned half-year."""
    return date(int(plan["year"]), 1 if plan["half"] == 1 else 9, 1)


async def _taken(session: AsyncSession, plan: RowMapping) -> Mapping[str, str]:
    """Whom the earlier rounds of the half-year placed, and where."""
    taken: dict[str, str] = {}
    for round_ in range(1, plan["round"]):
        earlier = await plans.published(session, plan["year"], plan["half"], round_)
        found = None if earlier is None else await plans.revision(session, earlier)
        if found is not None:
            rows = found["result"]["placed"]
            names = await people.references(session, (row["ref"] for row in rows))
            taken |= {names[r["ref"]]: r["session"] for r in rows if r["ref"] in names}
    return taken


async def _overrides(session: AsyncSession, plan_id: UUID) -> list[Override]:
    rows = await plans.overrides(session, plan_id)
    names = await people.references(session, (row["teacher"] for row in rows))
    return [
        Override(names[row["teacher"]], row["act"], row["session"])
        for row in rows
        if row["teacher"] in names
    ]


async def keep(
    session: AsyncSession, plan_id: UUID, proposal: Proposal, basis: Mapping[str, object]
) -> int | None:
    """Add the revision and return its number; None for a plan published meanwhile."""
    plan = await find_plan(session, plan_id, lock=True)
    if plan["state"] not in ("draft", "solved"):
        return None
    refs = [*_people(proposal)]
    keys = await people.pseudonyms(session, refs)
    number = await plans.add_revision(session, plan_id, basis, _result(proposal, keys), PLANNER)
    await plans.change(session, plan_id, "solved")
    return number


def _people(proposal: Proposal) -> Iterable[str]:
    yield from (ref for ref, _ in proposal.plan.placed)
    yield from (one.ref for one in proposal.plan.waiting)
    yield from (ref for ref, _ in proposal.forced)
    yield from proposal.excluded


def _result(proposal: Proposal, keys: Mapping[str, str]) -> dict[str, object]:
    plan = proposal.plan
    return {
        "people": sorted(keys.values()),
        "placed": _placed(proposal, keys),
        "waiting": [
            {"ref": keys[one.ref], "reason": one.reason, **_priority(proposal, one.ref)}
            for one in plan.waiting
        ],
        "excluded": [keys[ref] for ref in proposal.excluded],
        "objective": {
            "required_placed": plan.required_placed,
            "priority": plan.priority,
            "cost": plan.cost,
        },
        "fairness": None
        if plan.fairness is None
        else {
            "worst_share": float(plan.fairness.worst_share),
            "gap": float(plan.fairness.gap),
        },
        "lottery": None if plan.lottery is None else lottery_view(plan.lottery),
        "certificates": [_certificate(proof, keys) for proof in plan.certificates],
        "unknown_travel": [f"{origin}|{place}" for origin, place in proposal.unknown_travel],
        "status": "optimal" if not plan.fairness or not plan.fairness.gap else "feasible",
    }


def _placed(proposal: Proposal, keys: Mapping[str, str]) -> list[dict[str, object]]:
    forced: list[dict[str, object]] = [
        {"ref": keys[ref], "session": code, "override": True} for ref, code in proposal.forced
    ]
    return forced + [
        {"ref": keys[ref], "session": code, "override": False, **_priority(proposal, ref)}
        for ref, code in proposal.plan.placed
    ]


def _priority(proposal: Proposal, ref: str) -> dict[str, object]:
    value, reasons = proposal.priorities[ref]
    return {"priority": value, "reasons": dict(reasons)}


def _certificate(proof: Certificate, keys: Mapping[str, str]) -> dict[str, object]:
    return {
        "refs": [keys[ref] for ref in proof.refs],
        "teachers": len(proof.refs),
        "sessions": list(proof.sessions),
        "seats": proof.seats,
        "shortage": proof.shortage,
    }
