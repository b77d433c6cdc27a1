"""Whether everything that was loaded has been worked through, asked of the plumbing's tables."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import asyncpg

from services.cli.roles import SCHEMAS

LOOK_SECONDS = 0.1
LOOKS_IN_A_ROW = 3


class NotIdle(RuntimeError):  # noqa: N818 -- the name states the fact.
    """The workers make no progress; the message says what they still have before them."""


async def wait_until_idle(
    url: str, patience: float = 120.0, tell: Callable[[str], None] = lambda _: None
) -> None:
    """Return when no job waits, every event has its place and every consumer has seen it.

    `patience` is how long nothing may change; what is left is reported whenever that has changed.
    """
    connection = await asyncpg.connect(url)
    try:
        end = time.monotonic() + patience
        quiet, before = 0, ""
        while quiet < LOOKS_IN_A_ROW:
            left = "; ".join(await remaining(connection))
            quiet = 0 if left else quiet + 1
            if left != before:
                end, before = time.monotonic() + patience, left
                tell(left)
            elif left and time.monotonic() > end:
                raise NotIdle(f"The workers stand still: {left}")
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        await connection.close()


async def remaining(connection: "asyncpg.Connection[Any]") -> list[str]:
    """Return in words what is still under way."""
    left = []
    newest = {}
    for schema in SCHEMAS:
        waiting = await connection.fetchval(
            f"SELECT count(*) FROM {schema}.job WHERE state IN ('queued', 'running')"  # noqa: S608 -- our own schemas' names.
        )
        placed = f"SELECT coalesce(max(position), 0) FROM {schema}.outbox"  # noqa: S608 -- the same.
        newest[schema] = await connection.fetchval(placed)
        unplaced = await connection.fetchval(
            f"SELECT count(*) FROM {schema}.outbox WHERE position IS NULL"  # noqa: S608 -- the same.
        )
        if waiting:
            left.append(f"{schema}: {waiting} jobs")
        if unplaced:
            left.append(f"{schema}: {unplaced} events without a place")
    for kind in ("document", "change"):
        pending = await connection.fetchval(f"SELECT count(*) FROM gateway.pending_{kind}")  # noqa: S608 -- two fixed names.
        if pending:
            left.append(f"gateway: {pending} {kind}s to be taken in")
    for consumer in SCHEMAS:
        seen = await connection.fetch(f"SELECT source, position FROM {consumer}.cursor")  # noqa: S608 -- names of our own schemas.
        left += [
            f"{consumer} is {newest[row['source']] - row['position']} events behind {row['source']}"
            for row in seen
            if row["position"] < newest.get(row["source"], 0)
        ]
    return left
