"""Work that is counted, not timed: lines of Python executed, rows that PostgreSQL handled.

A machine's load changes neither. What runs inside numpy or a solver is not counted as lines; what
hands it n² things is, since somebody has to list them.
"""

import sys
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

import asyncpg

from shared.db import Database
from tests.databases import TestDatabase

MOST = 2.6
"""Work may grow so many times when sizes double: n log n passes at any size tested, n² never."""

# Backends add their counters to the shared ones before they exit.
END_OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
"""
ROWS = """
    SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)
        + n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint FROM pg_stat_user_tables
"""


def lines_of(call: Callable[..., object], *args: object) -> int:
    """Return how many lines of Python a call executes in this thread, loops counted each time."""
    lines = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        call(*args)
    finally:
        sys.settrace(before)
    return lines


async def rows_of(
    database: TestDatabase, schema: str, call: Callable[[Database], Awaitable[object]]
) -> int:
    """Return how many rows a service's role reads, adds, changes and deletes in a call."""
    before = await counted_rows(database)
    db = Database(database.url(schema), schema)
    try:
        await call(db)
    finally:
        await db.close()
    return await counted_rows(database) - before


async def counted_rows(database: TestDatabase) -> int:
    """End every other session and return the rows that all sessions so far have handled."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(END_OTHERS)
        rows: int = await connection.fetchval(ROWS)
    finally:
        await connection.close()
    return rows


async def fill(database: TestDatabase, statements: str) -> None:
    """Run statements as the owner and let the planner know the sizes."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(statements)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
