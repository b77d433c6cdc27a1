"""What a request may cost, asked before its work begins.

A bound on each list is no bound on their product. The owner of an operation computes the cost from
the sizes of the body (pairs, arcs, cells, characters) and asks here; the bound is in the
operation's description too.
"""

from dataclasses import dataclass

from shared.limit_errors import RequestTooLarge


@dataclass(frozen=True, slots=True)
class CostBound:
    """The most that one request may cost; `unit` in Russian, genitive plural: «пар», «ячеек»."""

    unit: str
    most: int

    def require(self, cost: int) -> None:
        """Raise `RequestTooLarge` for a cost above the bound."""
        if cost > self.most:
            raise RequestTooLarge(f"{self} В запросе {_grouped(cost)}.")

    def __str__(self) -> str:
        return f"За один запрос вычисляется не больше {_grouped(self.most)} {self.unit}."


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")
