"""The embedded servers, started for real: they live and die with their starter."""

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shared.embedded import home_in, launch, start_postgres, start_valkey
from shared.embedded.process import LAUNCHER, command_line
from tests.house.sources import ROOT

STARTER = """
import sys, time
from pathlib import Path
from shared.embedded import home_in, start_postgres, start_valkey
folder = Path(sys.argv[1])
postgres = start_postgres(home_in(folder, "postgres"), durable=False)
valkey = start_valkey(home_in(folder, "valkey"))
print(postgres.running.process.pid, valkey.running.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose parents everybody may pass."""
    path = Path(tempfile.mkdtemp(prefix="kachestvo-servers-", dir="/tmp"))
    path.chmod(0o711)
    yield path
    for inside in path.rglob("*"):
        if inside.is_symlink():
            shutil.rmtree(inside.resolve(), ignore_errors=True)
    shutil.rmtree(path)


def ask(url: str, statement: str) -> Any:
    async def asked() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(asked())


def gone(pid: int, within: float = 10.0) -> bool:
    end = time.monotonic() + within
    while command_line(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not command_line(pid)


def test_rows_survive_a_restart(folder: Path) -> None:
    home = home_in(folder, "postgres")
    first = start_postgres(home)
    ask(first.url("postgres"), "CREATE TABLE kept AS SELECT 41 AS n")
    first.stop()
    second = start_postgres(home)
    assert ask(second.url("postgres"), "SELECT n FROM kept") == 41
    second.stop()
    assert gone(second.running.process.pid)


def test_a_killed_starter_takes_its_servers_along(folder: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert starter.stdout is not None
    pids = [int(word) for word in starter.stdout.readline().split()]
    starter.stdout.close()
    assert len(pids) == 2
    assert all(command_line(pid) for pid in pids)
    starter.kill()
    starter.wait()
    assert all(gone(pid) for pid in pids)
    again = start_postgres(home_in(folder, "postgres"), durable=False)
    assert ask(again.url("postgres"), "SELECT 1") == 1
    again.stop()


def test_a_server_left_behind_is_stopped_by_the_next_start(folder: Path) -> None:
    home = home_in(folder, "postgres")
    first = start_postgres(home, durable=False)
    second = start_postgres(home, durable=False)
    assert first.running.process.wait(10) == 0
    assert ask(second.url("postgres"), "SELECT 1") == 1
    second.stop()
    first.stop()


def test_a_stale_pid_of_an_unrelated_process_is_left_alone(folder: Path) -> None:
    home = home_in(folder, "postgres")
    start_postgres(home, durable=False).stop()
    bystander = subprocess.Popen(["sleep", "60"])
    (home.folder / "data" / "postmaster.pid").write_text(f"{bystander.pid}\n{home.folder}\n")
    server = start_postgres(home, durable=False)
    assert ask(server.url("postgres"), "SELECT 1") == 1
    assert bystander.poll() is None
    server.stop()
    bystander.kill()
    bystander.wait()


def test_a_deep_folder_still_gets_a_short_socket(folder: Path) -> None:
    home = home_in(folder / ("deep" * 30), "postgres")
    server = start_postgres(home, durable=False)
    assert ask(server.url("postgres"), "SELECT 1") == 1
    server.stop()
    shutil.rmtree(home.sockets)


def test_no_parent_s_mode_is_changed_and_closed_parents_are_gone_around(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = start_postgres(home_in(closed / "inside", "postgres"), durable=False)
    assert ask(server.url("postgres"), "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert (closed / "inside" / "postgres").is_symlink() == (os.geteuid() == 0)
    server.stop()


def test_valkey_answers_and_keeps_nothing(folder: Path) -> None:
    home = home_in(folder, "valkey")
    for _ in range(2):
        server = start_valkey(home)
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(server.socket))
            connection.sendall(b"DBSIZE\r\nSET a b\r\n")
            answered = b""
            while b"+OK" not in answered:
                answered += connection.recv(100)
        assert answered == b":0\r\n+OK\r\n"
        server.stop()
        assert gone(server.running.process.pid)


def test_the_launcher_s_watcher_signals_when_the_pipe_ends() -> None:
    """The way of systems without a parent-death signal, tried here directly."""
    script = (
        f"import importlib.util as u, os; s = u.spec_from_file_location('l', {str(LAUNCHER)!r});"
        "m = u.module_from_spec(s); s.loader.exec_module(m); m.watch(os.getpid(), 15);"
        "os.execv('/bin/sleep', ['sleep', '60'])"
    )
    watched = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE)
    time.sleep(0.5)
    assert watched.poll() is None
    assert watched.stdin is not None
    watched.stdin.close()
    assert watched.wait(10) == -signal.SIGTERM


def test_servers_run_as_an_ordinary_user(folder: Path) -> None:
    home = home_in(folder, "any")
    running = launch(home, "who", ["/usr/bin/id", "-u"], signal.SIGTERM)
    running.process.wait(10)
    running.stop()
    assert running.log.read_text().strip() != "0"
