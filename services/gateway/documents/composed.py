"""The gateway's own documents, rebuilt from stored parts: passports, territories, findings."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain.documents import SourceDocument
from services.gateway.domain.encoding import encode
from services.gateway.domain.findings import SERVICES, Finding, Selection, order, page
from services.gateway.domain.passport import (
    Part,
    PassportInputs,
    Territory,
    UpstreamStatus,
    compose_passport,
    with_revision,
)
from services.gateway.store import documents, upstreams
from shared.db import lock
from shared.synthetic import is_synthetic_territory
from shared.web.paging import anonymous_query, sign_cursor

OWNER = "gateway"
PASSPORT_PATH = "/v1/territories/{oktmo}/passport"
TERRITORIES_PATH = "/v1/territories"
FINDINGS_PATH = "/v1/findings"
# What the lists answer when no limit is asked for.
DEFAULT_LIMIT = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def compose_all(session: AsyncSession, cursor_key: bytes) -> list[str]:
    """Store every composed document whose content changed; return their paths.

    Everything is read in the one transaction that writes, under a lock, so two runs cannot store
    an older composition over a newer one.
    """
    await lock(session, "gateway.compose")
    contents = {
        part.name: json.loads(part.content)
        for part in await documents.parts(session)
        if not part.name.startswith("openapi:")
    }
    material = await read_material(session, contents)
    territories = territories_in(contents)
    standing = {stored.path: stored for stored in await documents.of_service(session, OWNER)}
    latest = _latest(part.source_time for part in material.parts.values())
    composed = {
        PASSPORT_PATH.format(oktmo=territory.oktmo): compose_passport(territory, material)
        for territory in territories
    }
    sources = [
        source
        for path, content in composed.items()
        if (source := _renewed(path, content, standing.get(path), latest)) is not None
    ]
    for path, body in _lists(contents, material, cursor_key).items():
        if path not in standing or standing[path].body != body:
            sources.append(_list_source(path, body, standing.get(path), latest))
    return await documents.put(session, sources)


def _lists(
    contents: Mapping[str, Any], material: PassportInputs, cursor_key: bytes
) -> dict[str, bytes]:
    """Return the first pages of the lists that are asked for without parameters."""
    items, last = page(material.findings, Selection(synthetic=False), DEFAULT_LIMIT, None)
    following = last and sign_cursor(cursor_key, anonymous_query(FINDINGS_PATH), last)
    return {
        TERRITORIES_PATH: encode_territories(contents),
        FINDINGS_PATH: encode({"items": items, "next": following}),
    }


def _list_source(
    path: str, body: bytes, standing: SourceDocument | None, latest: datetime
) -> SourceDocument:
    """Return the next version of a list, which has no revision of its own to show."""
    if standing is not None:
        latest = max(latest, standing.source_time + timedelta(seconds=1))
    return SourceDocument(path, OWNER, hashlib.sha256(body).hexdigest(), None, latest, body)


def _renewed(
    path: str, content: Mapping[str, Any], standing: SourceDocument | None, latest: datetime
) -> SourceDocument | None:
    """Return the next revision of a composed document, or None if its content is what stands."""
    revision = 1
    if standing is not None:
        revision = standing.revision or 0
        if with_revision(content, revision) == standing.body:
            return None
        revision += 1
        latest = max(latest, standing.source_time + timedelta(seconds=1))
    body = with_revision(content, revision)
    return SourceDocument(path, OWNER, str(revision), revision, latest, body)


def _latest(instants: Iterable[str | None]) -> datetime:
    parsed = [datetime.fromisoformat(instant) for instant in instants if instant]
    return max(parsed, default=_EPOCH).replace(microsecond=0)


def territories_in(contents: Mapping[str, Any]) -> list[Territory]:
    """Return the registered territories, by OKTMO."""
    items = contents.get("territories", {}).get("items", [])
    return sorted(
        (Territory(item["oktmo"], item["title"]) for item in items), key=lambda one: one.oktmo
    )


async def read_material(session: AsyncSession, contents: Mapping[str, Any]) -> PassportInputs:
    """Return what passports are composed of, out of the stored parts and the state of contact."""
    parts: dict[str, Part] = {}
    for service in SERVICES:
        for name, part in contents.get(f"passport:{service}", {}).get("parts", {}).items():
            parts[name] = Part(part["revision"], part["source_time"], part["territories"])
    answered = frozenset(
        name.partition(":")[2] for name in contents if name.startswith("passport:")
    )
    stale = {name: at.isoformat() for name, at in (await upstreams.stale_since(session)).items()}
    return PassportInputs(
        parts=parts,
        findings=findings_in(contents),
        findings_revisions={
            service: contents.get(f"findings:{service}", {}).get("revision") for service in SERVICES
        },
        reach=UpstreamStatus(answered, stale),
    )


def findings_in(contents: Mapping[str, Any]) -> list[Finding]:
    """Return findings of all services in the order of the list, each naming its service."""
    return order(
        {**item, "service": item.get("service", service)}
        for service in SERVICES
        for item in contents.get(f"findings:{service}", {}).get("items", [])
    )


def encode_territories(contents: Mapping[str, Any]) -> bytes:
    """Return the list of territories without the example's, which fits in one page."""
    items = [
        item
        for item in contents.get("territories", {}).get("items", [])
        if not is_synthetic_territory(item["oktmo"])
    ]
    return encode({"items": sorted(items, key=lambda item: str(item["oktmo"])), "next": None})
