"""The table of costs, and what it states of operations in the OpenAPI document: `x-cost`."""

import csv
from decimal import Decimal
from pathlib import Path

from services.gateway.domain.request_cost import OperationCost, OperationCosts
from services.gateway.openapi.merge import Json, operations

TABLE = Path(__file__).parents[1] / "data" / "operation_costs.csv"
EXTENSION = "x-cost"


def read_costs(file: Path = TABLE) -> OperationCosts:
    """Return the table by (method, template). Raises `ValueError` for a row without sense."""
    costs: dict[tuple[str, str], OperationCost] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            key = row["method"], row["template"]
            cost = OperationCost(int(row["units"]), Decimal(row["units_per_kib"]))
            if key in costs or cost.units < 1 or cost.units_per_kib < 0:
                raise ValueError(f"not a cost: {row}")
            costs[key] = cost
    return costs


def state_costs(document: Json, costs: OperationCosts) -> Json:
    """State in place what requests of costly operations cost, and return the document."""
    for path, method, operation in operations(document):
        cost = costs.get((method.upper(), path))
        if cost is not None:
            operation[EXTENSION] = {
                "units": cost.units,
                "units_per_kib": float(cost.units_per_kib),
            }
    return document
