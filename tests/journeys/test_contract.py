"""What `/openapi.json` promises is what answers, whatever is sent; `make fuzz` asks for longer.

Without a token every operation is tried; with one, only reads in the shared system, which the
other journeys still need, and everything when `FUZZ_SECONDS` says that nothing comes after.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.live import LiveSystem

SECONDS = os.environ.get("FUZZ_SECONDS")
# Every check but one: a schema cannot say that a tag is the current one, a cursor this query's, or
# a DNS name nobody's own, so a request that fits it may be refused all the same.
CHECKS = ("--checks", "all", "--exclude-checks", "positive_data_acceptance")
PHASES = "examples,coverage,fuzzing" if SECONDS else "examples,fuzzing"
# Streams that never end, and the acts that would take the run's own token away.
NEVER = "^/v1/events$|/revoke-tokens$|/rotate-secret$|/keys/rotate$|/erase$"


def command(url: str, *options: str) -> list[str]:
    """Return the run over all operations of a system, bounded in time and always the same."""
    bounds = ["--max-time", SECONDS or "20", "--max-examples", "100" if SECONDS else "2"]
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{url}/openapi.json",
        *(*CHECKS, "--phases", PHASES, "--seed", "1"),
        *("--exclude-path-regex", NEVER, "--continue-on-failure", "--no-shrink"),
        *("--suppress-health-check", "all", "--warnings", "off", "--no-color"),
        *bounds,
        *options,
    ]


@pytest.mark.parametrize("with_token", [True, False], ids=["client", "nobody"])
async def test_the_system_answers_as_documented(
    live: LiveSystem, tmp_path: Path, *, with_token: bool
) -> None:
    options = ["--header", f"Authorization: Bearer {live.token}"] if with_token else []
    if with_token and not SECONDS:
        options += ["--include-method", "GET"]
    done = await asyncio.to_thread(
        subprocess.run,
        command(live.url, *options),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "Tested:" in done.stdout
