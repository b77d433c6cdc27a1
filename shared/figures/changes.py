"""Printed changes between two periods: percentage points, growth rates, multiples."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from shared.figures.intervals import Interval
from shared.figures.parse import MAX_LENGTH, Defect, Figure, parse_figure

NOT_A_CHANGE = "not_a_change"


class ChangeKind(StrEnum):
    """What a printed change is of: b − a, 100·b/a, 100·(b − a)/a, or b/a."""

    DIFFERENCE = "difference"
    PERCENT_OF = "percent_of"
    PERCENT_MORE = "percent_more"
    TIMES = "times"


@dataclass(frozen=True, slots=True)
class Change:
    """A change as printed: its kind, value with its sign, and the digits it is printed to."""

    kind: ChangeKind
    value: Decimal
    digits: int

    @property
    def exact(self) -> Fraction:
        """The printed value as a fraction."""
        return Fraction(self.value)


_TIMES = re.compile(
    r"(?P<way>рост |снижение |увеличение )?в (?P<number>[0-9]+(?:[.,][0-9]+)?) раза?"
)
_POINTS = re.compile(
    r"(?P<number>[-+−–]?\s*[0-9]+(?:[.,][0-9]+)?)\s*"
    r"(?:п\.?\s?п\.?|процентн\w+ пункт\w*|балл\w*|чел\w*\.?)?"
)


_BY = re.compile(
    r"(?:(?P<up>рост|прирост|увеличение|повышение)|снижение|уменьшение|сокращение|падение) на "
    r"(?P<rest>[0-9].*)"
)


def parse_change(raw: str) -> Change | Defect:
    """Read «+15,4 п.п.», «112 %», «+12 %», «в 1,5 раза», «−5»; anything else is `not_a_change`.

    A per cent with a sign is of the increase, one without is of the earlier value. «Рост на» and
    «снижение на» are signs.
    """
    text = " ".join(raw.strip().lower().split()) if len(raw) <= MAX_LENGTH else ""
    named = _BY.fullmatch(text)
    if named is not None:
        text = ("+" if named["up"] else "-") + named["rest"]
    times = _TIMES.fullmatch(text)
    if times is not None and times["way"] != "снижение ":
        return _change(ChangeKind.TIMES, times["number"], raw)
    if text.endswith("%"):
        signed = text[0] in "+-−–"
        kind = ChangeKind.PERCENT_MORE if signed else ChangeKind.PERCENT_OF
        return _change(kind, text.removesuffix("%").strip(), raw)
    points = _POINTS.fullmatch(text)
    if points is None:
        return Defect(NOT_A_CHANGE, raw)
    return _change(ChangeKind.DIFFERENCE, points["number"], raw)


def change_interval(kind: ChangeKind, before: Interval, after: Interval) -> Interval | None:
    """Return the changes that two intervals of true values allow; open ends are closed.

    None where the earlier value may be zero or negative and the kind divides by it.
    """
    if kind is ChangeKind.DIFFERENCE:
        return after.plus(before.times(Fraction(-1)))
    if before.low <= 0:
        return None
    ratios = [b / a for a in (before.low, before.high) for b in (after.low, after.high)]
    factor = Fraction(1) if kind is ChangeKind.TIMES else Fraction(100)
    shift = Fraction(100) if kind is ChangeKind.PERCENT_MORE else Fraction(0)
    return Interval(min(ratios) * factor - shift, max(ratios) * factor - shift)


def _change(kind: ChangeKind, number: str, raw: str) -> Change | Defect:
    figure = parse_figure(number.replace(" ", "").replace("–", "-"))
    if not isinstance(figure, Figure) or figure.value is None:
        return Defect(NOT_A_CHANGE, raw)
    return Change(kind, figure.value, figure.digits)
