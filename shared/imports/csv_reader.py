"""CSV in blocks: utf-8 with or without a mark, or cp1251; comma or semicolon; RFC 4180 quotes.

A block ends at a line end outside quotes and is parsed by polars at once; only a block that is not
well-formed is read again row by row, to say which row it is. Rows with no text at all and rows that
begin with «# » (the explanations of a template) are passed over but counted. A «#» with no space
after it is text: spreadsheets write «#REF!» where a figure is lost. Lines may end as on old Macs,
by a carriage return alone.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

import msgspec
import polars as pl

from shared.imports.blocks import BLOCK_BYTES, MAX_COLUMNS, MAX_ROW_BYTES, Block, unmarked
from shared.imports.columns import ROW, Layout
from shared.imports.defects import Defect, FileRefused, Rejected, message_for
from shared.imports.headings import match_headings

OVERFLOW = "overflow"
COMMENT = "# "
LINE_END = re.compile(rb"(\r)[^\n]|\n")
"""The end of the first line, with what tells a carriage return alone from one before a feed."""
WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "windows-1251": "cp1251", "cp1251": "cp1251"}


def read_csv(chunks: Iterable[bytes], layout: Layout, charset: str | None) -> Iterator[Block]:
    """Yield the blocks of a CSV file; `FileRefused` when it is no such file."""
    lines = _whole_lines(_with_line_feeds(_recoded(chunks, charset)))
    reader: _Rows | None = None
    for block in lines:
        if reader is None:
            reader, rest = _begin(block, layout)
        else:
            rest = block
        if rest:
            yield reader.read(rest)
    if reader is None:
        raise FileRefused("EMPTY_FILE", "В файле нет даже строки заголовков.")


def _recoded(chunks: Iterable[bytes], charset: str | None) -> Iterator[bytes]:
    """Yield the text as utf-8; the first byte outside ASCII decides between utf-8 and cp1251."""
    encoding = CHARSETS.get(charset.lower()) if charset else None
    if charset and encoding is None:
        raise FileRefused("ENCODING", "Кодировка файла должна быть utf-8 или windows-1251.")
    carry, first = b"", True
    for chunk in unmarked(chunks):
        piece = carry + chunk
        if first and piece.startswith(WIDE_MARKS):
            raise FileRefused("ENCODING", "Файл в UTF-16: сохраните его в UTF-8.")
        first = False
        if piece.isascii():
            carry = b""
            yield piece
            continue
        guess = encoding or ("utf-8" if _starts_as_utf8(piece) else "cp1251")
        text, carry = _decoded(piece, guess)
        if not text.isascii():
            encoding = guess
        yield text
    if carry and encoding is not None:
        raise FileRefused("ENCODING", "Файл обрывается посередине знака UTF-8.")
    if carry:
        yield _decoded(carry, "cp1251")[0]


def _starts_as_utf8(piece: bytes) -> bool:
    try:
        _decoded(piece, "utf-8")
    except FileRefused:
        return False
    return True


def _decoded(piece: bytes, encoding: str) -> tuple[bytes, bytes]:
    """Return utf-8 text and the bytes of a character that the piece cuts in two."""
    try:
        if encoding == "cp1251":
            return piece.decode("cp1251").encode(), b""
        piece.decode()
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and error.end == len(piece) and len(piece) - error.start < 4:  # noqa: PLR2004 -- a character has at most four bytes.
            return piece[: error.start], piece[error.start :]
        raise FileRefused(
            "ENCODING", f"Файл не читается в кодировке {encoding}: байт {error.start} неверен."
        ) from error
    return piece, b""


def _with_line_feeds(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the text, with line feeds where its first line ends by a carriage return alone."""
    pieces = iter(chunks)
    start = b""
    for piece in pieces:
        start += piece
        if LINE_END.search(start) or len(start) > BLOCK_BYTES:
            break
    found = LINE_END.search(start)
    alone = found is not None and found.group(1) is not None
    for piece in itertools.chain([start], pieces):
        yield piece.replace(b"\r", b"\n") if alone else piece


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
    """Read the heading row; return the reader of the rest, and the rest of this block."""
    end = block.find(b"\n") + 1
    while end and block.count(b'"', 0, end) % 2:
        end = block.find(b"\n", end) + 1
    line = (block[:end] if end else block).decode(errors="replace")
    separator = ";" if line.count(";") > line.count(",") else ","
    try:
        headings = next(csv.reader(io.StringIO(line, newline=""), delimiter=separator, strict=True))
    except (csv.Error, StopIteration) as error:
        raise FileRefused("MALFORMED_CSV", "Строка заголовков не читается как CSV.") from error
    if len(headings) > MAX_COLUMNS:
        raise FileRefused("TOO_MANY_COLUMNS", f"В файле больше {MAX_COLUMNS} колонок.")
    names = match_headings(headings, layout)
    return _Rows(names, separator, layout), block[end:] if end else b""


