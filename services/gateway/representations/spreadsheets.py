"""A sheet as CSV and as XLSX; cells that begin like formulas are neutralised in both."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from services.gateway.representations.sheet import Cell, Sheet, as_number, is_decimal, neutral

_BOM = "\ufeff"
_SOME_DAY = datetime(1980, 1, 1, tzinfo=UTC)
_WIDEST = 60
_NARROWEST = 8
# What a cell of a workbook can hold.
_LONGEST_CELL = 32_767
_A4 = 9
_MOST_DIGITS = 4
# What Excel in Russian takes for a number, a date or a time when it opens text: leading zeros,
# «1.1», «28-39», «1/2», «9:30», «1E5», «март 2023».
_MONTH = (
    r"(янв(ар[ья])?|фев(рал[ья])?|марта?|мар|апр(ел[ья])?|ма[йя]|июн[ья]?|июл[ья]?|авг(уста?)?"
    r"|сен(тябр[ья])?|окт(ябр[ья])?|ноя(бр[ья])?|дек(абр[ья])?)\.?"
)
_ALTERED = re.compile(
    r"0[0-9]+|[0-9]{12,}|[0-9]+[./-][0-9]+([./-][0-9]+)?|[0-9]+:[0-9]{2}(:[0-9]{2})?"
    rf"|[0-9]+([.,][0-9]+)?e[+-]?[0-9]+|([0-9]{{1,2}}[ .-])?{_MONTH}([ .-][0-9]{{2,4}})?",
    re.IGNORECASE,
)


def to_csv(sheet: Sheet) -> bytes:
    """UTF-8, commas, decimal points, CRLF (RFC 4180), Russian headings."""
    return _written(sheet, ",", _csv_cell).encode()


def to_excel_csv(sheet: Sheet) -> bytes:
    """CSV as Excel in Russian opens it: byte order mark, semicolons, decimal commas.

    Codes and ranges that Excel would take for numbers or dates are written as `="08000000"`, and
    with them every other cell of digits in their column, so that a column has one type.
    A list that is not whole says so in its first line.
    """
    note = "" if sheet.note is None else f"{sheet.note}\r\n"
    codes = [_holds_codes(sheet, number) for number in range(len(sheet.columns))]
    return (_BOM + note + _written(sheet, ";", _excel_cell, codes)).encode()


def _holds_codes(sheet: Sheet, number: int) -> bool:
    """Tell whether a column of text has a code that Excel would change."""
    cells = (row[number] for row in sheet.rows)
    return not sheet.numbers[number] and any(
        isinstance(cell, str) and _ALTERED.fullmatch(cell) for cell in cells
    )


def _written(
    sheet: Sheet,
    delimiter: str,
    write: Callable[[Cell, bool, bool], Cell],
    codes: Sequence[bool] | None = None,
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([neutral(title) for title in sheet.titles])
    for row in sheet.rows:
        cells = zip(row, sheet.numbers, codes or [False] * len(row), strict=True)
        writer.writerow([write(*one) for one in cells])
    return out.getvalue()


def _csv_cell(cell: Cell, _is_number: bool, _is_code: bool) -> Cell:
    if isinstance(cell, bool):
        return "да" if cell else "нет"
    return as_number(cell) if isinstance(cell, float) else neutral(cell)


def _excel_cell(cell: Cell, is_number: bool, is_code: bool) -> Cell:
    if isinstance(cell, float) or (isinstance(cell, str) and is_number and is_decimal(cell)):
        return str(as_number(cell) if isinstance(cell, float) else cell).replace(".", ",")
    if isinstance(cell, str) and (_ALTERED.fullmatch(cell) or (is_code and cell.isdigit())):
        return f'="{cell}"'
    return _csv_cell(cell, is_number, is_code)


def to_xlsx(sheet: Sheet, created: datetime | None) -> bytes:
    """Return a workbook of one sheet: frozen headings with a filter, the rows, a footer.

    A list that is not whole says so in its first line. Printed in landscape on the width of a
    page. `created` is in the file's properties, a fixed day where it is not known, so that the
    same content gives the same bytes.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {"title": sheet.title, "created": (created or _SOME_DAY).replace(tzinfo=None)}
    )
    page = book.add_worksheet(sheet.title[:31])
    head = 0 if sheet.note is None else 1
    if sheet.note is not None:
        page.write_string(0, 0, sheet.note)
    _lay_page(page, sheet, head)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    formats = [
        book.add_format({"num_format": _number_format(sheet, number)})
        for number in range(len(sheet.columns))
    ]
    for number, title in enumerate(sheet.titles):
        page.set_column(number, number, _width(sheet, number))
        page.write_string(head, number, title, bold)
    for line, row in enumerate(sheet.rows, start=head + 1):
        for number, cell in enumerate(row):
            _write(page, (line, number), cell, formats[number], is_number=sheet.numbers[number])
    for line, (label, text) in enumerate(sheet.footer, start=head + len(sheet.rows) + 2):
        page.write_string(line, 0, label, bold)
        page.write_string(line, 1, text)
    book.close()
    return out.getvalue()


def _lay_page(page: Any, sheet: Sheet, head: int) -> None:
    """Freeze and repeat the headings, filter the rows, fit the print to a page's width."""
    page.freeze_panes(head + 1, 0)
    page.repeat_rows(head)
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    if sheet.columns:
        page.autofilter(head, 0, head + len(sheet.rows), len(sheet.columns) - 1)


def _number_format(sheet: Sheet, number: int) -> str:
    """Return a format with as many decimals as the column's most exact number, at most four."""
    written = [
        str(as_number(row[number]) if isinstance(row[number], float) else row[number])
        for row in sheet.rows
        if as_number(row[number]) is not None
    ]
    digits = max((len(text.partition(".")[2].rstrip("0")) for text in written), default=0)
    return "0" if digits == 0 else "0." + "0" * min(digits, _MOST_DIGITS)


def _write(page: Any, at: tuple[int, int], cell: Cell, form: Any, *, is_number: bool) -> None:
    if cell is None or cell == "":
        return
    value = as_number(cell) if is_number or not isinstance(cell, str) else None
    if isinstance(cell, bool):
        page.write_string(*at, "да" if cell else "нет")
    elif value is not None:
        page.write_number(*at, value, form)
    else:
        page.write_string(*at, str(neutral(cell))[:_LONGEST_CELL])


def _width(sheet: Sheet, number: int) -> int:
    longest = max((len(str(row[number] or "")) for row in sheet.rows), default=0)
    return min(_WIDEST, max(_NARROWEST, longest + 2))
