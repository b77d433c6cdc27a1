"""JSON and NDJSON in blocks: `[…]`, `{"rows": […]}` (a kind may call it otherwise), or lines.

An array is cut between its items by the depth of brackets outside strings, found with numpy over a
block, so that a file of any size is never held whole. The other members of an object may follow
`rows`; they may come before it in a file of up to `MAX_HEAD` bytes.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import numpy as np

from shared.imports.blocks import BLOCK_BYTES, MAX_ROW_BYTES, Block, unmarked
from shared.imports.columns import Layout
from shared.imports.defects import FileRefused
from shared.imports.json_rows import ABSENT, JsonRows

ROWS = "rows"
MAX_HEAD = 16 << 20
HEAD_LOOKED_AT = 200
SPACE = b" \t\r\n"
QUOTE, BACKSLASH = 34, 92
BROKEN = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)


def read_ndjson(chunks: Iterable[bytes], layout: Layout) -> Iterator[Block]:
    """Yield the blocks of a file with an object a line; rows are numbered by their lines.

    A file without any is refused: cut off at its start, it would empty the slice it replaces.
    """
    records = JsonRows(layout)
    line, blank = 1, True
    for text in _lines(chunks):
        blank = blank and not text.strip(SPACE)
        count = text.count(b"\n") + (not text.endswith(b"\n"))
        try:
            structs = records.lines.decode_lines(text)
        except BROKEN:
            structs = []
        if len(structs) == count:
            yield records.block(range(line, line + count), structs)
        else:
            numbered = enumerate(text.split(b"\n"), line)
            yield records.slow_block((n, raw) for n, raw in numbered if raw.strip(SPACE))
        line += count
    if blank:
        raise FileRefused("EMPTY_FILE", "Тело запроса пусто.")


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for chunk in unmarked(chunks):
        held.append(chunk)
        size += len(chunk)
        if size < BLOCK_BYTES or b"\n" not in chunk:
            _bound(size)
            continue
        text = b"".join(held)
        end = text.rfind(b"\n") + 1
        yield text[:end]
        held, size = [text[end:]], len(text) - end
    if size:
        yield b"".join(held)


def _bound(size: int) -> None:
    if size > MAX_ROW_BYTES:
        raise FileRefused("ROW_TOO_LONG", "Запись длиннее 32 МиБ.")


def read_json(chunks: Iterable[bytes], layout: Layout, extras: dict[str, Any]) -> Iterator[Block]:
    """Yield the blocks of a JSON file; fill `extras` with its other members at the end."""
    pieces = unmarked(chunks)
    head = _head(pieces)
    names = b"|".join(name.encode() for name in _rows_members(layout))
    opened = re.match(rb'\{\s*"(?:%s)"\s*:\s*\[' % names, head)
    if opened and layout.shared_members:
        head = _gathered(head, pieces)
        if len(head) <= MAX_HEAD:
            opened = None
    if head.startswith(b"["):
        yield from _items(head[1:], pieces, JsonRows(layout), layout, extras, in_object=False)
    elif opened:
        rest = head[opened.end() :]
        yield from _items(rest, pieces, JsonRows(layout), layout, extras, in_object=True)
    else:
        yield from _whole(head, pieces, JsonRows(layout), layout, extras)


def _rows_members(layout: Layout) -> tuple[str, ...]:
    """Return the names the rows may be under, the kind's own first."""
    return tuple(dict.fromkeys((layout.rows_member, ROWS)))


def _gathered(head: bytes, pieces: Iterator[bytes]) -> bytes:
    """Read on until the end of the file or until it is longer than `MAX_HEAD`."""
    held = [head]
    size = len(head)
    while size <= MAX_HEAD and (piece := next(pieces, None)) is not None:
        held.append(piece)
        size += len(piece)
    return b"".join(held)


def _head(pieces: Iterator[bytes]) -> bytes:
    head = b""
    for piece in pieces:
        head = (head + piece).lstrip(SPACE)
        if len(head) > HEAD_LOOKED_AT:
            break
    if not head:
        raise FileRefused("EMPTY_FILE", "Тело запроса пусто.")
    return head


def _whole(
    head: bytes, pieces: Iterator[bytes], records: JsonRows, layout: Layout, extras: dict[str, Any]
) -> Iterator[Block]:
    """Read an object held whole: its `rows` may be after other members."""
    text = _gathered(head, pieces)
    if len(text) > MAX_HEAD:
        raise FileRefused("ROWS_FIRST", "В файле больше 16 МиБ строки должны стоять первыми.")
    members = _members(text)
    names = [name for name in _rows_members(layout) if name in members]
    rows = members.pop(names[0]) if names else ABSENT
    if not bytes(rows).startswith(b"[") and not (members and bytes(rows) == b"null"):
        shape = f'{{"{layout.rows_member}": […]}}'
        raise FileRefused("ROWS_MISSING", f"Ожидается массив или объект {shape}.")
    records.shared = _shared(members, layout)
    _keep_extras(members, layout, extras)
    if bytes(rows) == b"null":
        return
    yield _decoded(records, bytes(rows), 1)[0]


