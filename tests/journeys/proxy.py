"""A door in front of PostgreSQL that can kill whoever goes through it, at a counted message."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"


class DeadlyProxy:
    """Passes bytes between clients and a server's socket; armed, it kills before passing one on.

    What is counted are the pieces clients send, which for asyncpg are whole messages: the k-th
    piece after arming never reaches the server, and its sender is gone.
    """

    def __init__(self, server: Path) -> None:
        self.server = server / SOCKET
        self.folder = Path(tempfile.mkdtemp(prefix="kachestvo-proxy-", dir="/tmp"))
        self._left = 0
        self._victim: Callable[[], int] | None = None
        self._deliver = False
        self.killed = asyncio.Event()
        self._listening: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen beside the server."""
        self._listening = await asyncio.start_unix_server(self._pass, self.folder / SOCKET)

    def arm(self, pieces: int, victim: Callable[[], int], *, deliver: bool = False) -> None:
        """Kill the process whose pid `victim()` is when that many pieces have been sent.

        With `deliver` the last piece reaches the server: it is done, and nobody is told.
        """
        self.killed.clear()
        self._left, self._victim, self._deliver = pieces, victim, deliver

    def disarm(self) -> None:
        """Kill nobody."""
        self._victim = None

    async def close(self) -> None:
        """Stop listening and remove the folder."""
        if self._listening is not None:
            self._listening.close()
        (self.folder / SOCKET).unlink(missing_ok=True)
        self.folder.rmdir()

    def _deadly(self) -> bool:
        """Count a piece; True when it is not to be passed on."""
        if self._victim is None:
            return False
        self._left -= 1
        if self._left > 0:
            return False
        os.kill(self._victim(), signal.SIGKILL)
        self._victim = None
        self.killed.set()
        return not self._deliver

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            back, forth = await asyncio.open_unix_connection(self.server)
            await asyncio.gather(
                _copy(reader, forth, self._deadly), _copy(back, writer, lambda: False)
            )


async def _copy(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, deadly: Callable[[], bool]
) -> None:
    with suppress(OSError):
        while piece := await source.read(1 << 16):
            if deadly():
                break
            target.write(piece)
            await target.drain()
    target.close()
