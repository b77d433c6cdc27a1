"""Places with ties: exact for published decimals, vectorised for the engine's floats.

For a value v among n ranked peers, nulls left out: from = 1 + #{x > v}, to = #{x ≥ v}, of = n
(`docs/rules/figures.md`, Places). A group place is the same on the subset.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

RELATIVE_TOLERANCE = 1e-9
"""Engine floats are equal if |a−b| ≤ 1e-9·max(1, |a|, |b|), neighbours in order chained."""

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Number = Decimal | Fraction | int


@dataclass(frozen=True, slots=True)
class Place:
    """A place, tied or not: `low`…`high` among `of` peers; `of` is None where nobody says."""

    low: int
    high: int
    of: int | None = None

    @property
    def label(self) -> str:
        """Return «12», or «28-39» for a tied range."""
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"

    def wire(self) -> dict[str, int | str | None]:
        """Return `{"from", "to", "label", "of"}`."""
        return {"from": self.low, "to": self.high, "label": self.label, "of": self.of}


class ChangeLabel(StrEnum):
    """What a change of place proves; `overlaps` when the ranges leave it open."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    UNCHANGED = "unchanged"
    OVERLAPS = "overlaps"


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """How far a place moved between two periods: `low`…`high`, positive = better."""

    low: int
    high: int

    @property
    def label(self) -> ChangeLabel:
        """Say what is proved: improved, worsened, unchanged ([0, 0]), or nothing (overlaps)."""
        if self.low > 0:
            return ChangeLabel.IMPROVED
        if self.high < 0:
            return ChangeLabel.WORSENED
        return ChangeLabel.UNCHANGED if self.low == self.high == 0 else ChangeLabel.OVERLAPS

    def wire(self) -> dict[str, int | str]:
        """Return `{"from", "to", "label"}`."""
        return {"from": self.low, "to": self.high, "label": self.label.value}


def change(before: Place, after: Place) -> PlaceChange:
    """Return the change of place as an interval: [from₀ − to₁, to₀ − from₁]."""
    return PlaceChange(before.low - after.high, before.high - after.low)


def places_exact(values: Sequence[Number | None]) -> list[Place | None]:
    """Rank exact values, greatest first, equal ones tied; a null has no place and is no peer."""
    ranked = sorted(value for value in values if value is not None)
    return [None if value is None else _place_among(ranked, value) for value in values]


def group_places_exact(
    values: Sequence[Number | None], groups: Sequence[Hashable | None]
) -> list[Place | None]:
    """Rank exact values inside their groups; who has no group has no group place."""
    members: dict[Hashable, list[Number]] = {}
    for value, group in zip(values, groups, strict=True):
        if value is not None and group is not None:
            members.setdefault(group, []).append(value)
    for ranked in members.values():
        ranked.sort()
    return [
        None if value is None or group is None else _place_among(members[group], value)
        for value, group in zip(values, groups, strict=True)
    ]


def ascending(values: NDArray[np.float64]) -> list[Ints]:
    """Return, for each column of (units,) or (units, nodes), the rows with a value in order.

    Columns are sorted one by one, each in one piece of memory, which is several times faster than
    sorting across rows. ValueError on infinities.
    """
    if np.isinf(values).any():
        message = "an infinite value has no place"
        raise ValueError(message)
    table = values[:, None] if values.ndim == 1 else values
    orders = []
    for node in range(table.shape[1]):
        column = np.ascontiguousarray(table[:, node])
        known = np.flatnonzero(~np.isnan(column))
        orders.append(known[np.argsort(column[known])])
    return orders


def places_float(
    values: NDArray[np.float64],
    tolerance: float = RELATIVE_TOLERANCE,
    orders: Sequence[Ints] | None = None,
) -> tuple[Places, Places, Places]:
    """Rank engine floats down the first axis: `(from, to, n)`; NaN is null and gets 0, 0.

    `values` is (units,) or (units, nodes); from and to have its shape, n is the count of ranked
    peers, scalar or (nodes,). Neighbours in order within the tolerance share a place, chained;
    tolerance 0 compares exactly, as published decimals are. `orders` is what `ascending` gives for
    the values, where the caller has it already. ValueError on infinities.
    """
    orders = ascending(values) if orders is None else orders
    table = values[:, None] if values.ndim == 1 else values
    first, last = (np.zeros(table.shape, dtype=np.int32, order="F") for _ in range(2))
    for node, order in enumerate(orders):
        start, end = _ends_of_runs(_rises(table[order, node], tolerance), order.size)
        first[order, node], last[order, node] = order.size - end + 1, order.size - start
    count = np.array([order.size for order in orders], dtype=np.int32)
    return first.reshape(values.shape), last.reshape(values.shape), count.reshape(values.shape[1:])


