"""One write for an answer whose head is already rendered.

ASGI hands a server a list of headers, which uvicorn checks and joins one by one: with all the
fields a document promises that costs a quarter of the request. Under uvicorn's httptools protocol
(pinned exactly, proved byte for byte by the tests) a rendered head is written to the connection
directly; under any other server the same answer goes out as ordinary ASGI messages.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from services.gateway.domain.header_fields import Header, render_fields

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class StatusLines:
    """Status lines with the server's own fields (date), rendered once a second."""

    def __init__(self) -> None:
        self._defaults: list[Header] = []
        self._heads: dict[int, bytes] = {}

    def of(self, cycle: RequestResponseCycle, status: int) -> bytes:
        """Status line and the fields the server adds to every answer."""
        if cycle.default_headers is not self._defaults:
            self._defaults = cycle.default_headers
            fields = render_fields(cycle.default_headers)
            self._heads = {status: STATUS_LINE[status] + fields for status in (200, 304)}
        return self._heads[status]


def writable(send: Send) -> RequestResponseCycle | None:
    """Return the connection behind `send` if a rendered answer may be written to it at once."""
    cycle = getattr(send, "__self__", None)
    if type(cycle) is not RequestResponseCycle:
        return None
    busy = cycle.flow.write_paused or cycle.disconnected or cycle.access_log
    return cycle if cycle.keep_alive and not busy else None


def finish(cycle: RequestResponseCycle, *parts: bytes) -> None:
    """Write a complete answer and do what uvicorn does after the last body message."""
    for part in parts:
        cycle.transport.write(part)
    cycle.response_started = True
    cycle.waiting_for_100_continue = False
    cycle.response_complete = True
    cycle.message_event.set()
    cycle.on_response()
