"""The registry of person-bearing columns: what each column holds and how it is erased.

Every text, JSON, array and binary column of every table is in one CSV file: the tables that
all services have in `shared/persons/data`, the own ones in `services/<name>/data`.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import ARRAY, JSON, LargeBinary, MetaData, String, Table
from sqlalchemy.types import TypeDecorator, TypeEngine

SHARED_COLUMNS = Path(__file__).parent / "data" / "person_columns.csv"


class Treatment(StrEnum):
    """What erasure does with a column that may hold a reference.

    `delete` removes the row, `clear` sets null, `replace` puts the mark in its place, `remove`
    takes it out of a JSON list: all four where the value is the reference. `redact` puts the mark
    for it inside a longer text, JSON or body; `redact_append_only` does so through a function, in
    tables that the service's role may not change; `discard` removes the row whose text contains it.
    `pseudonym` columns hold pseudonyms only, `none` nothing of a person.
    """

    DELETE = "delete"
    CLEAR = "clear"
    REPLACE = "replace"
    REMOVE = "remove"
    REDACT = "redact"
    REDACT_APPEND_ONLY = "redact_append_only"
    REDACT_ROWS = "redact_rows"
    DISCARD = "discard"
    PSEUDONYM = "pseudonym"
    TRANSIENT = "transient"
    NONE = "none"


EXACT = frozenset({Treatment.DELETE, Treatment.CLEAR, Treatment.REPLACE, Treatment.REMOVE})
SEARCHED = frozenset(
    {Treatment.REDACT, Treatment.REDACT_APPEND_ONLY, Treatment.REDACT_ROWS, Treatment.DISCARD}
)


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """One column of the registry."""

    table: str
    column: str
    treatment: Treatment

    @property
    def name(self) -> str:
        """Return `table.column`."""
        return f"{self.table}.{self.column}"


def read_columns(metadata: MetaData, own: Path) -> tuple[PersonColumn, ...]:
    """Return the registered columns of a service's schema, in the order of the files.

    Rows about shared tables that this schema does not have are left out.
    """
    tables = {table.name for table in metadata.tables.values()}
    return tuple(
        column for path in (own, SHARED_COLUMNS) for column in _read(path) if column.table in tables
    )


def _read(path: Path) -> Iterator[PersonColumn]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column in row["columns"].split():
                yield PersonColumn(row["table"], column, Treatment(row["treatment"]))


def searched_columns(metadata: MetaData) -> set[str]:
    """Return `table.column` of every column that could hold a text."""
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if _holds_text(column.type)
    }


def plain_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type of the database under a decorated one."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _holds_text(decorated: TypeEngine[Any]) -> bool:
    kind = plain_type(decorated)
    if isinstance(kind, ARRAY):
        return isinstance(kind.item_type, String)
    return isinstance(kind, String | LargeBinary | JSON)


def table_of(metadata: MetaData, name: str) -> Table:
    """Return a table of a service's schema by its bare name."""
    return metadata.tables[f"{metadata.schema}.{name}"]
