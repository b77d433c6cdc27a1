"""Gathering readings into the rows and columns a rule compares."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from shared.figures.claims import Claim
from shared.figures.selectors import Key

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


def in_order(codes: Iterable[str]) -> list[str]:
    """Order codes as people do: whole numbers by value, then texts."""
    return sorted(
        codes, key=lambda code: (not code.isdecimal(), int(code) if code.isdecimal() else 0, code)
    )
