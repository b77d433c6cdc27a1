"""A way to PostgreSQL that breaks for good at a counted message, as a process's death does."""

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path

from tests.journeys.proxy import SOCKET


class CutProxy:
    """Passes messages on; armed, it cuts every connection at the k-th and refuses new ones."""

    def __init__(self, server: Path) -> None:
        self.server = server / SOCKET
        self.folder = Path(tempfile.mkdtemp(prefix="kachestvo-cut-", dir="/tmp"))
        self.broken = False
        self._left: int | None = None
        self._deliver = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen."""
        self._listening = await asyncio.start_unix_server(self._pass, self.folder / SOCKET)

    async def close(self) -> None:
        """Stop listening and remove the folder."""
        if self._listening is not None:
            self._listening.close()
        self._cut()
        (self.folder / SOCKET).unlink(missing_ok=True)
        self.folder.rmdir()

    def arm(self, k: int, *, deliver: bool) -> None:
        """Cut at the k-th message from now; with `deliver` that one still reaches the server."""
        self.broken, self._left, self._deliver = False, k, deliver

    def heal(self) -> None:
        """Let connections through again."""
        self.broken, self._left = False, None

    def _cut(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.broken:
            writer.close()
            return
        with suppress(OSError):
            back, forth = await asyncio.open_unix_connection(self.server)
            self._writers |= {writer, forth}
            await asyncio.gather(self._forward(reader, forth), _copy(back, writer))

    async def _forward(self, reader: asyncio.StreamReader, forth: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(1 << 16):
                last = self._counted_out()
                if not last or self._deliver:
                    forth.write(piece)
                    await forth.drain()
                if last:
                    self._cut()
                    return
        forth.close()

    def _counted_out(self) -> bool:
        if self._left is None or self.broken:
            return self.broken
        self._left -= 1
        self.broken = self._left <= 0
        return self.broken


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(1 << 16):
            target.write(piece)
            await target.drain()
    target.close()
