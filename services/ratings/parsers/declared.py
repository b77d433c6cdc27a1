"""What documents state about units and nodes, out of claims.

A claim about a slice names its `indicator` (a node of the rating) and `period` in its key. A score,
an index, a share or a count is the node's declared score; a place and a place in the group are its
declared places. Where two documents state the same thing the one imported last counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.figures.parse import Figure, parse_figure, parse_place
from shared.figures.places import Place

SCORES = frozenset({"score", "index", "share", "count"})
PARTS = ("score", "place", "group_place")
PLACES = frozenset({"place", "group_place"})

Nodes = Mapping[str, Mapping[str, Mapping[str, object] | None]]
"""Node → {"score", "place", "group_place"} of one territory, wire shapes or null."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One claim about a node of a slice."""

    territory: str
    node: str
    concept: str
    raw: str


def declared_nodes(
    stated: Iterable[Stated], registered: int | None, group_sizes: Mapping[str, int | None]
) -> dict[str, Nodes]:
    """Return the nodes of every territory that something is stated about.

    `group_sizes` maps a territory to the registered number of its group's peers. What cannot be
    read as a figure is left to the findings; a dash or a blank states nothing.
    """
    nodes: dict[str, dict[str, dict[str, Mapping[str, object] | None]]] = {}
    for claim in stated:
        part, wire = _read(claim, registered, group_sizes.get(claim.territory))
        if part is None or wire is None:
            continue
        of_territory = nodes.setdefault(claim.territory, {})
        of_territory.setdefault(claim.node, dict.fromkeys(PARTS))[part] = wire
    return {
        territory: dict(sorted(by_node.items())) for territory, by_node in sorted(nodes.items())
    }


def _read(
    claim: Stated, registered: int | None, group_size: int | None
) -> tuple[str | None, dict[str, object] | None]:
    if claim.concept in SCORES:
        figure = parse_figure(claim.raw)
        read = isinstance(figure, Figure) and figure.value is not None
        return "score", dict(figure.wire()) if read and isinstance(figure, Figure) else None
    if claim.concept in PLACES:
        of = registered if claim.concept == "place" else group_size
        place = parse_place(claim.raw)
        wire = Place(place.low, place.high, of).wire() if isinstance(place, Place) else None
        return claim.concept, None if wire is None else dict(wire)
    return None, None
