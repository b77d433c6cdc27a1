"""Schools with low results (ШНОР) by a stated rule, and who is on its boundary.

The rule: at least 30 % of the pupils of the school have low results. The printed share represents
every value that rounds to it; where the bound lies among them the answer is on the boundary, and
another digit could change it.
"""

from dataclasses import dataclass
from decimal import Decimal

RULE = "low_results_share_30"
RULE_TEXT = "Доля обучающихся с низкими результатами не меньше 30 %."
BOUND = Decimal(30)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a school is on the list; None where the share is unknown."""

    listed: bool | None
    boundary: bool


def standing(share: str | None) -> Standing:
    """Judge a printed share in per cent, digits as printed.

    A value v printed with d digits represents [v − h, v + h), h half a unit of the last digit.
    """
    if share is None:
        return Standing(None, boundary=False)
    value = Decimal(share.replace(",", "."))
    half = Decimal(1).scaleb(int(value.as_tuple().exponent)) / 2
    return Standing(value >= BOUND, boundary=value - half < BOUND < value + half)
