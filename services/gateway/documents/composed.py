"""Store the gateway's own documents whose content changed: passports, territories, findings."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain.composition import (
    OWNER,
    Difference,
    StoredParts,
    compose,
    difference,
    next_revision,
    oktmo_of,
    passport_path,
)
from services.gateway.domain.documents import SourceDocument
from services.gateway.domain.encoding import encode
from services.gateway.store import documents, upstreams
from shared.db import lock
from shared.process_pool import job_pool
from shared.web.paging import MAX_LIMIT, anonymous_query, sign_cursor

TERRITORIES_PATH = "/v1/territories"
FINDINGS_PATH = "/v1/findings"
# What the lists answer when no limit is asked for.
TERRITORY_LIMIT = MAX_LIMIT
FINDING_LIMIT = 100
# Parts of this many bytes are composed of in tens of milliseconds; a child takes longer to start.
THREAD_BYTES = 2 << 20
T = TypeVar("T")


async def compose_all(session: AsyncSession, cursor_key: bytes) -> list[str]:
    """Store every composed document whose content changed; return their paths.

    Everything is read in the one transaction that writes, under a lock, so two runs cannot store
    an older composition over a newer one. Bodies are read and made of the changed ones alone.
    """
    await lock(session, "gateway.compose")
    stored = await read_parts(session)
    versions = await documents.versions(session, OWNER)
    passports = {
        oktmo: version
        for path, version in versions.items()
        if (oktmo := oktmo_of(path)) is not None
    }
    found = await _apart(stored, difference, passports, TERRITORY_LIMIT, FINDING_LIMIT)
    sources = [
        *await _passports(session, stored, found),
        *await _lists(session, found, versions, cursor_key),
    ]
    changed = await documents.put(session, sources)
    if found.removed:
        await documents.withdraw(session, [passport_path(oktmo) for oktmo in found.removed])
    return changed


async def read_parts(session: AsyncSession) -> StoredParts:
    """Return everything composed documents are made of."""
    stale = await upstreams.stale_since(session)
    contents = {part.name: part.content for part in await documents.composed_parts(session)}
    return StoredParts(contents, {name: at.isoformat() for name, at in stale.items()})


async def _apart(stored: StoredParts, call: Callable[..., T], *args: object) -> T:
    """Run `call` off the event loop: in a thread while it is short, else in a child process."""
    if sum(map(len, stored.contents.values())) <= THREAD_BYTES:
        return await asyncio.to_thread(call, stored, *args)
    return await job_pool().run(call, stored, *args)


async def _passports(
    session: AsyncSession, stored: StoredParts, found: Difference
) -> Sequence[SourceDocument]:
    if not found.changed:
        return []
    paths = [passport_path(oktmo) for oktmo in found.changed]
    previous = {
        oktmo: source
        for source in await documents.read_sources(session, paths)
        if (oktmo := oktmo_of(source.path)) is not None
    }
    return await _apart(stored, compose, dict(found.changed), previous)


async def _lists(
    session: AsyncSession, found: Difference, versions: Mapping[str, str], cursor_key: bytes
) -> list[SourceDocument]:
    """Return the changed first pages of the lists; they have no revision to show."""

    def listed(path: str, items: Sequence[Mapping[str, Any]], last: object) -> dict[str, Any]:
        following = sign_cursor(cursor_key, anonymous_query(path), last) if last else None
        return {"items": list(items), "next": following}

    findings = {**listed(FINDINGS_PATH, *found.findings), "checks": list(found.checks)}
    bodies = {
        TERRITORIES_PATH: encode(listed(TERRITORIES_PATH, *found.territories)),
        FINDINGS_PATH: encode(findings),
    }
    digests = {path: hashlib.sha256(body).hexdigest() for path, body in bodies.items()}
    due = [path for path, digest in digests.items() if versions.get(path) != digest]
    previous = {one.path: one for one in await documents.read_sources(session, due)}
    instants = {
        path: next_revision(previous[path], found.source_time)[1]
        if path in previous
        else found.source_time
        for path in due
    }
    return [
        SourceDocument(path, OWNER, digests[path], None, instants[path], bodies[path])
        for path in due
    ]
