"""Those who did at least 75 % of the work, counted by subject and grade."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

SHARE_NUMERATOR = 3
SHARE_DENOMINATOR = 4


def performed(score: Decimal, maximum: Decimal) -> bool:
    """Whether 4·score ≥ 3·maximum, exactly: 37.5 of 50 counts, 37.49 does not."""
    return SHARE_DENOMINATOR * Fraction(score) >= SHARE_NUMERATOR * Fraction(maximum)


def count_performers(counts: Mapping[Decimal, int], maximum: Decimal | None) -> int | None:
    """How many people of a score tally performed; null where the maximum is unknown."""
    if maximum is None:
        return None
    return sum(number for score, number in counts.items() if performed(score, maximum))
