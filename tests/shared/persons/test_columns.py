"""Every column that could hold a text is in the registry, once, with a treatment that fits it."""

from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import JSON, LargeBinary, MetaData

from services.catalogue import NAMES
from shared.persons.columns import (
    PersonColumn,
    Treatment,
    read_columns,
    searched_columns,
    table_of,
)

ROOT = Path(__file__).parents[3]


def registry(service: str) -> tuple[MetaData, tuple[PersonColumn, ...]]:
    metadata: MetaData = import_module(f"services.{service}.tables").METADATA
    own = ROOT / "services" / service / "data" / "person_columns.csv"
    return metadata, read_columns(metadata, own)


@pytest.mark.parametrize("service", NAMES)
def test_every_column_is_registered_once(service: str) -> None:
    metadata, columns = registry(service)
    named = Counter(column.name for column in columns)
    assert not [name for name, count in named.items() if count > 1]
    registered, searched = set(named), searched_columns(metadata)
    assert sorted(searched - registered) == [], "add these columns to person_columns.csv"
    assert sorted(registered - searched) == [], "no such columns hold texts"


@pytest.mark.parametrize("service", NAMES)
def test_every_treatment_fits_its_column(service: str) -> None:
    metadata, columns = registry(service)
    for column in columns:
        stored = table_of(metadata, column.table).c[column.column]
        if column.treatment is Treatment.CLEAR:
            assert stored.nullable, column.name
        if column.treatment is Treatment.REMOVE:
            assert isinstance(stored.type, JSON), column.name
        if column.treatment is Treatment.REDACT_ROWS:
            assert isinstance(stored.type, LargeBinary), column.name
        if column.treatment in (Treatment.REDACT_APPEND_ONLY, Treatment.DISCARD):
            assert not isinstance(stored.type, JSON | LargeBinary), column.name
