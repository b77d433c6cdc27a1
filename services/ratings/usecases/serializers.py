"""A unit of a stored revision as people see it, in the shapes of the wire."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from services.ratings.store.results import UnitRecord
from services.ratings.store.revisions import Declared, Revision
from shared.figures.decimals import published
from shared.figures.places import Place

PEERS_MISSING = "PEERS_MISSING"

CELLS_AT_ONCE = 400_000
"""A table of more units × nodes is read by groups."""

View = dict[str, object]


def shown_at_once(layout: Mapping[str, Any]) -> bool:
    """Say whether the whole table of a revision is one answer."""
    return max(layout["of"], default=0) * len(layout["nodes"]) <= CELLS_AT_ONCE


def node_views(revision: Revision, unit: UnitRecord | None, stated: Declared | None) -> View:
    """Return code → view of every node of the layout, and of those only documents speak of."""
    declared = {} if stated is None else stated.nodes
    views: View = {
        node["code"]: _computed(revision, unit, column) | {"declared": _declared(declared, node)}
        for column, node in enumerate(revision.layout["nodes"])
    }
    for node in revision.layout["declared_nodes"]:
        views[node["code"]] = _absent() | {"declared": _declared(declared, node)}
    return views


def _absent() -> View:
    names = ("score", "place", "place_note", "group_place", "group_place_note", "coverage", "level")
    return dict.fromkeys(names)


def _declared(nodes: Mapping[str, Mapping[str, Any]], node: Mapping[str, Any]) -> object:
    return nodes.get(node["code"], {"score": None, "place": None, "group_place": None})


def _computed(revision: Revision, unit: UnitRecord | None, column: int) -> View:
    """Return what the engine says of a node; a place only where all registered peers take part."""
    if unit is None:
        return _absent()
    layout = revision.layout
    place = (unit["place_from"][column], unit["place_to"][column])
    group_place = (unit["group_from"][column], unit["group_to"][column])
    group = unit["group_code"]
    group_of = layout["group_of"].get(group, [0] * len(layout["of"]))
    peers = layout["registered"]
    shown, note = _place(place, layout["of"][column], peers["peers"])
    group_shown, group_note = _place(group_place, group_of[column], peers["groups"].get(group))
    return {
        "score": _number(unit["score"][column]),
        "place": shown,
        "place_note": note,
        "group_place": group_shown,
        "group_place_note": group_note,
        "coverage": _coverage(layout["aggregates"], unit, column),
        "level": level_view(layout["levels"], unit, layout["nodes"][column]["code"]),
    }


def _place(
    ends: tuple[int, int], of: int, registered: int | None
) -> tuple[Mapping[str, object] | None, str | None]:
    return (None, None) if ends[0] == 0 else place_view(Place(*ends, of), registered)


def place_view(
    place: Place, registered: int | None
) -> tuple[Mapping[str, object] | None, str | None]:
    """Return a computed place, or why people do not see it: some registered peers take no part."""
    return (place.wire(), None) if place.of == registered else (None, PEERS_MISSING)


def _number(value: float) -> float | None:
    return None if math.isnan(value) else published(value)


def _coverage(aggregates: Sequence[int], unit: UnitRecord, column: int) -> float | None:
    if column not in aggregates:
        return None
    return _number(unit["coverage"][aggregates.index(column)])


def level_view(levels: Mapping[str, Any] | None, unit: UnitRecord, node: str) -> View | None:
    """Return the level of a unit as on the wire; None at other nodes and for a null score."""
    if levels is None or levels["node"] != node or unit["level"] < 0:
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
