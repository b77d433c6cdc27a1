"""A share of the connections to one service for each caller, and a bounded queue for the rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from services.gateway.errors import CallerQueueFull, ServiceQueueFull

PARALLEL = 56
"""Fewer than the connections of a `ServiceClient`, so that nobody waits for its pool."""
PARALLEL_PER_CALLER = 16
WAITING_PER_CALLER = 64
WAITING = 256
LONGEST_WAIT_SECONDS = 10.0


@dataclass(slots=True)
class _Lane:
    places: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(PARALLEL_PER_CALLER)
    )
    requests: int = 0


class Bulkhead:
    """Admits requests to one service: so many at once, of one caller and of all."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}
        self._places = asyncio.Semaphore(PARALLEL)
        self._requests = 0

    @asynccontextmanager
    async def place(self, caller: str) -> AsyncIterator[None]:
        """Hold a place for a request of a caller, a client's id or an address.

        A full queue is refused at once: 429 `CALLER_QUEUE_FULL` for the caller's own, else 503
        `SERVICE_QUEUE_FULL`, which a wait of some seconds ends with too.
        """
        lane = self._lanes.setdefault(caller, _Lane())
        if lane.requests >= PARALLEL_PER_CALLER + WAITING_PER_CALLER:
            raise CallerQueueFull
        if self._requests >= PARALLEL + WAITING:
            raise ServiceQueueFull
        lane.requests += 1
        self._requests += 1
        try:
            async with _bounded_wait(lane.places), _bounded_wait(self._places):
                yield
        finally:
            self._requests -= 1
            lane.requests -= 1
            if not lane.requests:
                del self._lanes[caller]


@asynccontextmanager
async def _bounded_wait(places: asyncio.Semaphore) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            await places.acquire()
    except TimeoutError as error:
        raise ServiceQueueFull from error
    try:
        yield
    finally:
        places.release()
