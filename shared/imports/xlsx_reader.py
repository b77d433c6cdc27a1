"""XLSX in blocks: the sheet whose headings fit, as a person sees it.

Hidden rows are not read and are named in the notices, as hidden and other sheets are. A value
merged over rows is in each of them, except for numbers, which are a fault then.
"""

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from tempfile import TemporaryFile
from typing import IO
from xml.parsers import expat

import polars as pl

from shared.imports.blocks import Block
from shared.imports.columns import DATES, NUMBERS, ROW, Column, Layout
from shared.imports.defects import (
    Defect,
    FileRefused,
    HeadingMismatch,
    Notice,
    Rejected,
    message_for,
)
from shared.imports.file_signatures import refuse_named, refuse_text_as_workbook, refused
from shared.imports.headings import COMMENT, SEARCHED_ROWS, Heading, find_heading
from shared.imports.object_columns import split_objects
from shared.imports.xlsx_package import Book, Package, SheetPart, read_book
from shared.imports.xlsx_sheet import Cell, Merge, SheetReader, SheetRow, read_merges
from shared.imports.xlsx_styles import read_formats, read_strings

ROWS_A_BLOCK = 20_000
MAX_MERGED_ROWS = 2_000_000
MAX_SHEETS = 200
NAMED_SHEETS = 20
NAMED_RANGES = 20
SIGNATURE = 4096
OLE_SEARCHED = 64 << 20
# What zipfile, zlib and the XML parser raise on damaged or exotic archives; NotImplementedError is
# how zipfile refuses a compression method it does not know.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    KeyError,
    ValueError,
    ArithmeticError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
)


def read_xlsx(chunks: Iterable[bytes], layout: Layout, sheet: str | None = None) -> Iterator[Block]:
    """Yield the blocks of one sheet; `FileRefused` where no sheet, or no one sheet, fits.

    `sheet` names it by title or by its number among all sheets, from 1.
    """
    with TemporaryFile() as file:
        for chunk in chunks:
            file.write(chunk)
        _refuse_others(file)
        try:
            yield from _Workbook(file, layout).blocks(sheet)
        except DAMAGED as error:
            raise FileRefused("MALFORMED_XLSX", message_for("DAMAGED_WORKBOOK")) from error


def _refuse_others(file: IO[bytes]) -> None:
    file.seek(0)
    start = file.read(SIGNATURE)
    if not start:
        raise FileRefused("MALFORMED_XLSX", message_for("NOT_A_WORKBOOK"))
    refuse_named(start, file.read(OLE_SEARCHED))
    refuse_text_as_workbook(start)


class _Workbook:
    """An opened book with what every sheet of it needs."""

    def __init__(self, file: IO[bytes], layout: Layout) -> None:
        self.layout = layout
        self.package = Package(file)
        self.book: Book = read_book(self.package)
        self.formats = read_formats(self.package, self.book.styles)
        self.strings = read_strings(self.package, self.book.strings)

    def blocks(self, wanted: str | None) -> Iterator[Block]:
        """Yield the blocks of the sheet that is wanted, or of the one that fits."""
        part, heading, notices = self._choose(wanted)
        reader = self.reader(part)
        table = _Table(self.layout, heading, _merged_rows(read_merges(self.package, part.part)))
        for row in reader.rows():
            if row.number <= heading.last_row:
                continue
            table.take(row)
            if table.count >= ROWS_A_BLOCK:
                yield table.block(())
        notices += _hidden_columns(reader, heading, self.layout)
        yield table.block([*notices, *table.hidden_notice()])

    def reader(self, part: SheetPart) -> SheetReader:
        """Return a reader of one sheet from its beginning."""
        return SheetReader(self.package, part.part, self.book, self.formats, self.strings)

    def _choose(self, wanted: str | None) -> tuple[SheetPart, Heading, list[Notice]]:
        sheets = self.book.sheets[:MAX_SHEETS]
        if wanted is not None:
            part = _named_sheet(sheets, wanted)
            return part, find_heading(self._first_rows(part), self.layout, _where(part)), []
        tops = {part: rows for part in sheets if (rows := self._first_rows(part))}
        if not tops:
            raise FileRefused("EMPTY_FILE", message_for("NO_SHEETS"))
        found = {part: _found(rows, self.layout) for part, rows in tops.items()}
        fitting = {p: h for p, h in found.items() if h is not None and p.visible}
        empty: list[SheetPart] = []
        if len(fitting) > 1:
            empty = [part for part, h in fitting.items() if not self._has_rows(part, h)]
        if len(fitting) - len(empty) == 1:
            fitting = {part: h for part, h in fitting.items() if part not in empty}
        if len(fitting) > 1:
            raise FileRefused(
                "SEVERAL_SHEETS", message_for("SEVERAL_SHEETS", sheets=_list(fitting))
            )
        if not fitting:
            raise _none_fits(tops, [p for p, h in found.items() if h is not None], self.layout)
        ((part, heading),) = fitting.items()
        return part, heading, _notices_of_others(part, tops, empty)

    def _has_rows(self, part: SheetPart, heading: Heading) -> bool:
        """Tell whether a sheet has a visible row below its heading."""
        return any(
            row.number > heading.last_row and not row.hidden and _has_text(row)
            for row in self.reader(part).rows()
        )

    def _first_rows(self, part: SheetPart) -> list[tuple[int, list[str | None]]]:
        rows = (
            (row.number, _texts(row))
            for row in self.reader(part).rows()
            if row.cells and not row.hidden
        )
        return list(islice(rows, SEARCHED_ROWS))


