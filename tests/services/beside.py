"""Running a worker beside a test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def beside(work: Awaitable[None] | None) -> AsyncIterator[None]:
    """Run the background half of a service, if any, in this process while the block runs."""
    task = None if work is None else asyncio.ensure_future(work)
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
