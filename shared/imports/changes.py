"""What an import changed: each row as it was known before and as it is known since.

Computed from the history of the table, so it can be asked at any time; a dry run keeps its first
changes in its report, since it leaves none in the table.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.imports.import_types import RECORD, ImportKind

PREVIEWED = 1000
OPENED, CLOSED = "opened", "closed"
COLUMNS_LEFT_OUT = list(RECORD)


async def preview(
    session: AsyncSession, kind: ImportKind, import_id: UUID, known_at: datetime
) -> list[dict[str, Any]]:
    """Return the first changes of an import that is about to be rolled back."""
    return await read_changes(session, kind, import_id, known_at, after=None, limit=PREVIEWED)


async def read_changes(
    session: AsyncSession,
    kind: ImportKind,
    import_id: UUID,
    known_at: datetime,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return changes in the order of their keys, after the key text of the last one read.

    Each is `{"row", "old", "new", "columns"}` and its `position`; `old` is null for a new row,
    `new` for one that a replaced slice no longer has.
    """
    asked = {
        "import_id": import_id,
        "known_at": known_at,
        "left_out": COLUMNS_LEFT_OUT,
        "after": after[0] if after else None,
        "limit": limit,
    }
    rows = (await session.execute(text(_query(kind)), asked)).mappings().all()
    old = await _to_wire(session, kind, [row["old"] for row in rows])
    new = await _to_wire(session, kind, [row["new"] for row in rows])
    return [
        {
            "row": row["row"],
            "old": before,
            "new": since,
            "columns": _differing(before, since),
            "position": row["position"],
        }
        for row, before, since in zip(rows, old, new, strict=True)
    ]


def _query(kind: ImportKind) -> str:
    """Pair the rows an import opened with those closed at its instant, by their keys."""
    key = ", ".join(f'"{name}"' for name in kind.layout.key)
    table = kind.table
    return f"""
        WITH opened AS (
            SELECT ({key})::text AS position, import_row AS row,
                to_jsonb(t) - CAST(:left_out AS text[]) AS content
            FROM {table} AS t WHERE import_id = :import_id AND known_from = :known_at
        ), closed AS (
            SELECT ({key})::text AS position, to_jsonb(t) - CAST(:left_out AS text[]) AS content
            FROM {table} AS t WHERE known_to = :known_at
        )
        SELECT position, opened.row, closed.content AS old, opened.content AS new
        FROM opened FULL JOIN closed USING (position)
        WHERE CAST(:after AS text) IS NULL OR position > :after
        ORDER BY position LIMIT :limit
    """  # noqa: S608 -- names of our tables.


async def _to_wire(
    session: AsyncSession, kind: ImportKind, rows: list[dict[str, Any] | None]
) -> list[dict[str, Any] | None]:
    """Return stored rows as they are sent, nulls in their places."""
    present = [row for row in rows if row is not None]
    if kind.to_wire is not None:
        present = await kind.to_wire(session, present)
    left = iter(present)
    return [None if row is None else next(left) for row in rows]


def _differing(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[str]:
    """Return the columns whose values differ, all of a row that is new or gone."""
    before, since = old or {}, new or {}
    return [name for name in {**before, **since} if before.get(name) != since.get(name)]
