"""The processes `up` supervises: started bound to its life, started again when they die."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.cli.data_dir import ROOT
from services.cli.output import say
from shared.embedded import EmbeddedServerError, Home, Running, launch, tail

LOOK_SECONDS = 0.2
STEADY_SECONDS = 30.0
LONGEST_PAUSE = 30.0
READY_SECONDS = 180.0
PROBE_SECONDS = 5.0
LONGEST_LOG = 16 << 20
STATUS_OK = b"200"


@dataclass(slots=True)
class Child:
    """One supervised process: how to start it, and how it has fared."""

    name: str
    start: Callable[[], Running]
    running: Running | None = None
    born: float = 0.0
    pause: float = field(default=0.0)

    def begin(self) -> None:
        """Start the process, after tidying up a dead one."""
        if self.running is not None:
            self.running.stop()
        self.running = self.start()
        self.born = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.running is not None and self.running.alive


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

    return Child(name, start)


def truncate_log(log: Path) -> None:
    """Set a log that has grown long aside, replacing the one set aside before."""
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".log.old"))


async def restart_on_exit(child: Child) -> None:
    """Start the process again whenever it dies, saying so; pauses grow while it keeps dying."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if child.alive or child.running is None:
            continue
        lived = time.monotonic() - child.born
        child.pause = 0.0 if lived > STEADY_SECONDS else min(child.pause * 2 + 0.5, LONGEST_PAUSE)
        say(f"  {child.name} {exit_reason(child.running)}; starting it again.")
        await asyncio.sleep(child.pause)
        try:
            child.begin()
        except EmbeddedServerError as error:
            say(f"  {child.name} does not start: {error}")


def exit_reason(running: Running) -> str:
    """Return in words how a process ended, and where its log is."""
    status = running.process.poll() or 0
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"{how} (log: {running.log})"


async def wait_until_ready(child: Child, port: int, path: str) -> None:
    """Return when the service answers 200; raise with its log's end when it dies or is too slow."""
    end = time.monotonic() + READY_SECONDS
    while not await answers_ok(port, path):
        if not child.alive or time.monotonic() > end:
            told = "" if child.running is None else tail(child.running.log)
            raise EmbeddedServerError(f"{child.name} did not become ready:\n{told}")
        await asyncio.sleep(0.05)


async def answers_ok(port: int, path: str) -> bool:
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


def stop_all(children: list[Child]) -> None:
    """Stop services side by side, then the servers they use; children stand in start order."""
    services = [child for child in children if child.name not in {"postgres", "valkey"}]
    servers = [child for child in children if child not in services]
    for group in (services, servers):
        for child in group:
            if child.running is not None:
                child.running.ask_to_stop()
        for child in group:
            if child.running is not None:
                child.running.stop()
