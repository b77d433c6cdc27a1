"""The rejected rows, given back in the format they were sent in, each with what is wrong with it.

In tables, text that a spreadsheet would run as a formula gets an apostrophe before it; plain
numbers and the dash that means «not applicable» stay as they are. The columns of row numbers and of
faults are ignored when the mended file is sent again.
"""

import csv
import io
import re
from collections.abc import AsyncIterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

import msgspec
import xlsxwriter

from shared.imports.columns import Column, Layout, Type
from shared.imports.headings import FAULTS_TITLE, ROW_TITLE
from shared.imports.ipc import RejectedRow
from shared.imports.parse_task import Format

HARMLESS = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?|[-–—]")
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
MAX_CELL = 32_000
SPOOL = 8 << 20


def neutral(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    if text.startswith(RISKY) and not HARMLESS.fullmatch(text):
        return "'" + text
    return text


async def annotated(
    layout: Layout, file_format: Format, rows: AsyncIterator[RejectedRow]
) -> AsyncIterator[bytes]:
    """Yield the annotated file."""
    if file_format is Format.XLSX:
        written = _workbook(layout, rows)
    elif file_format is Format.CSV:
        written = _csv(layout, rows)
    else:
        written = _json(layout, rows, lines=file_format is Format.NDJSON)
    async for piece in written:
        yield piece


def _faults(row: RejectedRow) -> str:
    return "; ".join(f"{d.column}: {d.detail}" if d.column else d.detail for d in row.defects)


def _cells(row: RejectedRow, layout: Layout) -> list[str]:
    width = len(layout.columns)
    cells = [(cell or "")[:MAX_CELL] for cell in row.cells]
    return [*cells[:width], *[""] * (width - len(cells))]


async def _csv(layout: Layout, rows: AsyncIterator[RejectedRow]) -> AsyncIterator[bytes]:
    yield csv_line(_headings(layout)).encode("utf-8-sig")
    async for row in rows:
        cells = (*_cells(row, layout), str(row.row), _faults(row))
        yield csv_line([neutral(cell) for cell in cells]).encode()


def _headings(layout: Layout) -> list[str]:
    return [*(column.title for column in layout.columns), ROW_TITLE, FAULTS_TITLE]


def csv_line(cells: Sequence[str]) -> str:
    """Return one line of a semicolon-separated file."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(cells)
    return line.getvalue()


async def _json(
    layout: Layout, rows: AsyncIterator[RejectedRow], *, lines: bool
) -> AsyncIterator[bytes]:
    between = b""
    if not lines:
        yield b'{"rows":['
    async for row in rows:
        yield between + msgspec.json.encode(_object(row, layout))
        between = b"\n" if lines else b","
    if lines and between:
        yield b"\n"
    if not lines:
        yield b"]}"


def _object(row: RejectedRow, layout: Layout) -> dict[str, object]:
    faults = [
        {"row": row.row, "column": d.column, "code": d.code, "detail": d.detail}
        for d in row.defects
    ]
    if len(row.cells) != len(layout.columns):
        return {"row": row.row, "raw": row.cells[0] if row.cells else None, "errors": faults}
    found: dict[str, object] = {}
    for column, text in zip(layout.columns, row.cells, strict=True):
        outer, _, inner = column.name.partition(".")
        value = _value(column, text)
        if not inner:
            found[outer] = value
            continue
        members = found.setdefault(outer, {})
        if isinstance(members, dict):
            members[inner] = value
    return {**found, "errors": faults}


def _value(column: Column, text: str | None) -> object:
    if text is None or column.type not in (Type.OBJECT, Type.LIST):
        return text
    try:
        found: object = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    return found


async def _workbook(layout: Layout, rows: AsyncIterator[RejectedRow]) -> AsyncIterator[bytes]:
    with SpooledTemporaryFile(max_size=SPOOL) as file:
        await _write_workbook(file, layout, rows)
        file.seek(0)
        while piece := file.read(1 << 20):
            yield piece


async def _write_workbook(
    file: IO[bytes], layout: Layout, rows: AsyncIterator[RejectedRow]
) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet("Ошибки")
    for place, heading in enumerate(_headings(layout)):
        sheet.write_string(0, place, heading)
    number = 1
    async for row in rows:
        for place, text in enumerate([*_cells(row, layout), str(row.row), _faults(row)[:MAX_CELL]]):
            if text:
                sheet.write_string(number, place, neutral(text))
        number += 1
    book.close()
