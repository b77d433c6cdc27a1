"""Gathering readings into the rows and columns a rule compares."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from shared.figures.claims import Claim, Concept
from shared.figures.document import Key, Selector
from shared.figures.reading import Printed, Reading

BAND = "band"
WHOLE_OF = frozenset({"indicator", "subject", "grade", "period", "stage", "season", "node"})
"""Parts of a key that name what bands are of; the others say which end of which band it is."""
ROW_NAMES = frozenset({"row", "pair", "item", "line", "number", "level", "bound", "edge", "end"})
"""Parts of a key that only tell the rows of one table apart."""

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


def group_by(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Group items, each group and the groups themselves in order of appearance."""
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def of_concept(readings: Sequence[Reading], *concepts: Concept) -> list[Reading]:
    """Return the readings of some concepts."""
    return [reading for reading in readings if reading.claim.concept in concepts]


def scope_of(claim: Claim) -> tuple[str, str]:
    """Return the scope two claims must share to be compared."""
    return claim.scope_kind.value, claim.scope


def scale_of(claim: Claim) -> Key:
    """Return the part of a key that names a scale: its claims share a maximum and bands.

    All bands of a thing are on one scale, and so are all rows of a table. Whatever else a key
    says may have a maximum of its own.
    """
    banded = claim.about(BAND) is not None
    return tuple(
        (name, value)
        for name, value in claim.key
        if (name in WHOLE_OF if banded else name not in ROW_NAMES)
    )


def numbers(readings: Sequence[Reading], selector: Selector) -> list[Printed]:
    """Return the numbers of the claims a fact speaks of."""
    printed = (r.printed for r in readings if selector.matches(r.claim))
    return [number for number in printed if number is not None]


def in_order(codes: Iterable[str]) -> list[str]:
    """Order codes as people do: whole numbers by value, then texts."""
    return sorted(
        codes, key=lambda code: (not code.isdecimal(), int(code) if code.isdecimal() else 0, code)
    )
