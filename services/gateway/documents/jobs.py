"""The worker's side of documents: pull what changed, store it, announce it, compose passports.

Jobs name a scope and not a delta, so that repeating or coalescing them is harmless:
`refresh_documents` (a service) pulls the paths noted for it, `refresh_parts` (a service) what it
says of itself; `sync_service` (a service) compares
everything the service publishes with what is stored; `compose_documents` (all) rebuilds the
gateway's own documents out of the parts.
"""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.documents.composed import compose_all
from services.gateway.domain.documents import JSON, SourceDocument
from services.gateway.domain.findings import SERVICES
from services.gateway.store import changes, documents
from services.gateway.webhooks.outgoing import fan_out
from shared import clock
from shared.errors import Unavailable
from shared.events import Event
from shared.http import ServiceClient, UpstreamResponse
from shared.inbox import record_poll
from shared.jobs import enqueue, running
from shared.log import logger
from shared.secret_key import derived_key
from shared.upstream_errors import UpstreamRefused
from shared.web.paging import CURSOR_PURPOSE
from shared.worker import JobContext

log = logger(__name__)

REFRESH, PARTS = "refresh_documents", "refresh_parts"
SYNC, COMPOSE = "sync_service", "compose_documents"
_GONE = frozenset({404, 410})
_PARALLEL = 4
_CHUNK = 200
# What each service is asked for besides its documents: part name → path.
PART_PATHS = {
    "passport": "/internal/passport",
    "findings": "/internal/findings",
    "openapi": "/openapi.json",
}
TERRITORIES = "/internal/territories"
SYNC_EVERY = 60.0
# When this process last finished comparing with a service.
synced_at: dict[str, float] = {}


async def on_published(session: AsyncSession, event: Event, _work: JobContext) -> None:
    """Note the documents a fact touches and hold the fact until they are served."""
    paths = event.body.get("documents")
    own = f"/v1/{event.source}/"
    noted = [str(path) for path in paths] if isinstance(paths, list) else []
    await documents.mark_dirty(
        session, event.source, [path for path in noted if path.startswith(own)]
    )
    await changes.stage(session, event)
    await enqueue(session, REFRESH, event.source)


