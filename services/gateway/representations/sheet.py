"""A document's rows laid out as a flat sheet: dotted column names, one cell a value."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.representations.kinds import TableKind, headings

Cell = str | int | float | bool | None
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_NODES = "nodes."


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns by dotted name with their Russian titles, rows of as many cells, a footer."""

    title: str
    columns: tuple[str, ...]
    titles: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footer: tuple[tuple[str, str], ...]


def lay_out(kind: TableKind, document: Mapping[str, Any], path: str) -> Sheet:
    """Return the sheet of a table document, its columns in order of appearance."""
    records = [flatten(row) for row in rows_of(document)]
    columns = tuple(dict.fromkeys(name for record in records for name in record))
    nodes = {node["code"]: node["title"] for node in document.get("nodes") or ()}
    return Sheet(
        title=kind.title,
        columns=columns,
        titles=tuple(title_of(name, nodes) for name in columns),
        numbers=tuple(is_number(name) for name in columns),
        rows=tuple(tuple(record.get(name) for name in columns) for record in records),
        footer=footer_of(document, path),
    )


def rows_of(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the records of a table document."""
    rows = document.get("rows", document.get("items"))
    return rows if isinstance(rows, list) else []


def flatten(value: Mapping[str, Any], prefix: str = "") -> dict[str, Cell]:
    """Nested objects as dotted names; a figure becomes its value, a place loses its label.

    A list becomes one cell, its members joined by «; ».
    """
    flat: dict[str, Cell] = {}
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, Mapping):
            if {"raw", "value", "digits"} <= inner.keys():
                flat[name] = inner["value"] if inner["value"] is not None else inner["raw"]
            else:
                kept = {k: v for k, v in inner.items() if k != "label" or "from" not in inner}
                flat |= flatten(kept, f"{name}.")
        elif isinstance(inner, list):
            flat[name] = "; ".join(_joined(member) for member in inner)
        else:
            flat[name] = inner
    return flat


def _joined(member: Any) -> str:
    if isinstance(member, Mapping):
        return ": ".join("" if part is None else str(part) for part in member.values())
    return str(member)


def _tail(name: str) -> tuple[str | None, str]:
    """Node code and the rest of a column under `nodes.`; codes may hold dots («1.1»)."""
    if not name.startswith(_NODES):
        return None, name
    rest = name.removeprefix(_NODES)
    known = [tail for tail in headings() if rest.endswith(f".{tail}")]
    tail = max(known, key=len, default=rest.rpartition(".")[2])
    return rest.removesuffix(f".{tail}"), tail


def title_of(name: str, nodes: Mapping[str, str]) -> str:
    """Russian heading of a column, its own dotted name where none is registered."""
    code, tail = _tail(name)
    heading = headings().get(tail)
    title = heading.title if heading else tail
    if code is None:
        return title
    return f"{code} {nodes.get(code, '')}: {title}".replace(" :", ":")


def is_number(name: str) -> bool:
    """Whether the decimal strings of a column are numbers in a spreadsheet."""
    heading = headings().get(_tail(name)[1])
    return heading is not None and heading.number


def as_number(cell: Cell) -> int | float | None:
    """Return the cell as a number, None where it is none."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return cell
    if _DECIMAL.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    return None


def footer_of(document: Mapping[str, Any], path: str) -> tuple[tuple[str, str], ...]:
    """Return methodology, revision, source time, citation and permalink, as far as known."""
    revision = document.get("revision")
    methodology = document.get("methodology")
    if isinstance(methodology, Mapping):
        methodology = methodology.get("title") or methodology.get("version")
    lines = (
        ("Методика", methodology),
        ("Редакция", revision),
        ("Время источника", document.get("source_time")),
        ("Ссылка для цитирования", document.get("citation")),
        ("Постоянный адрес", None if revision is None else f"{path}?revision={revision}"),
    )
    return tuple((label, str(value)) for label, value in lines if value is not None)


def neutral(cell: Cell) -> Cell:
    """Return the cell with a leading formula sign made harmless; signed numbers stay."""
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        harmless = _DECIMAL.fullmatch(cell) or len(cell) == 1
        return cell if harmless and cell not in {"=", "@", "\t", "\r"} else f"'{cell}"
    return cell
