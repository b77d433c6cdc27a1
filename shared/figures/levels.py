"""Band sets: the proof that they partition their scale, and the level a value falls into.

With a step the bands are closed ranges of a whole scale (80–100, 61–79); without one they are
half-open [from, to), the top band also holding the end of the domain (`docs/rules/figures.md`,
Levels).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations
from math import ceil, floor

from shared.figures.decimals import RoundingMode, decimal_text, round_steps, round_to, unit_of
from shared.figures.intervals import Interval

_STEPS_BELOW = {
    RoundingMode.HALF_UP: Fraction(1, 2),
    RoundingMode.HALF_EVEN: Fraction(1, 2),
    RoundingMode.CEIL: Fraction(1),
    RoundingMode.FLOOR: Fraction(0),
}
"""How far below a printed value, in its last digit, lie the scores that round to it."""


class LevelOn(StrEnum):
    """Which value decides the level: the score as computed, or the score as published."""

    UNROUNDED = "unrounded"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Band:
    """One level of a set; `low` and `high` are its `from` and `to`, in units of the node."""

    code: str
    title: str | None
    colour: str | None
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class BandSet:
    """Bands over a domain of a node; `step` is None on a continuous scale."""

    node: str
    on: LevelOn
    low: Fraction
    high: Fraction
    step: Fraction | None
    bands: tuple[Band, ...]

    @property
    def ordered(self) -> list[Band]:
        """Bands from the lowest to the highest."""
        return sorted(self.bands, key=lambda band: (band.low, band.high))


class BandFault(StrEnum):
    """Why a set is no partition of its domain."""

    GAP = "BAND_GAP"
    OVERLAP = "BAND_OVERLAP"
    END = "BAND_END"


@dataclass(frozen=True, slots=True)
class BandDefect:
    """A range where the partition fails, ends as on the scale, and the bands it concerns."""

    code: BandFault
    low: Fraction
    high: Fraction
    bands: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return «0–11», or «40» for a single value."""
        if self.low == self.high:
            return decimal_text(self.low)
        return f"{decimal_text(self.low)}–{decimal_text(self.high)}"

    @property
    def detail(self) -> str:
        """Say it to people."""
        names = ", ".join(self.bands)
        return {
            BandFault.GAP: f"{self.label}: ни один уровень не покрывает этот промежуток",
            BandFault.OVERLAP: f"{self.label}: промежуток принадлежит сразу уровням {names}",
            BandFault.END: f"{self.label}: граница уровня {names} вне шкалы, не по её шагу "
            "или начало больше конца",
        }[self.code]

    def wire(self) -> dict[str, str | list[str]]:
        """Return `{"code", "from", "to", "bands", "detail"}` with exact decimals as text."""
        return {
            "code": self.code.value,
            "from": decimal_text(self.low),
            "to": decimal_text(self.high),
            "bands": list(self.bands),
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Level:
    """The level of a value, how far the next boundaries are, and which levels are possible.

    Distances are in units of the node before rounding: `up` to the least score of the next band
    (None in the top one), `down` to the least score of its own (None in the lowest one; 0 = the
    least step down falls).
    """

    code: str
    title: str | None
    on: LevelOn
    up: Fraction | None
    down: Fraction | None
    possible: tuple[str, ...]

    @property
    def undecidable(self) -> bool:
        """Whether the printed precision leaves more than one level possible."""
        return len(self.possible) > 1

    def wire(self) -> dict[str, object]:
        """Return the level (`docs/rules/wire.md`); distances are numbers in units of the node."""
        return {
            "code": self.code,
            "title": self.title,
            "on": self.on.value,
            "distance": {"up": _number(self.up), "down": _number(self.down)},
            "possible": list(self.possible),
            "undecidable": self.undecidable,
        }


def prove_partition(bands: BandSet) -> list[BandDefect]:
    """Return every gap, overlap and wrong end of a set; an empty list is the proof.

    A wrong end (BAND_END) is a band that leaves the domain, is off the step, or is empty.
    Ranges nobody covers are gaps, at the ends of the domain too. Overlaps come pair by pair.
    A domain without values or a step that is not positive is one BAND_END over the domain.
    """
    if bands.low > bands.high or (bands.step is not None and bands.step <= 0):
        return [BandDefect(BandFault.END, bands.low, bands.high)]
    ends = [
        BandDefect(BandFault.END, band.low, band.high, (band.code,))
        for band in bands.ordered
        if _wrong_end(bands, band)
    ]
    return [*_gaps(bands), *_overlaps(bands), *ends]


def level_of(
    bands: BandSet,
    value: Fraction,
    *,
    rounding: tuple[RoundingMode, int] = (RoundingMode.HALF_UP, 0),
    feasible: Interval | None = None,
) -> Level | None:
    """Return the level of a score under a proved set; None outside the set's domain.

    `value` is the unrounded score; a set on `published` rounds it by `rounding` (mode, decimals)
    first. `feasible` are the scores that the printed precision of the inputs allows: every level
    one of them would get is `possible`. A value between two closed bands belongs to the lower
    one. ValueError for a set without bands.
    """
    ordered = bands.ordered
    decided = _decided(bands, value, rounding)
    if ordered and not bands.low <= decided <= bands.high:
        return None
    at = ordered.index(nearest_band(bands, decided))
    first, last = at, at
    if feasible is not None and not feasible.empty:
        low, high = _feasible_ends(bands, feasible, rounding)
        first, last = min(at, _band_at(ordered, *low)), max(at, _band_at(ordered, *high))
    own = ordered[at]
    return Level(
        code=own.code,
        title=own.title,
        on=bands.on,
        up=least_score(bands, ordered[at + 1], rounding) - value if at + 1 < len(ordered) else None,
        down=value - least_score(bands, own, rounding) if at > 0 else None,
        possible=tuple(band.code for band in ordered[first : last + 1]),
    )


def nearest_band(bands: BandSet, value: Fraction) -> Band:
    """Return the band of a deciding value, or the end band nearest to it outside the domain.

    ValueError for a set without bands.
    """
    ordered = bands.ordered
    if not ordered:
        message = "a set without bands has no levels"
        raise ValueError(message)
    return ordered[_band_at(ordered, value)]


def least_score(bands: BandSet, band: Band, rounding: tuple[RoundingMode, int]) -> Fraction:
    """Return the unrounded score from which a band is reached.

    On a published score it is where rounding first gives the band's beginning; under `ceil`, and
    under `half_even` before an odd digit, that score itself still rounds down.
    """
    if bands.on is LevelOn.UNROUNDED:
        return band.low
    mode, digits = rounding
    step = unit_of(digits)
    return (ceil(band.low / step) - _STEPS_BELOW[mode]) * step


def _wrong_end(bands: BandSet, band: Band) -> bool:
    outside = band.low < bands.low or band.high > bands.high
    if bands.step is not None:
        off = any(
            ((end - bands.low) / bands.step).denominator != 1 for end in (band.low, band.high)
        )
        return outside or off or band.low > band.high
    point_on_top = band.low == band.high == bands.high
    return outside or (band.low >= band.high and not point_on_top)


def _holding(bands: BandSet) -> list[Band]:
    """Return the bands that hold any value, from the lowest; an inverted one holds none."""
    if bands.step is not None:
        return [band for band in bands.ordered if band.low <= band.high]
    return [
        band
        for band in bands.ordered
        if band.low < band.high or band.low == band.high == bands.high
    ]


def _gaps(bands: BandSet) -> Iterator[BandDefect]:
    """Sweep the domain from its low end; on a stepped scale ranges are of whole steps."""
    step, reached, covered = bands.step, bands.low, False
    for band in _holding(bands):
        left = reached < bands.high if step is None else reached <= bands.high
        if left and reached < band.low:
            end = min(band.low, bands.high) if step is None else _last_below(bands, band.low)
            yield BandDefect(BandFault.GAP, reached, end)
        reached = max(reached, band.high if step is None else _first_above(bands, band.high))
        covered = covered or band.high >= bands.high
    if not covered and reached <= bands.high:
        yield BandDefect(BandFault.GAP, reached, bands.high)


def _overlaps(bands: BandSet) -> Iterator[BandDefect]:
    """Intersect every two bands; half-open ones that only touch do not overlap."""
    for lower, upper in combinations(_holding(bands), 2):
        low, high = upper.low, min(lower.high, upper.high)
        touching = bands.step is None and low == high and lower.low < lower.high
        if low <= high and not touching:
            yield BandDefect(BandFault.OVERLAP, low, high, (lower.code, upper.code))


def _last_below(bands: BandSet, end: Fraction) -> Fraction:
    """Return the greatest value of the stepped scale under `end`, inside the domain."""
    step = bands.step or Fraction(1)
    steps = round_steps((end - bands.low) / step, RoundingMode.CEIL) - 1
    whole = round_steps((bands.high - bands.low) / step, RoundingMode.FLOOR)
    return bands.low + min(steps, whole) * step


def _first_above(bands: BandSet, end: Fraction) -> Fraction:
    """Return the least value of the stepped scale over `end`."""
    step = bands.step or Fraction(1)
    return bands.low + (round_steps((end - bands.low) / step, RoundingMode.FLOOR) + 1) * step


def _decided(bands: BandSet, value: Fraction, rounding: tuple[RoundingMode, int]) -> Fraction:
    mode, digits = rounding
    return round_to(value, digits, mode) if bands.on is LevelOn.PUBLISHED else value


def _feasible_ends(
    bands: BandSet, feasible: Interval, rounding: tuple[RoundingMode, int]
) -> tuple[tuple[Fraction, bool], tuple[Fraction, bool]]:
    """Return the least and greatest deciding value, each with whether it is only approached.

    Rounding rises with its argument and jumps only at halves of the printed unit, so the published
    values of an interval are the rounded ends; an open end is taken a little inside, before the
    next such half.
    """
    if bands.on is LevelOn.UNROUNDED:
        return (feasible.low, False), (feasible.high, feasible.high_open)
    mode, digits = rounding
    half, width = unit_of(digits) / 2, feasible.high - feasible.low
    low, high = feasible.low, feasible.high
    if feasible.low_open:
        low += min((floor(low / half) + 1) * half - low, width) / 2
    if feasible.high_open:
        high -= min(high - (ceil(high / half) - 1) * half, width) / 2
    return (round_to(low, digits, mode), False), (round_to(high, digits, mode), False)


def _band_at(ordered: list[Band], value: Fraction, approached: bool = False) -> int:
    """Return the index of the band whose beginning was reached last; `approached` from below."""
    reached = [
        index
        for index, band in enumerate(ordered)
        if band.low < value or (band.low == value and not approached)
    ]
    return reached[-1] if reached else 0


def _number(distance: Fraction | None) -> float | None:
    return None if distance is None else float(distance)