def group_places_float(
    values: NDArray[np.float64],
    groups: NDArray[np.integer[Any]],
    tolerance: float = RELATIVE_TOLERANCE,
    orders: Sequence[Ints] | None = None,
) -> tuple[Places, Places, Places]:
    """Rank engine floats inside their groups: `(from, to, n)`, all of the shape of `values`.

    `groups` is (units,) of whole codes; a negative code means no group: 0, 0, 0. n is the count
    of ranked peers of that unit's group at that node. Tolerance and `orders` as above.
    """
    orders = ascending(values) if orders is None else orders
    table = values[:, None] if values.ndim == 1 else values
    first, last, count = (np.zeros(table.shape, dtype=np.int32, order="F") for _ in range(3))
    outside = groups < 0 if (groups < 0).any() else None
    if groups.max(initial=0) < np.iinfo(np.int16).max:
        groups = groups.astype(np.int16)  # Short codes are sorted by radix, stably and fast.
    for node, known in enumerate(orders):
        order = known if outside is None else known[~outside[known]]
        order = order[np.argsort(groups[order], kind="stable")]
        members = groups[order]
        new_group = members[1:] != members[:-1]
        group_start, group_end = _ends_of_runs(new_group, order.size)
        breaks = _rises(table[order, node], tolerance) | new_group
        start, end = _ends_of_runs(breaks, order.size)
        first[order, node], last[order, node] = group_end - end + 1, group_end - start
        count[order, node] = group_end - group_start
    return first.reshape(values.shape), last.reshape(values.shape), count.reshape(values.shape)


class RankedColumn:
    """The ranked values of one column, asked what place another value would take among them."""

    def __init__(self, values: NDArray[np.float64], tolerance: float = RELATIVE_TOLERANCE) -> None:
        order = ascending(values)[0]
        self._tolerance = tolerance
        self._sorted = values[order]
        self._position = np.full(values.shape, -1, dtype=np.int64)
        self._position[order] = np.arange(order.size)
        self._run_start, self._run_end = _ends_of_runs(_rises(self._sorted, tolerance), order.size)

    def places_of(self, values: NDArray[np.float64], rows: Ints) -> tuple[Places, Places, Places]:
        """Return from, to and `of` that finite values would have in place of the rows' own ones."""
        count = self._sorted.size
        start = np.searchsorted(self._sorted, values, side="left").astype(np.int32)
        end = np.searchsorted(self._sorted, values, side="right").astype(np.int32)
        if count:
            below, above = np.maximum(start - 1, 0), np.minimum(end, count - 1)
            tied_below = (start > 0) & ~self._rise(self._sorted[below], values)
            tied_above = (end < count) & ~self._rise(values, self._sorted[above])
            start = np.where(tied_below, self._run_start[below], start)
            end = np.where(tied_above, self._run_end[above], end)
        own = self._position[rows]
        first = 1 + count - end - (own >= end)
        last = 1 + count - start - (own >= start)
        return first, last, (count + (own < 0)).astype(np.int32)

    def _rise(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
        size = np.maximum(1.0, np.maximum(np.abs(low), np.abs(high)))
        with np.errstate(over="ignore"):
            return np.asarray(high - low > self._tolerance * size)


def _rises(ranked: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    """Return where a value in ascending order is greater than the one before it."""
    size = np.maximum(1.0, np.maximum(np.abs(ranked[:-1]), np.abs(ranked[1:])))
    with np.errstate(over="ignore"):
        rises: NDArray[np.bool_] = ranked[1:] - ranked[:-1] > tolerance * size
    return rises


def _ends_of_runs(breaks: NDArray[np.bool_], items: int) -> tuple[Places, Places]:
    """Return where each item's run starts and ends (exclusive); `breaks` lie between items."""
    edges = np.concatenate([[0], np.flatnonzero(breaks) + 1, [items]]).astype(np.int32)
    lengths = np.diff(edges)
    return np.repeat(edges[:-1], lengths), np.repeat(edges[1:], lengths)


def _place_among(ranked: list[Number], value: Number) -> Place:
    """Place a value in the ascending list it belongs to."""
    above = len(ranked) - bisect_right(ranked, value)
    return Place(1 + above, len(ranked) - bisect_left(ranked, value), len(ranked))
