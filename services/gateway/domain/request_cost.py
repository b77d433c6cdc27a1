"""What a request costs, known from its operation and its size before any work begins.

A unit is about a millisecond of one core. An operation that the table does not name costs one
unit: the limit by count bounds it. Weights are of `data/operation_costs.csv`, one row an operation.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

_KIB = 1024


@dataclass(frozen=True, slots=True)
class OperationCost:
    """Units of a request of one operation: a part of every one, a part for each KiB of its body."""

    units: int
    units_per_kib: Decimal = Decimal()

    def of(self, body_bytes: int) -> int:
        """Return the units of a request, rounded up; a body counts by its exact size."""
        return self.units + math.ceil(self.units_per_kib * body_bytes / _KIB)


ORDINARY = OperationCost(1)
OperationCosts = Mapping[tuple[str, str], OperationCost]


@dataclass(frozen=True, slots=True)
class SlidingWindow:
    """What was taken of a limit a minute: in the minute before, weighted by what is left of it.

    Lefts are in seconds: until the minute before counts nothing, until the current one does.
    """

    before: int
    before_left: float
    current: int
    current_left: float

    def seconds_until(self, cost: int, amount: int, window: int) -> int:
        """Return after how many seconds a cost of at most the amount fits, at least 1."""
        free = amount - cost - self.current
        if free >= 0:
            share = free * window / self.before if self.before else window
            wait = self.before_left - share
        else:
            wait = self.current_left - (amount - cost) * window / self.current
        return max(1, math.ceil(wait))
