"""Which documents are tables, how they are called, and the Russian headings of their columns."""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"

JSON = "application/json"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON_STAT = "application/vnd.json-stat+json"
PARQUET = "application/vnd.apache.parquet"
SDMX_CSV = "application/vnd.sdmx.data+csv"
SDMX_STRUCTURE = "application/vnd.sdmx.structure+json"
TABLE_OFFERS = (JSON, CSV, XLSX, PARQUET)
STATISTICAL_OFFERS = (*TABLE_OFFERS, JSON_STAT, SDMX_CSV, SDMX_STRUCTURE)


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table: its heading, and the columns that are dimensions of a statistical one.

    `whole` are the fields whose objects differ from row to row: each stays in one cell.
    `methodology` and `source` are given for a table that does not name them itself. The JSON of a
    `paged` kind is one page of a list.
    """

    code: str
    pattern: re.Pattern[str]
    title: str
    dimensions: tuple[str, ...]
    whole: frozenset[str] = frozenset()
    methodology: str | None = None
    paged: bool = False
    source: str | None = None

    @property
    def is_wide(self) -> bool:
        """Tell whether the indicators are across the columns of the table."""
        return "node" in self.dimensions

    @property
    def offers(self) -> tuple[str, ...]:
        """Media types a table of this kind is answered in, JSON first."""
        return STATISTICAL_OFFERS if self.dimensions else TABLE_OFFERS


@dataclass(frozen=True, slots=True)
class Heading:
    """Russian title of a column; `number`: its decimal strings are numbers in a spreadsheet."""

    title: str
    number: bool


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def table_kinds() -> tuple[TableKind, ...]:
    """All kinds of tables, in the order they are tried."""
    return tuple(
        TableKind(
            row["kind"],
            re.compile(row["pattern"]),
            row["title"],
            tuple(row["dimensions"].split()),
            frozenset(row["whole"].split()),
            row["methodology"] or None,
            row["paged"] == "yes",
            row["source"] or None,
        )
        for row in _rows("tables.csv")
    )


def word_rows() -> list[dict[str, str]]:
    """Rows of the titles of codes: column, code, title."""
    return _rows("words.csv")


@cache
def headings() -> dict[str, Heading]:
    """Headings by the dotted name of the column."""
    return {
        row["column"]: Heading(row["title"], row["number"] == "yes") for row in _rows("titles.csv")
    }


def kind_of(path: str) -> TableKind | None:
    """Return the kind of table a path answers, None for anything that is not one."""
    return next((kind for kind in table_kinds() if kind.pattern.fullmatch(path)), None)


def is_paged(path: str) -> bool:
    """Tell whether the JSON of a path is one page of a list."""
    kind = kind_of(path)
    return kind is not None and kind.paged


def offers_of(path: str, media: str) -> tuple[str, ...] | None:
    """Return the media types a JSON table can be rendered in, None for other documents."""
    kind = kind_of(path) if media == JSON else None
    return kind.offers if kind else None
