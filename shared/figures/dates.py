"""Russian dates and spans of months as printed: «30 марта 2022 г.», «ноябрь-декабрь».

A span without a year is kept without one: which year is meant is a question, not a default.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from shared.figures.parse import MAX_LENGTH, Defect

NOT_A_DATE = "not_a_date"
FIRST_YEAR, LAST_YEAR = 1900, 2199

_MONTHS = tuple(
    re.compile(pattern)
    for pattern in (
        "январ[ьяе]", "феврал[ьяе]", "март[ае]?", "апрел[ьяе]", "ма[йяе]", "июн[ьяе]",
        "июл[ьяе]", "август[ае]?", "сентябр[ьяе]", "октябр[ьяе]", "ноябр[ьяе]", "декабр[ьяе]",
    )
)  # fmt: skip
_MONTH = r"[а-яё]+"
_YEAR = r"(?P<year>[0-9]{4})(?:\s*(?:года|году|год|г\.?))?"
_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?")
_POINTS = re.compile(r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})(?:\.(?P<year>[0-9]{4}))?")
_WORDS = re.compile(rf"(?P<day>[0-9]{{1,2}})\s+(?P<month>{_MONTH})(?:\s+{_YEAR})?")
_SPAN = re.compile(
    rf"(?P<first>{_MONTH})(?:(?P<joint>\s*[-–—,]\s*|\s+и\s+)(?P<last>{_MONTH}))?(?:\s+{_YEAR})?"
)
_UNTIL = re.compile(r"(?:до|не позднее|по)\s+")
_MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """Days from month.day to month.day, closed; `year` is that of the first, None if not said.

    `months` are the months named, in order; `until` means that only the last day is a limit.
    A span may run over New Year («ноябрь-январь»): its last month is then of the next year.
    """

    months: tuple[int, ...]
    year: int | None
    first_day: int | None = None
    last_day: int | None = None
    until: bool = False

    def days(self, year: int) -> tuple[date, date]:
        """Return the first and last day if the year of the first month is `year`.

        29 February of a year that has none is its 28th.
        """
        first, last = self.months[0], self.months[-1]
        end_year = year + (last < first)
        start = date(year, first, min(self.first_day or 1, monthrange(year, first)[1]))
        length = monthrange(end_year, last)[1]
        return start, date(end_year, last, min(self.last_day or length, length))


def parse_period(raw: str) -> Period | Defect:
    """Read one date or one span of months; anything else is the defect `not_a_date`."""
    text = raw.strip().lower()
    if len(text) > MAX_LENGTH:
        return Defect(NOT_A_DATE, raw)
    bare = _UNTIL.sub("", text, count=1) if _UNTIL.match(text) else text
    period = _numeric(bare) or _worded(bare)
    if period is None:
        return Defect(NOT_A_DATE, raw)
    if bare == text:
        return period
    return Period(period.months, period.year, period.first_day, period.last_day, until=True)


def _numeric(text: str) -> Period | None:
    found = _ISO.fullmatch(text) or _POINTS.fullmatch(text)
    if found is None:
        return None
    return _period(int(found["month"]), found["day"], found["year"])


def _worded(text: str) -> Period | None:
    found = _WORDS.fullmatch(text)
    if found is not None:
        month = _month(found["month"])
        return None if month is None else _period(month, found["day"], found["year"])
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    first, last = _month(found["first"]), _month(found["last"] or found["first"])
    if first is None or last is None or not _usual(found["year"]):
        return None
    year = int(found["year"]) if found["year"] else None
    apart = "," in (found["joint"] or "") or "и" in (found["joint"] or "")
    return Period((first, last) if apart else _run(first, last), year)


def _period(month: int, day: str | None, year: str | None) -> Period | None:
    """Check that such a day exists; without a year 29 February does."""
    if not 1 <= month <= _MONTHS_OF_YEAR or not _usual(year):
        return None
    leap = 2000 if year is None else int(year)
    number = int(day) if day else None
    if number is not None and not 1 <= number <= monthrange(leap, month)[1]:
        return None
    return Period((month,), int(year) if year else None, number, number)


def _usual(year: str | None) -> bool:
    """Tell whether a document of education can speak of this year; no year is fine."""
    return year is None or FIRST_YEAR <= int(year) <= LAST_YEAR


def _run(first: int, last: int) -> tuple[int, ...]:
    """Name every month of a span, over New Year if it ends before it begins."""
    length = (last - first) % _MONTHS_OF_YEAR + 1
    return tuple((first - 1 + i) % _MONTHS_OF_YEAR + 1 for i in range(length))


def _month(word: str) -> int | None:
    """Return the number of a month in any of its cases, or None."""
    numbers = (number for number, name in enumerate(_MONTHS, start=1) if name.fullmatch(word))
    return next(numbers, None)
