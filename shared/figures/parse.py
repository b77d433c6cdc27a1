"""Read Russian number forms without guessing (`docs/rules/figures.md`, Parsing)."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from shared.figures.decimals import decimal_text
from shared.figures.places import Place


class Mark(StrEnum):
    """Why a cell holds no number: blank, a dash, or a sign of official statistics."""

    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    NO_DATA = "no_data"
    NOT_YET = "not_yet"
    SUPPRESSED = "suppressed"


class Bound(StrEnum):
    """How a hedged figure limits the true value; it is never an exact count."""

    ABOUT = "about"
    OVER = "over"
    UNDER = "under"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as printed: raw text, exact value, decimals printed; or a mark instead of a value.

    `digits` is negative where thousands or millions are printed: «1,2 тыс.» is 1200 to −2 digits.
    """

    raw: str
    value: Decimal | None
    digits: int
    mark: Mark | None = None
    bound: Bound | None = None

    def wire(self) -> dict[str, str | int | None]:
        """Return `{"raw", "value", "digits"}`; value and digits are null where there is a mark."""
        if self.value is None:
            return {"raw": self.raw, "value": None, "digits": None}
        return {
            "raw": self.raw,
            "value": decimal_text(self.value, max(self.digits, 0)),
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
AMBIGUOUS = "ambiguous_thousands"
"""Whether a point or a comma groups thousands or begins decimals is unknown."""

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
    f"{_SPACE}*процент(?:а|ов)?|{_SPACE}*став(?:ка|ки|ок))?"
)
_SCALE = f"(?:{_SPACE}*(?P<scale>тыс(?:яч[аи]?)?|млн|миллион(?:а|ов)?)\\.?)?"
_FIGURE = re.compile(f"(?P<sign>[-−+])?(?P<number>{_NUMBER}){_SCALE}{_UNIT}\\*{{0,3}}")
_HEDGE = re.compile(
    f"(?P<word>не{_SPACE}+(?:менее|меньше|более|больше)|около|порядка|примерно|приблизительно|"
    "почти|свыше|более|больше|менее|меньше|до|от|[~≈≥≤>])"
    f"(?:{_SPACE}+|(?<=[~≈≥≤>]))(?P<rest>.+)",
    re.IGNORECASE,
)
_AMONG_WORDS = re.compile(
    f"(?P<figure>(?:(?:не{_SPACE}+(?:менее|меньше|более|больше)|около|порядка|примерно|"
    f"приблизительно|почти|свыше|более|больше|менее|меньше|до|от){_SPACE}+)?{_NUMBER}"
    f"(?:{_SPACE}*(?:тыс(?:яч[аи]?)?|млн|миллион(?:а|ов)?)\\.?(?![а-яё]))?)"
    f"(?P<times>{_SPACE}*раз)?",
    re.IGNORECASE,
)
_MID_RANK = re.compile(f"(?P<whole>[0-9]{{1,6}})[.,]5(?:{_SPACE}*мест(?:о|а))?")
_SUPPRESSED = re.compile(f"<{_SPACE}*[0-9]{{1,3}}|менее{_SPACE}+трёх|конф\\.?", re.IGNORECASE)
_RANGE = re.compile(f"(?P<a>{_NUMBER}){_UNIT}{_SPACE}*[{_DASHES}]{_SPACE}*(?P<b>{_NUMBER}){_UNIT}")
_PLACE = re.compile(
    f"(?P<a>[0-9]{{1,9}})(?:{_SPACE}*[{_DASHES}]{_SPACE}*(?P<b>[0-9]{{1,9}}))?"
    f"(?:-?(?:е|ое))?(?:{_SPACE}*мест(?:о|а)(?:{_SPACE}+(?:по|в|среди)(?:{_SPACE}+[А-ЯЁа-яё]+)+)?)?"
    f"(?:{_SPACE}+из{_SPACE}+(?P<of>[0-9]{{1,9}}))?"
)
_COMPOUND = re.compile(f"(?P<index>{_NUMBER}{_SPACE}*%){_SPACE}*(?P<place>.+)")


