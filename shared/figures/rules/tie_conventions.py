"""How ties are printed: labels of places read under each admissible convention.

A label is the place, range or mean place that is printed; a reading gives each member the tied
range of places that the label means, or nothing where the convention cannot have printed it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.figures.claims import Claim
from shared.figures.conventions import Ranking
from shared.figures.places import Place


@dataclass(frozen=True, slots=True)
class Label:
    """A printed place: one whole place, a range, or the mean place of a tie."""

    claim: Claim
    low: Fraction
    high: Fraction

    @property
    def single(self) -> bool:
        """Whether one whole place is printed."""
        return self.low == self.high and self.low.denominator == 1


def read_ties(labels: Sequence[Label], convention: Ranking, size: int) -> list[Place] | None:
    """Return the tied range of each label in a ranking of `size`, or None if it cannot be so.

    Members may be unseen, as many as `size` leaves; a place beyond `size` is left to other rules.
    """
    if convention is Ranking.RANGE:
        whole = all(label.low.denominator == 1 for label in labels)
        return [Place(int(label.low), int(label.high)) for label in labels] if whole else None
    if any(label.low != label.high for label in labels):
        return None
    if convention is Ranking.FRACTIONAL:
        return _mid_ranks([label.low for label in labels], size)
    if not all(label.single for label in labels):
        return None
    places = [int(label.low) for label in labels]
    if convention is Ranking.COMPETITION:
        times = Counter(places)
        return [Place(place, place + times[place] - 1) for place in places]
    return _dense(places, size)


def _dense(places: Sequence[int], size: int) -> list[Place] | None:
    """Read 1-2-2-3: every level up to the last has a member, seen or not."""
    times = Counter(places)
    unseen_levels = max(places, default=0) - len(times)
    if unseen_levels > size - len(places):
        return None
    ahead, ranges = 0, {}
    for place in sorted(times):
        ranges[place] = Place(1 + ahead, ahead + times[place])
        ahead += times[place]
    return [ranges[place] for place in places]


def _mid_ranks(places: Sequence[Fraction], size: int) -> list[Place] | None:
    """Read mean places: a tie is even where its mean is a half, and may have unseen members."""
    times = Counter(places)
    spare = size - len(places)
    ranges: dict[Fraction, Place] = {}
    for place, seen in times.items():
        odd = place.denominator == 1
        tied = seen if bool(seen % 2) is odd else seen + 1
        spare -= tied - seen
        low = place - Fraction(tied - 1, 2)
        if low < 1:
            return None
        ranges[place] = Place(int(low), int(low) + tied - 1)
    return None if spare < 0 else [ranges[place] for place in places]