def _shared(members: dict[str, msgspec.Raw], layout: Layout) -> dict[str, str]:
    """Return column → what the object says once for all its rows; an object says its code."""
    found: dict[str, str] = {}
    for column in layout.columns:
        for name in (column.name, *column.aliases):
            if name not in layout.shared_members or name not in members:
                continue
            value = msgspec.json.decode(members[name])
            value = value.get("code") if isinstance(value, dict) else value
            if isinstance(value, str | int) and not isinstance(value, bool):
                found.setdefault(column.stored, str(value))
    return found


def _members(text: bytes) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except BROKEN as error:
        raise _malformed() from error


def _keep_extras(members: dict[str, msgspec.Raw], layout: Layout, extras: dict[str, Any]) -> None:
    unknown = sorted(set(members) - set(layout.extras) - set(layout.shared_members))
    if unknown:
        fields = [(f"/{n[:100]}", "UNKNOWN_FIELD", "Такого поля нет.") for n in unknown[:100]]
        raise FileRefused("UNKNOWN_FIELD", "Неизвестные поля рядом с rows.", fields)
    kept = {name: raw for name, raw in members.items() if name in layout.extras}
    extras.update({name: msgspec.json.decode(raw) for name, raw in kept.items()})


def _items(
    text: bytes,
    pieces: Iterator[bytes],
    records: JsonRows,
    layout: Layout,
    extras: dict[str, Any],
    *,
    in_object: bool,
) -> Iterator[Block]:
    """Yield the items of an array that is already open, then read what follows it."""
    row, first, size = 1, True, 0
    held = [text]
    while True:
        piece = next(pieces, None)
        if piece is not None:
            held.append(piece)
            size += len(piece)
            if size < BLOCK_BYTES:
                continue
        text = b"".join(held)
        end, closed = _cut(text)
        if end:
            block, count = _decoded(records, _array(text[:end], first=first), row)
            row, first = row + count, False
            yield block
        if closed is not None:
            between = text[end:closed].strip(SPACE)
            if between:
                block, _ = _decoded(records, _array(between, first=first), row)
                yield block
            _tail(text[closed + 1 :], pieces, layout, extras, in_object=in_object)
            return
        if piece is None:
            raise _malformed()
        _bound(len(text) - end)
        held, size = [text[end:]], len(text) - end


def _array(items: bytes, *, first: bool) -> bytes:
    """Return items as an array; those that are not the first follow a comma."""
    if not first:
        items = items.lstrip(SPACE)
        if not items.startswith(b",") or not items[1:].strip(SPACE):
            raise _malformed()
        items = items[1:]
    return b"[" + items + b"]"


def _cut(text: bytes) -> tuple[int, int | None]:
    """Return where the last whole item ends, and where the array closes if it does."""
    codes = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(codes == QUOTE)
    if b"\\" in text:
        quotes = quotes[[not _escaped(text, int(q)) for q in quotes]] if len(quotes) else quotes
    opening = (codes == ord("{")) | (codes == ord("["))
    closing = (codes == ord("}")) | (codes == ord("]"))
    places = np.flatnonzero(opening | closing)
    places = places[np.searchsorted(quotes, places) % 2 == 0]
    depth = np.cumsum(np.where(opening[places], 1, -1))
    below = np.flatnonzero(depth < 0)
    closed = int(places[below[0]]) if len(below) else None
    ends = np.flatnonzero(depth[: below[0]] == 0) if len(below) else np.flatnonzero(depth == 0)
    return (int(places[ends[-1]]) + 1 if len(ends) else 0), closed


def _escaped(text: bytes, place: int) -> bool:
    run = 0
    while place - run > 0 and text[place - run - 1] == BACKSLASH:
        run += 1
    return run % 2 == 1


def _decoded(records: JsonRows, text: bytes, row: int) -> tuple[Block, int]:
    try:
        structs = records.array.decode(text)
    except BROKEN:
        items = _raw_items(text)
        return records.slow_block(enumerate(map(bytes, items), row)), len(items)
    return records.block(range(row, row + len(structs)), structs), len(structs)


def _raw_items(text: bytes) -> list[msgspec.Raw]:
    try:
        return msgspec.json.decode(text, type=list[msgspec.Raw])
    except BROKEN as error:
        raise _malformed() from error


def _tail(
    text: bytes, pieces: Iterator[bytes], layout: Layout, extras: dict[str, Any], *, in_object: bool
) -> None:
    held = [text]
    size = len(text)
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > MAX_HEAD:
            raise FileRefused("MALFORMED_JSON", "После rows стоит больше 16 МиБ.")
    rest = b"".join(held)
    if not in_object:
        if rest.strip(SPACE):
            raise _malformed()
        return
    members = _members(b'{"":[]' + rest)
    del members[""]
    _keep_extras(members, layout, extras)


def _malformed() -> FileRefused:
    return FileRefused("MALFORMED_JSON", "Тело запроса — не целый JSON.")
