"""HTTP/1.1 of uvicorn with what it leaves open: bounds on the head of a request and its pace."""

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 16 << 10
MAX_FIELDS = 100
HEAD_SECONDS = 10.0
REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\n"
    b"content-length: 38\r\nconnection: close\r\n\r\n"
    b"Request line and header are too large."
)


class HeadTooLarge(Exception):  # noqa: N818 -- errors name the fact here.
    """The request line and the fields are larger or more than any request needs."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Refuses a head over 16 KiB or 100 fields (431), closes one that takes over 10 seconds.

    A connection that sends nothing at all is closed after the time an idle one is.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading_head = False
        self._too_large = False
        self._head_bytes = 0
        self._head_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's.
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._stop_timer()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived; a head that goes on is bounded by size and time."""
        self._head_bytes += len(data)
        super().data_received(data)
        if not self._reading_head:
            self._head_bytes = 0
        elif self._head_bytes > MAX_HEAD_BYTES:
            self._too_large = True
            self.send_400_response("")
        elif self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._reading_head = True

    def on_headers_complete(self) -> None:
        """End the head; exact sizes are added up only where what arrived could exceed them."""
        self._reading_head = False
        self._stop_timer()
        if len(self.headers) > MAX_FIELDS or (
            self._head_bytes > MAX_HEAD_BYTES and self._size() > MAX_HEAD_BYTES
        ):
            self._too_large = True
            raise HeadTooLarge
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be parsed, or a head that is too large, and close."""
        if not self._too_large:
            super().send_400_response(msg)
        elif not self.transport.is_closing():
            self.transport.write(REFUSAL)
            self._close()

    def _size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close(self) -> None:
        self._stop_timer()
        if not self.transport.is_closing():
            self.transport.close()
