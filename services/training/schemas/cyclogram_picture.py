"""The cyclogram as a picture: months across, subjects down, a bar an event.

Bars whose days or months are not known (only the half-year is) have a dashed outline and no fill,
so that colour is not the only sign; every bar carries its text as a title for screen readers.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from services.training.domain.calendar import Span
from services.training.schemas.cyclogram_calendar import MARKS, describe, known_kinds, span_of

Item = Mapping[str, Any]
LEFT, TOP, MONTH, LANE, BAR = 150, 84, 74, 26, 20
COLOURS = {
    "kpk": "#1f5f99",
    "congress": "#7a3e9d",
    "camp": "#a6541b",
    "master_class": "#2b7a4b",
    "milestone": "#a3162f",
}
MONTHS = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
SUBJECTS = {
    "mathematics": "Математика",
    "physics": "Физика",
    "informatics": "Информатика",
    "biology": "Биология",
    "chemistry": "Химия",
    "russian": "Русский язык",
}
EVERYBODY = "Все предметы"
TIERS = {"profile": "10 %", "subject": "85 %", "olympiad": "5 %"}
LETTER = 6.2


def picture_of(document: Mapping[str, Any]) -> bytes:
    """Draw the cyclogram document; events without dates and window are drawn below."""
    placed = [(item, span) for item in document["items"] if (span := span_of(item))]
    lost = [item for item in document["items"] if span_of(item) is None]
    start, months = _months([span for _, span in placed], document["year"])
    rows = list(_rows(placed))
    depth = sum(max(1, len(lanes)) for _, lanes in rows)
    width = LEFT + months * MONTH + 20
    bottom = TOP + depth * LANE + 12
    height = bottom + 44 + 20 * len(lost)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-labelledby="title" font-family="system-ui, sans-serif" font-size="12">'
        ),
        f'<title id="title">Циклограмма {escape(document["year"])} года</title>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        (
            f'<text x="16" y="30" font-size="18" font-weight="600">'
            f"Циклограмма {escape(document['year'])} года</text>"
        ),
        *_grid(start, months, bottom),
        *_body(rows, start),
        *_legend(known_kinds(document["items"]), bottom + 22),
        *_footnotes(lost, bottom + 50),
        "</svg>",
    ]
    return "".join(parts).encode()


def _months(spans: Sequence[Span], year: str) -> tuple[date, int]:
    """First month drawn and how many: the year, widened to every span."""
    first = min([date(int(year), 1, 1), *(span.first for span in spans)]).replace(day=1)
    last = max([date(int(year), 12, 31), *(span.last for span in spans)])
    return first, (last.year - first.year) * 12 + last.month - first.month + 1


def _rows(
    placed: Sequence[tuple[Item, Span]],
) -> Iterator[tuple[str, list[list[tuple[Item, Span]]]]]:
    """Give each subject its lanes, so that bars which meet are under each other."""
    order = {code: place for place, code in enumerate(SUBJECTS)}
    names = sorted(
        {item["subject"] or "" for item, _ in placed},
        key=lambda code: (code == "", order.get(code, len(order)), code),
    )
    for name in names:
        lanes: list[list[tuple[Item, Span]]] = []
        for item, span in placed:
            if (item["subject"] or "") == name:
                lane = next((one for one in lanes if not one[-1][1].meets(span)), None)
                if lane is None:
                    lanes.append([(item, span)])
                else:
                    lane.append((item, span))
        yield SUBJECTS.get(name, name) or EVERYBODY, lanes


def _x(day: date, start: date) -> float:
    months = (day.year - start.year) * 12 + day.month - start.month
    return LEFT + (months + (day.day - 1) / 31) * MONTH


def _grid(start: date, months: int, bottom: int) -> Iterator[str]:
    for number in range(months):
        year, month = divmod(start.month - 1 + number, 12)
        x = LEFT + number * MONTH
        if number == 0 or month == 0:
            yield f'<text x="{x + 4}" y="52" font-weight="600">{start.year + year}</text>'
        yield f'<text x="{x + 4}" y="72">{MONTHS[month]}</text>'
        yield f'<path d="M{x} 58V{bottom}" stroke="#d9dee3"/>'


def _body(rows: Sequence[tuple[str, list[list[tuple[Item, Span]]]]], start: date) -> Iterator[str]:
    top = TOP
    for name, lanes in rows:
        yield f'<path d="M16 {top}H{LEFT - 8}" stroke="#d9dee3"/>'
        yield f'<text x="16" y="{top + 17}" font-weight="600">{escape(name)}</text>'
        for lane in lanes:
            for item, span in lane:
                yield _bar(item, span, start, top)
            top += LANE


def _bar(item: Item, span: Span, start: date, top: int) -> str:
    left = _x(span.first, start)
    right = max(_x(span.last, start) + MONTH / 31, left + 10)
    colour = COLOURS[item["kind"]]
    known = item["from"] is not None
    paint = f'fill="{colour}"' if known else 'fill="#ffffff" stroke-dasharray="5 3"'
    ink = "#ffffff" if known else colour
    return (
        f"<g><title>{escape(item['title'])}: {escape(describe(item))}</title>"
        f'<rect x="{left:.1f}" y="{top + 3}" width="{right - left:.1f}" height="{BAR}" rx="3" '
        f'stroke="{colour}" {paint}/>'
        f'<text x="{left + 6:.1f}" y="{top + 17}" fill="{ink}">'
        f"{escape(_short(item, right - left - 10))}</text></g>"
    )


def _short(item: Item, room: float) -> str:
    """Return the longest of the texts that fits the bar, or nothing."""
    tiers = ", ".join(TIERS.get(tier, tier) for tier in item["tiers"])
    seats = "" if item["seats"] is None else f"{item['seats']}"
    texts = (
        " · ".join(part for part in (MARKS[item["kind"]], tiers, f"мест {seats}") if part)
        if seats
        else " · ".join(part for part in (MARKS[item["kind"]], tiers) if part),
        f"{MARKS[item['kind']]} {seats}".strip(),
        seats,
    )
    return next((text for text in texts if len(text) * LETTER <= room), "")


def _legend(kinds: Sequence[str], top: int) -> Iterator[str]:
    x = 16
    for kind in kinds:
        yield f'<rect x="{x}" y="{top - 10}" width="12" height="12" fill="{COLOURS[kind]}"/>'
        yield f'<text x="{x + 18}" y="{top}">{MARKS[kind]}</text>'
        x += 40 + int(len(MARKS[kind]) * LETTER) + 14
    yield (
        f'<rect x="{x}" y="{top - 10}" width="20" height="12" fill="#ffffff" stroke="#333333" '
        f'stroke-dasharray="5 3"/><text x="{x + 26}" y="{top}">известно только полугодие</text>'
    )


def _footnotes(lost: Sequence[Item], top: int) -> Iterator[str]:
    for number, item in enumerate(lost):
        yield (
            f'<text x="16" y="{top + 20 * number}" fill="#333333">Без дат: '
            f"{escape(item['title'])} ({escape(describe(item))})</text>"
        )
