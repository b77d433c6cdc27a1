"""A statistical table as a JSON-stat 2.0 dataset: its dimensions and a dimension of measures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.gateway.representations.kinds import TableKind, headings
from services.gateway.representations.sheet import (
    NOBODY,
    Cell,
    Publication,
    as_number,
    citation_of,
    flatten,
    is_number,
    permalink_of,
    rows_of,
    source_of,
)

_TITLES = {"territory": "Территория", "node": "Показатель", "measure": "Мера"}
_TEXT_COLUMNS = frozenset({"title", "group", "status"})


def to_jsonstat(
    kind: TableKind,
    document: Mapping[str, Any],
    path: str = "",
    source_time: datetime | None = None,
    publication: Publication = NOBODY,
) -> dict[str, Any]:
    """Return the dataset of a table: `value` in row-major order of `id`, absent cells null.

    Text columns are left out; exact decimals become JSON numbers, as the format asks.
    A table without rows gives dimensions without categories and no values.
    """
    records = list(_records(kind, document))
    measures = _measures(kind, records)
    categories = {
        name: list(dict.fromkeys(str(record[name]) for record in records))
        for name in kind.dimensions
    }
    categories["measure"] = measures
    cells = {tuple(str(record[name]) for name in kind.dimensions): record for record in records}
    labels = labels_of(kind, document)
    methodology = document.get("methodology") or kind.methodology
    notes = [f"Методика: {methodology}"] if isinstance(methodology, str) else []
    address = permalink_of(document, path, publication) if publication.base_url else None
    return {
        "version": "2.0",
        "class": "dataset",
        **({"href": address} if address else {}),
        "label": label_of(kind, document, path),
        "source": citation_of(kind, document, path, source_time, publication),
        "updated": source_of(document, source_time),
        "id": [*kind.dimensions, "measure"],
        "size": [len(members) for members in categories.values()],
        "role": {
            "metric": ["measure"],
            **({"geo": ["territory"]} if "territory" in kind.dimensions else {}),
        },
        "dimension": {
            name: _dimension(name, members, labels.get(name, {}))
            for name, members in categories.items()
        },
        "value": _values(kind, categories, measures, cells),
        **({"note": notes} if notes else {}),
        "extension": {"revision": document.get("revision")},
    }


def label_of(kind: TableKind, document: Mapping[str, Any], path: str) -> str:
    """Return the table's title with what the document or its address is about."""
    about = [
        str(document[name])
        for name in ("programme", "period", "season", "year")
        if document.get(name)
    ] or [word for word in path.split("/")[3:] if word[:1].isdigit()]
    return " ".join([kind.title, *about])


def _records(kind: TableKind, document: Mapping[str, Any]) -> Iterator[dict[str, Cell]]:
    """One flat record a combination of the dimensions; `nodes` of a rating are unfolded."""
    for row in rows_of(document):
        if "node" not in kind.dimensions:
            yield flatten(row)
            continue
        for code, node in (row.get("nodes") or {}).items():
            yield {"territory": row["territory"], "node": code, **flatten(node)}


def _measures(kind: TableKind, records: Sequence[Mapping[str, Cell]]) -> list[str]:
    names = dict.fromkeys(name for record in records for name in record)
    return [
        name
        for name in names
        if name not in kind.dimensions
        and name not in _TEXT_COLUMNS
        and is_measure(name, [record.get(name) for record in records])
    ]


def is_measure(name: str, cells: Sequence[Cell]) -> bool:
    """Tell whether a column holds JSON numbers, or decimal strings that are registered as such."""
    filled = [cell for cell in cells if cell is not None]
    if any(isinstance(cell, bool) for cell in filled):
        return False
    if all(isinstance(cell, int | float) for cell in filled):
        return bool(filled)
    return is_number(name) and all(as_number(cell) is not None for cell in filled)


def _values(
    kind: TableKind,
    categories: Mapping[str, Sequence[str]],
    measures: Sequence[str],
    cells: Mapping[tuple[str, ...], Mapping[str, Cell]],
) -> list[int | float | None]:
    keys: list[tuple[str, ...]] = [()]
    for name in kind.dimensions:
        keys = [(*key, member) for key in keys for member in categories[name]]
    return [as_number(cells.get(key, {}).get(measure)) for key in keys for measure in measures]


def labels_of(kind: TableKind, document: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Russian labels of categories: territories, nodes, subjects by their titles, measures."""
    labels: dict[str, dict[str, str]] = {
        "measure": {name: heading.title for name, heading in headings().items()}
    }
    if "node" in kind.dimensions:
        labels["node"] = {node["code"]: node["title"] for node in document.get("nodes") or ()}
    first = kind.dimensions[0]
    labels[first] = {
        str(row[first]): str(row["title"]) for row in rows_of(document) if row.get("title")
    }
    return labels


def _dimension(name: str, members: Sequence[str], labels: Mapping[str, str]) -> dict[str, Any]:
    heading = headings().get(name)
    return {
        "label": _TITLES.get(name) or (heading.title if heading else name),
        "category": {
            "index": list(members),
            "label": {member: labels.get(member, member) for member in members},
        },
    }
