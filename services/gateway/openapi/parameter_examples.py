"""An example on every parameter, out of `data/parameter_examples.csv`.

Its rows name operations by a pattern (`*` is any) and a parameter; the first that fits is taken,
so particular rows come above general ones. A row that names the operation itself also replaces
the example that the service states.
"""

import csv
import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache

from services.gateway.openapi.merge import Json, operations
from services.gateway.representations.kinds import DATA

_CLOSED = ("enum", "const", "example")


@cache
def known_parameters() -> tuple[Mapping[str, str], ...]:
    """Return the rows of the table in their order."""
    with (DATA / "parameter_examples.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def exemplify_parameters(document: Json) -> None:
    """Give every parameter without values of its own an example, in place."""
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            schema = parameter.get("schema", {})
            own = "example" in parameter or schema.get("examples")
            closed = own or any(key in schema for key in _CLOSED)
            value = example_of(operation["operationId"], parameter["name"], schema, exact=closed)
            if value is not None:
                parameter["example"] = value


def example_of(operation: str, name: str, schema: Json, *, exact: bool = False) -> object:
    """Return the table's value for a parameter in the type of its schema; None without a row.

    `exact` takes only a row that names the operation itself.
    """
    for row in known_parameters():
        named = row["operation"] == operation
        if row["parameter"] == name.lower() and (
            named or (not exact and fnmatchcase(operation, row["operation"]))
        ):
            return row["value"] if schema.get("type") == "string" else json.loads(row["value"])
    return None
