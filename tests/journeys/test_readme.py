"""The commands of the README work as printed, in order, in one shell."""

import asyncio
import json
import re
import subprocess
from pathlib import Path

from tests.house.sources import ROOT
from tests.journeys.live import LiveSystem

SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
PRINTED = "127.0.0.1:8000"


def curls() -> list[str]:
    blocks = SHELL.findall((ROOT / "README.md").read_text())
    return [block for block in blocks if "curl" in block]


async def test_the_curls_of_the_readme_work(live: LiveSystem, tmp_path: Path) -> None:
    commands = curls()
    assert sum(block.count("curl ") for block in commands) >= 5
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "demo-client.json").write_text(json.dumps(live.demo))
    script = "\necho -----\n".join(commands).replace(PRINTED, live.url.removeprefix("http://"))
    done = await asyncio.to_thread(
        subprocess.run,
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = [answer.strip() for answer in done.stdout.split("-----\n")]
    passport, revalidated, findings, token, report = answers
    assert json.loads(passport)["territory"]["oktmo"] == "08000000"
    assert revalidated == "304"
    assert {item["severity"] for item in json.loads(findings)["items"]} == {"contradiction"}
    assert token == ""
    assert json.loads(report)["dry_run"] is True
    assert json.loads(report)["counts"]["received"] == 1
