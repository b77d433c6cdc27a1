"""Rows written as JSON objects: the columns of a layout read out of a block at once.

The block is decoded strictly into structs; only a block with a fault is read again object by
object, to name every fault of every row. Text stays text: a number where printed text is expected
has lost its digits and is a fault, while decimals and integers may come as numbers. The member
that an annotated file adds is passed over, so that the mended file can be sent as it is.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

import msgspec

from shared.imports.blocks import Block, text_frame
from shared.imports.columns import Column, Layout, Type
from shared.imports.defects import Defect, Rejected, message_for

FAULTS = "errors"
ABSENT = msgspec.Raw(b"null")
WIRE_TYPES: dict[Type, Any] = {
    Type.CODE: int | str | None,
    Type.INTEGER: int | str | None,
    Type.DECIMAL: int | float | str | None,
    Type.BOOLEAN: bool | str | None,
    Type.OBJECT: msgspec.Raw,
    Type.LIST: msgspec.Raw,
    Type.SPANS: msgspec.Raw,
    Type.LOCATOR: str | dict[str, int | str | None] | None,
}
EXPECTED = {
    Type.CODE: "текст или целое число",
    Type.INTEGER: "целое число",
    Type.DECIMAL: "число",
    Type.BOOLEAN: "true или false",
    Type.OBJECT: "объект",
    Type.LIST: "список",
    Type.SPANS: "список отрезков дней",
    Type.LOCATOR: "текст или объект {line, cell, table}",
}
PYTHON_TYPES: dict[Type, tuple[type, ...]] = {
    Type.CODE: (int, str),
    Type.INTEGER: (int, str),
    Type.DECIMAL: (int, float, str),
    Type.OBJECT: (dict,),
    Type.LIST: (list,),
    Type.SPANS: (list,),
    Type.LOCATOR: (str, dict),
}

Cells = dict[str, str | None]


class JsonRows:
    """Turns the JSON objects of one layout into blocks."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.shared: dict[str, str] = {}
        self.by_name = {name: c for c in layout.columns for name in (c.name, *c.aliases)}
        self.objects = {c.name.split(".")[0] for c in layout.columns if "." in c.name}
        self.passed_over = {FAULTS} - set(self.by_name)
        self.struct = _struct("Row", "", _named(layout.columns), self.passed_over)
        self.lines = msgspec.json.Decoder(self.struct)
        self.array = msgspec.json.Decoder(list[self.struct])  # type: ignore[name-defined]  # The type is made at run time.

    def block(self, rows: Sequence[int] | range, structs: Sequence[object]) -> Block:
        """Return the block of decoded structs."""
        columns = {c.stored: self._column(c, structs) for c in self.layout.columns}
        return Block(text_frame(self.layout, rows, columns))

    def slow_block(self, items: Iterable[tuple[int, bytes]]) -> Block:
        """Return the block of raw objects, with every fault of every row that has one."""
        good: list[tuple[int, Cells]] = []
        unread: list[Rejected] = []
        for row, raw in items:
            cells, defects = self._read(row, raw)
            if defects:
                unread.append(Rejected(row, self._kept(cells, raw), defects))
            else:
                good.append((row, cells))
        columns = {
            c.stored: [cells.get(c.stored, self.shared.get(c.stored)) for _, cells in good]
            for c in self.layout.columns
        }
        return Block(text_frame(self.layout, [row for row, _ in good], columns), unread)

    def _kept(self, cells: Cells, raw: bytes) -> list[str | None]:
        if not cells:
            return [raw.decode(errors="replace")]
        return [cells.get(c.stored) for c in self.layout.columns]

    def _column(self, column: Column, structs: Sequence[object]) -> Sequence[str | None]:
        texts = self._texts(column, column.name, structs)
        for alias in column.aliases:
            others = self._texts(column, alias, structs)
            texts = [b if a is None else a for a, b in zip(texts, others, strict=True)]
        said = self.shared.get(column.stored)
        return texts if said is None else [said if text is None else text for text in texts]

    def _texts(self, column: Column, name: str, structs: Sequence[object]) -> Sequence[str | None]:
        outer, _, inner = name.partition(".")
        values: Sequence[object] = list(map(attrgetter(outer), structs))
        if inner and values.count(None) == len(values):
            return [None] * len(values)
        if inner:
            values = [None if v is None else getattr(v, inner) for v in values]
        if column.type not in WIRE_TYPES:
            return values  # type: ignore[return-value]  # The struct's field is `str | None`.
        return list(map(WRITERS[column.type], values))

    def _read(self, row: int, raw: bytes) -> tuple[Cells, list[Defect]]:
        try:
            found = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            found = None
        if not isinstance(found, dict):
            text = raw.decode(errors="replace")
            return {}, [Defect.of(row, None, "MALFORMED_ROW", message_for("MALFORMED_ROW"), text)]
        cells: Cells = {}
        defects: list[Defect] = []
        for name, value in self._flat(found):
            column = self.by_name.get(name)
            is_locator = column is not None and column.type is Type.LOCATOR
            shown = _place(value) if is_locator else _shown(value)
            if column is None:
                told_field = message_for("UNKNOWN_FIELD", field=name[:100])
                defects.append(Defect.of(row, name[:100], "UNKNOWN_FIELD", told_field, shown))
            elif not _fits(value, column.type):
                expected = EXPECTED.get(column.type, "текст")
                detail = message_for("TYPE", expected=expected)
                defects.append(Defect.of(row, name, "TYPE", detail, shown))
            elif cells.get(column.stored) is None:
                cells[column.stored] = shown
        return cells, defects

    def _flat(self, found: dict[str, Any]) -> Iterable[tuple[str, object]]:
        for name, value in found.items():
            if name in self.passed_over:
                continue
            if name in self.objects and isinstance(value, dict):
                yield from ((f"{name}.{inner}", v) for inner, v in value.items())
            elif name not in self.objects or value is not None:
                yield name, value


