"""Days, months and spans of days as people and 1C write them, brought to ISO.

A year is always of four digits; a time of day other than midnight is no day. `03/04/2023` may be
read two ways and is refused.
"""

import json
import re
from collections.abc import Sequence
from datetime import date

from shared.imports.defects import DATA

WORDS = json.loads((DATA / "calendar_words.json").read_bytes())
MONTHS: dict[str, int] = {
    name: number for number, names in enumerate(WORDS["month_forms"], 1) for name in names
}
MIDNIGHT = r"(?:[t\s,]+0{1,2}:00(?::00(?:\.0+)?)?(?:z|\+00:00)?)?"
YEAR_SIGN = r"(?:\s*(?:г\.?|года?))?"
ISO = re.compile(rf"(?P<y>[0-9]{{4}})-(?P<m>[0-9]{{2}})-(?P<d>[0-9]{{2}}){MIDNIGHT}")
DOTTED = re.compile(
    rf"(?P<d>[0-9]{{1,2}})\.(?P<m>[0-9]{{1,2}})\.(?P<y>[0-9]{{4}}){YEAR_SIGN}{MIDNIGHT}"
)
NAMED = re.compile(
    rf"(?P<d>[0-9]{{1,2}})[\s.]+(?P<name>[а-я]{{3,8}})\.?[\s.]*(?P<y>[0-9]{{4}}){YEAR_SIGN}{MIDNIGHT}"
)
ISO_MONTH = re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})")
DOTTED_MONTH = re.compile(r"(?P<m>[0-9]{1,2})\.(?P<y>[0-9]{4})")
NAMED_MONTH = re.compile(rf"(?P<name>[а-я]{{3,8}})[\s.,]*(?P<y>[0-9]{{4}}){YEAR_SIGN}")
SPAN_SIGNS = (r"\.\.\.?", "…", r"\s+по\s+", r"\s+до\s+", r"\s*[–—]\s*", r"\s+-\s+")
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


def read_day(text: str) -> str | None:
    """Return the ISO form of a day, None where the text is no day of 1900 to 2199."""
    folded = _folded(text)
    for form in (ISO, DOTTED, NAMED):
        if found := form.fullmatch(folded):
            return _day(found)
    return None


def read_day_or_month(text: str) -> str | None:
    """Return the ISO form of a day or of a month."""
    folded = _folded(text)
    for form in (ISO_MONTH, DOTTED_MONTH, NAMED_MONTH):
        if found := form.fullmatch(folded):
            month = _month(found)
            known = month is not None and FIRST.year <= int(found["y"]) <= LAST.year
            return f"{found['y']}-{month:02}" if known else None
    return read_day(text)


def read_spans(texts: Sequence[str]) -> list[str] | None:
    """Return closed spans `first..last`; a single day is a span; None where one is no span."""
    spans = [_span(text.strip()) for text in texts]
    return None if None in spans else [span for span in spans if span is not None]


def _span(text: str) -> str | None:
    day = read_day(text)
    if day is not None:
        return f"{day}..{day}"
    bare = re.sub(r"^с\s+", "", text, flags=re.IGNORECASE)
    for sign in SPAN_SIGNS:
        parts = re.split(sign, bare, flags=re.IGNORECASE)
        ends = [read_day(part) for part in parts]
        if len(ends) == 2 and None not in ends and str(ends[0]) <= str(ends[1]):  # noqa: PLR2004 -- first and last.
            return f"{ends[0]}..{ends[1]}"
    return None


def _folded(text: str) -> str:
    return " ".join(text.lower().replace("\u00a0", " ").split())


def _month(found: re.Match[str]) -> int | None:
    groups = found.groupdict()
    if groups.get("name") is not None:
        return MONTHS.get(groups["name"])
    number = int(groups["m"])
    return number if 1 <= number <= 12 else None  # noqa: PLR2004 -- months of a year.


def _day(found: re.Match[str]) -> str | None:
    month = _month(found)
    if month is None:
        return None
    try:
        day = date(int(found["y"]), month, int(found["d"]))
    except ValueError:
        return None
    return day.isoformat() if FIRST <= day <= LAST else None
