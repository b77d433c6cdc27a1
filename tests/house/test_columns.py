"""Every stored column has a reader, or stands in `unread_columns.csv` with its reason."""

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Table

from services.catalogue import NAMES
from tests.house.sources import name_of, python_files, source_of

REASONS = Path(__file__).parent / "unread_columns.csv"
# What an import writes for its own generic statements: undo, changes, `as_of`.
OF_IMPORTS = frozenset({"known_from", "known_to", "import_id", "import_row"})
# Names that a statement only fills are not read by it.
FILLED = re.compile(
    r"INSERT INTO \w+(?: AS \w+)?\s*\([^)]*\)(?:\s*VALUES\s*\((?:[^()]|\([^()]*\))*\))?"
)


@cache
def reasons() -> Mapping[tuple[str, str], str]:
    with REASONS.open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["column"]): row["reason"] for row in csv.DictReader(file)}


@cache
def readers() -> Mapping[str, tuple[str, frozenset[str]]]:
    """Text and words of each file that may read, without the columns it only fills."""
    found = {}
    for path in python_files("services", "shared"):
        if not path.name.endswith("tables.py"):
            text = FILLED.sub(" ", source_of(path).text)
            found[name_of(path)] = (text, frozenset(re.findall(r"\w+", text)))
    return found


def tables_of(service: str) -> list[Table]:
    module = import_module(f"services.{service}.tables")
    import_module(f"services.{service}.app")
    return list(module.METADATA.tables.values())


def unread(service: str) -> Iterator[tuple[str, str]]:
    for table in tables_of(service):
        model = "".join(word.title() for word in table.name.split("_"))
        named = re.compile(rf"\b{table.name}\b|\b{model}\b")
        words: set[str] = set()
        for name, (text, found) in readers().items():
            if name.startswith(("shared/", f"services/{service}/")) and named.search(text):
                words |= found
        for column in table.columns:
            if column.name not in words | OF_IMPORTS:
                yield table.name, column.name


@pytest.mark.parametrize("service", NAMES)
def test_every_column_has_a_reader(service: str) -> None:
    assert [where for where in unread(service) if where not in reasons()] == []


def test_every_reason_is_given() -> None:
    assert all(reasons().values())
