"""What the README promises is what the Makefile and CI do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli.roles import SCHEMAS
from tests.house.sources import ROOT

README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))


def test_every_make_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(re.findall(r"`[^`]+`", README))))
    fenced = set(re.findall(r"^make ([a-z]+)$", README, re.MULTILINE))
    assert {"run", "test"} == fenced
    assert named <= targets()


def test_ci_runs_the_checks_and_the_readme_s_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert re.findall(r"^(?:exec )?(make .*)$", script, re.MULTILINE) == ["make check", "make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_make_alone_prints_its_targets() -> None:
    printed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[0] for line in printed.splitlines()} == targets()


@pytest.mark.parametrize("python", ["false", "no-such-python"])
def test_an_unfit_python_is_named_before_anything_is_installed(tmp_path: Path, python: str) -> None:
    done = subprocess.run(
        ["make", "run", f"PYTHON={python}", f"VENV={tmp_path}/venv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode
    assert f"{python} is older than Python 3.11, or missing" in done.stdout
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("word", ["up", "migrate", "web", "worker", "all", "gateway", *SCHEMAS])
def test_help_explains(word: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "services", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.search(rf"^  +{word}\s", told, re.MULTILINE)