def _named(columns: Iterable[Column]) -> list[tuple[str, Type]]:
    return [(name, c.type) for c in columns for name in (c.name, *c.aliases)]


def _struct(
    title: str, prefix: str, named: list[tuple[str, Type]], passed_over: Iterable[str] = ()
) -> type[msgspec.Struct]:
    """Return the struct of the members under a prefix, objects inside as structs of their own."""
    fields: list[tuple[str, Any, Any]] = [(name, msgspec.Raw, ABSENT) for name in passed_over]
    seen: set[str] = set()
    for name, kind in named:
        outer, _, inner = name.removeprefix(prefix).partition(".")
        if outer in seen or not name.startswith(prefix):
            continue
        seen.add(outer)
        if inner:
            inside = _struct(outer.title(), f"{prefix}{outer}.", named)
            fields.append((outer, inside | None, None))
        else:
            wire = WIRE_TYPES.get(kind, str | None)
            fields.append((outer, wire, ABSENT if wire is msgspec.Raw else None))
    return msgspec.defstruct(title, fields, forbid_unknown_fields=True, gc=False)


def _shown(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    return msgspec.json.encode(value, order="sorted").decode()


def _fits(value: object, kind: Type) -> bool:
    """Tell whether a JSON value may mean this type; a boolean is no number."""
    if value is None:
        return True
    if isinstance(value, bool):
        return kind is Type.BOOLEAN
    return isinstance(value, PYTHON_TYPES.get(kind, str))


def _number(value: object) -> str | None:
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    return None if value is None else str(value)


def _flag(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _raw(value: object) -> str | None:
    text = bytes(value).decode() if isinstance(value, msgspec.Raw) else "null"
    return None if text == "null" else text


def _place(value: object) -> str | None:
    """Return a locator as text; of an object the line and cell, then what else it says."""
    if not isinstance(value, dict):
        return _shown(value)
    where = ":".join(str(value[name]) for name in ("line", "cell") if value.get(name) is not None)
    rest = [str(value[name]) for name in value if name not in ("line", "cell") and value[name]]
    return ", ".join(part for part in (where, *rest) if part) or None


WRITERS: dict[Type, Callable[[object], str | None]] = {
    Type.CODE: _number,
    Type.INTEGER: _number,
    Type.DECIMAL: _number,
    Type.BOOLEAN: _flag,
    Type.OBJECT: _raw,
    Type.LIST: _raw,
    Type.SPANS: _raw,
    Type.LOCATOR: _place,
}
