"""Background jobs: each job calls one use case."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.mentoring import match
from services.training.domain.planning import OverrideImpossible, propose
from services.training.domain.teacher_effects import teacher_effect
from services.training.errors import NoPlaceForOverride
from services.training.settings import Settings
from services.training.store import calendar, routes
from services.training.usecases import (
    active,
    dangling,
    exposures,
    mentoring,
    route_outcomes,
    route_workflow,
    teacher_effects,
)
from services.training.usecases.build_routes import build, prepare_again, propose_rebuild
from services.training.usecases.import_types import PUBLISH
from services.training.usecases.ledger_titles import ledger_titles
from services.training.usecases.plans import outdate_plans
from services.training.usecases.publish_year import publish_year
from services.training.usecases.solve_plan import gather, keep
from shared.jobs import enqueue
from shared.ledger.document_store import scopes_of
from shared.ledger.recheck import recheck_findings
from shared.synthetic import region_of
from shared.worker import JobContext


def _region(context: JobContext) -> str:
    return cast("Settings", context.settings).region


async def publish(context: JobContext, args: Mapping[str, Any]) -> None:
    """Publish the documents of a year at the latest state of knowledge."""
    async with context.effect() as session:
        revision = await publish_year(
            session, args["year"], region_of(args["year"], _region(context))
        )
        context.result = {"revision": revision}


async def check_document(context: JobContext, args: Mapping[str, Any]) -> None:
    """Check a document whose claims changed, and show the findings at the years' figures."""
    await recheck_findings(context, args, titles=ledger_titles, after=queue_years)


async def queue_years(session: AsyncSession, document: str) -> list[str]:
    """Queue the years a document speaks of; their documents announce themselves."""
    known = set(await calendar.years(session))
    for year in await scopes_of(session, document):
        if year in known:
            await enqueue(session, PUBLISH, year, {"year": year})
    return []


async def check_references(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Find references between registries that nothing holds."""
    async with context.effect() as session:
        context.result = {"found": await dangling.check_references(session, _region(context))}


async def outdate(context: JobContext, args: Mapping[str, Any]) -> None:
    """Mark plans as outdated and queue new proposals."""
    async with context.effect() as session:
        context.result = {"outdated": await outdate_plans(session, args["cause"])}


async def solve(context: JobContext, args: Mapping[str, Any]) -> None:
    """Solve a plan outside the loop and keep the answer as its next revision."""
    plan_id = UUID(args["plan"])
    async with context.db.reading() as session:
        inputs, basis = await gather(session, plan_id, _region(context))
    try:
        proposal = await context.run_in_process(propose, inputs)
    except OverrideImpossible as error:
        raise NoPlaceForOverride(str(error)) from error
    async with context.effect() as session:
        revision = await keep(session, plan_id, proposal, basis)
        context.result = {"plan": str(plan_id), "revision": revision}


async def rematch(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Match every teacher with deficits again; people confirm or decline what is proposed."""
    async with context.db.reading() as session:
        mentees, mentors, travel = await mentoring.gather(session)
    found = await context.run_in_process(match, mentees, mentors, travel)
    async with context.effect() as session:
        proposed = await mentoring.keep_matching(session, found)
        context.result = {
            "covered": len(found.pairs),
            "uncovered": len(found.uncovered),
            "max_load": found.max_load,
            "kept": found.kept,
            "cost": found.cost,
            "proposed": proposed,
        }


async def note_attendance(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Mark the steps of active routes that the register of attendance says are done."""
    async with context.effect() as session:
        context.result = {"steps": await route_workflow.note_attendance(session)}


async def propose_rebuilds(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Measure the routes of diagnosed teachers, then propose rebuilds of those still open."""
    async with context.db.transaction() as session:
        ended = await route_workflow.note_measurements(session)
        returned = await route_outcomes.find_returned(session, _region(context))
    async with context.db.reading() as session:
        waiting = list(await routes.open_routes(session))
    proposed = 0
    for done, route_id in enumerate(waiting):
        context.progress(done, len(waiting))
        async with context.db.reading() as session:
            prepared = await prepare_again(session, route_id)
        if prepared is not None:
            built = await context.run_in_process(build, prepared)
            async with context.db.transaction() as session:
                proposed += await propose_rebuild(session, route_id, built)
    counts = {"routes": len(waiting), "proposed": proposed}
    async with context.effect():
        context.result = {**counts, "ended": ended, "returned": returned}


async def publish_exposures(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Publish whom the measures reached."""
    async with context.effect() as session:
        context.result = {"measures": list(await exposures.publish_exposures(session))}


async def find_teacher_effects(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Find the effects of measures on their teachers again."""
    async with context.db.reading() as session:
        trials = await teacher_effects.load_trials(session)
    found = [(one.measure, await context.run_in_process(teacher_effect, one)) for one in trials]
    async with context.effect() as session:
        region = _region(context)
        context.result = {
            "published": [
                measure
                for measure, content in found
                if await teacher_effects.publish_effect(session, measure, content, region)
            ]
        }


async def find_overdue(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Find the tasks of the roadmap whose term is over."""
    async with context.effect() as session:
        context.result = {"overdue": await active.find_overdue(session, _region(context))}


async def check_terms(context: JobContext) -> None:
    """Find overdue tasks again, for the days that pass without an import; periodic."""
    async with context.db.transaction() as session:
        await active.find_overdue(session, _region(context))


async def propose_next(context: JobContext, args: Mapping[str, Any]) -> None:
    """Draft the next route of a teacher whose route ended without result."""
    route_id = UUID(args["route"])
    async with context.db.reading() as session:
        prepared = await prepare_again(session, route_id, anytime=True)
    built = None if prepared is None else await context.run_in_process(build, prepared)
    async with context.effect() as session:
        route = await route_outcomes.needs_next(session, route_id)
        if route is not None and built is not None:
            await route_workflow.draft_next(session, route, built)
        context.result = {"proposed": route is not None and built is not None}
