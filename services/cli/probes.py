"""Whether a process of this machine answers: one cheap question, five seconds of patience."""

import asyncio
from pathlib import Path

PROBE_SECONDS = 5.0
STATUS_OK = b"200"
SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
POSTGRES_SOCKET = ".s.PGSQL.5432"


async def http_answers(port: int, path: str) -> bool:
    """Whether a GET on this machine is answered by 200."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n".encode())
                writer.write(b"Connection: close\r\n\r\n")
                return (await reader.readline()).split(b" ")[1:2] == [STATUS_OK]
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def postgres_answers(sockets: Path) -> bool:
    """Whether the server reacts at all, be it that it still recovers or is out of connections."""
    return bool(await _reply(sockets / POSTGRES_SOCKET, SSL_REQUEST))


async def valkey_answers(socket: Path) -> bool:
    """Whether the server says PONG."""
    return await _reply(socket, b"PING\r\n") == b"+"


async def _reply(socket: Path, question: bytes) -> bytes:
    """Return the first byte of the answer, nothing when there is none."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            reader, writer = await asyncio.open_unix_connection(socket)
            try:
                writer.write(question)
                return await reader.read(1)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""
