"""`date_in_window`: a printed date or span of months against the window it belongs to."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from shared.figures.claims import Claim
from shared.figures.dates import Period
from shared.figures.rules.finding import Finding, Repair, Severity, subject_of

_ROWS = list(
    csv.DictReader(
        (files("shared.figures") / "data" / "months.csv").read_text("utf-8").splitlines()
    )
)
NOMINATIVE = tuple(row["nominative"] for row in _ROWS)
GENITIVE = tuple(row["genitive"] for row in _ROWS)
_MONTHS = frozenset((*NOMINATIVE, *GENITIVE))
_WORD = re.compile("[а-яё]+")


@dataclass(frozen=True, slots=True)
class Window:
    """A registered window of days, closed."""

    code: str
    first: date
    last: date


def _day(day: date) -> str:
    """Write a day as Russian texts do."""
    return f"{day:%d.%m.%Y}"


def date_in_window(claim: Claim, period: Period, window: Window) -> Finding:
    """Check that every month or day named lies inside the window.

    Month precision is inside if the month can be: any shared day is enough; exact days must all
    be inside, and of a limit («до 27.12») only the last one. Without a year every year of the
    window is tried: outside in all of them is a contradiction, inside in one leaves the year open
    and is incomplete where the window has several years, with the first that fits as the default.
    """
    years = _years(window) if period.year is None else [period.year]
    if period.either_year:
        years += [year - 1 for year in years]
    fits = [year for year in years if _inside(period, year, window)]
    open_year = period.year is None and len(years) > 1
    severity = (
        Severity.CONTRADICTION
        if not fits
        else Severity.INCOMPLETE
        if open_year
        else Severity.CONSISTENT
    )
    ends = (window.first.isoformat(), window.last.isoformat())
    bounds = f"с {_day(window.first)} по {_day(window.last)}"
    verdict = {
        Severity.CONTRADICTION: "вне окна",
        Severity.INCOMPLETE: "год не напечатан",
        Severity.CONSISTENT: "внутри окна",
    }[severity]
    return Finding(
        rule="date_in_window",
        severity=severity,
        text=f"Срок «{claim.raw.strip()}», окно {bounds}: {verdict}.",
        subject={**subject_of((claim,)), "window": window.code},
        claims=(claim,),
        declared=claim.raw.strip(),
        recomputed={"default_year": fits[0] if fits and open_year else None, "years": list(fits)},
        repairs=() if fits else (*_other_months(claim, window), Repair.of(claim, *ends)),
        tolerance={"from": window.first.isoformat(), "to": window.last.isoformat()},
    )


def _other_months(claim: Claim, window: Window) -> tuple[Repair, ...]:
    """Offer the months of the window in place of the only month that is printed."""
    words = [word for word in _WORD.findall(claim.raw.lower()) if word in _MONTHS]
    if len(words) != 1:
        return ()
    names = GENITIVE if words[0] in GENITIVE else NOMINATIVE
    inside = range(window.first.month, window.first.month + _months_of(window))
    texts = (names[(month - 1) % len(names)] for month in inside)
    pattern = re.compile(re.escape(words[0]), re.IGNORECASE)
    made = (pattern.sub(text, claim.raw.strip(), count=1) for text in texts)
    return tuple(Repair.of(claim, text, text) for text in made)


def _months_of(window: Window) -> int:
    years, months = window.last.year - window.first.year, window.last.month - window.first.month
    return min(12 * years + months + 1, 12)


def _years(window: Window) -> list[int]:
    """Return the years a date without one may belong to, a span over New Year included."""
    return list(range(window.first.year, window.last.year + 1))


def _inside(period: Period, year: int, window: Window) -> bool:
    """Check each named month by itself; exact days, or a limit, by the days."""
    begins, ends = period.days(year)
    if period.until:
        return window.first <= ends <= window.last
    if period.first_day is not None:
        return window.first <= begins and ends <= window.last
    crossed = 0
    for i, month in enumerate(period.months):
        crossed += i > 0 and month < period.months[i - 1]
        first, last = Period((month,), None).days(year + crossed)
        if last < window.first or first > window.last:
            return False
    return True
