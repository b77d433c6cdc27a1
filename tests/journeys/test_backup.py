"""A backup of a running system, restored into an empty folder, gives the same system."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.house.sources import ROOT
from tests.journeys.test_up import Up, wait_for_nobody


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="kachestvo-backup-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def command(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services", *arguments],
        cwd=ROOT,
        env={"DATA_DIR": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def etags(gateway: httpx.Client) -> dict[str, str]:
    items = gateway.get("/v1/documents?limit=1000").json()["items"]
    assert len(items) > 20
    return {item["path"]: gateway.get(item["path"]).headers["etag"] for item in items}


def changes(gateway: httpx.Client) -> list[tuple[str, str, int]]:
    items = gateway.get("/v1/changes?limit=1000").json()["items"]
    return [(item["type"], item["subject"], item["revision"]) for item in items]


def audit(gateway: httpx.Client, up: Up) -> dict[str, object]:
    client = json.loads((up.folder / "demo-client.json").read_text())
    answer = gateway.post(
        "/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["client_id"], client["client_secret"]),
    )
    headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    verdict: dict[str, object] = gateway.get("/v1/admin/audit/verification", headers=headers).json()
    return verdict


def state(up: Up) -> tuple[object, ...]:
    """Return all that a client could compare: documents, the feed, whether the audit is whole."""
    with httpx.Client(base_url=f"http://127.0.0.1:{up.ports['gateway']}", timeout=60) as gateway:
        verdict = audit(gateway, up)
        assert verdict["broken_at"] is None
        return etags(gateway), changes(gateway)


def test_a_restored_system_answers_as_the_one_that_was_backed_up(folder: Path) -> None:
    first, second, file = Up(folder / "first"), Up(folder / "second"), folder / "backup.tar"
    first.start(SEED="programme")
    first.read_until("^Ready at")
    before = state(first)
    made = command(first.folder, "backup", str(file))
    assert made.returncode == 0, made.stdout + made.stderr
    assert command(first.folder, "backup", str(file)).returncode == 1
    assert first.end(signal.SIGINT) == 0
    wait_for_nobody(first)

    restored = command(second.folder, "restore", str(file))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert command(second.folder, "restore", str(file)).returncode == 1
    second.start(SEED="programme")
    again = second.read_until("^Ready at")
    assert "0 files posted" in again
    assert state(second) == before
    assert second.end(signal.SIGINT) == 0
    wait_for_nobody(second)
