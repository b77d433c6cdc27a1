"""Publication of a year: its coverage and cyclogram as numbered, immutable documents."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.domain.coverage import cover
from services.training.store import calendar, documents
from services.training.store.documents import Document
from services.training.topics import PLAN_PUBLISHED
from services.training.usecases.year_documents import (
    coverage_document,
    cyclogram_document,
    event_doubts,
)
from services.training.usecases.year_findings import find_oddities
from shared.db import lock
from shared.ledger.doubts import load_doubts
from shared.ledger.table_sources import source_titles, sources_of_scope
from shared.outbox import emit
from shared.web.preconditions import strong_etag

JsonObject = dict[str, object]
PRINTED = {"coverage": ("subject", "tier"), "cyclogram": ("session", "runs")}
"""Names in the keys of the claims that a document is checked against."""


def path_of(year: str, name: str) -> str:
    """Return the public path of a year's document."""
    return f"/v1/training/{year}/{name}"


async def publish_year(session: AsyncSession, year: str, region: str) -> int | None:
    """Publish what changed about a year; None (and no revision) when nothing did.

    The cyclogram is checked at the same time; its findings go to the ledger.
    """
    await lock(session, "training:publication")
    source_time = await calendar.source_time(session, year)
    if source_time is None:
        return None
    revision = await documents.next_revision(session)
    runs = list(await calendar.runs(session, year))
    counts = await calendar.headcounts(session, year)
    rows = cover(counts, runs, await calendar.trained(session, year))
    odd = await find_oddities(session, year, region, runs, counts, rows)
    last = await _last(session, path_of(year, "cyclogram"))
    doubts = await load_doubts(session)
    doubted = event_doubts(year, odd, doubts)
    titles = await source_titles(session)
    printed = {
        name: await sources_of_scope(session, titles, year, keys) for name, keys in PRINTED.items()
    }
    answers = {
        "coverage": coverage_document(year, revision, rows, doubts, printed["coverage"]),
        "cyclogram": cyclogram_document(year, revision, runs, doubted, last, printed["cyclogram"]),
    }
    changed = [
        path
        for name, content in answers.items()
        if await _add_changed(session, path := path_of(year, name), content, source_time, revision)
    ]
    if not changed:
        return None
    body = {"revision": revision, "documents": changed, "year": year}
    await emit(session, PLAN_PUBLISHED, year, body)
    return revision


async def _add_changed(
    session: AsyncSession, path: str, content: JsonObject, source_time: datetime, revision: int
) -> bool:
    """Add the document unless the one published last says the same."""
    last = await _last(session, path)
    if last is not None and _content(last) == _content(content):
        return False
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    await documents.add(session, Document(path, revision, body, strong_etag(body), source_time))
    return True


def _content(content: Mapping[str, object]) -> dict[str, object]:
    """Return a document without its number, which its citation repeats."""
    return {name: value for name, value in content.items() if name not in {"revision", "citation"}}


async def _last(session: AsyncSession, path: str) -> JsonObject | None:
    """Return what was published last at a path, or None."""
    document = await documents.find(session, path)
    return None if document is None else json.loads(document.body)
