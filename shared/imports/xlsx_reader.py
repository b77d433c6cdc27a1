"""XLSX in blocks, read by openpyxl in its streaming mode from a file that was looked through first.

The archive is checked before anything in it is parsed: number of members, size when expanded,
macros, links to other files. A cell gives the text a person sees in it: a number is printed by its
cell's format, so «68,30» keeps its two digits and «90 %» stays 90. Spreadsheets keep fifteen
digits and round halves away from zero.
"""

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from tempfile import TemporaryFile
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import polars as pl

from shared.imports.blocks import MAX_COLUMNS, Block
from shared.imports.columns import ROW, Layout
from shared.imports.csv_reader import COMMENT, members
from shared.imports.defects import Defect, FileRefused, Rejected, message_for
from shared.imports.headings import match_headings

MAX_MEMBERS = 2_000
MAX_EXPANDED = 1 << 30
MAX_RATIO = 200
RATIO_FROM = 16 << 20
MAX_SHEET_ROWS = 1_048_576
ROWS_A_BLOCK = 20_000
MACROS = re.compile(r"vbaProject|macrosheets|activeX|embeddings/", re.IGNORECASE)
SHEET_DIGITS = Context(prec=15, rounding=ROUND_HALF_UP)
EXACTLY = Context(prec=400, rounding=ROUND_HALF_UP)
PLACES = re.compile(r"^(?:#,##)?0(?:\.(0+))?(%?)$")
# What zipfile and the XML reader raise on damaged or exotic archives; NotImplementedError is how
# zipfile refuses a compression method it does not know.
DAMAGED = (
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def read_xlsx(chunks: Iterable[bytes], layout: Layout) -> Iterator[Block]:
    """Yield the blocks of the first sheet of a workbook; `FileRefused` when it is damaged."""
    with TemporaryFile() as file:
        for chunk in chunks:
            file.write(chunk)
        _look_through(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield from _blocks(file, layout)
            except DAMAGED as error:
                raise FileRefused("MALFORMED_XLSX", "Файл XLSX повреждён.") from error


def _look_through(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise FileRefused("MALFORMED_XLSX", "Это не целый файл XLSX.") from error
    if any(MACROS.search(entry.filename) for entry in entries):
        raise FileRefused("MACROS", "Файлы с макросами и вложениями не принимаются.")
    expanded = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    swollen = expanded > RATIO_FROM and expanded / packed > MAX_RATIO
    if len(entries) > MAX_MEMBERS or expanded > MAX_EXPANDED or swollen:
        raise FileRefused("OVER_EXPANDING", "Файл после распаковки слишком велик.")


def _blocks(file: IO[bytes], layout: Layout) -> Iterator[Block]:
    import openpyxl  # noqa: PLC0415 -- 0.15 s that only workbooks need to pay.

    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0] if book.worksheets else None
    if sheet is None:
        raise FileRefused("EMPTY_FILE", "В книге нет листов.")
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(), 1)
    names: list[str | None] | None = None
    held: list[tuple[int, list[str | None]]] = []
    unread: list[Rejected] = []
    for number, cells in rows:
        if number > MAX_SHEET_ROWS or len(cells) > MAX_COLUMNS:
            raise FileRefused("TOO_MANY_COLUMNS", f"В строке {number} больше {MAX_COLUMNS} ячеек.")
        texts = [display_text(cell) for cell in cells]
        if not any(texts):
            continue
        if names is None:
            names = match_headings(_without_tail(texts), layout)
            continue
        _sort_in(number, texts, len(names), held, unread)
        if len(held) + len(unread) >= ROWS_A_BLOCK:
            yield _block(held, unread, names, layout)
            held, unread = [], []
    if names is None:
        raise FileRefused("EMPTY_FILE", "В файле нет даже строки заголовков.")
    yield _block(held, unread, names, layout)


def _without_tail(texts: Sequence[str | None]) -> list[str]:
    headings = [text or "" for text in texts]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def _sort_in(
    number: int,
    texts: list[str | None],
    width: int,
    held: list[tuple[int, list[str | None]]],
    unread: list[Rejected],
) -> None:
    first = texts[0]
    if first is not None and first.startswith(COMMENT):
        return
    beyond = next((text for text in texts[width:] if text), None)
    if beyond is None:
        held.append((number, [*texts[:width], *[None] * (width - len(texts))]))
        return
    code = "TOO_MANY_CELLS"
    unread.append(
        Rejected(number, texts[:width], [Defect.of(number, None, code, message_for(code), beyond)])
    )


def _block(
    held: list[tuple[int, list[str | None]]],
    unread: list[Rejected],
    names: list[str | None],
    layout: Layout,
) -> Block:
    rows = pl.Series(ROW, [number for number, _ in held], dtype=pl.Int32)
    columns = {
        name: pl.Series(name, [texts[i] for _, texts in held], dtype=pl.String)
        for i, name in enumerate(names)
        if name is not None
    }
    frame = members(pl.DataFrame({ROW: rows, **columns}), layout)
    return Block(frame.select(ROW, *(c.stored for c in layout.columns)), unread)


def display_text(cell: Any) -> str | None:
    """Return the text a person sees in a cell, None where it is empty."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _printed(value, cell.number_format)
    return str(value)


def _printed(value: float, number_format: str | None) -> str:
    number = SHEET_DIGITS.create_decimal(repr(value))
    if not number.is_finite():
        return str(value)
    found = PLACES.match(number_format or "")
    if found is None:
        whole = number == number.to_integral_value()
        return f"{number.to_integral_value() if whole else number.normalize():f}"
    digits, percent = found.groups()
    scaled = number * 100 if percent else number
    exact = scaled.quantize(Decimal(1).scaleb(-len(digits or "")), context=EXACTLY)
    return f"{exact:f}{percent}"
