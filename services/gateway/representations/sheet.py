"""A document's rows laid out as a flat sheet: dotted column names, one cell a value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.gateway.representations.kinds import TableKind, headings

Cell = str | int | float | bool | None
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_NODES = "nodes."
_PART = "Показана не вся таблица: продолжение — на следующих страницах (курсор next)."
_DIGITS = 12
# Names of the list of rows; a table of statistics has its finest rows in `cells`.
_LISTS = ("rows", "items", "cells")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns by dotted name with their Russian titles, rows of as many cells, a footer."""

    title: str
    columns: tuple[str, ...]
    titles: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footer: tuple[tuple[str, str], ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes the tables and where: the publisher's name, the public base address."""

    publisher: str = ""
    base_url: str = ""


NOBODY = Publication()


def lay_out(
    kind: TableKind,
    document: Mapping[str, Any],
    path: str,
    source_time: datetime | None = None,
    publication: Publication = NOBODY,
) -> Sheet:
    """Return the sheet of a table document, its columns in order of appearance."""
    records = [flatten(row, whole=kind.whole) for row in rows_of(document)]
    nodes = {node["code"]: node["title"] for node in document.get("nodes") or ()}
    columns = columns_of(records)
    return Sheet(
        title=kind.title,
        columns=columns,
        titles=tuple(title_of(name, nodes) for name in columns),
        numbers=tuple(is_number(name, nodes) for name in columns),
        rows=tuple(tuple(record.get(name) for name in columns) for record in records),
        footer=footer_of(kind, document, path, source_time, publication),
        note=_PART if document.get("next") else None,
    )


def columns_of(records: Sequence[Mapping[str, Cell]]) -> tuple[str, ...]:
    """Return the columns in order of appearance.

    Where an object is in one row and null in another, only the columns of its fields remain.
    """
    names = dict.fromkeys(name for record in records for name in record)
    objects = {
        name.rsplit(".", depth)[0] for name in names for depth in range(1, name.count(".") + 1)
    }
    return tuple(name for name in names if name not in objects)


def rows_of(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the records of a table document."""
    rows = next((document[name] for name in _LISTS if name in document), None)
    return rows if isinstance(rows, list) else []


def flatten(
    value: Mapping[str, Any], prefix: str = "", whole: frozenset[str] = frozenset()
) -> dict[str, Cell]:
    """Nested objects as dotted names; a figure becomes its value, a place loses its label.

    A list becomes one cell, its members joined by «; », and so does every field named in `whole`.
    """
    flat: dict[str, Cell] = {}
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if name in whole:
            flat[name] = to_text(inner) or None
        elif isinstance(inner, Mapping):
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


def to_text(value: Any) -> str:
    """Return any JSON value in words: «key: value» joined, what is null left out."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {to_text(one)}" for key, one in value.items() if one is not None)
    if isinstance(value, list):
        return " | ".join(to_text(one) for one in value)
    return "" if value is None else str(value)


def _joined(member: Any) -> str:
    if isinstance(member, Mapping):
        return ": ".join("" if part is None else str(part) for part in member.values())
    return str(member)


def tail_of(name: str, nodes: Iterable[str]) -> tuple[str | None, str]:
    """Node code and the rest of a column under `nodes.`; codes may hold dots («1.1»)."""
    if not name.startswith(_NODES):
        return None, name
    rest = name.removeprefix(_NODES)
    known = [code for code in nodes if rest.startswith(f"{code}.")]
    code = max(known, key=len, default=rest.partition(".")[0])
    return code, rest.removeprefix(f"{code}.")


def title_of(name: str, nodes: Mapping[str, str]) -> str:
    """Russian heading of a column, its own dotted name where none is registered."""
    code, tail = tail_of(name, nodes)
    heading = headings().get(tail)
    title = heading.title if heading else tail
    if code is None:
        return title
    return f"{code} {nodes.get(code, '')}: {title}".replace(" :", ":")


def is_number(name: str, nodes: Iterable[str] = ()) -> bool:
    """Whether the decimal strings of a column are numbers in a spreadsheet."""
    heading = headings().get(tail_of(name, nodes)[1])
    return heading is not None and heading.number


def is_decimal(text: str) -> bool:
    """Whether a text is a plain decimal number."""
    return _DECIMAL.fullmatch(text) is not None


def as_number(cell: Cell) -> int | float | None:
    """Return the cell as a number, None where it is none."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, float):
        # Sums of binary fractions: what lies beyond the twelfth digit is noise.
        return float(f"{cell:.{_DIGITS}g}")
    if isinstance(cell, int):
        return cell
    if _DECIMAL.fullmatch(cell):
        return float(cell) if "." in cell else int(cell)
    return None


def footer_of(
    kind: TableKind,
    document: Mapping[str, Any],
    path: str,
    source_time: datetime | None,
    publication: Publication = NOBODY,
) -> tuple[tuple[str, str], ...]:
    """Return methodology, revision, source time, citation and permalink, as far as known.

    What the document does not say of itself is derived from its kind and address.
    """
    revision = document.get("revision")
    methodology = document.get("methodology") or kind.methodology
    if isinstance(methodology, Mapping):
        methodology = methodology.get("title") or methodology.get("version")
    lines = (
        ("Методика", methodology),
        ("Редакция", revision),
        ("Время источника", source_of(document, source_time)),
        ("Издатель", publication.publisher or None),
        ("Источник", "; ".join(sources_of(kind, document)) or None),
        ("Ссылка для цитирования", citation_of(kind, document, path, source_time, publication)),
        ("Постоянный адрес", permalink_of(document, path, publication)),
    )
    return tuple((label, str(value)) for label, value in lines if value is not None)


def source_of(document: Mapping[str, Any], source_time: datetime | None) -> str | None:
    """Return the instant of the source, RFC 3339: the document's own, else that of its answer."""
    own: str | None = document.get("source_time")
    return own or (None if source_time is None else source_time.isoformat())


def sources_of(kind: TableKind, document: Mapping[str, Any]) -> list[str]:
    """Return the source documents of a table in words.

    Those it names itself, else those its rows have evidence in, else the register of its kind.
    """
    if document.get("sources"):
        return [_source_words(source) for source in document["sources"]]
    evident = {
        str(proof["document"])
        for row in rows_of(document)
        for proof in row.get("evidence") or ()
        if isinstance(proof, Mapping) and proof.get("document")
    }
    return sorted(evident) or ([kind.source] if kind.source else [])


def _source_words(source: Mapping[str, Any]) -> str:
    named = str(source["document"])
    if source.get("title"):
        named = f"{source['title']} ({named})"
    tables = [f"таблица «{title}»" for title in source.get("tables") or ()]
    lines = source.get("lines")
    span = [] if lines is None else [f"строки {lines['from']}–{lines['to']}"]
    return ", ".join([named, *tables, *span])


def citation_of(
    kind: TableKind,
    document: Mapping[str, Any],
    path: str,
    source_time: datetime | None,
    publication: Publication = NOBODY,
) -> str:
    """Return how to cite a table: publisher, words, permanent address, as far as known."""
    address = permalink_of(document, path, publication) if publication.base_url else None
    words = _citation_words(kind, document, path, source_time)
    return ". ".join(part for part in (publication.publisher, words, address) if part)


def permalink_of(
    document: Mapping[str, Any], path: str, publication: Publication = NOBODY
) -> str | None:
    """Return the address of this revision, None for a document without revisions."""
    revision = document.get("revision")
    if revision is None or not path:
        return None
    return f"{publication.base_url.rstrip('/')}{path}?revision={revision}"


def _citation_words(
    kind: TableKind, document: Mapping[str, Any], path: str, source_time: datetime | None
) -> str:
    """Return the document's own citation, else its title, address, revision and date."""
    if document.get("citation"):
        return str(document["citation"])
    named = [word for word in path.split("/")[2:] if word[:1].isdigit()]
    parts = [" ".join([kind.title, *named])]
    sources = sources_of(kind, document)
    if document.get("revision") is not None:
        parts.append(f"редакция {document['revision']}")
    if source_time is not None:
        parts.append(f"данные на {source_time:%d.%m.%Y}")
    words = ", ".join(parts)
    return f"{words}. Источник: {'; '.join(sources)}" if sources else words


def neutral(cell: Cell) -> Cell:
    """Return the cell with a leading formula sign made harmless; signed numbers stay."""
    if isinstance(cell, str) and cell[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        harmless = _DECIMAL.fullmatch(cell) or len(cell) == 1
        return cell if harmless and cell not in {"=", "@", "\t", "\r"} else f"'{cell}"
    return cell
