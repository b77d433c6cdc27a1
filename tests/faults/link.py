"""A TCP link with faults: it delays, breaks off in the middle of an answer, or swallows it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]


@dataclass(slots=True)
class FaultyLink:
    """Passes bytes to a server on a port of this machine.

    `delay` holds back each piece of an answer for so many seconds. `cut_after` closes a connection
    after so many bytes of answers. `silent` keeps connections open and passes nothing back.
    """

    connect: Connect
    port: int = 0
    delay: float = 0.0
    cut_after: int | None = None
    silent: bool = False
    connections: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        self.connections += 1
        with suppress(OSError):
            back, forth = await self.connect()
            self._open |= {writer, forth}
            await asyncio.gather(_copy(reader, forth), self._answers(back, writer))

    async def _answers(self, back: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with suppress(OSError):
            while piece := await back.read(1 << 16):
                if self.silent:
                    continue
                await asyncio.sleep(self.delay)
                rest = None if self.cut_after is None else max(0, self.cut_after - passed)
                writer.write(piece[:rest])
                await writer.drain()
                passed += len(piece)
                if self.cut_after is not None and passed >= self.cut_after:
                    break
        writer.close()

    def close(self) -> None:
        """Close every connection."""
        for writer in self._open:
            writer.close()


@asynccontextmanager
async def link_to(connect: Connect) -> AsyncIterator[FaultyLink]:
    """Open a link on a free port."""
    link = FaultyLink(connect)
    server = await asyncio.start_server(link.serve, "127.0.0.1", 0)
    link.port = server.sockets[0].getsockname()[1]
    try:
        yield link
    finally:
        server.close()
        link.close()


def tcp(port: int) -> Connect:
    """Connect to a port of this machine."""
    return lambda: asyncio.open_connection("127.0.0.1", port)


def unix(path: Path) -> Connect:
    """Connect to a socket file."""
    return lambda: asyncio.open_unix_connection(path)


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(1 << 16):
            target.write(piece)
            await target.drain()
    target.close()
