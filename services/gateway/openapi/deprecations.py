"""The registry of deprecated operations, and its marks in the OpenAPI document.

`data/deprecations.csv` is the whole registry; a row in it is all it takes to announce an
operation's end in its answers and in the OpenAPI.
"""

import csv
from datetime import date
from pathlib import Path

from services.gateway.domain.deprecations import Deprecation, Registry
from services.gateway.openapi.merge import Json, operations

REGISTRY = Path(__file__).parents[1] / "data" / "deprecations.csv"


def read_deprecations(file: Path = REGISTRY) -> Registry:
    """Return the registry by (method, template). Raises `ValueError` for a row without sense."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [
            Deprecation(
                row["method"],
                row["template"],
                date.fromisoformat(row["since"]),
                date.fromisoformat(row["sunset"]) if row["sunset"] else None,
                row["successor"] or None,
            )
            for row in csv.DictReader(lines)
        ]
    found = {(row.method, row.template): row for row in rows}
    if len(found) != len(rows):
        raise ValueError("an operation is deprecated twice")
    return found


def mark(document: Json, registry: Registry) -> Json:
    """Mark the deprecated operations of an OpenAPI document in place and return it."""
    for path, method, operation in operations(document):
        found = registry.get((method.upper(), path))
        if found is None:
            continue
        operation["deprecated"] = True
        for response in operation["responses"].values():
            response.setdefault("headers", {}).update(_documented(found))
    return document


def _documented(found: Deprecation) -> Json:
    fields: Json = {
        "Deprecation": {
            "description": "С какого времени операция считается устаревшей (RFC 9745).",
            "schema": {"type": "string", "maxLength": 20, "pattern": "^@[0-9]+$"},
        }
    }
    if found.sunset is not None:
        fields["Sunset"] = {
            "description": "Когда операция перестанет отвечать (RFC 8594).",
            "schema": {"type": "string", "maxLength": 40},
        }
    return fields
