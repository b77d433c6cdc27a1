"""A wide table in long form: one row for each unit and indicator."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from services.gateway.representations.kinds import TableKind
from services.gateway.representations.sheet import NOBODY, Publication, Sheet, lay_out, rows_of


def lay_out_long(
    kind: TableKind,
    document: Mapping[str, Any],
    path: str,
    source_time: datetime | None = None,
    publication: Publication = NOBODY,
) -> Sheet:
    """Return the sheet of a table with the code and title of the indicator in columns.

    A table without indicators across its columns is long already and stays as it is.
    """
    if not document.get("nodes"):
        return lay_out(kind, document, path, source_time, publication)
    unfolded = {**document, "rows": list(_unfold(document)), "nodes": []}
    return lay_out(kind, unfolded, path, source_time, publication)


def _unfold(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    titles = {node["code"]: node["title"] for node in document["nodes"]}
    for row in rows_of(document):
        unit = {name: value for name, value in row.items() if name != "nodes"}
        for code, node in (row.get("nodes") or {}).items():
            yield {**unit, "node": code, "node_title": titles.get(code, code), **node}
