"""The levels of all units at once; `shared.figures.levels` states the rule for one score.

Scores are read at 12 significant digits, so that a boundary reached in exact arithmetic is reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Rounding
from services.ratings.domain.rounding import round_published, snap
from shared.figures.levels import BandSet, LevelOn, least_score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_LEVEL = -1
OUTSIDE_DOMAIN = -2


@dataclass(frozen=True, slots=True)
class Feasible:
    """The scores that the printed precision of the inputs allows: ends and whether each is open."""

    low: Floats
    high: Floats
    low_open: Mask
    high_open: Mask


@dataclass(frozen=True, slots=True)
class Grades:
    """Levels of a node, arrays (units,): the band's index from the lowest.

    A null score has NO_LEVEL, one outside the set's domain OUTSIDE_DOMAIN. `up` and `down` are the
    distances to the next boundaries in units of the node before rounding, NaN where there is none;
    `first` and `last` bound the bands that the inputs' printed precision leaves possible.
    """

    bands: BandSet
    band: Ints
    up: Floats
    down: Floats
    first: Ints
    last: Ints

    def wire(self, unit: int) -> Mapping[str, object] | None:
        """Return the level of one unit as in `docs/rules/wire.md`; None where it has no level."""
        at = int(self.band[unit])
        if at < 0:
            return None
        ordered = self.bands.ordered
        possible = [band.code for band in ordered[self.first[unit] : self.last[unit] + 1]]
        return {
            "code": ordered[at].code,
            "title": ordered[at].title,
            "on": self.bands.on.value,
            "distance": {"up": _number(self.up[unit]), "down": _number(self.down[unit])},
            "possible": possible,
            "undecidable": len(possible) > 1,
        }

    def note(self, unit: int) -> str | None:
        """Return why a unit with a score has no level, as a code."""
        return level_note(int(self.band[unit]))


def level_note(band: int) -> str | None:
    """Return the code that explains a band's index; None for a level and for a null score."""
    return "OUTSIDE_DOMAIN" if band == OUTSIDE_DOMAIN else None


def grade(
    scores: Floats, bands: BandSet, rounding: Rounding, feasible: Feasible | None = None
) -> Grades:
    """Return the levels of scores (units,) under a proved set; NaN has no level.

    A value between two closed bands belongs to the lower one, a value outside the domain to none.
    Without `feasible` only the level itself is possible.
    """
    starts = np.array([float(band.low) for band in bands.ordered])
    band = bands_at(scores, bands, rounding)
    first, last = band, band
    if feasible is not None:
        lowest, highest = _possible(starts, bands, rounding, feasible)
        first = np.where(band >= 0, np.minimum(band, lowest), band)
        last = np.where(band >= 0, np.maximum(band, highest), band)
    return Grades(bands, band, *_distances(scores, band, bands, rounding), first, last)


def _distances(
    scores: Floats, band: Ints, bands: BandSet, rounding: Rounding
) -> tuple[Floats, Floats]:
    """Return how far the next band begins, and the own one, in unrounded scores."""
    rule = (rounding.mode, rounding.digits)
    least = np.array([float(least_score(bands, each, rule)) for each in bands.ordered])
    at, exact = np.maximum(band, 0), snap(scores)
    following = np.where(band >= 0, np.append(least, np.nan)[at + 1], np.nan)
    own = np.where(band > 0, least[at], np.nan)
    return snap(following - exact), snap(exact - own)


def bands_at(scores: Floats, bands: BandSet, rounding: Rounding) -> Ints:
    """Return the band's index from the lowest for scores of any shape.

    NO_LEVEL for a null, OUTSIDE_DOMAIN for a score that the set does not cover.
    """
    starts = np.array([float(band.low) for band in bands.ordered])
    decided = _decide(bands, scores, rounding)
    outside = (decided < float(bands.low)) | (decided > float(bands.high))
    band = np.where(outside, OUTSIDE_DOMAIN, _band_at(starts, decided))
    return np.where(np.isnan(scores), NO_LEVEL, band)


def _decide(bands: BandSet, scores: Floats, rounding: Rounding) -> Floats:
    published = bands.on is LevelOn.PUBLISHED
    return snap(round_published(scores, rounding) if published else scores)


def _possible(
    starts: Floats, bands: BandSet, rounding: Rounding, feasible: Feasible
) -> tuple[Ints, Ints]:
    """Return the bands of the least and of the greatest feasible score, open ends respected."""
    if bands.on is LevelOn.UNROUNDED:
        low, high = snap(feasible.low), snap(feasible.high)
        reached, approached = _band_at(starts, high), _band_at(starts, high, "left")
        return _band_at(starts, low), np.where(feasible.high_open, approached, reached)
    low = round_published(feasible.low, rounding, np.where(feasible.low_open, 1, 0))
    high = round_published(feasible.high, rounding, np.where(feasible.high_open, -1, 0))
    return _band_at(starts, snap(low)), _band_at(starts, snap(high))


def _band_at(starts: Floats, values: Floats, side: str = "right") -> Ints:
    """Return the index of the band whose beginning was reached last; the lowest below them all."""
    left = side == "left"
    at = np.searchsorted(starts, values, side="left" if left else "right")
    return np.maximum(at - 1, 0)


def _number(distance: float) -> float | None:
    return None if np.isnan(distance) else float(distance)
