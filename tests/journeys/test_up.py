"""`python -m services up` as a person runs it: real ports, signals, kills."""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli.roles import SCHEMAS
from shared.embedded import home_in, start_postgres, start_valkey
from shared.embedded.process import command_line
from tests.house.sources import ROOT
from tests.journeys.examples import send_examples, told
from tests.journeys.live import free_port

# Eight on a quiet machine with two cores; the tests' own load is allowed for here.
SECOND_START_SECONDS = 30


class Up:
    """One `up` on free ports in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {schema: free_port() for schema in SCHEMAS}
        self.said = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str, **environment: str) -> None:
        ports = {f"{schema.upper()}_PORT": str(port) for schema, port in self.ports.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services", "up", *options],
            cwd=ROOT,
            env={**os.environ, **ports, "DATA_DIR": str(self.folder), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_until(self, words: str) -> str:
        """Return what it says up to a line with these words; fail when it ends before."""
        assert self.process is not None
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if re.search(words, line):
                return said
        raise AssertionError(said)

    def get(self, path: str) -> bytes:
        url = f"http://127.0.0.1:{self.ports['gateway']}{path}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            body: bytes = answer.read()
            return body

    def end(self, number: int) -> int:
        """Send a signal, keep what is said until the end, return the exit status."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end, keeping what is said until then; return the exit status."""
        assert self.process is not None
        assert self.process.stdout is not None
        self.said = self.process.stdout.read()
        self.process.stdout.close()
        status = self.process.wait(60)
        self.process = None
        return status

    def left_running(self) -> list[str]:
        """Return the command lines of processes that still serve this folder or its ports."""
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        marks = {str(self.folder), str(self.folder.resolve())}
        return [
            line
            for pid in pids
            if any(mark in (line := command_line(pid) + environment(pid)) for mark in marks)
        ]


def environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text()
    except OSError:
        return ""


def wait_for_nobody(up: Up) -> None:
    end = time.monotonic() + 30
    while up.left_running() and time.monotonic() < end:
        time.sleep(0.05)
    assert up.left_running() == []


@pytest.fixture
def up() -> Iterator[Up]:
    folder = Path(tempfile.mkdtemp(prefix="kachestvo-up-", dir="/tmp"))
    folder.chmod(0o711)
    started = Up(folder)
    yield started
    if started.process is not None:
        started.end(signal.SIGINT)
    shutil.rmtree(folder)


def test_the_programme_s_figures_come_out_of_the_gateway(up: Up) -> None:
    up.start()
    said = up.read_until("^Ready at")
    assert "Хабаровский край" in said
    assert re.search(r"rum 2022 total .*79\.375", said)
    assert re.search(r"findings: .*contradiction \d+", said)
    passport = json.loads(up.get("/v1/territories/08000000/passport"))
    total = passport["parts"]["ratings"]["data"]["rum"]["2022"]["total"]
    assert total["score"] == 79.375
    kept = up.folder / "demo-client.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert set(json.loads(kept.read_text())) == {"client_id", "client_secret", "token_url"}
    first = up.get("/v1/findings")
    the_example_arrives_beside_the_region(up)
    assert up.end(signal.SIGINT) == 0
    assert "Nothing is left running." in up.said
    wait_for_nobody(up)

    began = time.monotonic()
    up.start()
    again = up.read_until("^Ready at")
    assert time.monotonic() - began < SECOND_START_SECONDS
    assert re.search(r"0 files posted \(nothing to do\), [1-9]\d* loaded before", again)
    assert up.get("/v1/findings") == first

    gateway = f"http://127.0.0.1:{up.ports['gateway']}"
    sent = send_examples(gateway, json.loads(kept.read_text()))
    assert len(sent) > 150
    assert all(one.as_documented for one in sent), told(sent)


def test_after_kill_9_nothing_stands_in_the_way(up: Up) -> None:
    up.start("--no-data")
    up.read_until("^Ready at")
    up.end(signal.SIGKILL)
    up.start("--no-data")
    up.read_until("^Ready at")
    assert up.end(signal.SIGTERM) == 0
    wait_for_nobody(up)


def test_a_dead_service_is_started_again_and_said(up: Up) -> None:
    up.start("--no-data")
    up.read_until("^Ready at")
    marks = (" services olympiads ", str(up.folder))
    victims = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
        and marks[0] in command_line(int(entry.name))
        and marks[1] in environment(int(entry.name))
    ]
    assert len(victims) == 1
    os.kill(victims[0], signal.SIGKILL)
    up.read_until("olympiads was ended by signal 9 .* starting it again")
    up.get("/readyz")


def test_a_taken_port_is_named(up: Up) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        up.ports["training"] = taken.getsockname()[1]
        up.start("--no-data")
        said = up.read_until("TRAINING_PORT")
    assert str(up.ports["training"]) in said
    assert up.wait() == 1


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"TRAINING_PORT": "web"}, "TRAINING_PORT is no port: 'web'"),
        ({"TRAINING_PORT": "0"}, "TRAINING_PORT is no port: '0'"),
        ({"RATINGS_PORT": "8160", "GATEWAY_PORT": "8160"}, "gateway and ratings cannot share"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "PostgreSQL at DATABASE_URL does not"),
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, "PostgreSQL at DATABASE_URL does not"),
    ],
)
def test_what_the_system_cannot_use_is_named(
    up: Up, environment: dict[str, str], told: str
) -> None:
    up.start("--no-data", **environment)
    said = up.read_until(told)
    assert up.wait() == 1
    assert "Traceback" not in said + up.said
    assert "Nothing is left running." in up.said


