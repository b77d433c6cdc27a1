"""Whether places are those of one unregistered group, but for one slip at most."""

from collections.abc import Mapping
from fractions import Fraction

from shared.figures.rules.tie_conventions import Label

LEAST_MEMBERS = 6
GREATEST_SLIP = 2
"""A place further off may be that of another group."""


def one_slip_apart(inside: Mapping[str, Label], outside: Mapping[str, Label]) -> bool:
    """Tell whether places inside follow the order outside, one or two swapped ones excepted.

    At least six members, all with different places outside; none inside is beyond their number,
    as it would be if the group had others. A wrong place is at most two off.
    """
    if len(inside) < LEAST_MEMBERS or inside.keys() != outside.keys():
        return False
    order = sorted(outside, key=lambda territory: outside[territory].low)
    if any(label.low != label.high for label in (*inside.values(), *outside.values())):
        return False
    if len({label.low for label in outside.values()}) < len(outside):
        return False
    expected = {territory: Fraction(n) for n, territory in enumerate(order, start=1)}
    wrong = [t for t, label in inside.items() if label.low != expected[t]]
    if any(label.low > len(inside) for label in inside.values()):
        return False
    swapped = sorted(inside[t].low for t in wrong) == sorted(expected[t] for t in wrong)
    near = all(abs(inside[t].low - expected[t]) <= GREATEST_SLIP for t in wrong)
    return near and (len(wrong) < 2 or (len(wrong) == 2 and swapped))  # noqa: PLR2004 -- a swap.
