"""A sheet as CSV and as XLSX; cells that begin like formulas are neutralised in both."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from services.gateway.representations.sheet import Cell, Sheet, as_number, neutral

_BOM = "\ufeff"
_SOME_DAY = datetime(1980, 1, 1, tzinfo=UTC)
_WIDEST = 60
_NARROWEST = 8
# What a cell of a workbook can hold.
_LONGEST_CELL = 32_767


def to_csv(sheet: Sheet, *, excel: bool = False) -> bytes:
    """UTF-8, commas, CRLF (RFC 4180), Russian headings; `excel` adds a byte order mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(title) for title in sheet.titles])
    writer.writerows([_csv_cell(cell) for cell in row] for row in sheet.rows)
    return ((_BOM if excel else "") + out.getvalue()).encode()


def _csv_cell(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    return neutral(cell)


def to_xlsx(sheet: Sheet, created: datetime | None) -> bytes:
    """Return a workbook of one sheet: bold frozen headings, the rows, a footer two rows below.

    `created` stands in the file's properties, a fixed day where it is not known, so that the same
    content gives the same bytes.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {"title": sheet.title, "created": (created or _SOME_DAY).replace(tzinfo=None)}
    )
    page = book.add_worksheet(sheet.title[:31])
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    page.freeze_panes(1, 0)
    for number, title in enumerate(sheet.titles):
        page.set_column(number, number, _width(sheet, number))
        page.write_string(0, number, title, bold)
    for line, row in enumerate(sheet.rows, start=1):
        for number, cell in enumerate(row):
            _write(page, line, number, cell, number_wanted=sheet.numbers[number])
    for line, (label, text) in enumerate(sheet.footer, start=len(sheet.rows) + 2):
        page.write_string(line, 0, label, bold)
        page.write_string(line, 1, text)
    book.close()
    return out.getvalue()


def _write(page: Any, line: int, number: int, cell: Cell, *, number_wanted: bool) -> None:
    if cell is None or cell == "":
        return
    value = as_number(cell) if number_wanted or not isinstance(cell, str) else None
    if isinstance(cell, bool):
        page.write_string(line, number, "да" if cell else "нет")
    elif value is not None:
        page.write_number(line, number, value)
    else:
        page.write_string(line, number, str(neutral(cell))[:_LONGEST_CELL])


def _width(sheet: Sheet, number: int) -> int:
    longest = max((len(str(row[number] or "")) for row in sheet.rows), default=0)
    return min(_WIDEST, max(_NARROWEST, longest + 2))
