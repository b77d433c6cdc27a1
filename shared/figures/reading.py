"""From a claim's printed text to the figure its concept promises."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from shared.figures.changes import Change, parse_change
from shared.figures.claims import Claim, Concept
from shared.figures.dates import Period, parse_period
from shared.figures.parse import (
    AMBIGUOUS,
    MAX_LENGTH,
    Compound,
    Defect,
    Figure,
    FigureRange,
    Mark,
    parse_among_words,
    parse_compound,
    parse_figure,
    parse_hedged,
    parse_mid_rank,
    parse_place,
    parse_range,
)
from shared.figures.places import Place

_LABEL = re.compile(r"[^\W\d_]+:\s*")
THOUSANDS = 3
_WORDS = frozenset({Concept.COUNT, Concept.SEATS, Concept.MAX})
"""Concepts that are printed among words: «80 математиков», «Математика 747»."""


@dataclass(frozen=True, slots=True)
class MidRank:
    """The mean place of a tie, as «2,5» is of the places 2 and 3."""

    value: Fraction


Value = Figure | FigureRange | Place | MidRank | Period | Change | Defect | None


@dataclass(frozen=True, slots=True)
class Printed:
    """A number read in a claim; `cell` is the cell's text with {} in the number's place."""

    claim: Claim
    value: Decimal
    digits: int
    cell: str = "{}"
    _exact: list[Fraction] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def exact(self) -> Fraction:
        """The printed value as a fraction; made once."""
        if not self._exact:
            self._exact.append(Fraction(self.value))
        return self._exact[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim and what its text says; `value` is None for labels, which say no figure."""

    claim: Claim
    value: Value
    printed: Printed | None = field(init=False, repr=False, compare=False)
    """The number, if the text holds exactly one and does not hedge it."""

    def __post_init__(self) -> None:
        """Read the number once; rules ask for it many times."""
        figure = self.value
        exact = isinstance(figure, Figure) and figure.bound is None
        number = figure.value if isinstance(figure, Figure) and exact else None
        digits = figure.digits if isinstance(figure, Figure) else 0
        printed = None if number is None else Printed(self.claim, number, digits)
        object.__setattr__(self, "printed", printed)

    @property
    def hedged(self) -> Figure | None:
        """The figure that only limits the true value («около 300»)."""
        figure = self.value
        return figure if isinstance(figure, Figure) and figure.bound is not None else None

    @property
    def place(self) -> Place | None:
        """The place, if the claim is one; how many are ranked is no part of it."""
        return Place(self.value.low, self.value.high) if isinstance(self.value, Place) else None

    @property
    def peers(self) -> int | None:
        """How many are ranked, if the place says it («12 из 85»)."""
        return self.value.of if isinstance(self.value, Place) else None

    @property
    def mark(self) -> Mark | None:
        """Why there is no figure: blank or a dash; None where there is one."""
        return self.value.mark if isinstance(self.value, Figure) else None


def read_claim(claim: Claim) -> Reading:
    """Read a claim's text as its concept says; what cannot be read stays a named defect."""
    return Reading(claim, _READERS.get(claim.concept, _read_number)(claim))


def _read_place(claim: Claim) -> Value:
    compound = parse_compound(claim.raw)
    if isinstance(compound, Compound):
        return compound.place
    mid = parse_mid_rank(claim.raw)
    return parse_place(claim.raw) if mid is None else MidRank(Fraction(mid))


def _read_number(claim: Claim) -> Value:
    text = _LABEL.sub("", claim.raw.strip()[:MAX_LENGTH], count=1)
    figure = parse_hedged(text)
    if isinstance(figure, Figure):
        return Defect(AMBIGUOUS, claim.raw) if _grouped(claim, figure) else figure
    pair = parse_range(text)
    if isinstance(pair, FigureRange):
        return pair
    compound = parse_compound(text)
    if isinstance(compound, Compound):
        return compound.index
    return parse_among_words(text) if claim.concept in _WORDS else Defect(figure.code, claim.raw)


def _grouped(claim: Claim, figure: Figure) -> bool:
    """Tell whether a count of three decimals may be one of thousands: «12.450», «12,450»."""
    whole = claim.concept in _WORDS and figure.digits == THOUSANDS
    return whole and figure.value is not None and abs(figure.value) >= 1


def _read_date(claim: Claim) -> Value:
    blank = parse_figure(claim.raw)
    if isinstance(blank, Figure) and blank.mark is not None:
        return blank
    return parse_period(claim.raw)


def _read_change(claim: Claim) -> Value:
    blank = parse_figure(claim.raw)
    if isinstance(blank, Figure) and blank.mark is not None:
        return blank
    return parse_change(claim.raw)


def _read_label(claim: Claim) -> Value:
    blank = parse_figure(claim.raw)
    return blank if isinstance(blank, Figure) and blank.mark is Mark.MISSING else None


_READERS: dict[Concept, Callable[[Claim], Value]] = {
    Concept.PLACE: _read_place,
    Concept.GROUP_PLACE: _read_place,
    Concept.DATE: _read_date,
    Concept.LABEL: _read_label,
    Concept.STATEMENT: _read_label,
    Concept.CHANGE: _read_change,
}
