"""How the declared number of teachers of a subject divides into the three tiers."""

from collections.abc import Mapping
from fractions import Fraction

TIER_SHARES: Mapping[str, Fraction] = {
    "profile": Fraction(10, 100),
    "subject": Fraction(85, 100),
    "olympiad": Fraction(5, 100),
}
"""The shares 10/85/5 of the cyclogram; the order is the order of the programme."""

TIER_TITLES: Mapping[str, str] = {
    "profile": "профильный и углублённый",
    "subject": "предметный",
    "olympiad": "олимпиадный",
}
"""The tiers as people call them."""


def apportion(total: int, shares: Mapping[str, Fraction]) -> dict[str, int]:
    """Divide `total` whole people by `shares` with the method of the largest remainder.

    Every part first gets the whole part of its quota `total·share`; what is left goes one by one
    to the largest remainders, a tie to the larger share, then to the earlier code. The parts sum
    to `total`. Raises ValueError for a negative total or shares that do not sum to one.
    """
    if total < 0:
        raise ValueError("A head count is never negative.")
    if sum(shares.values()) != 1:
        raise ValueError("The shares of the tiers must sum to one.")
    quotas = {code: total * share for code, share in shares.items()}
    parts = {code: int(quota) for code, quota in quotas.items()}
    left = total - sum(parts.values())
    by_remainder = sorted(
        shares, key=lambda code: (parts[code] - quotas[code], -shares[code], code)
    )
    for code in by_remainder[:left]:
        parts[code] += 1
    return parts


def tier_sizes(headcount: int) -> dict[str, int]:
    """Tier sizes of a subject with `headcount` teachers: 747 gives 75 / 635 / 37."""
    return apportion(headcount, TIER_SHARES)
