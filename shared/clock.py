"""The instants the services record (UTC, aware), and waiting for something or for some time."""

import asyncio
from datetime import UTC, datetime


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait until an event is set, for so many seconds at most; tell whether it was.

    A cancellation always gets through: `asyncio.wait_for` of Python 3.11 loses one that arrives
    together with the event, and its loop would then never end.
    """
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def now() -> datetime:
    """Return the present instant, in UTC."""
    return datetime.now(UTC)
