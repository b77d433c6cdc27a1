"""Why a territory is where it is, and what would move it."""

from collections.abc import Sequence
from typing import Any

from services.ratings.domain.explain import Gap, Part, explain
from services.ratings.domain.growth import Gain, GrowthPoint, growth_points
from services.ratings.domain.peers_guard import guard_place
from services.ratings.store.observation_rows import ObservationRow
from services.ratings.usecases.replay import Calculation
from services.ratings.usecases.serializers import View, place_views
from services.ratings.usecases.weaknesses import Before, spots, view
from services.ratings.views.observations import observation_view
from shared.figures.decimals import decimal_text, published


def explanation_view(
    calculation: Calculation, territory: str, observations: Sequence[ObservationRow]
) -> View:
    """Return the split of a score into contributions, and of the gaps to its rivals.

    The observations are the territory's own, as the revision knew them. Numbers have 12
    significant digits: contributions sum to the score to 1e-9.
    """
    row = calculation.row(territory)
    found = explain(calculation.result, row)
    contributions = found.contributions
    titles = {leaf.code: leaf.title for leaf in calculation.methodology.indicators}
    return {
        **_head(calculation, territory),
        "score": _number(found.score),
        **place_views("", calculation.place(row)),
        "contributions": None
        if contributions is None
        else [
            {
                "indicator": item.indicator,
                "title": titles[item.indicator],
                "weight": _number(item.weight),
                "normalised": _number(item.normalised),
                "contribution": published(item.contribution),
            }
            for item in contributions
        ],
        "gaps": [_gap(gap) for gap in found.gaps],
        "observations": [
            observation_view(row).model_dump(mode="json", by_alias=True) for row in observations
        ],
    }


def _number(value: float | None) -> float | None:
    return None if value is None else published(value)


def _head(calculation: Calculation, territory: str) -> View:
    revision = calculation.revision
    return {
        "programme": revision.programme,
        "period": revision.period,
        "revision": revision.number,
        "methodology": revision.methodology,
        "source_time": revision.source_time.isoformat(),
        "territory": territory,
    }


def _gap(gap: Gap) -> View:
    nodes: Any = gap.nodes
    return {
        "rival": gap.rival.value,
        "units": list(gap.units),
        "score": published(gap.score),
        "gap": published(gap.gap),
        "indicators": None if gap.indicators is None else _parts(gap.indicators, "indicator"),
        "nodes": None
        if nodes is None
        else [
            {
                "node": node.node,
                "gap": _number(node.gap),
                "parts": None if node.parts is None else _parts(node.parts, "node"),
            }
            for node in nodes
        ],
    }


def _parts(parts: Sequence[Part], name: str) -> list[View]:
    return [{name: part.node, "gap": published(part.gap)} for part in parts]


def growth_view(calculation: Calculation, territory: str) -> View:
    """Return for each indicator the least move that gains a place, and a level.

    The place itself is reported only where all registered peers take part.
    """
    points = growth_points(calculation.result, calculation.row(territory))
    peers = calculation.inputs.registered
    return {**_head(calculation, territory), "items": [_point(point, peers) for point in points]}


def _point(point: GrowthPoint, peers: int) -> View:
    return {
        "indicator": point.indicator,
        "value": None if point.value is None else decimal_text(point.value),
        "unit": decimal_text(point.unit),
        "place": _gain(point.place, peers),
        "level": _gain(point.level, peers),
        "exhausted": point.exhausted,
    }


def _gain(gain: Gain | None, peers: int) -> View | None:
    if gain is None:
        return None
    return {
        "value": decimal_text(gain.value),
        "change": decimal_text(gain.change),
        **place_views("", guard_place(gain.place, peers)),
        "level": gain.level,
    }


def weak_spots_view(calculation: Calculation, territory: str, before: Before | None) -> View:
    """Return the weak spots of a territory, by indicator and reason."""
    row = calculation.row(territory)
    found = spots(calculation.result, before, row)
    return {**_head(calculation, territory), "items": [view(spot) for spot in found]}
