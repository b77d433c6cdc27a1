"""A unit of a stored revision as people see it, in the shapes of the wire."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from services.ratings.domain.grading import level_note
from services.ratings.domain.peers_guard import GuardedPlace, guard_place
from services.ratings.store.results import UnitRecord
from services.ratings.store.revisions import Declared, Revision
from services.ratings.usecases.node_doubts import NodeDoubts
from shared.figures.decimals import published
from shared.figures.places import Place

CELLS_AT_ONCE = 400_000
"""A table of more units × nodes is read by groups."""

View = dict[str, object]

_ABSENT: Mapping[str, object] = dict.fromkeys(
    (
        "score",
        "place",
        "place_note",
        "among",
        "group_place",
        "group_place_note",
        "group_among",
        "coverage",
        "leaves",
        "incomplete",
        "place_if_known",
        "level",
        "level_note",
    )
)
NO_DOUBTS = NodeDoubts()


def shown_at_once(layout: Mapping[str, Any]) -> bool:
    """Say whether the whole table of a revision is one answer."""
    return cells_of(layout) <= CELLS_AT_ONCE


def cells_of(layout: Mapping[str, Any]) -> int:
    """Return about how many cells the table of a revision has, without reading one.

    Units without a place and without a score at any node are not counted.
    """
    return _units_of(layout) * len(layout["nodes"])


def leaf_cells_of(layout: Mapping[str, Any]) -> int:
    """Return about how many values of indicators a revision has, as `cells_of` counts units."""
    return _units_of(layout) * (len(layout["nodes"]) - len(layout["aggregates"]))


def _units_of(layout: Mapping[str, Any]) -> int:
    return int(max([*layout["of"], *layout.get("scored", [])], default=0))


class NodeSerializer:
    """Turns the units of one revision into views of its nodes."""

    def __init__(self, revision: Revision, doubts: NodeDoubts = NO_DOUBTS) -> None:
        self._layout = revision.layout
        self._doubts = doubts
        self._codes = [node["code"] for node in self._layout["nodes"]]
        self._aggregates = {node: at for at, node in enumerate(self._layout["aggregates"])}
        self._leaves = [at for at in range(len(self._codes)) if at not in self._aggregates]
        self._spans = leaf_spans(self._layout)

    def views(self, unit: UnitRecord | None, stated: Declared | None) -> View:
        """Return code → view of every node, and of those only documents speak of."""
        declared = {} if stated is None else stated.nodes
        gaps = None if unit is None else self._gaps(unit)
        territory = _code_of(unit, stated)
        views: View = {}
        for column, code in enumerate(self._codes):
            view = self._computed(unit, column, gaps)
            doubts = self._doubts_of(territory, code, view)
            views[code] = {**view, "doubts": doubts, "declared": _declared(declared, code)}
        for node in self._layout["declared_nodes"]:
            code = node["code"]
            doubts = self._doubts_of(territory, code, _ABSENT)
            views[code] = {**_ABSENT, "doubts": doubts, "declared": _declared(declared, code)}
        return views

    def _doubts_of(self, territory: str, node: str, view: Mapping[str, Any]) -> list[str]:
        level = view["level"]
        return self._doubts.of_node(
            territory, node, root=node == self.root, level=level and level["code"]
        )

    @property
    def root(self) -> str | None:
        """The node that represents the whole: the first computed one, else the first declared."""
        declared = [node["code"] for node in self._layout["declared_nodes"]]
        return next(iter([*self._codes, *declared]), None)

    def missing(self, unit: UnitRecord | None) -> list[str] | None:
        """Return the indicators without a value; None where that was not stored."""
        gaps = None if unit is None else self._gaps(unit)
        if gaps is None:
            return None
        return [self._codes[self._leaves[at]] for at in np.flatnonzero(np.diff(gaps))]

    def _gaps(self, unit: UnitRecord) -> np.ndarray[Any, np.dtype[np.int64]] | None:
        """Return how many of the first n indicators are missing, for each n."""
        if unit["missing"] is None:
            return None
        packed = np.frombuffer(unit["missing"], dtype=np.uint8)
        return np.append(0, np.cumsum(np.unpackbits(packed, count=len(self._leaves))))

    def _computed(
        self,
        unit: UnitRecord | None,
        column: int,
        gaps: np.ndarray[Any, np.dtype[np.int64]] | None,
    ) -> View:
        """Return what the engine says of a node."""
        if unit is None:
            return dict(_ABSENT)
        start, end = self._spans[column]
        missing = None if gaps is None else int(gaps[end] - gaps[start])
        score = _number(unit["score"][column])
        left_out = score is not None and bool(missing)
        place, group_place = self._places(unit, column, left_out=left_out)
        at_levels = _has_levels(self._layout, self._codes[column])
        return {
            "score": score,
            **place_views("", place),
            **place_views("group_", group_place),
            "coverage": self._coverage(unit, column),
            "leaves": None
            if missing is None
            else {"known": end - start - missing, "of": end - start},
            "incomplete": None if missing is None else missing > 0,
            "place_if_known": self._possible(unit, column),
            "level": level_view(self._layout["levels"], unit) if at_levels else None,
            "level_note": level_note(unit["level"]) if at_levels else None,
        }

    def _places(
        self, unit: UnitRecord, column: int, *, left_out: bool
    ) -> tuple[GuardedPlace, GuardedPlace]:
        """Return the place among all and in the group, as far as they may be published."""
        peers, group = self._layout["registered"], unit["group_code"]
        group_of = self._layout["group_of"].get(group, [0] * len(self._codes))
        place = _place(unit["place_from"], unit["place_to"], self._layout["of"], column)
        in_group = _place(unit["group_from"], unit["group_to"], group_of, column)
        return (
            guard_place(place, peers["peers"], left_out=left_out),
            guard_place(
                in_group, peers["groups"].get(group), left_out=left_out and group is not None
            ),
        )

    def _coverage(self, unit: UnitRecord, column: int) -> float | None:
        at = self._aggregates.get(column)
        return None if at is None else _number(unit["coverage"][at])

    def _possible(self, unit: UnitRecord, column: int) -> View | None:
        at = self._aggregates.get(column)
        if at is None or unit["possible_from"] is None or unit["possible_from"][at] == 0:
            return None
        joins = math.isnan(unit["score"][column])
        of = self._layout["scored"][column] + joins
        return dict(Place(unit["possible_from"][at], unit["possible_to"][at], of).wire())


def leaf_spans(layout: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return, for each node of a layout, which of the indicators are under it: [start, end).

    Nodes come parents before children, so the indicators under a node follow one another.
    """
    nodes, aggregates = layout["nodes"], set(layout["aggregates"])
    column = {node["code"]: at for at, node in enumerate(nodes)}
    starts, ends, leaves = [0] * len(nodes), [0] * len(nodes), 0
    for at in range(len(nodes)):
        starts[at] = leaves
        if at not in aggregates:
            leaves += 1
            above: int | None = at
            while above is not None:
                ends[above] = leaves
                above = column.get(nodes[above]["parent"])
    return list(zip(starts, ends, strict=True))


