"""What the parent and the reading child say to each other over two pipes.

To the child: a task (pickled by the parent, which it trusts), then chunks of the file, then the
end. From the child, who is not trusted: messages of fixed shape, decoded strictly, bounded in size.
"""

import struct
from typing import Any

import msgspec

HEADER = struct.Struct("<cI")
TASK, CHUNK, END, BLOCK, DONE, REFUSED = b"T", b"C", b"E", b"B", b"D", b"R"
MAX_MESSAGE = 256 << 20


class ListedDefect(msgspec.Struct, array_like=True, frozen=True):
    """A fault of a row, as in `defects.Defect`."""

    row: int
    column: str | None
    code: str
    detail: str
    raw: str | None
    suggestions: list[str] = []


class ListedNotice(msgspec.Struct, array_like=True, frozen=True):
    """What a sender should know of a row that is taken, as in `defects.Notice`."""

    row: int | None
    column: str | None
    code: str
    detail: str


class RejectedRow(msgspec.Struct, array_like=True, frozen=True):
    """A row that is not taken, as in `defects.Rejected`."""

    row: int
    cells: list[str | None]
    defects: list[ListedDefect]


class ReadBlock(msgspec.Struct, frozen=True):
    """Rows ready for COPY (CSV, `columns` in order), or what else a block of the file brought.

    `rows` are int32 row numbers and `hashes` uint64 hashes of their keys, both little-endian arrays
    as bytes; `headings` are what the sender calls the columns; `affected` are the distinct values
    of the layout's `affected_keys`.
    """

    columns: list[str] = []
    copy: bytes = b""
    rows: bytes = b""
    hashes: bytes = b""
    affected: list[tuple[str | None, ...]] = []
    rejected: list[RejectedRow] = []
    notices: list[ListedNotice] = []
    headings: dict[str, str] = {}


class Finished(msgspec.Struct, frozen=True):
    """The end of a file that could be read: the further members of its JSON object."""

    extras: dict[str, Any]


class Refusal(msgspec.Struct, frozen=True):
    """The file as a whole is refused."""

    code: str
    detail: str
    fields: list[tuple[str, str, str]]


def message(kind: bytes, payload: bytes) -> bytes:
    """Return a message with its header."""
    return HEADER.pack(kind, len(payload)) + payload
