"""Erasure on demand of the gateway: an event names the demand, the reference is asked for.

The reference is in no event, job or log. The job repeats itself until nothing that began before
its first pass is still running, since that could write the person again.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Event
from shared.jobs import enqueue
from shared.outbox import emit
from shared.persons.eraser import Eraser, count_unfinished, current_instant
from shared.worker import JobContext, JobHandler, Listener

ERASE_PERSON = "erase_person"
DEMANDED = "gateway.person_erasure_requested.v1"
AGAIN_SECONDS = 15.0


def erasure_jobs(eraser: Eraser) -> Mapping[str, JobHandler]:
    """Return the handler of a service's erasures."""
    return {ERASE_PERSON: partial(erase_on_demand, eraser)}


def erasure_listeners() -> Mapping[str, Listener]:
    """Return the listener of the gateway's demands."""
    return {DEMANDED: on_erasure_requested}


async def on_erasure_requested(session: AsyncSession, event: Event, _work: JobContext) -> None:
    """Queue the erasure; the event names the demand only."""
    await enqueue(session, ERASE_PERSON, event.subject, {"erasure": event.subject})


async def erase_on_demand(eraser: Eraser, context: JobContext, args: Mapping[str, Any]) -> None:
    """Erase the person of a demand and report what was removed."""
    erasure = str(args["erasure"])
    demand = await context.clients["gateway"].get_json(f"/internal/erasures/{erasure}")
    if demand["reference"] is None:
        async with context.effect():
            context.result = {"complete": True}
        return
    own = None if context.job is None else context.job.id
    async with context.effect() as session:
        began = args.get("since")
        since = datetime.fromisoformat(began) if began else await current_instant(session)
        report = await eraser.erase(session, demand["reference"])
        complete = await count_unfinished(session, since, own) == 0
        body = {
            "erasure": erasure,
            "documents": [],
            "removed": dict(report.removed),
            "unsearched": list(report.unsearched),
            "complete": complete,
        }
        await emit(session, eraser.topic, erasure, body)
        if not complete:
            again = {"erasure": erasure, "since": since.isoformat()}
            await enqueue(session, ERASE_PERSON, erasure, again, delay=AGAIN_SECONDS)
        context.result = {"complete": complete}