class _Rows:
    """Reads whole lines after the heading; remembers how many rows went before."""

    def __init__(self, names: list[str | None], separator: str, layout: Layout) -> None:
        self.names = [name or f"ignored_{i}" for i, name in enumerate(names)]
        self.separator = separator
        self.layout = layout
        self.row = 2

    def read(self, text: bytes) -> Block:
        heading = self.separator.join([*self.names, OVERFLOW]) + "\n"
        try:
            frame = pl.read_csv(
                heading.encode() + text,
                separator=self.separator,
                infer_schema=False,
                truncate_ragged_lines=False,
            )
        except pl.exceptions.PolarsError:
            return self._slowly(text)
        frame = frame.with_columns(
            pl.int_range(self.row, self.row + frame.height, dtype=pl.Int32).alias(ROW)
        )
        self.row += frame.height
        if frame[OVERFLOW].null_count() < frame.height:
            return self._overflowing(frame)
        return Block(self._laid_out(frame))

    def _overflowing(self, frame: pl.DataFrame) -> Block:
        wide = frame.filter(pl.col(OVERFLOW).is_not_null())
        unread = [
            _unread(row[-1], list(row[:-1]), "TOO_MANY_CELLS")
            for row in wide.select(*self.names, OVERFLOW, ROW).iter_rows()
        ]
        return Block(self._laid_out(frame.filter(pl.col(OVERFLOW).is_null())), unread)

    def _laid_out(self, frame: pl.DataFrame) -> pl.DataFrame:
        first = self.names[0]
        kept = frame.filter(
            ~pl.all_horizontal(pl.col(self.names).is_null())
            & ~pl.col(first).str.starts_with(COMMENT).fill_null(value=False)
        )
        return members(kept, self.layout).select(ROW, *(c.stored for c in self.layout.columns))

    def _slowly(self, text: bytes) -> Block:
        """Read a block that polars refuses, one row at a time."""
        rows: list[list[str | None]] = []
        unread: list[Rejected] = []
        width = len(self.names)
        for cells, line in _strict_rows(text.decode(), self.separator):
            if cells is None:
                unread.append(_unread(self.row, [line], "MALFORMED_ROW"))
            elif len(cells) > width:
                unread.append(_unread(self.row, list(cells), "TOO_MANY_CELLS"))
            else:
                filled = [cell or None for cell in cells]
                rows.append([*filled, *[None] * (width - len(cells)), str(self.row)])
            self.row += 1
        frame = pl.DataFrame(
            rows, schema=dict.fromkeys([*self.names, ROW], pl.String), orient="row"
        )
        return Block(self._laid_out(frame.with_columns(pl.col(ROW).cast(pl.Int32))), unread)


def _strict_rows(text: str, separator: str) -> Iterator[tuple[list[str] | None, str]]:
    """Yield each row's cells, None where its quotes are wrong, with its text."""
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
            yield None, "".join(taken)
        else:
            yield cells, "".join(taken)


def _unread(row: int, cells: list[str | None], code: str) -> Rejected:
    shown = next((c for c in reversed(cells) if c), None)
    return Rejected(row, cells, [Defect.of(row, None, code, message_for(code), shown)])


def members(frame: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Split a column that holds a whole object: JSON, or its first members with «#» between."""
    have = set(frame.columns)
    nothing = pl.lit(None, dtype=pl.String)
    for whole in {c.name.split(".")[0] for c in layout.columns if "." in c.name} & have:
        wanted = [c for c in layout.columns if c.name.startswith(f"{whole}.")]
        if frame[whole].null_count() == frame.height:
            frame = frame.with_columns(nothing.alias(c.stored) for c in wanted)
            continue
        names = [c.name.split(".")[1] for c in wanted]
        objects = [_object(text, names) for text in frame[whole]]
        frame = frame.with_columns(
            pl.Series(c.stored, [o.get(name) for o in objects], dtype=pl.String)
            for c, name in zip(wanted, names, strict=True)
        )
    absent = [c.stored for c in layout.columns if c.stored not in frame.columns]
    return frame.with_columns(nothing.alias(name) for name in absent)


def _object(text: str | None, names: Sequence[str]) -> dict[str, str | None]:
    if text is None or not text.strip():
        return {}
    if text.lstrip().startswith("{"):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(text, type=dict[str, str | None])
    return dict(zip(names, (part.strip() or None for part in text.split("#", 1)), strict=False))
