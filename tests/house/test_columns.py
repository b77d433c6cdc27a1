"""What is stored is read: a column that no code names outside its declaration fails."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from sqlalchemy import MetaData

from services import catalogue
from tests.house.sources import ROOT, name_of, python_files

EXEMPT = ROOT / "tests" / "house" / "unread_columns.csv"
DECLARES = re.compile(r"/parsers/|tables\.py$")


@cache
def words_of(service: str) -> frozenset[str]:
    """Return every word of the code that may read the columns of a service."""
    readers = [
        path
        for path in python_files(f"services/{service}", "shared")
        if not DECLARES.search(name_of(path))
    ]
    return frozenset(word for path in readers for word in re.findall(r"\w+", path.read_text()))


def columns() -> Mapping[tuple[str, str, str], bool]:
    """Return whether each column of every service is named by a reader."""
    found = {}
    for service in catalogue.NAMES:
        metadata: MetaData = import_module(f"services.{service}.tables").METADATA
        for table in metadata.tables.values():
            for column in table.columns:
                found[service, table.name, column.name] = column.name in words_of(service)
    return found


def test_every_column_has_a_reader_or_a_reason() -> None:
    with EXEMPT.open(encoding="utf-8") as file:
        exempt = {(r["schema"], r["table"], r["column"]): r["reason"] for r in csv.DictReader(file)}
    unread = {name for name, read in columns().items() if not read}
    assert unread == set(exempt)
    assert all(exempt.values())
