"""CSV in blocks: comma, semicolon or tab; RFC 4180 quotes.

A block ends at a line end outside quotes and is parsed by polars at once; only a block that is not
well-formed, or whose quotes hold line breaks, is read again row by row, to say which row it is.
Rows with no text at all and rows that begin with «# » (the explanations of a template) are passed
over but counted. A «#» with no space after it is text: spreadsheets write «#REF!» where a figure is
lost. The line `sep=;` of spreadsheets is obeyed and not counted.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import polars as pl

from shared.imports.blocks import BLOCK_BYTES, MAX_COLUMNS, MAX_ROW_BYTES, Block
from shared.imports.columns import ROW, Layout
from shared.imports.defects import Defect, FileRefused, HeadingMismatch, Rejected, message_for
from shared.imports.headings import COMMENT, SEARCHED_ROWS, Heading, find_heading
from shared.imports.object_columns import split_objects
from shared.imports.text_encoding import utf8_lines

OVERFLOW = "overflow"
SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?[^\S\n]*\n', re.IGNORECASE)
SEPARATORS = (";", ",", "\t")
MISREAD = {"cp866": "FOREIGN_ENCODING", "koi8-r": "FOREIGN_ENCODING", "utf-8": "MOJIBAKE"}
"""Encodings of texts taken for cp1251, with what is said of them."""
LINE_BREAK = re.compile(r"[\r\n]")


def read_csv(chunks: Iterable[bytes], layout: Layout, charset: str | None) -> Iterator[Block]:
    """Yield the blocks of a CSV file; `FileRefused` when it is no such file."""
    reader: _Rows | None = None
    for block in _whole_lines(utf8_lines(chunks, charset)):
        rest = block
        if reader is None:
            reader, rest = _begin(block, layout)
        if rest:
            yield reader.read(rest)
    if reader is None:
        raise FileRefused("EMPTY_FILE", "В файле нет даже строки заголовков.")


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces that end at a line end outside quotes (the last one may lack it)."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size < BLOCK_BYTES:
            continue
        text = b"".join(held)
        end = _last_line_end(text)
        if end == 0 and size > MAX_ROW_BYTES:
            raise FileRefused("ROW_TOO_LONG", "Строка длиннее 32 МиБ или кавычка не закрыта.")
        if end:
            yield text[:end]
        held, size = [text[end:]], len(text) - end
    if size:
        yield b"".join(held)


def _last_line_end(text: bytes) -> int:
    """Return the end of the last line that has an even number of quotes before it, or 0."""
    end = text.rfind(b"\n") + 1
    if end == 0 or b'"' not in text:
        return end
    odd = text.count(b'"', 0, end) % 2
    while end and odd:
        before = text.rfind(b"\n", 0, end - 1) + 1
        odd = (odd + text.count(b'"', before, end)) % 2
        end = before
    return end


def _begin(block: bytes, layout: Layout) -> tuple["_Rows", bytes]:
    """Find the heading; return the reader of what follows, and the rest of this block."""
    named = SEPARATOR_LINE.match(block)
    text = block[named.end() :] if named else block
    separators = (named[1].decode(errors="replace"),) if named else _likely_separators(text)
    if not text.strip():
        raise FileRefused("EMPTY_FILE", "В файле нет даже строки заголовков.")
    refusals: list[FileRefused] = []
    for separator in separators:
        try:
            rows = _first_rows(text, separator)
            heading = find_heading([(n, cells) for n, cells, _ in rows if any(cells)], layout)
        except FileRefused as error:
            refusals.append(error)
            continue
        lines = next(line for number, _, line in rows if number == heading.last_row)
        start = _offset(text, lines)
        cells = next(cells for number, cells, _ in rows if number == heading.last_row)
        line = lines + 1 + bool(named)
        return _Rows(layout, separator, heading, len(cells), line), text[start:]
    _refuse_misread(text, layout)
    raise next((e for e in refusals if isinstance(e, HeadingMismatch)), refusals[0])


def _refuse_misread(text: bytes, layout: Layout) -> None:
    """Refuse a text whose headings fit once its bytes are read in another encoding."""
    start = b"\n".join(text.split(b"\n", SEARCHED_ROWS)[:SEARCHED_ROWS])
    try:
        sent = start.decode().encode("cp1251")
    except UnicodeError:
        return
    for encoding, code in MISREAD.items():
        meant = sent.decode(encoding, errors="replace").encode()
        for separator in SEPARATORS:
            try:
                rows = [(n, cells) for n, cells, _ in _first_rows(meant, separator)]
                find_heading([row for row in rows if any(row[1])], layout)
            except FileRefused:
                continue
            raise FileRefused("ENCODING", message_for(code, encoding=encoding.upper()))


def _likely_separators(text: bytes) -> list[str]:
    """Return the separators, those first that the first lines have most of."""
    start = b"\n".join(text.split(b"\n", SEARCHED_ROWS)[:SEARCHED_ROWS]).decode(errors="replace")
    return sorted(SEPARATORS, key=lambda separator: -start.count(separator))


def _first_rows(text: bytes, separator: str) -> list[tuple[int, list[str], int]]:
    """Return the first rows: number, cells, and how many lines of text they end after."""
    lines = io.StringIO(text.decode(errors="replace"), newline="")
    reader = csv.reader(islice(lines, SEARCHED_ROWS * 50), delimiter=separator, strict=True)
    rows: list[tuple[int, list[str], int]] = []
    full = 0
    try:
        for number, cells in enumerate(reader, 1):
            if len(cells) > MAX_COLUMNS:
                raise FileRefused("TOO_MANY_COLUMNS", f"В файле больше {MAX_COLUMNS} колонок.")
            rows.append((number, cells, reader.line_num))
            full += any(cells)
            if full >= SEARCHED_ROWS:
                break
    except csv.Error as error:
        if not rows:
            raise FileRefused("MALFORMED_CSV", "Строка заголовков не читается как CSV.") from error
    return rows


def _offset(text: bytes, lines: int) -> int:
    """Return where the line after so many lines begins."""
    start = 0
    for _ in range(lines):
        end = text.find(b"\n", start)
        if end < 0:
            return len(text)
        start = end + 1
    return start


@dataclass(slots=True)
class _Rows:
    """Reads whole lines after the heading; remembers how many rows and lines went before."""

    layout: Layout
    separator: str
    heading: Heading
    width: int
    line: int
    row: int = field(init=False)
    names: list[str] = field(init=False)
    blank: list[str] = field(init=False)
    first: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the columns; the ones without a heading may only be empty."""
        self.row = self.heading.last_row + 1
        self.names = [name or f"ignored_{i}" for i, name in enumerate(self.heading.names)]
        self.blank = [f"ignored_{i}" for i in sorted(self.heading.blank)]
        self.first = next(name for name in self.heading.names if name is not None)

    def read(self, text: bytes) -> Block:
        """Return the block of some whole lines."""
        first_line = text[: text.find(b"\n") + 1 or len(text)]
        surplus = first_line.count(self.separator.encode()) + 1 - len(self.names)
        beyond = [f"{OVERFLOW}_{i}" for i in range(max(1, self.width - len(self.names), surplus))]
        heading = self.separator.join([*self.names, *beyond]) + "\n"
        try:
            frame = pl.read_csv(
                heading.encode() + text,
                separator=self.separator,
                infer_schema=False,
                truncate_ragged_lines=False,
            )
        except pl.exceptions.PolarsError:
            return self._slowly(text)
        lines = text.count(b"\n") + (not text.endswith(b"\n"))
        if frame.height != lines and b'"' in text:
            return self._slowly(text)  # A quote holds a line break.
        frame = frame.with_columns(
            pl.int_range(self.row, self.row + frame.height, dtype=pl.Int32).alias(ROW)
        )
        self.row += frame.height
        self.line += lines
        surplus_text = pl.concat_str(
            [pl.col(name).fill_null("").str.strip_chars() for name in (*self.blank, *beyond)]
        )
        frame = frame.with_columns(surplus_text.alias(OVERFLOW))
        return self._block(frame)

    def _block(self, frame: pl.DataFrame) -> Block:
        wide = frame[OVERFLOW].str.len_bytes() > 0
        if not wide.any():
            return Block(self._laid_out(frame), headings=self.heading.written)
        unread = [
            _unread(row[-1], list(row[:-2]), "TOO_MANY_CELLS", row[-2])
            for row in frame.filter(wide).select(*self.names, OVERFLOW, ROW).iter_rows()
        ]
        return Block(self._laid_out(frame.filter(~wide)), unread, headings=self.heading.written)

    def _laid_out(self, frame: pl.DataFrame) -> pl.DataFrame:
        kept = frame.filter(
            ~pl.all_horizontal(pl.col(self.names).is_null())
            & ~pl.col(self.first).str.starts_with(COMMENT).fill_null(value=False)
        )
        return split_objects(kept, self.layout).select(
            ROW, *(c.stored for c in self.layout.columns)
        )

    def _slowly(self, text: bytes) -> Block:
        """Read a block that polars refuses, or whose lines are not its rows, one at a time."""
        rows: list[list[str | None]] = []
        unread: list[Rejected] = []
        faults: list[Defect] = []
        width = len(self.names)
        for cells, raw, lines in _strict_rows(text.decode(), self.separator):
            if cells is None:
                unread.append(_unread(self.row, [raw], "MALFORMED_ROW", raw))
            elif surplus := self._surplus(cells):
                unread.append(_unread(self.row, [*cells[:width]], "TOO_MANY_CELLS", surplus))
            else:
                filled = [cell or None for cell in cells[:width]]
                rows.append([*filled, *[None] * (width - len(filled)), str(self.row)])
                faults += self._line_breaks(filled, lines)
            self.row += 1
            self.line += lines
        frame = pl.DataFrame(
            rows, schema=dict.fromkeys([*self.names, ROW], pl.String), orient="row"
        )
        laid_out = self._laid_out(frame.with_columns(pl.col(ROW).cast(pl.Int32)))
        return Block(laid_out, unread, faults, headings=self.heading.written)

    def _surplus(self, cells: Sequence[str]) -> str:
        """Return the text of a row that has no heading above it."""
        unnamed = [cells[place] for place in sorted(self.heading.blank) if place < len(cells)]
        return "".join([*unnamed, *cells[len(self.names) :]]).strip()

    def _line_breaks(self, cells: Sequence[str | None], lines: int) -> Iterator[Defect]:
        """Yield the cells of one-line columns that hold a line break: a quote is astray."""
        columns = {column.stored: column for column in self.layout.columns}
        for name, cell in zip(self.names, cells, strict=False):
            column = columns.get(name)
            if column is None or column.multiline or not LINE_BREAK.search((cell or "").strip()):
                continue
            detail = message_for("LINE_BREAK", first=self.line, last=self.line + lines - 1)
            yield Defect.of(self.row, column.name, "LINE_BREAK", detail, cell)


def _strict_rows(text: str, separator: str) -> Iterator[tuple[list[str] | None, str, int]]:
    """Yield each row's cells, None where its quotes are wrong, its text and its count of lines."""
    csv.field_size_limit(MAX_ROW_BYTES)
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    while True:
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None, "".join(taken), len(taken)
        else:
            yield cells, "".join(taken), len(taken)


def _unread(row: int, cells: list[str | None], code: str, shown: str) -> Rejected:
    return Rejected(row, cells, [Defect.of(row, None, code, message_for(code), shown)])