def test_a_redis_that_does_not_answer_is_named(up: Up) -> None:
    up.start("--no-data", REDIS_URL=f"unix://{up.folder}/nobody.sock")
    up.read_until("The server at REDIS_URL does not answer")
    assert up.wait() == 1
    assert "Traceback" not in up.said
    wait_for_nobody(up)


def test_a_folder_that_is_none_is_named(up: Up) -> None:
    taken = up.folder / "file"
    taken.touch()
    up.start("--no-data", DATA_DIR=str(taken))
    up.read_until("The folder for the system's data cannot be used")
    assert up.wait() == 1


def test_existing_servers_are_used_instead(up: Up) -> None:
    with tempfile.TemporaryDirectory(prefix="kachestvo-theirs-", dir="/tmp") as theirs:
        postgres = start_postgres(home_in(Path(theirs), "postgres"), durable=False)
        valkey = start_valkey(home_in(Path(theirs), "valkey"))
        url, redis = postgres.url("postgres"), valkey.url()
        up.start("--no-data", DATABASE_URL=url, REDIS_URL=redis)
        said = up.read_until("^Ready at")
        assert "PostgreSQL answers" not in said
        assert "the server at DATABASE_URL answers" in said
        assert not (up.folder / "postgres").exists()
        assert not (up.folder / "valkey").exists()
        assert up.end(signal.SIGINT) == 0
        assert postgres.running.alive
        assert valkey.running.alive
        postgres.stop()
        valkey.stop()
        for link in Path(theirs).iterdir():
            shutil.rmtree(link.resolve(), ignore_errors=True)


def test_what_the_environment_lacks_is_named() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    for command, missing in ((("ratings",), "REDIS_URL"), (("migrate",), "DATABASE_URL")):
        done = subprocess.run(
            [sys.executable, "-m", "services", *command],
            cwd=ROOT,
            env=bare,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert missing in done.stdout
        assert not done.stderr


def test_a_second_system_in_the_same_folder_is_refused(up: Up) -> None:
    up.start("--no-data")
    up.read_until("^Ready at")
    second = Up(up.folder)
    second.start("--no-data")
    assert up.process is not None
    assert f"process {up.process.pid}" in second.read_until("in use by a running system")
    assert second.wait() == 1


def the_example_arrives_beside_the_region(up: Up) -> None:
    """It comes while the page is up, says that it is made up, and changes no real document."""
    lists = ("/v1/territories", "/v1/findings", "/v1/ratings/programmes", "/v1/training/staffing")
    home = "/v1/territories/08000000/passport"
    before = {path: up.get(path) for path in (*lists, home, "/v1/ratings/rum/2022")}
    assert "the example region: ratings" in up.read_until("example region: training|is incomplete")
    assert {path: up.get(path) for path in before} == before
    with_example = json.loads(up.get("/v1/territories?synthetic=true&limit=1000"))["items"]
    assert len(with_example) == len(json.loads(before["/v1/territories"])["items"]) + 39
    table = json.loads(up.get("/v1/ratings/example-regions/2025"))
    assert table["synthetic"] is True
    assert table["citation"].startswith("Учебные данные")
    assert all(row["nodes"]["total"]["place"] for row in table["rows"])


SECOND_PACK = ROOT / "tests" / "data" / "second_region"
FIRST_REGION = ("Хабаровск", "хабаровск", "08000000", "Vladivostok", "по краю")
OF_THE_SECOND = (
    "/",
    "/data",
    "/v1/region",
    "/v1/territories/02000000/passport",
    "/v1/territories/02601000/passport",
    "/v1/findings",
    "/v1/ratings/rum/2022",
    "/v1/ratings/rum/2022/02000000",
    "/v1/training/2024/cyclogram",
    "/v1/training/2024/coverage",
    "/v1/training/2024/cyclogram.ics",
    "/v1/training/2024/cyclogram.svg",
    "/v1/training/measures",
    "/v1/training/staffing",
)


def test_another_region_s_pack_leaves_no_word_of_the_first(up: Up) -> None:
    up.start(REGION_PACK=str(SECOND_PACK), SEED="programme")
    assert "Заречная область" in up.read_until("^Ready at")
    answers = {path: up.get(path).decode() for path in OF_THE_SECOND}
    for path, answer in answers.items():
        assert not [word for word in FIRST_REGION if word in answer], path
    assert json.loads(answers["/v1/region"])["time_zone"] == "Europe/Samara"
    assert "X-WR-TIMEZONE:Europe/Samara" in answers["/v1/training/2024/cyclogram.ics"]
    passport = json.loads(answers["/v1/territories/02000000/passport"])
    assert passport["parts"]["ratings"]["data"]["rum"]["2022"]["total"]["score"] == 73.625
    assert list(passport["parts"]["training"]["data"]) == ["2024"]