def _has_text(row: SheetRow) -> bool:
    first = row.cells.get(min(row.cells, default=1))
    if first is None or (first.shown and first.shown.text.startswith(COMMENT)):
        return False
    return not all(_is_blank(cell) for cell in row.cells.values())


def _texts(row: SheetRow) -> list[str | None]:
    texts: list[str | None] = [None] * max(row.cells, default=0)
    for column, cell in row.cells.items():
        texts[column - 1] = cell.shown.text if cell.shown else None
    return texts


def _found(rows: list[tuple[int, list[str | None]]], layout: Layout) -> Heading | None:
    try:
        return find_heading(rows, layout)
    except HeadingMismatch:
        return None


def _named_sheet(sheets: Sequence[SheetPart], wanted: str) -> SheetPart:
    for number, part in enumerate(sheets, 1):
        if part.title.strip().casefold() == wanted.strip().casefold() or str(number) == wanted:
            return part
    detail = message_for("SHEET_UNKNOWN", sheet=wanted[:100], sheets=_list(sheets))
    raise FileRefused("SHEET_UNKNOWN", detail)


def _none_fits(
    tops: dict[SheetPart, list[tuple[int, list[str | None]]]],
    hidden: list[SheetPart],
    layout: Layout,
) -> FileRefused:
    """Return the refusal of a book none of whose visible sheets fits."""
    if hidden:
        return FileRefused(
            "ONLY_HIDDEN_SHEETS", message_for("ONLY_HIDDEN_SHEETS", sheets=_list(hidden))
        )
    part = next((part for part in tops if part.visible), next(iter(tops)))
    try:
        find_heading(tops[part], layout, _where(part))
    except HeadingMismatch as error:
        others = [p for p in tops if p != part]
        if others:
            error.detail += f" Другие листы книги: {_list(others)}."
        return error
    return refused("MALFORMED_XLSX")


def _where(part: SheetPart) -> str:
    return f", лист «{part.title}»"


def _list(parts: Iterable[SheetPart]) -> str:
    return ", ".join(f"«{part.title}»" for part in islice(parts, NAMED_SHEETS))


def _notices_of_others(
    read: SheetPart, tops: Iterable[SheetPart], empty: Sequence[SheetPart]
) -> list[Notice]:
    def code_of(part: SheetPart) -> str:
        if part in empty:
            return "EMPTY_SHEET"
        return "SHEET_NOT_READ" if part.visible else "HIDDEN_SHEET"

    codes = [(part, code_of(part)) for part in tops if part != read]
    return [Notice(None, None, code, message_for(code, sheet=p.title)) for p, code in codes]


def _hidden_columns(reader: SheetReader, heading: Heading, layout: Layout) -> list[Notice]:
    titles = {column.stored: column.title for column in layout.columns}
    found: list[Notice] = []
    for place, name in enumerate(heading.names, 1):
        if name and any(first <= place <= last for first, last in reader.hidden_columns):
            title = titles.get(name, name)
            detail = message_for("HIDDEN_COLUMN", column=title)
            found.append(Notice(None, title, "HIDDEN_COLUMN", detail))
    return found


def _merged_rows(merges: Sequence[Merge]) -> dict[int, list[Merge]]:
    """Return the merged ranges by each row they cover."""
    if sum(merge.bottom - merge.top + 1 for merge in merges) > MAX_MERGED_ROWS:
        raise FileRefused("OVER_EXPANDING", message_for("OVER_EXPANDING"))
    found: dict[int, list[Merge]] = {}
    for merge in merges:
        for row in range(merge.top, merge.bottom + 1):
            found.setdefault(row, []).append(merge)
    return found