async def refresh_documents(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Pull the noted paths of a service and announce its waiting facts; parts come after."""
    service = _scope(context)
    changed = await _settle(context, service)
    async with context.effect() as session:
        await enqueue(session, PARTS, service)
        context.result = {"changed": len(changed)}


async def refresh_parts(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Pull what a service says of itself, apart from its documents and never before them."""
    await _pull_parts(context, _scope(context))
    async with context.effect():
        context.result = {}


async def sync_service(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Compare a service's whole list of documents with the store and pull the difference."""
    service = _scope(context)
    try:
        listing = await context.clients[service].get_json("/internal/documents")
    except Unavailable as error:
        # Nothing is lost: it is asked again in a few seconds, for as long as it takes.
        log.info("sync_waits", source=service, reason=error.detail)
        async with context.effect():
            context.result = {"reached": False}
        return
    offered = {item["path"]: str(item["version"]) for item in listing["items"]}
    async with context.db.transaction() as session:
        await record_poll(session, service)
        stored = await documents.versions(session, service)
        differing = [path for path, version in offered.items() if stored.get(path) != version]
        gone = [path for path in stored if path not in offered]
        if gone:
            await documents.withdraw(session, gone)
    changed: list[str] = []
    for start in range(0, len(differing), _CHUNK):
        pulled = await _pull(context, service, differing[start : start + _CHUNK], offered)
        async with context.db.transaction() as session:
            changed += await _keep(session, pulled)
        context.progress(start + len(pulled), len(differing))
    await _settle(context, service)
    await _pull_parts(context, service)
    synced_at[service] = monotonic()
    async with context.effect():
        context.result = {
            "offered": len(offered),
            "changed": len(changed),
            "withdrawn": len(gone),
        }


async def _settle(context: JobContext, service: str) -> list[str]:
    """Pull noted paths until none is left; announce the facts that waited when this began."""
    changed: list[str] = []
    async with context.db.reading() as session:
        waiting = await changes.staged(session, service)
    while True:
        async with context.db.reading() as session:
            noted = await documents.pending(session, service)
        pulled = await _pull(context, service, [row.path for row in noted])
        async with context.db.transaction() as session:
            changed += await _keep(session, pulled)
            await documents.clear_dirty(session, noted)
            if len(noted) < documents.PENDING_PAGE:
                for number in await changes.publish(session, waiting):
                    await fan_out(session, number)
                return changed


async def compose_documents(context: JobContext, _args: Mapping[str, Any]) -> None:
    """Rebuild the gateway's own documents out of the stored parts."""
    async with context.effect() as session:
        changed = await compose_all(session, derived_key(context.settings, CURSOR_PURPOSE))
        context.result = {"changed": len(changed)}


def _scope(context: JobContext) -> str:
    if context.job is None:
        raise ValueError("This is a job and runs under a lease.")
    return context.job.scope


async def _pull(
    context: JobContext,
    service: str,
    paths: Sequence[str],
    offered: Mapping[str, str] | None = None,
) -> dict[str, SourceDocument | None]:
    """Answers of the service by path; None where it has no such document any more."""
    slots = asyncio.Semaphore(_PARALLEL)

    async def one(path: str) -> tuple[str, SourceDocument | None]:
        async with slots:
            answer = await context.clients[service].get(path)
        version = (offered or {}).get(path, f"etag:{answer.headers.get('etag', '')}")
        return path, _source(service, path, version, answer)

    return dict(await asyncio.gather(*(one(path) for path in paths)))


def _source(
    service: str, path: str, version: str, answer: UpstreamResponse
) -> SourceDocument | None:
    if answer.status in _GONE:
        return None
    if answer.status != 200:  # noqa: PLR2004 -- HTTP's own number.
        raise UpstreamRefused(f"{service}: {answer.status} {path}")
    revision = answer.headers.get("kachestvo-revision")
    return SourceDocument(
        path=path,
        service=service,
        version=version,
        revision=int(revision) if revision and revision.isdigit() else None,
        source_time=_instant(answer.headers.get("last-modified")),
        body=answer.body,
        media=answer.headers.get("content-type", JSON),
    )


def _instant(last_modified: str | None) -> datetime:
    if last_modified is None:
        return clock.now().replace(microsecond=0)
    return parsedate_to_datetime(last_modified)


async def _keep(session: AsyncSession, pulled: Mapping[str, SourceDocument | None]) -> list[str]:
    gone = [path for path, source in pulled.items() if source is None]
    if gone:
        await documents.withdraw(session, gone)
    return await documents.put(session, [one for one in pulled.values() if one is not None])


async def _pull_parts(context: JobContext, service: str) -> None:
    """Store what the service says of itself; compose again if any of it changed."""
    client = context.clients[service]
    asked = {f"{name}:{service}": path for name, path in PART_PATHS.items()}
    if service == "ratings":
        asked["territories"] = TERRITORIES
    async with context.db.reading() as session:
        known = await documents.part_digests(session, list(asked))
    found = {name: await _part(client, path, known.get(name)) for name, path in asked.items()}
    async with context.db.transaction() as session:
        changed = [
            name
            for name, part in found.items()
            if part is not None and await documents.put_part(session, name, service, *part)
        ]
        if any(not name.startswith("openapi:") for name in changed):
            await enqueue(session, COMPOSE, "all")


async def _part(client: ServiceClient, path: str, known: str | None) -> tuple[str, bytes] | None:
    """Return the entity tag of a part, made of its bytes where the service gives none, and them.

    None where it is what is known already, or where the service does not offer it.
    """
    answer = await client.get(path, {} if known is None else {"if-none-match": known})
    if answer.status == 304:  # noqa: PLR2004 -- HTTP's own number.
        return None
    if answer.status in _GONE:
        log.warning("part_not_offered", service=client.service, path=path)
        return None
    if answer.status != 200:  # noqa: PLR2004 -- HTTP's own number.
        raise UpstreamRefused(f"{client.service}: {answer.status} {path}")
    msgspec.json.decode(answer.body)
    made = f'"{hashlib.sha256(answer.body).hexdigest()}"'
    return answer.headers.get("etag", made), answer.body


async def sync_due(context: JobContext) -> None:
    """Queue a full comparison with every service that this worker has not compared for a minute.

    A service that does not answer is asked again at the next look; a comparison that takes long is
    not followed by a second one.
    """
    due = {one for one in SERVICES if monotonic() - synced_at.get(one, float("-inf")) > SYNC_EVERY}
    if due:
        async with context.db.transaction() as session:
            for service in sorted(due - await running(session, SYNC)):
                await enqueue(session, SYNC, service)
