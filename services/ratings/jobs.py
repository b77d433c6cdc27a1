"""Background jobs: slices recalculated, documents checked, the stability of places analysed."""

from collections.abc import Mapping
from typing import Any

from services.ratings.store.territories import titles
from services.ratings.usecases.observations import RECALCULATE, follow_document
from services.ratings.usecases.recalculate import recalculate
from services.ratings.usecases.stability import ANALYSE, analyse
from shared.ledger.recheck import RECHECK, recheck_findings
from shared.worker import JobContext, JobHandler


async def recalculate_slice(context: JobContext, args: Mapping[str, Any]) -> Mapping[str, object]:
    """Bring the rating of a programme and period to its latest data revision."""
    return await recalculate(context.db, args["programme"], args["period"], context.run_in_thread)


async def check_document(context: JobContext, args: Mapping[str, Any]) -> Mapping[str, object]:
    """Check a document whose claims changed, and show its figures beside the computed ones."""
    async with context.db.transaction() as session:
        await follow_document(session, str(args["document"]))
    return await recheck_findings(context, args, names=titles)


async def analyse_stability(context: JobContext, args: Mapping[str, Any]) -> Mapping[str, object]:
    """Answer a question about the stability of a revision's places."""
    return await analyse(context.db, args, context.run_in_thread)


JOBS: dict[str, JobHandler] = {
    RECALCULATE: recalculate_slice,
    RECHECK: check_document,
    ANALYSE: analyse_stability,
}
