"""What the entrance names is there: commands, tests and files."""

import re

from tests.house.sources import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_command_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))
    named = {
        word for line in re.findall(r"`[A-Z=0-9 ]*make ([a-z ]+)", PAGE) for word in line.split()
    }
    assert named
    assert named <= targets


def test_every_file_is_there() -> None:
    paths = re.findall(r"`((?:tests|services|migrations|docs|deploy)/[\w/.-]+)(?:::(\w+))?", PAGE)
    assert len(paths) > 5
    for path, test in paths:
        assert (ROOT / path).exists(), path
        assert not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")


def test_the_page_is_one_page() -> None:
    assert len(PAGE.splitlines()) <= 90