SIGNS = {
    "н/д": Mark.NO_DATA,
    "нет данных": Mark.NO_DATA,
    "н.д.": Mark.NO_DATA,
    "...": Mark.NOT_YET,
    "…": Mark.NOT_YET,
    "х": Mark.NOT_APPLICABLE,
    "x": Mark.NOT_APPLICABLE,
    "н/п": Mark.NOT_APPLICABLE,
}
"""Signs of official statistics; the Cyrillic and the Latin «х» look the same in print."""
HEDGES = {
    Bound.ABOUT: ("около", "порядка", "примерно", "приблизительно", "почти", "~", "≈"),
    Bound.OVER: ("свыше", "более", "больше", ">"),
    Bound.UNDER: ("менее", "меньше"),
    Bound.AT_LEAST: ("не менее", "не меньше", "от", "≥"),
    Bound.AT_MOST: ("не более", "не больше", "до", "≤"),
}
_BOUND_OF = {word: bound for bound, words in HEDGES.items() for word in words}
_POWERS = {"т": 3, "м": 6}


def parse_figure(raw: str) -> Figure | Defect:
    """Read one number: «68,3», «90 %», «1 006», «1,2 тыс. чел.»; or its mark.

    A dash alone is *not applicable*, a blank is *missing*, signs of official statistics («н/д»,
    «…», «х», «<5») are their marks; none is ever 0. Digits are grouped by threes if at all; hedges
    («около 300»), exponents, several numbers and other scripts' digits are `not_a_number`.
    """
    text = raw.strip()
    mark = _mark(text)
    if mark is not None:
        return Figure(raw, None, 0, mark)
    found = _FIGURE.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if found is None:
        return Defect(NOT_A_NUMBER, raw)
    value = _decimal(found["number"])
    if len(value.as_tuple().digits) > MAX_DIGITS:
        return Defect(NOT_A_NUMBER, raw)
    power = _POWERS[found["scale"][0].lower()] if found["scale"] else 0
    digits = _digits(value) - power
    value = value.scaleb(power) if power else value
    return Figure(raw, -value if found["sign"] in ("-", "−") else value, digits)


def parse_hedged(raw: str) -> Figure | Defect:
    """Read one number that words may hedge: «около 300», «свыше 40», «не менее 75 %».

    A hedged figure has its `bound` and only limits the true value.
    """
    text = raw.strip()
    hedge = _HEDGE.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if hedge is None:
        return parse_figure(raw)
    plain = parse_figure(hedge["rest"])
    if isinstance(plain, Defect) or plain.value is None:
        return Defect(NOT_A_NUMBER, raw)
    word = re.sub(_SPACE + "+", " ", hedge["word"].lower())
    return replace(plain, raw=raw, bound=_BOUND_OF[word])


def _mark(text: str) -> Mark | None:
    if not text:
        return Mark.MISSING
    if len(text) == 1 and text in _DASHES:
        return Mark.NOT_APPLICABLE
    if len(text) <= MAX_LENGTH and _SUPPRESSED.fullmatch(text):
        return Mark.SUPPRESSED
    return SIGNS.get(text.lower())


def parse_among_words(raw: str) -> Figure | Defect:
    """Read the only number of a text with words around it: «80 математиков», «Физика 25».

    A hedge before the number and «тыс.», «млн» after it keep their meaning; several numbers and
    multiples («в 1,5 раза») are `not_a_number`.
    """
    text = raw.strip()[:MAX_LENGTH]
    found = list(_AMONG_WORDS.finditer(text))
    if len(found) != 1 or found[0]["times"]:
        return Defect(NOT_A_NUMBER, raw)
    read = parse_hedged(found[0]["figure"])
    return read if isinstance(read, Defect) else replace(read, raw=raw)


def parse_mid_rank(raw: str) -> Decimal | None:
    """Read a mean place of a tie, «2,5»; None where it is no half."""
    found = _MID_RANK.fullmatch(raw.strip()) if len(raw) <= MAX_LENGTH else None
    return None if found is None else Decimal(found["whole"]) + Decimal("0.5")


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
