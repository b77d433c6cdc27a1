"""Along which axes shares are those of one whole: by the contract, by nature, or never."""

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from shared.figures.checks.axes import Column, step_of
from shared.figures.key_names import PARTITIONS, REPEATING

TIER = "tier"
TIERS = frozenset({"profile", "subject", "olympiad"})
"""The tiers of teachers, which together are all of them: the contract's own division."""
REST = frozenset({"other", "others", "rest", "none", "прочие", "остальные", "иное", "нет"})
"""Steps that hold whatever the others do not: the list is then complete."""
SPAN = re.compile(r"(?P<low>[0-9]+)\s*[-–—]\s*(?P<high>[0-9]+)")
LEAST_SHARES = 3
NEAR_HUNDRED = 15
"""Along an unknown axis a sum this near 100 is taken for that of one whole."""


def is_whole_of_shares(axis: str, column: Column) -> bool:
    """Tell whether the contract itself makes these the shares of one whole.

    The three tiers of teachers, that differ by tier alone are shares of all teachers; with
    anything more in the key (`of`, `subject`, `measure`) each share is of its own tier.
    """
    rest = {name for name, _ in column.row[3]} - {"period"}
    return axis == TIER and not rest and {step_of(r, axis) for r in column.parts} == TIERS


def is_share_axis(axis: str, column: Column) -> bool:
    """Tell whether shares along an axis are likely to be of one whole, whatever their sum.

    Their nature says it (intervals, marks, sexes), or a step for the rest; along an unknown axis
    only a sum near 100 does.
    """
    if axis in REPEATING or len(column.parts) < LEAST_SHARES - (axis in PARTITIONS):
        return False
    steps = [step_of(r, axis).lower() for r in column.parts]
    if axis in PARTITIONS:
        return len(steps) >= LEAST_SHARES or axis in {"sex", "gender", "пол"}
    if REST & set(steps) or _contiguous(steps):
        return True
    total = sum((p.exact for p in column.printed), Fraction(0))
    return abs(total - 100) <= NEAR_HUNDRED


def _contiguous(steps: Sequence[str]) -> bool:
    """Tell whether the steps are numeric intervals that follow one another."""
    spans = [SPAN.fullmatch(step.strip()) for step in steps]
    if not all(spans):
        return False
    ends = sorted((int(m["low"][:9]), int(m["high"][:9])) for m in spans if m is not None)
    return all(0 <= b[0] - a[1] <= 1 for a, b in pairwise(ends))
