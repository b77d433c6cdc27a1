"""The parent's side of the reading child: one warm process, replaced when it dies or grows old."""

import asyncio
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from functools import cache
from pathlib import Path

import msgspec

from shared.imports.defects import FileRefused
from shared.imports.ipc import (
    BLOCK,
    CHUNK,
    DONE,
    END,
    HEADER,
    MAX_MESSAGE,
    REFUSED,
    TASK,
    Finished,
    ReadBlock,
    Refusal,
    message,
)
from shared.imports.parse_task import ParseTask

ROOT = Path(__file__).resolve().parents[2]
SILENCE_SECONDS = 120
TASKS_A_CHILD = 50
IDLE_SECONDS = 60
WARM_AFTER_SECONDS = 3.0
THREADS = "2"
DIED = "READER_DIED"
DEATH_SECONDS = 5
OWN_DEATHS = frozenset({-signal.SIGXCPU, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGXFSZ, 1})
"""Exit codes of a process that broke its limits or failed by itself."""
READ_AHEAD = 16 << 20
BLOCKS = msgspec.msgpack.Decoder(ReadBlock)
FINISHED = msgspec.msgpack.Decoder(Finished)
REFUSALS = msgspec.msgpack.Decoder(Refusal)


class SandboxDied(Exception):  # noqa: N818 -- it names the fact.
    """The sandbox process was ended from outside; the file may be read again."""


class SandboxClient:
    """Reads files in child processes; a free child is reused for the next file.

    It stays for a minute after a file, or while anybody who called `keep_warm` has not closed.
    """

    def __init__(self) -> None:
        self._free: list[tuple[Process, int]] = []
        self._keepers = 0
        self._cooling: asyncio.TimerHandle | None = None
        self._warming: asyncio.Task[None] | None = None

    async def keep_warm(self) -> None:
        """Start a child when the process has settled, and another whenever it is used up."""
        self._keepers += 1
        if self._keepers == 1:
            self._warming = asyncio.create_task(self._add_free(WARM_AFTER_SECONDS))

    async def _add_free(self, pause: float) -> None:
        await asyncio.sleep(pause)
        if not self._free:
            self._free.append((await _start(), 0))

    async def read(
        self, task: ParseTask, chunks: AsyncIterator[bytes]
    ) -> AsyncGenerator[ReadBlock | Finished]:
        """Yield the blocks of a file, then `Finished`; raise `FileRefused` when it is unreadable.

        `SandboxDied` tells that the child was ended from outside, which says nothing of the file;
        one that runs out of its limits is a refused file, `READER_DIED`.
        """
        child, served = await self._take()
        whole = False
        feeding = asyncio.create_task(_feed(child, task, chunks))
        feeding.add_done_callback(lambda fed: _end_if_failed(child, fed))
        try:
            async with aclosing(_messages(child)) as messages:
                async for found in messages:
                    whole = isinstance(found, Finished)
                    yield found
        except (FileRefused, SandboxDied) as refused:
            whole = isinstance(refused, FileRefused) and refused.code != DIED
            if feeding.done() and not feeding.cancelled():
                feeding.result()  # The file was not to blame if it could not be fetched.
            raise
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            self._give_back(child, served + 1, whole=whole)

    async def _take(self) -> tuple[Process, int]:
        while self._free:
            child, served = self._free.pop()
            if child.returncode is None:
                return child, served
        return await _start(), 0

    def _give_back(self, child: Process, served: int, *, whole: bool) -> None:
        if whole and served < TASKS_A_CHILD and not self._free and child.returncode is None:
            self._free.append((child, served))
        else:
            _end(child)
        if not self._keepers:
            self._cool_later()
        elif not self._free:
            self._warming = asyncio.create_task(self._add_free(0))

    def _cool_later(self) -> None:
        if self._cooling is not None:
            self._cooling.cancel()
        self._cooling = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._cool)

    def _cool(self) -> None:
        for child, _ in self._free:
            _end(child)
        self._free.clear()

    async def close(self) -> None:
        """End the warm child and wait until it is gone, unless others keep it warm."""
        self._keepers = max(0, self._keepers - 1)
        if self._keepers:
            return
        if self._cooling is not None:
            self._cooling.cancel()
        if self._warming is not None:
            self._warming.cancel()
            await asyncio.gather(self._warming, return_exceptions=True)
        ending = [child for child, _ in self._free]
        self._cool()
        for child in ending:
            await child.wait()


@cache
def process_sandbox() -> SandboxClient:
    """Return the reader that the HTTP side and the worker of one process share."""
    return SandboxClient()


async def _start() -> Process:
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "POLARS_MAX_THREADS": THREADS,
        "LANG": "C.UTF-8",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "shared.imports.sandbox_process",
        stdin=PIPE,
        stdout=PIPE,
        env=environment,
        cwd=ROOT,
        limit=READ_AHEAD,
    )


def _out_of_limits() -> FileRefused:
    detail = "Файл не удалось прочитать в отведённых пределах памяти и времени."
    return FileRefused(DIED, detail)


async def _death_of(child: Process) -> FileRefused | SandboxDied:
    """Tell by its end whether a child that fell silent died of its file."""
    try:
        code = await asyncio.wait_for(child.wait(), DEATH_SECONDS)
    except TimeoutError:
        _end(child)
        return SandboxDied()
    return _out_of_limits() if code in OWN_DEATHS else SandboxDied()


def _end_if_failed(child: Process, feeding: asyncio.Task[None]) -> None:
    if not feeding.cancelled() and feeding.exception() is not None:
        _end(child)


def _end(child: Process) -> None:
    with suppress(ProcessLookupError):
        child.kill()


async def _feed(child: Process, task: ParseTask, chunks: AsyncIterator[bytes]) -> None:
    """Send a task and its file; a child that died meanwhile is known by its silence."""
    pipe = child.stdin
    if pipe is None:
        raise RuntimeError("The child was started without a pipe.")
    if not await _sent(pipe, message(TASK, pickle.dumps(task))):
        return
    async for chunk in chunks:
        if not await _sent(pipe, message(CHUNK, chunk)):
            return
    await _sent(pipe, message(END, b""))


async def _sent(pipe: asyncio.StreamWriter, content: bytes) -> bool:
    """Write to the child; False when it is gone."""
    try:
        pipe.write(content)
        await pipe.drain()
    except ConnectionError:
        return False
    return True


async def _messages(child: Process) -> AsyncGenerator[ReadBlock | Finished]:
    pipe = child.stdout
    if pipe is None:
        raise RuntimeError("The child was started without a pipe.")
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                kind, size = HEADER.unpack(await pipe.readexactly(HEADER.size))
                payload = await pipe.readexactly(min(size, MAX_MESSAGE))
            if kind == BLOCK:
                yield BLOCKS.decode(payload)
            elif kind == DONE:
                yield FINISHED.decode(payload)
                return
            elif kind == REFUSED:
                refusal = REFUSALS.decode(payload)
                break
        except asyncio.IncompleteReadError as error:
            raise await _death_of(child) from error
        except (TimeoutError, msgspec.DecodeError) as error:
            _end(child)
            raise _out_of_limits() from error
    raise FileRefused(refusal.code, refusal.detail, refusal.fields)
