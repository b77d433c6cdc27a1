"""One POST to a receiver: to the pinned address, no redirect followed, everything bounded."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import perf_counter
from urllib.parse import urlsplit

from services.gateway.webhooks.addresses import AddressRefused, check_url, resolve
from shared import clock

TIMEOUT_SECONDS = 15.0
_MOST_HEAD = 16_384
_STATUS_WORDS = 2
_MOST_LINES = 200
_MOST_INTERIM = 20
_SWITCHING, _FIRST_FINAL = 101, 200
# Statuses whose `Retry-After` is obeyed (RFC 9110 §10.2.3, RFC 6585 §4).
_WAITING = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of one attempt: the status, or the error in words.

    `retry_after` are seconds the receiver asked to wait, None where it did not.
    """

    status: int | None
    error: str | None
    milliseconds: float
    retry_after: float | None = None

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
    loopback_allowed: bool = False,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Posted:
    """Send one message and return the receiver's status; every failure becomes an error text."""
    started = perf_counter()
    status, error, retry_after = None, None, None
    try:
        async with asyncio.timeout(timeout_seconds):
            check_url(url, private_allowed=private_allowed, loopback_allowed=loopback_allowed)
            address = await resolve(
                *_host_and_port(url),
                private_allowed=private_allowed,
                loopback_allowed=loopback_allowed,
            )
            status, retry_after = await _exchange(url, address, body, headers)
    except TimeoutError:
        error = f"Нет ответа за {timeout_seconds:g} с."
    except AddressRefused as refused:
        error = str(refused)
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as failed:
        error = f"{type(failed).__name__}: {failed}"[:500]
    return Posted(status, error, round((perf_counter() - started) * 1000, 1), retry_after)


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


async def _exchange(
    url: str, address: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, float | None]:
    parts = urlsplit(url)
    host, port = _host_and_port(url)
    secure = parts.scheme == "https"
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
        return await _final_answer(reader)
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


async def _final_answer(reader: asyncio.StreamReader) -> tuple[int, float | None]:
    """Return the final status and its `Retry-After`; interim answers (1xx) are read past.

    101 is final: no other protocol was asked for.
    """
    for _ in range(_MOST_INTERIM):
        status = _status(await reader.readuntil(b"\n"))
        if status in _WAITING:
            return status, retry_after_of(await _fields(reader), clock.now())
        if status >= _FIRST_FINAL or status == _SWITCHING:
            return status, None
        await _fields(reader)
    raise ValueError("Слишком много промежуточных ответов.")


async def _fields(reader: asyncio.StreamReader) -> dict[str, str]:
    """Read header lines up to the blank one; names in lower case."""
    fields: dict[str, str] = {}
    for _ in range(_MOST_LINES):
        line = (await reader.readline()).decode("latin-1").strip()
        if not line:
            return fields
        name, _colon, value = line.partition(":")
        fields[name.lower()] = value.strip()
    raise ValueError("Слишком много полей в ответе.")


def retry_after_of(fields: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds `Retry-After` asks to wait: a number or an HTTP-date; None otherwise."""
    value = fields.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def _status(line: bytes) -> int:
    words = line.decode("latin-1").split(" ", _STATUS_WORDS)
    if len(words) < _STATUS_WORDS or not words[0].startswith("HTTP/1."):
        raise ValueError("Ответ не похож на HTTP.")
    return int(words[1])
