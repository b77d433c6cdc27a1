"""The state of the services: contacts, and the transitions into and out of staleness."""

from datetime import timedelta

from services.gateway.documents.jobs import COMPOSE
from services.gateway.settings import Settings
from services.gateway.store import documents, upstreams
from shared import clock
from shared.jobs import enqueue
from shared.worker import JobContext


async def watch_upstreams(context: JobContext) -> None:
    """Mark services without contact for the set time, clear those that answer again.

    Passports are composed again only on a transition, so their tags rest in between.
    """
    settings = context.settings
    if not isinstance(settings, Settings):
        raise TypeError("The gateway's worker runs on the gateway's settings.")
    limit = clock.now() - timedelta(seconds=settings.stale_seconds)
    async with context.db.transaction() as session:
        marked = set(await upstreams.stale_since(session))
        silent = {
            service: at for service, at in (await documents.contacts(session)).items() if at < limit
        }
        for service in silent.keys() - marked:
            await upstreams.mark_stale(session, service, silent[service])
        for service in marked - silent.keys():
            await upstreams.clear_stale(session, service)
        if silent.keys() ^ marked:
            await enqueue(session, COMPOSE, "all")
