"""The processes `up` supervises: bound to its life, replaced when they die or hang.

A process that has answered and then is silent for `HANG_SECONDS` is killed; one that never answers
gets `READY_SECONDS`. Launching does not wait, so a slow server delays no other process.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.cli.data_dir import ROOT
from services.cli.output import say
from services.cli.probes import http_answers
from shared.embedded import EmbeddedServerError, Home, Running, launch, tail

LOOK_SECONDS = 0.2
STEADY_SECONDS = 30.0
LONGEST_PAUSE = 30.0
LONGEST_PAUSE_OF_WORKING = 2.0
READY_SECONDS = 180.0
PROBE_EVERY = 2.0
HANG_SECONDS = 15.0
LONGEST_LOG = 16 << 20

Probe = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Child:
    """One supervised process: how to start it, how to ask whether it answers, how it went.

    `patience` is how many seconds it may be silent once it has answered.
    """

    name: str
    start: Callable[[], Running]
    running: Running | None = None
    probe: Probe | None = None
    born: float = 0.0
    answered: float | None = None
    pause: float = 0.0
    patience: float = HANG_SECONDS

    def begin(self) -> None:
        """Launch the process, after tidying up a dead one; returns before it is ready."""
        self.born, self.answered = time.monotonic(), None
        if self.running is not None:
            self.running.stop()
        self.running = self.start()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.running is not None and self.running.alive

    def hangs(self, now: float) -> bool:
        """Whether it has been silent for longer than a working or a starting process may."""
        if self.answered is None:
            return now - self.born > READY_SECONDS
        return now - self.answered > self.patience

    def next_pause(self, now: float) -> float:
        """Return the pause before the next start: long only for one that dies before it answers."""
        if now - self.born > STEADY_SECONDS:
            return 0.0
        longest = LONGEST_PAUSE if self.answered is None else LONGEST_PAUSE_OF_WORKING
        return min(self.pause * 2 + 0.5, longest)


def service_child(
    service: str, port: int, environment: Mapping[str, str], logs: Path, role: str = "all"
) -> Child:
    """Return a process of a service on a port of this machine; `all` is web and worker in one."""
    truncate_log(logs / f"{service}.log")
    settings = {**os.environ, **environment, "HOST": "127.0.0.1", "PORT": str(port)}
    home = Home(logs, logs, -1, -1)
    name = service if role == "all" else f"{service}-{role}"

    def start() -> Running:
        return launch(
            home,
            name,
            [sys.executable, "-m", "services", service, "--role", role],
            signal.SIGTERM,
            death_signal=signal.SIGKILL,
            environment=settings,
            folder=ROOT,
        )

    return Child(name, start, probe=partial(http_answers, port, "/healthz"))


def truncate_log(log: Path) -> None:
    """Set a log that has grown long aside, replacing the one set aside before."""
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".log.old"))


async def supervise(child: Child) -> None:
    """Replace the process whenever it dies or hangs, saying so."""
    await asyncio.gather(_restart_on_exit(child), _kill_when_hanging(child))


async def _restart_on_exit(child: Child) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if child.alive or child.running is None:
            continue
        child.pause = child.next_pause(time.monotonic())
        say(f"  {child.name} {exit_reason(child.running)}; starting it again.")
        await asyncio.sleep(child.pause)
        try:
            child.begin()
        except (EmbeddedServerError, OSError) as error:
            say(f"  {child.name} does not start: {error}")


async def _kill_when_hanging(child: Child) -> None:
    while child.probe is not None:
        await asyncio.sleep(LOOK_SECONDS if child.answered is None else PROBE_EVERY)
        asked = child.running
        if asked is None or not asked.alive:
            continue
        answers = await child.probe()
        if child.running is not asked:
            continue
        if answers:
            child.answered = time.monotonic()
        elif child.hangs(time.monotonic()):
            say(f"  {child.name} does not answer; killing it (log: {asked.log}).")
            asked.kill()


def exit_reason(running: Running) -> str:
    """Return in words how a process ended, and where its log is."""
    status = running.process.poll() or 0
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"{how} (log: {running.log})"


async def wait_until_ready(child: Child, port: int, path: str) -> None:
    """Return when the service answers 200; raise with its log's end when it dies or is too slow."""
    end = time.monotonic() + READY_SECONDS
    while not await http_answers(port, path):
        if not child.alive or time.monotonic() > end:
            told = "" if child.running is None else tail(child.running.log)
            raise EmbeddedServerError(f"{child.name} did not become ready:\n{told}")
        await asyncio.sleep(0.05)


async def wait_for_server(server: Child, ready: Callable[[], bool]) -> None:
    """Return when a launched server is ready, be its recovery long; raise when it dies."""
    while not ready():
        if not server.alive:
            log = "" if server.running is None else tail(server.running.log)
            raise EmbeddedServerError(f"{server.name} did not start:\n{log}")
        await asyncio.sleep(0.01)


def stop_all(children: list[Child]) -> None:
    """Stop services in parallel, then the servers they use; children are in start order."""
    services = [child for child in children if child.name not in {"postgres", "valkey"}]
    servers = [child for child in children if child not in services]
    for group in (services, servers):
        for child in group:
            if child.running is not None:
                child.running.ask_to_stop()
        for child in group:
            if child.running is not None:
                child.running.stop()
