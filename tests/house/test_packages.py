"""Which packages are imported: ours by their names, and the heavy ones only when they are used."""

import subprocess
import sys

import pytest

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


@pytest.mark.parametrize("service", SCHEMAS)
def test_a_service_starts_without_what_it_rarely_needs(service: str) -> None:
    script = f"import sys, services.{service}.app; print(*sys.modules)"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert not HEAVY & set(told.split())
