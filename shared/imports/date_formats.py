"""Dates and times as a spreadsheet shows them, and the ISO form of that.

A serial number counts days from the end of 1899 (with a 29 February 1900 that never was) or from
the beginning of 1904. A day with its month and year gives an ISO day, a month with its year
an ISO month: what is not displayed is not read.
"""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from shared.imports.defects import DATA, CellUnreadable, message_for
from shared.imports.format_codes import DATE, DIGIT, ELAPSED, LITERAL, POINT, Section, Token

EPOCH, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
EARLY = 60
LAST = 2_958_466
DAY_SECONDS, HOUR, MINUTE, NOON = 86_400, 3600, 60, 12
WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
WORDS: dict[str, list[str]] = json.loads((DATA / "calendar_words.json").read_bytes())
RUSSIAN = frozenset(
    {"", "419", "FC19", "F419", "F800", "F400", "1000419", "RU-RU", "X-SYSDATE", "X-SYSTIME"}
)
GENITIVE = frozenset({"FC19"})
ENGLISH = frozenset({"409", "809", "C09", "1009", "EN-US", "EN-GB"})
LONG_NAMES, FULL_NAMES = 3, 4


class _Shown:
    """The parts of an instant, rounded to what the section shows."""

    def __init__(self, serial: Decimal, section: Section, *, since_1904: bool) -> None:
        self.decimals = _second_decimals(section.tokens)
        unit = Decimal(1).scaleb(-self.decimals)
        seconds = WIDE.multiply(serial, Decimal(DAY_SECONDS)).quantize(unit, context=WIDE)
        self.total = seconds
        days, rest = divmod(seconds, DAY_SECONDS)
        self.day = _day(int(days), since_1904=since_1904)
        self.seconds = rest
        self.hour = int(rest // HOUR)
        self.minute = int(rest % HOUR // MINUTE)


def display_date(
    serial: Decimal, section: Section, code: str, *, since_1904: bool
) -> tuple[str, str | None]:
    """Return the text of a date or time and its ISO form, None where it names no year."""
    if serial < 0 or serial >= LAST:
        raise CellUnreadable("DATE_OUT_OF_RANGE", message_for("DATE_OUT_OF_RANGE", value=serial))
    tokens = _minutes_told(section.tokens)
    language = (section.locale or "").lstrip("0").upper()
    named = any(t.kind == DATE and t.text[0] in "md" and len(t.text) >= LONG_NAMES for t in tokens)
    if named and language not in RUSSIAN | ENGLISH:
        raise CellUnreadable(
            "FORMAT_UNSUPPORTED", message_for("FORMAT_UNSUPPORTED", format=code[:100])
        )
    shown = _Shown(serial, section, since_1904=since_1904)
    names = {t.text[0] for t in tokens if t.kind == DATE}
    if names & {"y", "m", "d"} and shown.day is None:
        raise CellUnreadable("DATE_OUT_OF_RANGE", message_for("DATE_OUT_OF_RANGE", value=serial))
    text = _written(shown, tokens, language).strip()
    return text, _iso(shown, tokens, names, code)


def _day(days: int, *, since_1904: bool) -> date | None:
    """Return the day of a serial number; there is none before the first and on day 60."""
    if since_1904:
        return EPOCH_1904 + timedelta(days)
    if days in (0, EARLY):
        return None
    return EPOCH + timedelta(days + (days < EARLY))


def _minutes_told(tokens: Sequence[Token]) -> list[Token]:
    """Name the `m` after hours or before seconds `n`: it counts minutes, not months."""
    clock = [i for i, t in enumerate(tokens) if t.kind in (DATE, ELAPSED)]
    found = list(tokens)
    for place, i in enumerate(clock):
        token = tokens[i]
        before = tokens[clock[place - 1]].text if place else ""
        after = tokens[clock[place + 1]].text if place + 1 < len(clock) else ""
        minutes = token.text in ("m", "mm") and (before[:1] == "h" or after[:1] == "s")
        if token.kind == DATE and minutes:
            found[i] = Token(DATE, "n" * len(token.text))
    return found


def _second_decimals(tokens: Sequence[Token]) -> int:
    """Return how many digits of a second are displayed."""
    point = next((i for i, t in enumerate(tokens) if t.kind == POINT), None)
    if point is None:
        return 0
    count = 0
    while point + 1 + count < len(tokens) and tokens[point + 1 + count].kind == DIGIT:
        count += 1
    return count


def _iso(shown: _Shown, tokens: Sequence[Token], names: set[str], code: str) -> str | None:
    if shown.day is None or "y" not in names:
        return None
    if "d" not in names and "m" not in names:
        return f"{shown.day.year:04}"
    if "m" not in names:
        return None
    if "d" not in names:
        return f"{shown.day:%Y-%m}" if shown.day.year > 1000 else None  # noqa: PLR2004 -- Excel begins in 1900.
    order = [t.text[0] for t in tokens if t.kind == DATE and t.text in ("m", "mm", "d", "dd")]
    if order[:2] == ["m", "d"] and not _year_first(tokens):
        raise CellUnreadable("MONTH_FIRST", message_for("MONTH_FIRST", format=code[:100]))
    if shown.seconds and names & {"h", "s", "n"}:
        clock = f"{shown.hour:02}:{shown.minute:02}:{int(shown.seconds % MINUTE):02}"
        return f"{shown.day.isoformat()}T{clock}"
    return shown.day.isoformat()


def _year_first(tokens: Sequence[Token]) -> bool:
    first = next((t.text[0] for t in tokens if t.kind == DATE and t.text[0] in "ymd"), "")
    return first == "y"


def _written(shown: _Shown, tokens: Sequence[Token], language: str) -> str:
    half = any(t.kind == DATE and "/" in t.text for t in tokens)
    genitive = language in GENITIVE
    pieces: list[str] = []
    for token in tokens:
        if token.kind == ELAPSED:
            pieces.append(_elapsed(shown, token.text))
        elif token.kind == DATE:
            pieces.append(_part(shown, token.text, half=half, genitive=genitive, language=language))
        elif token.kind == POINT and shown.decimals:
            pieces.append("." + f"{shown.seconds % 1:.{shown.decimals}f}"[2:])
        elif token.kind != DIGIT:
            pieces.append(
                "." if token.kind not in (LITERAL, POINT) and token.text == "/" else token.text
            )
    return "".join(pieces)


def _elapsed(shown: _Shown, text: str) -> str:
    unit = {"h": HOUR, "m": MINUTE, "s": 1}[text[0]]
    return f"{int(shown.total // unit):0{len(text)}}"


def _part(shown: _Shown, text: str, *, half: bool, genitive: bool, language: str) -> str:
    width = 2 if len(text) > 1 else 1
    if "/" in text:
        return "PM" if shown.hour >= NOON else "AM"
    if text[0] in "hns":
        hour = ((shown.hour - 1) % NOON + 1) if half else shown.hour
        number = {"h": hour, "n": shown.minute, "s": int(shown.seconds % MINUTE)}[text[0]]
        return f"{number:0{width}}"
    if shown.day is None:
        return ""
    if text[0] == "y":
        return f"{shown.day.year:04}" if len(text) > 2 else f"{shown.day.year % 100:02}"  # noqa: PLR2004 -- yy
    number = shown.day.month if text[0] == "m" else shown.day.day
    if len(text) < LONG_NAMES:
        return f"{number:0{width}}"
    return _name(shown.day, text, genitive=genitive, english=language in ENGLISH)


def _name(day: date, text: str, *, genitive: bool, english: bool) -> str:
    """Return the name of a month or a day of the week; five letters of a month give its first."""
    short = len(text) == LONG_NAMES
    kind, number = ("days", day.weekday()) if text[0] == "d" else ("months", day.month - 1)
    if english:
        name = WORDS[f"english_{kind}"][number]
        return name[:LONG_NAMES] if short else name[:1] if len(text) > FULL_NAMES else name
    if kind == "months" and len(text) > FULL_NAMES:
        return WORDS[kind][number][0].upper()
    full = "months_of" if genitive and kind == "months" else kind
    return WORDS[f"short_{kind}" if short else full][number]
