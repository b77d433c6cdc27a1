"""From blocks of rows to the history of a table, in the transaction of the import.

Rows are copied into a temporary table, a block after another, then compared with what is known: a
changed row closes its predecessor and opens a successor, an equal one does nothing. Rows
come in long runs sorted by the key and are inserted as they are, so the index grows in order. One
import of a kind merges at a time: the caller holds its lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from shared.imports.columns import ROW
from shared.imports.foreign_rows import TerritoryRule
from shared.imports.import_types import Clearing

STAGED = "staged_rows"
ANALYZE_FROM = 1000
CLEARED_NAMED = 1000
WORK_MEMORY = "96MB"

Connection: TypeAlias = "asyncpg.Connection[Any]"


@dataclass(frozen=True, slots=True)
class Target:
    """Where rows go: the table, its natural key, the columns an import fills (without records)."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    affected_keys: tuple[str, ...] = ()

    @property
    def compared(self) -> tuple[str, ...]:
        """Return the columns whose difference makes a new version of a row."""
        return tuple(c for c in self.columns if c not in self.key)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did, in rows; `closed` are those that a replaced slice no longer has.

    `cleared` counts known values taken away; `cleared_rows` are the first: row, column, old value.
    """

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    cleared: int = 0
    cleared_rows: tuple[tuple[int, str, str], ...] = ()

    @property
    def changes(self) -> int:
        """Return how many rows of the history were written."""
        return self.inserted + self.updated + self.closed


async def begin(connection: Connection, target: Target) -> None:
    """Make an empty temporary table shaped like the target; it goes with the transaction."""
    await connection.execute(f"DROP TABLE IF EXISTS pg_temp.{STAGED}")
    await connection.execute(
        f"CREATE TEMPORARY TABLE {STAGED} ON COMMIT DROP AS"  # noqa: S608 -- names of our tables.
        f" SELECT {_listed(target.columns)}, {ROW} FROM {target.table} WITH NO DATA"
    )


async def copy(connection: Connection, columns: Sequence[str], content: bytes) -> int:
    """Copy a block of CSV text into the temporary table; return its rows."""
    done = await connection.copy_to_table(
        STAGED, source=BytesIO(content), columns=list(columns), format="csv"
    )
    return _count(done)


async def duplicates(
    connection: Connection, target: Target, suspects: Sequence[int]
) -> list[list[int]]:
    """Return the rows that share a key, for each such key, among rows whose hashes agree."""
    found = await connection.fetch(
        f"SELECT array_agg({ROW} ORDER BY {ROW}) AS rows FROM {STAGED}"  # noqa: S608 -- as above.
        f" WHERE {ROW} = ANY($1::int[]) GROUP BY {_listed(target.key)}"
        f" HAVING count(*) > 1 ORDER BY 1",
        suspects,
    )
    return [list(row["rows"]) for row in found]


async def unstage(connection: Connection, rows: Sequence[int]) -> None:
    """Take rows out of the staging table."""
    await connection.execute(
        f"DELETE FROM {STAGED} WHERE {ROW} = ANY($1::int[])",  # noqa: S608 -- as above.
        rows,
    )


async def merge(
    connection: Connection,
    target: Target,
    *,
    import_id: UUID,
    known_at: datetime,
    rows: int,
    replaced: Mapping[str, object] | None,
    clearing: Clearing | None = None,
    within: tuple[TerritoryRule, str] | None = None,
) -> Merged:
    """Merge the staged rows; with `replaced`, close what else is current in that slice.

    `within` keeps the closing to rows of territories: their rule and the codes.
    """
    if replaced is None and rows >= ANALYZE_FROM and await _is_fresh(connection, target):
        return Merged(_count(await connection.execute(_insert(target), known_at, import_id)))
    if rows >= ANALYZE_FROM:
        await connection.execute(f"ANALYZE {STAGED} ({_listed(target.key)})")
    await connection.execute(f"SET LOCAL work_mem = '{WORK_MEMORY}'")
    cleared = await _cleared(connection, target, clearing) if clearing else []
    closed = 0
    if replaced is not None:
        closed = _count(await _close_absent(connection, target, known_at, replaced, within))
    updated = _count(await connection.execute(_close_changed(target), known_at))
    unknown = (
        f" WHERE NOT EXISTS (SELECT FROM {target.table} AS t"
        f" WHERE t.known_to = 'infinity' AND {_same(target.key)})"
    )
    opened = _count(await connection.execute(_insert(target) + unknown, known_at, import_id))
    count = int(cleared[0]["total"]) if cleared and clearing else 0
    first = tuple((r["row"], clearing.column, r["old"]) for r in cleared) if clearing else ()
    return Merged(opened - updated, updated, rows - opened, closed, count, first)


async def _cleared(
    connection: Connection, target: Target, clearing: Clearing
) -> Sequence[Mapping[str, Any]]:
    """Return the first rows that take a known value away, each with the count of all."""
    found: Sequence[Mapping[str, Any]] = await connection.fetch(
        f"SELECT s.{ROW} AS row, ({clearing.old})::text AS old, count(*) OVER () AS total"  # noqa: S608 -- as above.
        f" FROM {STAGED} AS s JOIN {target.table} AS t"
        f" ON {_same(target.key)} AND t.known_to = 'infinity'"
        f" WHERE {clearing.condition} ORDER BY 1 LIMIT {CLEARED_NAMED}"
    )
    return found


async def _is_fresh(connection: Connection, target: Target) -> bool:
    """Tell whether nothing current shares the values of `affected_keys` with a staged row.

    Then every row is new and need not be compared.
    """
    known = f"SELECT FROM {target.table} AS t WHERE t.known_to = 'infinity'"
    if target.affected_keys:
        keys = target.affected_keys
        affected = f"SELECT DISTINCT {_listed(keys)} FROM {STAGED}"  # noqa: S608 -- as above.
        known = f"SELECT FROM ({affected}) AS s WHERE EXISTS ({known} AND {_same(keys)})"
    fresh: bool = await connection.fetchval(f"SELECT NOT EXISTS ({known})")
    return fresh


async def _close_absent(
    connection: Connection,
    target: Target,
    known_at: datetime,
    replaced: Mapping[str, object],
    within: tuple[TerritoryRule, str] | None,
) -> str:
    given = [*replaced.values()]
    inside = " AND ".join(f't."{name}" = ${i}' for i, name in enumerate(replaced, 2))
    if within is not None:
        rule, codes = within
        given.append(codes)
        inside += f" AND {rule.on('t', len(given) + 1)}"
    return await connection.execute(
        f"UPDATE {target.table} AS t SET known_to = $1 WHERE t.known_to = 'infinity' AND {inside}"  # noqa: S608 -- as above.
        f" AND NOT EXISTS (SELECT FROM {STAGED} AS s WHERE {_same(target.key)})",
        known_at,
        *given,
    )


def _close_changed(target: Target) -> str:
    mine = _listed(target.compared, "t.")
    theirs = _listed(target.compared, "s.")
    changed = f"ROW({mine}) IS DISTINCT FROM ROW({theirs})" if target.compared else "false"
    return (
        f"UPDATE {target.table} AS t SET known_to = $1 FROM {STAGED} AS s"  # noqa: S608 -- as above.
        f" WHERE t.known_to = 'infinity' AND {_same(target.key)} AND {changed}"
    )


def _insert(target: Target) -> str:
    columns = _listed(target.columns)
    return (
        f"INSERT INTO {target.table} ({columns}, known_from, known_to, import_id, {ROW})"  # noqa: S608 -- as above.
        f" SELECT {columns}, $1, 'infinity', $2, {ROW} FROM {STAGED} AS s"
    )


def _same(key: Sequence[str]) -> str:
    return " AND ".join(f't."{name}" = s."{name}"' for name in key)


def _listed(names: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _count(tag: str) -> int:
    return int(tag.rsplit(" ", 1)[-1])
