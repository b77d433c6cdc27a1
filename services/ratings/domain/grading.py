"""The levels of all units at once; `shared.figures.levels` states the rule for one score.

Scores are read at 12 significant digits, so that a boundary reached in exact arithmetic is reached.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Rounding
from services.ratings.domain.rounding import round_published, snap
from shared.figures.levels import BandSet, LevelOn

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_LEVEL = -1


@dataclass(frozen=True, slots=True)
class Feasible:
    """The scores that the printed precision of the inputs allows: ends and whether each is open."""

    low: Floats
    high: Floats
    low_open: Mask
    high_open: Mask


@dataclass(frozen=True, slots=True)
class Grades:
    """Levels of a node, arrays (units,): the band's index from the lowest, −1 for a null score.

    `up` and `down` are the distances to the next boundaries in units of the node, NaN where there
    is none; `first` and `last` bound the bands that the inputs' printed precision leaves possible.
    """

    bands: BandSet
    band: Ints
    up: Floats
    down: Floats
    first: Ints
    last: Ints

    def wire(self, unit: int) -> Mapping[str, object] | None:
        """Return the level of one unit as in `docs/rules/wire.md`; None for a null score."""
        at = int(self.band[unit])
        if at == NO_LEVEL:
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


def grade(
    scores: Floats, bands: BandSet, rounding: Rounding, feasible: Feasible | None = None
) -> Grades:
    """Return the levels of scores (units,) under a proved set; NaN has no level.

    A value between two closed bands belongs to the lower one, a value outside the domain to the
    nearest band. Without `feasible` only the level itself is possible.
    """
    starts = np.array([float(band.low) for band in bands.ordered])
    known = ~np.isnan(scores)
    decided = _decide(bands, scores, rounding)
    band = bands_at(scores, bands, rounding)
    following = np.append(starts, np.nan)[np.maximum(band, 0) + 1]
    own = np.where(band > 0, starts[np.maximum(band, 0)], np.nan)
    first, last = band, band
    if feasible is not None:
        lowest, highest = _possible(starts, bands, rounding, feasible)
        first = np.where(known, np.minimum(band, lowest), band)
        last = np.where(known, np.maximum(band, highest), band)
    return Grades(
        bands, band, snap(following - decided), snap(decided - own), np.asarray(first), last
    )


def bands_at(scores: Floats, bands: BandSet, rounding: Rounding) -> Ints:
    """Return the band's index from the lowest for scores of any shape, −1 for a null."""
    starts = np.array([float(band.low) for band in bands.ordered])
    return np.where(np.isnan(scores), NO_LEVEL, _band_at(starts, _decide(bands, scores, rounding)))


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
