"""Background jobs: slices, documents, the stability of places, effects of measures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store import effects as effects_store
from services.ratings.store.claims import slices_of
from services.ratings.usecases.effect_findings import judge_statements
from services.ratings.usecases.effect_inputs import load_inputs
from services.ratings.usecases.effect_preview import ESTIMATE, effect_view
from services.ratings.usecases.effect_queue import (
    ESTIMATE_MEASURE,
    TAKE_EXPOSURES,
    queue_measure,
)
from services.ratings.usecases.effects import find_effect, is_known, save_effect
from services.ratings.usecases.ledger_titles import ledger_titles
from services.ratings.usecases.observations import RECALCULATE, follow_document
from services.ratings.usecases.recalculate import recalculate
from services.ratings.usecases.stability import (
    ANALYSE,
    load_question,
    make_answer,
    store_answer,
)
from shared.ledger.document_store import RECHECK
from shared.ledger.recheck import recheck_findings
from shared.worker import JobContext, JobHandler


async def recalculate_slice(context: JobContext, args: Mapping[str, Any]) -> None:
    """Bring the rating of a programme and period to its latest data revision."""
    async with context.effect() as session:
        context.result = await recalculate(
            session, args["programme"], args["period"], context.run_in_thread
        )


async def check_document(context: JobContext, args: Mapping[str, Any]) -> None:
    """Check a document whose claims changed, and show its figures next to the computed ones."""
    async with context.db.transaction() as session:
        await follow_document(session, str(args["document"]))
        await judge_statements(session)
    await recheck_findings(context, args, titles=ledger_titles, after=doubted_tables)


async def doubted_tables(session: AsyncSession, document: str) -> list[str]:
    """Return the tables whose declared figures a document states."""
    slices = await slices_of(session, document)
    return [f"/v1/ratings/{programme}/{period}" for programme, period, _ in slices]


async def analyse_stability(context: JobContext, args: Mapping[str, Any]) -> None:
    """Answer a question about the stability of a revision's places."""
    async with context.db.reading() as session:
        asked = await load_question(session, args)
    if asked.answer is None:
        answer = await context.run_in_process(
            make_answer, asked.revision, asked.methodology, asked.inputs, asked.question
        )
        asked = replace(asked, answer=answer)
    async with context.effect() as session:
        context.result = await store_answer(session, asked)


async def estimate_effect(context: JobContext, args: Mapping[str, Any]) -> None:
    """Answer a question about an effect; the answer is the result of the job."""
    view = await context.run_in_process(effect_view, args["question"])
    async with context.effect():
        context.result = view


async def take_exposures(context: JobContext, args: Mapping[str, Any]) -> None:
    """Read the published exposures of a measure and have its effect found again."""
    measure = str(args["measure"])
    document = await context.clients["training"].get_json(
        f"/v1/training/measures/{measure}/exposures"
    )
    async with context.effect() as session:
        await effects_store.add_exposures(session, measure, document["revision"], document)
        await queue_measure(session, measure)
        context.result = {"measure": measure, "revision": document["revision"]}


async def estimate_measure(context: JobContext, args: Mapping[str, Any]) -> None:
    """Find the effect of a measure by its frozen plan and publish it if it is new."""
    async with context.db.reading() as session:
        inputs = await load_inputs(session, str(args["measure"]))
        known = inputs is None or await is_known(session, inputs)
    found = None if inputs is None or known else await context.run_in_process(find_effect, inputs)
    async with context.effect() as session:
        revision = None
        if inputs is not None and found is not None:
            revision = await save_effect(session, inputs, found)
        context.result = {"measure": args["measure"], "revision": revision}


JOBS: dict[str, JobHandler] = {
    RECALCULATE: recalculate_slice,
    RECHECK: check_document,
    ANALYSE: analyse_stability,
    ESTIMATE: estimate_effect,
    TAKE_EXPOSURES: take_exposures,
    ESTIMATE_MEASURE: estimate_measure,
}