@dataclass(slots=True)
class _Table:
    """The rows of a sheet below its heading, on their way into blocks."""

    layout: Layout
    heading: Heading
    merged: dict[int, list[Merge]]
    rows: list[tuple[int, list[str | None]]] = field(default_factory=list)
    unread: list[Rejected] = field(default_factory=list)
    faults: list[Defect] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    spread: dict[Merge, Cell | None] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    first: int = 1

    @property
    def count(self) -> int:
        """Return how many rows are held."""
        return len(self.rows) + len(self.unread)

    def take(self, row: SheetRow) -> None:
        """Hold a row that has text and is neither hidden nor an explanation."""
        faults = self._apply_merges(row)
        if not row.cells:
            return
        if row.hidden:
            self.hidden.append(row.number)
            return
        first = row.cells.get(self.first)
        if first and first.shown and first.shown.text.startswith(COMMENT):
            return
        texts = self._texts(row)
        blank = self.heading.blank
        beyond = next(
            (
                cell
                for place, cell in row.cells.items()
                if (place > len(texts) or place - 1 in blank) and not _is_blank(cell)
            ),
            None,
        )
        if beyond is not None:
            self.unread.append(_too_wide(row.number, texts, beyond))
        elif any(texts) or faults or any(c.fault for c in row.cells.values()):
            self.rows.append((row.number, texts))
            self.faults += [*faults, *self._faults(row)]

    def _texts(self, row: SheetRow) -> list[str | None]:
        found: list[str | None] = []
        for place, name in enumerate(self.heading.names, 1):
            cell = row.cells.get(place)
            shown = cell.shown if cell else None
            column = self._column(name)
            as_date = shown is not None and column is not None and column.type in DATES
            found.append(None if shown is None else (as_date and shown.date) or shown.text)
        return found

    def __post_init__(self) -> None:
        """Look the columns up once."""
        self.first = next(n for n, name in enumerate(self.heading.names, 1) if name is not None)
        self.columns = {column.stored: column for column in self.layout.columns}

    def _column(self, name: str | None) -> Column | None:
        return self.columns.get(name or "")

    def _faults(self, row: SheetRow) -> Iterator[Defect]:
        for place, name in enumerate(self.heading.names, 1):
            cell = row.cells.get(place)
            if cell is not None and cell.fault is not None and name is not None:
                yield self._defect(row.number, name, *cell.fault)

    def _defect(self, row: int, name: str, code: str, detail: str) -> Defect:
        column = self._column(name)
        return Defect.of(row, column.name if column else name, code, detail, None)

    def _apply_merges(self, row: SheetRow) -> list[Defect]:
        """Give a row the value merged over it; return the faults of what cannot be spread."""
        faults: list[Defect] = []
        width = len(self.heading.names)
        for merge in self.merged.get(row.number, ()):
            places = range(merge.left, min(merge.right, width) + 1)
            named = [(p, n) for p in places if (n := self.heading.names[p - 1])]
            if merge.top == row.number:
                self.spread[merge] = row.cells.get(merge.left)
            value = self.spread.get(merge)
            if value is None or not named:
                continue
            column = self._column(named[0][1])
            if len(named) > 1 or (column is not None and column.type in NUMBERS):
                detail = message_for("MERGED_CELL")
                faults += [self._defect(row.number, n, "MERGED_CELL", detail) for _, n in named]
            elif merge.top > self.heading.last_row:
                row.cells.setdefault(merge.left, value)
        return faults

    def block(self, notices: Sequence[Notice]) -> Block:
        """Return the held rows as a block and hold none."""
        numbers = pl.Series(ROW, [number for number, _ in self.rows], dtype=pl.Int32)
        columns = {
            name: pl.Series(name, [texts[i] for _, texts in self.rows], dtype=pl.String)
            for i, name in enumerate(self.heading.names)
            if name is not None
        }
        frame = split_objects(pl.DataFrame({ROW: numbers, **columns}), self.layout)
        chosen = frame.select(ROW, *(c.stored for c in self.layout.columns))
        block = Block(chosen, self.unread, self.faults, list(notices), self.heading.written)
        self.rows, self.unread, self.faults = [], [], []
        return block

    def hidden_notice(self) -> list[Notice]:
        """Return the notice of the hidden rows, if there were any."""
        if not self.hidden:
            return []
        detail = message_for("HIDDEN_ROWS", rows=ranges(self.hidden))
        return [Notice(self.hidden[0], None, "HIDDEN_ROWS", detail)]


def _is_blank(cell: Cell) -> bool:
    return cell.fault is None and (cell.shown is None or not cell.shown.text.strip())


def _too_wide(number: int, texts: list[str | None], beyond: Cell) -> Rejected:
    raw = beyond.shown.text if beyond.shown else None
    defect = Defect.of(number, None, "TOO_MANY_CELLS", message_for("TOO_MANY_CELLS"), raw)
    return Rejected(number, texts, [defect])


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as «5-7, 9», the first twenty ranges."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in found[:NAMED_RANGES]]
    return ", ".join(texts) + ("…" if len(found) > NAMED_RANGES else "")
