"""Russian dates and spans of months as printed: «30 марта 2022 г.», «ноябрь-декабрь».

A span without a year stays without one: which year is meant is a question, not a default.
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
_JOINT = r"\s*[–—/]\s*|\s+-\s+|(?<=[0-9])-(?=[0-9]{1,2}[. ])|\s+(?:по|до)\s+"
_BETWEEN = re.compile(rf"(?:с\s+)?(?P<first>.+?)(?:{_JOINT})(?P<last>.+)")
_UNTIL = re.compile(r"(?:до|не позднее|по)\s+")
_MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """Days from month.day to month.day, closed; `year` is that of the first, None if not said.

    `months` are the months named, in order; `until` means that only the last day is a limit.
    A span may run over New Year («ноябрь-январь»): its last month is then of the next year. Where
    such a span prints one year only, it may be that of its last month: `either_year`.
    """

    months: tuple[int, ...]
    year: int | None
    first_day: int | None = None
    last_day: int | None = None
    until: bool = False
    either_year: bool = False

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
    """Read a date, a span of months or of days; anything else is the defect `not_a_date`."""
    text = raw.strip().lower()
    if len(text) > MAX_LENGTH:
        return Defect(NOT_A_DATE, raw)
    bare = _UNTIL.sub("", text, count=1) if _UNTIL.match(text) else text
    period = _numeric(bare) or _worded(bare) or _between(bare)
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
    months = (first, last) if apart else _run(first, last)
    return Period(months, year, either_year=year is not None and last < first)


def _between(text: str) -> Period | None:
    """Read «с 10 по 20 июля 2023 г.», «01.03–15.04.2023»: two dates, or two months with years."""
    found = _BETWEEN.fullmatch(text)
    last = None if found is None else _numeric(found["last"]) or _worded(found["last"])
    if found is None or last is None:
        return None
    bare_day = found["first"].isdecimal()
    year = None if last.year is None else str(last.year)
    first = (
        _period(last.months[0], found["first"], year)
        if bare_day
        else _numeric(found["first"]) or _worded(found["first"])
    )
    return None if first is None else _joined(first, last)


def _joined(first: Period, last: Period) -> Period | None:
    """Return the span from one date to a later one of the same year or over one New Year."""
    begins, ends = (first.months[0], first.first_day), (last.months[-1], last.last_day)
    over = (ends[0], ends[1] or 0) < (begins[0], begins[1] or 0)
    year = first.year
    if year is None and last.year is not None:
        year = last.year - over
    alike = len(first.months) == len(last.months) == 1 and (begins[1] is None) == (ends[1] is None)
    follows = year is None or last.year is None or last.year == year + over
    if not alike or not follows or (over and begins[0] == ends[0]):
        return None
    return Period(_run(begins[0], ends[0]), year, begins[1], ends[1])


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
