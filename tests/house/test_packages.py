"""Which packages are imported: ours by their names, and the heavy ones only when they are used."""

import subprocess
import sys

import services
import shared
from services.cli.roles import SCHEMAS
from tests.house.sources import ROOT

HEAVY = {"ortools", "pandas", "alembic", "pytest", "openpyxl.workbook"}


def test_both_packages_are_this_repository() -> None:
    assert [services.__file__, shared.__file__] == [
        str(ROOT / "services" / "__init__.py"),
        str(ROOT / "shared" / "__init__.py"),
    ]


# What all services need is imported once; each service then starts in a fork of that process.
STARTS = """
import os, sys
import fastapi, sqlmodel, shared.web.app, shared.worker

for service in sys.argv[1:]:
    if os.fork() == 0:
        __import__(f"services.{service}.app")
        print(service, *sys.modules, flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(f"{service} does not start")
"""


def test_a_service_starts_without_what_it_rarely_needs() -> None:
    printed = subprocess.run(
        [sys.executable, "-c", STARTS, *SCHEMAS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    modules = {line.split()[0]: set(line.split()[1:]) for line in printed.splitlines()}
    assert set(modules) == set(SCHEMAS)
    assert not [service for service in SCHEMAS if HEAVY & modules[service]]
