"""The olympiads' part of a territory's passport."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.olympiads.store import documents, registry
from services.olympiads.store.documents import Document, Name
from shared.synthetic import region_of

GRADES = (9, 10, 11)


async def passport_part(session: AsyncSession, region: str) -> dict[str, object]:
    """Return revision, source time and, for the region, a summary of every published season.

    The revision counts all public revisions, so it grows with each of them.
    """
    seasons = await registry.load_seasons(session)
    found = [await documents.find(session, Name("thresholds", s.code)) for s in seasons]
    tables = [document for document in found if document is not None]
    territories: dict[str, dict[str, object]] = {}
    for table in tables:
        owner = region_of(table.season, region)
        territories.setdefault(owner, {})[table.season] = summary(table)
    return {
        "revision": sum(table.revision for table in tables),
        "source_time": max(t.source_time for t in tables).isoformat() if tables else None,
        "territories": territories,
    }


def summary(table: Document) -> dict[str, object]:
    """Sum up a season's table: thresholds, declared performers by grade, where the rest is."""
    rows: Sequence[dict[str, Any]] = json.loads(table.body)["rows"]
    return {
        "revision": table.revision,
        "subjects": len({row["subject"] for row in rows}),
        "thresholds": len(rows),
        "at_least_75": {str(grade): _performers(rows, grade) for grade in GRADES},
        "doubts": list(dict.fromkeys(one for row in rows for one in row.get("doubts", ()))),
        "path": table.path,
    }


def _performers(rows: Sequence[dict[str, Any]], grade: int) -> dict[str, object]:
    cells = [row["at_least_75"] for row in rows if row["grade"] == grade]
    declared = [cell["declared"] for cell in cells if cell["declared"] is not None]
    return {
        "declared": sum(declared) if declared else None,
        "not_applicable": sum(cell["mark"] == "not_applicable" for cell in cells),
    }
