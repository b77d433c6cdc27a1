"""One POST to a receiver: to the pinned address, no redirect followed, everything bounded."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlsplit

from services.gateway.webhooks.addresses import AddressRefused, check_url, resolve

TIMEOUT_SECONDS = 15.0
_MOST_HEAD = 16_384
_STATUS_WORDS = 2


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of one attempt: the status, or the error in words."""

    status: int | None
    error: str | None
    milliseconds: float

    @property
    def delivered(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 -- HTTP's.


async def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private_allowed: bool,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Posted:
    """Send one message and return the receiver's status; every failure becomes an error text."""
    started = perf_counter()
    status, error = None, None
    try:
        async with asyncio.timeout(timeout_seconds):
            status = await _exchange(url, body, headers, private_allowed=private_allowed)
    except TimeoutError:
        error = f"Нет ответа за {timeout_seconds:g} с."
    except AddressRefused as refused:
        error = str(refused)
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as failed:
        error = f"{type(failed).__name__}: {failed}"[:500]
    return Posted(status, error, round((perf_counter() - started) * 1000, 1))


async def _exchange(
    url: str, body: bytes, headers: Mapping[str, str], *, private_allowed: bool
) -> int:
    check_url(url, private_allowed=private_allowed)
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = await resolve(host, port, private_allowed=private_allowed)
    reader, writer = await asyncio.open_connection(
        address,
        port,
        limit=_MOST_HEAD,
        ssl=ssl.create_default_context() if secure else None,
        server_hostname=host if secure else None,
    )
    try:
        writer.write(_request(parts.path or "/", parts.query, parts.netloc, headers, body))
        await writer.drain()
        return _status(await reader.readuntil(b"\r\n"))
    finally:
        writer.transport.abort()


def _request(path: str, query: str, host: str, headers: Mapping[str, str], body: bytes) -> bytes:
    target = f"{path}?{query}" if query else path
    fields = {
        "host": host,
        "content-length": str(len(body)),
        "connection": "close",
        "user-agent": "Kachestvo-Webhooks/1",
        **headers,
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body


def _status(line: bytes) -> int:
    words = line.decode("latin-1").split(" ", _STATUS_WORDS)
    if len(words) < _STATUS_WORDS or not words[0].startswith("HTTP/1."):
        raise ValueError("Ответ не похож на HTTP.")
    return int(words[1])
