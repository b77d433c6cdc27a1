"""Background jobs: what runs in the background after a fact changed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.domain.thresholds import next_season
from services.olympiads.settings import Settings
from services.olympiads.store import registry
from services.olympiads.store.documents import Document
from services.olympiads.usecases import statistics
from services.olympiads.usecases.publishing import publish_season
from shared.clock import now
from shared.ledger.document_store import scopes_of
from shared.ledger.recheck import recheck_findings
from shared.synthetic import region_of
from shared.worker import JobContext


def reference(document: Document) -> str:
    """Return the permanent address of a revision."""
    return f"{document.path}?revision={document.revision}"


async def publish_thresholds(context: JobContext, args: Mapping[str, Any]) -> None:
    """Bring the tables of a season, and of the next which compares with it, up to date."""
    season = str(args["season"])
    published: list[str] = []
    async with context.effect() as session:
        for code in (season, next_season(season)):
            if await registry.find_season(session, code) is not None:
                documents = await publish_season(session, code, now())
                published += [reference(document) for document in documents]
        context.result = {"published": published}


async def check_document(context: JobContext, args: Mapping[str, Any]) -> None:
    """Check a document whose claims changed, and show the findings at the tables' figures."""
    await recheck_findings(context, args, after=queue_seasons)


async def queue_seasons(session: AsyncSession, document: str) -> list[str]:
    """Queue the tables of the seasons a document speaks of; they announce themselves."""
    for season in await scopes_of(session, document):
        await statistics.queue_thresholds(session, season)
    return []


async def publish_statistics(context: JobContext, args: Mapping[str, Any]) -> None:
    """Count a season's results again and publish what the public may see of them.

    The tables of thresholds follow: they show maxima and performers, even before any results.
    """
    season = str(args["season"])
    if not isinstance(context.settings, Settings):
        raise TypeError("The worker of olympiads needs its own settings.")
    async with context.db.reading() as session:
        limits = (context.settings.suppression_k, context.settings.distribution_from)
        facts = await statistics.load_facts(session, season, *limits)
    if facts is None:
        async with context.effect() as session:
            await statistics.queue_thresholds(session, season)
            context.result = {"published": []}
        return
    counts = await context.run_in_thread(statistics.decide_counts, facts)
    async with context.effect() as session:
        document = await statistics.publish_statistics(
            session, facts, counts, region_of(season, context.settings.region), now()
        )
        context.result = {"published": [] if document is None else [reference(document)]}
