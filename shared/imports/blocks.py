"""What every reader gives: blocks of rows as a frame of raw texts, with the rows it could not read.

Row numbers count as a person sees the file: in CSV and XLSX the heading is row 1, in JSON the first
item is 1, in NDJSON they are the lines.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from shared.imports.columns import ROW, Layout
from shared.imports.defects import Defect, Notice, Rejected

BLOCK_BYTES = 4 << 20
"""How much of a file is parsed at once."""
MAX_ROW_BYTES = 32 << 20
"""A row longer than this is refused with the file: it would have to be held whole."""
MAX_ROWS = 20_000_000
MAX_COLUMNS = 1_000


UTF8_MARK = b"\xef\xbb\xbf"


def unmarked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a file's chunks without the byte order mark of utf-8, however it is cut."""
    pieces = iter(chunks)
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= len(UTF8_MARK):
            break
    yield start.removeprefix(UTF8_MARK)
    yield from pieces


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a file: `frame` has `import_row` and a text column for each of the layout's.

    `unread` rows have no cells in the frame; `faults` are of cells that are null in the frame
    because what they show cannot be known; `headings` are what the sender calls the columns, by
    their wire names.
    """

    frame: pl.DataFrame
    unread: list[Rejected] = field(default_factory=list)
    faults: list[Defect] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    headings: Mapping[str, str] = field(default_factory=dict)


def text_frame(
    layout: Layout, rows: Sequence[int] | pl.Series, columns: Mapping[str, Sequence[str | None]]
) -> pl.DataFrame:
    """Return the frame of a block; columns that the file leaves out are null."""
    given = {
        name: pl.Series(name, texts, dtype=pl.String, strict=True)
        for name, texts in columns.items()
    }
    nothing = pl.lit(None, dtype=pl.String)
    frame = pl.DataFrame({ROW: pl.Series(ROW, rows, dtype=pl.Int32), **given})
    return frame.select(
        ROW, *(pl.col(s) if (s := c.stored) in given else nothing.alias(s) for c in layout.columns)
    )
