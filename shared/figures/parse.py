"""Read Russian number forms without guessing (`docs/rules/figures.md`, Parsing)."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.figures.decimals import decimal_text
from shared.figures.places import Place


class Mark(StrEnum):
    """Why a cell holds no number: it is blank, or a dash says that nothing can stand there."""

    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as printed: raw text, exact value, decimals shown; or a mark instead of a value."""

    raw: str
    value: Decimal | None
    digits: int
    mark: Mark | None = None

    def wire(self) -> dict[str, str | int | None]:
        """Return `{"raw", "value", "digits"}`; value and digits are null where a mark stands."""
        if self.value is None:
            return {"raw": self.raw, "value": None, "digits": None}
        return {
            "raw": self.raw,
            "value": decimal_text(self.value, self.digits),
            "digits": self.digits,
        }


@dataclass(frozen=True, slots=True)
class Defect:
    """Text that is not the figure it should be: a stable code and the raw text, never a guess."""

    code: str
    raw: str


@dataclass(frozen=True, slots=True)
class FigureRange:
    """Two printed numbers with a dash between them, in the printed order («867 - 856»)."""

    first: Figure
    last: Figure


@dataclass(frozen=True, slots=True)
class Compound:
    """One cell that holds an index and a place («90 % 10 место»)."""

    index: Figure
    place: Place


NOT_A_NUMBER = "not_a_number"
NOT_A_PLACE = "not_a_place"
NOT_A_RANGE = "not_a_range"
NOT_A_COMPOUND = "not_a_compound"

MAX_LENGTH = 200
"""A printed figure longer than this is no figure; it bounds the work on hostile cells."""

MAX_DIGITS = 30
"""More digits than this are no printed figure either; it keeps every ratio within a float."""

_BLANKS = " \t\u00a0\u202f\u2009"
_DASHES = "-‐‑‒–—―−"
_SPACE = f"[{_BLANKS}]"
_WHOLE = f"(?:[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+|[0-9]+)"
_NUMBER = f"{_WHOLE}(?:[.,][0-9]+)?"
_UNIT = (
    f"(?:{_SPACE}*%|{_SPACE}*чел(?:овека?|\\.)?|{_SPACE}*балл(?:а|ов|ы)?|"
    f"{_SPACE}*процент(?:а|ов)?)?"
)
_FIGURE = re.compile(f"(?P<sign>[-−+])?(?P<number>{_NUMBER}){_UNIT}")
_RANGE = re.compile(f"(?P<a>{_NUMBER}){_UNIT}{_SPACE}*[{_DASHES}]{_SPACE}*(?P<b>{_NUMBER}){_UNIT}")
_PLACE = re.compile(
    f"(?P<a>[0-9]{{1,9}})(?:{_SPACE}*[{_DASHES}]{_SPACE}*(?P<b>[0-9]{{1,9}}))?"
    f"(?:-?(?:е|ое))?(?:{_SPACE}*мест(?:о|а)(?:{_SPACE}+(?:по|в|среди)(?:{_SPACE}+[А-ЯЁа-яё]+)+)?)?"
    f"(?:{_SPACE}+из{_SPACE}+(?P<of>[0-9]{{1,9}}))?"
)
_COMPOUND = re.compile(f"(?P<index>{_NUMBER}{_SPACE}*%){_SPACE}*(?P<place>.+)")


def parse_figure(raw: str) -> Figure | Defect:
    """Read one number: «68,3», «90 %», «1 006», «5687 чел.»; a dash or a blank gives a mark.

    A dash alone is *not applicable*, a blank is *missing*; neither is ever 0. Digits are grouped
    by threes if at all; exponents, several numbers and other scripts' digits are `not_a_number`.
    """
    text = raw.strip()
    if not text:
        return Figure(raw, None, 0, Mark.MISSING)
    if len(text) == 1 and text in _DASHES:
        return Figure(raw, None, 0, Mark.NOT_APPLICABLE)
    found = _FIGURE.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return Defect(NOT_A_NUMBER, raw)
    value = _decimal(found["number"])
    if len(value.as_tuple().digits) > MAX_DIGITS:
        return Defect(NOT_A_NUMBER, raw)
    return Figure(raw, -value if found["sign"] in ("-", "−") else value, _digits(value))


def parse_range(raw: str) -> FigureRange | Defect:
    """Read two unsigned numbers with a dash of any kind between them, in the printed order."""
    text = raw.strip()
    found = _RANGE.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return Defect(NOT_A_RANGE, raw)
    first, last = parse_figure(found["a"]), parse_figure(found["b"])
    if isinstance(first, Defect) or isinstance(last, Defect):
        return Defect(NOT_A_RANGE, raw)
    return FigureRange(first, last)


def parse_place(raw: str) -> Place | Figure | Defect:
    """Read a place: «4 место» → 4-4, «28-39 место по РФ», «24–25», «12 из 85» → a tied range.

    A dash or a blank gives a Figure with its mark; place 0, a falling range and a place beyond
    all its peers are `not_a_place`.
    """
    blank = parse_figure(raw)
    if isinstance(blank, Figure) and blank.mark is not None:
        return blank
    text = raw.strip()
    found = _PLACE.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return Defect(NOT_A_PLACE, raw)
    low, high = int(found["a"]), int(found["b"] or found["a"])
    peers = int(found["of"]) if found["of"] else None
    ranked = 1 <= low <= high and (peers is None or high <= peers)
    return Place(low, high, peers) if ranked else Defect(NOT_A_PLACE, raw)


def parse_compound(raw: str) -> Compound | Defect:
    """Read an index and a place in one cell: «70 % 41 -42», «90 % 10 место»."""
    text = raw.strip()
    found = _COMPOUND.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return Defect(NOT_A_COMPOUND, raw)
    index, place = parse_figure(found["index"]), parse_place(found["place"])
    if not isinstance(index, Figure) or not isinstance(place, Place):
        return Defect(NOT_A_COMPOUND, raw)
    return Compound(index, place)


def _decimal(number: str) -> Decimal:
    return Decimal(re.sub(_SPACE, "", number).replace(",", "."))


def _digits(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
