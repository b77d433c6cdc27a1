"""Background jobs: slices recalculated, documents checked, the stability of places analysed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.ratings.store.claims import slices_of
from services.ratings.store.territories import titles
from services.ratings.usecases.effect_preview import ESTIMATE, effect_view
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
    """Check a document whose claims changed, and show its figures beside the computed ones."""
    async with context.db.transaction() as session:
        await follow_document(session, str(args["document"]))
    await recheck_findings(context, args, names=titles, after=doubted_tables)


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


JOBS: dict[str, JobHandler] = {
    RECALCULATE: recalculate_slice,
    RECHECK: check_document,
    ANALYSE: analyse_stability,
    ESTIMATE: estimate_effect,
}