def place_views(prefix: str, guarded: GuardedPlace) -> View:
    """Return the three members that tell a computed place, or why it is not published."""
    among = guarded.among
    return {
        f"{prefix}place": None if guarded.place is None else dict(guarded.place.wire()),
        f"{prefix}place_note": guarded.note,
        f"{prefix}among": None if among is None else {"label": among.label, "of": among.of},
    }


def _code_of(unit: UnitRecord | None, stated: Declared | None) -> str:
    """Return the code of the territory that a unit, or a document alone, speaks of."""
    if unit is not None:
        return str(unit["code"])
    return "" if stated is None else stated.code


def _declared(nodes: Mapping[str, Mapping[str, Any]], code: str) -> object:
    return nodes.get(code, {"score": None, "place": None, "group_place": None})


def _place(
    first: Sequence[int], last: Sequence[int], of: Sequence[int], column: int
) -> Place | None:
    return None if first[column] == 0 else Place(first[column], last[column], of[column])


def _number(value: float) -> float | None:
    return None if math.isnan(value) else published(value)


def _has_levels(layout: Mapping[str, Any], node: str) -> bool:
    levels = layout["levels"]
    return levels is not None and levels["node"] == node


def level_view(levels: Mapping[str, Any], unit: UnitRecord) -> View | None:
    """Return the level of a unit as on the wire; None where it has none."""
    if unit["level"] < 0:
        return None
    bands = levels["bands"]
    possible = [band["code"] for band in bands[unit["level_low"] : unit["level_high"] + 1]]
    return {
        "code": bands[unit["level"]]["code"],
        "title": bands[unit["level"]]["title"],
        "on": levels["on"],
        "distance": {"up": _number(unit["level_up"]), "down": _number(unit["level_down"])},
        "possible": possible,
        "undecidable": len(possible) > 1,
    }
