"""What is asked of the reading child: a file of one format, against one layout."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.imports.columns import Context, Layout


class Format(StrEnum):
    """The formats a file may be sent in."""

    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"
    XLSX = "xlsx"


MEDIA_TYPES = {
    "text/csv": Format.CSV,
    "application/csv": Format.CSV,
    "application/json": Format.JSON,
    "application/x-ndjson": Format.NDJSON,
    "application/ndjson": Format.NDJSON,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Format.XLSX,
    # Other books: what they are is known by their bytes, with what to do about it.
    "application/vnd.ms-excel": Format.XLSX,
    "application/vnd.ms-excel.sheet.macroenabled.12": Format.XLSX,
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": Format.XLSX,
    "application/vnd.oasis.opendocument.spreadsheet": Format.XLSX,
}
MEDIA_TYPE_OF = {
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
    Format.NDJSON: "application/x-ndjson",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class ParseTask:
    """One file to read: its format, how to check it, what the checks compare with.

    `sheet` names one of a workbook. Rows must lie in `slice`. With `repeated` (row → the rows that
    share its key) or `foreign` rows the file is only read to return those rows as rejected, the
    latter for their `territory_column`.
    """

    format: Format
    charset: str | None
    layout: Layout
    context: Context
    sheet: str | None = None
    slice: Mapping[str, str] = field(default_factory=dict)
    repeated: Mapping[int, str] = field(default_factory=dict)
    foreign: frozenset[int] = frozenset()
    territory_column: str = ""
