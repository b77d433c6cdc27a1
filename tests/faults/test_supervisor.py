"""Processes that die, hang or do not start are replaced, each without delaying the others."""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from services.cli.probes import valkey_answers
from services.cli.supervisor import READY_SECONDS, Child, supervise
from shared.embedded import Home, Running, home_in, launch, launch_valkey, start_valkey

PATIENCE = 2.0
REPLACED_SECONDS = 30


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kachestvo-supervisor-", dir="/tmp") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def server(folder: Path) -> Iterator[Child]:
    """A running Valkey that may be silent for two seconds."""
    home = home_in(folder, "valkey")
    started = start_valkey(home)
    child = Child(
        "valkey",
        lambda: launch_valkey(home).running,
        started.running,
        partial(valkey_answers, started.socket),
        born=time.monotonic(),
        patience=PATIENCE,
    )
    yield child
    if child.running is not None:
        child.running.stop()


@asynccontextmanager
async def supervised(*children: Child) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(supervise(child)) for child in children]
    try:
        yield
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(REPLACED_SECONDS):
        while not await holds():
            await asyncio.sleep(0.05)


async def replaced(child: Child, pid: int) -> bool:
    now = child.running
    answers = child.probe is not None and await child.probe()
    return now is not None and now.process.pid != pid and answers


def pid_of(child: Child) -> int:
    assert child.running is not None
    return child.running.process.pid


@pytest.mark.parametrize("number", [signal.SIGSTOP, signal.SIGKILL, signal.SIGTERM])
async def test_a_server_that_hangs_or_dies_is_replaced(server: Child, number: int) -> None:
    pid = pid_of(server)
    async with supervised(server):
        await until(lambda: asyncio.sleep(0, server.answered is not None))
        os.kill(pid, number)
        await until(lambda: replaced(server, pid))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def sleeper(folder: Path) -> Running:
    home = Home(folder, folder, -1, -1)
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    return launch(home, "sleeper", command, signal.SIGTERM)


async def never() -> bool:
    return False


async def test_one_that_never_answers_delays_nobody(server: Child, folder: Path) -> None:
    silent = Child("silent", partial(sleeper, folder), probe=never)
    silent.begin()
    pid = pid_of(server)
    try:
        async with supervised(silent, server):
            os.kill(pid, signal.SIGKILL)
            await until(lambda: replaced(server, pid))
            assert silent.alive
    finally:
        assert silent.running is not None
        silent.running.stop()


async def test_a_start_that_fails_is_tried_again(server: Child) -> None:
    """A full disk refuses even the log of a process that is to be started."""
    begin, failures = server.start, [OSError(28, "No space left on device")] * 2

    def start() -> Running:
        if failures:
            raise failures.pop()
        return begin()

    server.start = start
    pid = pid_of(server)
    async with supervised(server):
        os.kill(pid, signal.SIGKILL)
        await until(lambda: replaced(server, pid))
    assert not failures


def test_pauses_grow_for_those_that_die_before_they_answer() -> None:
    child = Child("x", lambda: pytest.fail("not started"))
    pauses = []
    for _ in range(8):
        child.pause = child.next_pause(now=1.0)
        pauses.append(child.pause)
    assert pauses == [0.5, 1.5, 3.5, 7.5, 15.5, 30.0, 30.0, 30.0]


def test_one_that_has_worked_is_back_within_two_seconds_however_often_it_is_killed() -> None:
    child = Child("x", lambda: pytest.fail("not started"), answered=0.5)
    for _ in range(8):
        child.pause = child.next_pause(now=1.0)
    assert child.pause == 2.0


def test_a_starting_process_is_given_more_time_than_a_silent_one() -> None:
    child = Child("x", lambda: pytest.fail("not started"), patience=PATIENCE)
    assert not child.hangs(READY_SECONDS - 1)
    assert child.hangs(READY_SECONDS + 1)
    child.answered = 10.0
    assert not child.hangs(10.0 + PATIENCE)
    assert child.hangs(10.1 + PATIENCE)
