"""Receive the body of a request before anything shared is taken for it.

A body that fits one buffer is received whole; of a larger one the first part. Only then is a
connection to the service taken, so that callers who send slowly hold nothing but their own socket.
"""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request

from services.gateway.errors import BodyTooSlow

WHOLE_BYTES = 1 << 20
GRACE_SECONDS = 10.0
LEAST_BYTES_PER_SECOND = 1024
LONGEST_SECONDS = 900.0


async def receive_body(request: Request) -> bytes | AsyncIterator[bytes]:
    """Return a small body, or an iterator over a large one that starts with what has arrived.

    Raises BodyTooSlow below the least rate, averaged after a grace of some seconds, and over the
    longest time; ClientDisconnect when the caller leaves half-way.
    """
    chunks = _paced(request)
    first = bytearray()
    async for chunk in chunks:
        first += chunk
        if len(first) > WHOLE_BYTES:
            return _continued(bytes(first), chunks)
    return bytes(first)


async def _continued(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


async def _paced(request: Request) -> AsyncIterator[bytes]:
    began, received = asyncio.get_running_loop().time(), 0
    arriving = request.stream()
    while True:
        allowed = min(GRACE_SECONDS + received / LEAST_BYTES_PER_SECOND, LONGEST_SECONDS)
        try:
            async with asyncio.timeout_at(began + allowed):
                chunk = await anext(arriving, None)
        except TimeoutError as error:
            raise BodyTooSlow from error
        if chunk is None:
            return
        received += len(chunk)
        yield chunk
