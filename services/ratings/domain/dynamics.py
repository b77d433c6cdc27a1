"""A unit from period to period: what may be compared, and how far it moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.figures.places import Place, PlaceChange, change


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit stood in one period under one methodology."""

    period: str
    methodology: str
    place: Place | None
    score: float | None
    level: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """The way from one period to the next one known.

    A step between two methodologies is not comparable: neither places nor scores have a change.
    """

    before: str
    after: str
    comparable: bool
    place: PlaceChange | None
    score: float | None
    level: tuple[str | None, str | None] | None


def steps(standings: Sequence[Standing]) -> tuple[Step, ...]:
    """Return the steps between neighbouring periods, earliest first; fewer than two give none."""
    ordered = sorted(standings, key=lambda standing: standing.period)
    return tuple(_step(one, two) for one, two in pairwise(ordered))


def _step(one: Standing, two: Standing) -> Step:
    if one.methodology != two.methodology:
        return Step(one.period, two.period, comparable=False, place=None, score=None, level=None)
    place = change(one.place, two.place) if one.place and two.place else None
    score = None if one.score is None or two.score is None else two.score - one.score
    level = (one.level, two.level)
    return Step(one.period, two.period, comparable=True, place=place, score=score, level=level)
