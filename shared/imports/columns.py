"""What a file of one kind looks like and what its rows must keep: pure, sent to the reading child.

A layout crosses into the child process, so its functions stand at the top level of modules that
import no framework.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

ROW = "import_row"
"""The frame's column of row numbers: as a person counts the rows of the file (see `blocks`)."""

Context = Mapping[str, Any]
"""What checks compare with: registered codes and the like, plain values only (it is sent)."""


class Type(StrEnum):
    """What a cell holds; the frame always carries its canonical text, null where it is blank.

    `FIGURE` is a number as printed (`shared.figures`): decimal point, digits kept, a dash stays
    «-»; `DECIMAL` and `INTEGER` take a decimal comma and grouped digits; `DATE` takes
    `2023-03-01` and `01.03.2023`; `OBJECT` and `LIST` are JSON text with sorted keys; in a
    table's cell an object may be written `name=value;name=value`, a list with «|» between items.
    `CODE` is a text that JSON may also write as a whole number (`"year": 2023`), `LOCATOR` one that
    JSON may also write as the object `{line, cell, table}` of a claim: «98:3, table».
    """

    TEXT = "text"
    CODE = "code"
    FIGURE = "figure"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    OBJECT = "object"
    LIST = "list"
    LOCATOR = "locator"


FREE_TEXTS = frozenset({Type.TEXT, Type.CODE, Type.LOCATOR})
"""The types whose text stands as it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: `name` on the wire (a dot enters an object), Russian heading, bounds, example.

    `aliases` are other names it may come under, in JSON and as headings; the first that is not
    null counts.
    """

    name: str
    title: str
    type: Type = Type.TEXT
    required: bool = True
    example: str = ""
    explanation: str = ""
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    low: float | None = None
    high: float | None = None
    max_length: int = 1000

    @property
    def stored(self) -> str:
        """Name in frames and tables."""
        return self.name.replace(".", "_")


@dataclass(frozen=True, slots=True)
class Check:
    """A rule over whole columns: `bad` is true where a row breaks it, null counts as kept."""

    code: str
    column: str
    detail: str
    bad: pl.Expr


@dataclass(frozen=True, slots=True)
class RowDefect:
    """What a row rule found: the column by its wire name, a stable code, a Russian sentence."""

    column: str | None
    code: str
    detail: str


Checks = Callable[[Context], Sequence[Check]]
RowRule = Callable[[Mapping[str, str | None], Context], Iterable[RowDefect]]
Derive = Callable[[pl.DataFrame, Context], pl.DataFrame]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Columns, natural key (stored names) and rules of a kind, all pure.

    `checks` and then `row_rule` see frames of canonical text; `resolve` may add columns to them
    first (numbers of codes and the like, null where unknown), and `derive` turns the good rows into
    the columns of the table (and keeps `import_row`). A JSON object holds the rows in its member
    `rows_member` (or `rows`), and may have the members `extras` beside it. A member named in
    `shared_members` says once what every row that leaves its column out would say; a file of more
    than 16 MiB says it in each row. `affected_keys` names columns of the derived frame whose
    distinct values the hooks get, as texts.
    """

    columns: tuple[Column, ...]
    key: tuple[str, ...]
    resolve: Derive | None = None
    checks: Checks | None = None
    row_rule: RowRule | None = None
    derive: Derive | None = None
    rows_member: str = "rows"
    extras: tuple[str, ...] = ()
    shared_members: tuple[str, ...] = ()
    affected_keys: tuple[str, ...] = ()
