"""The cyclogram as an iCalendar feed (RFC 5545), in local time of the region.

Days known exactly are opaque events from midnight to midnight with TZID; months, and congresses
of which only the half-year is known, are transparent all-day spans. What has neither dates nor a
window cannot stand in a calendar and is left out.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vText

from services.training.domain.calendar import Span

LOCAL = "Asia/Vladivostok"
MARKS = {
    "kpk": "КПК",
    "congress": "Съезд",
    "camp": "Сборы",
    "master_class": "Мастер-класс",
    "milestone": "Срок",
}

Item = Mapping[str, Any]


def calendar_of(document: Mapping[str, Any], stamp: datetime) -> bytes:
    """Write the cyclogram document; `stamp` is the instant of its source."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kachestvo//training//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(f"Циклограмма {document['year']}"))
    calendar.add("x-wr-timezone", LOCAL)
    year = int(document["year"])
    calendar.add_component(
        Timezone.from_tzid(LOCAL, first_date=date(year - 1, 1, 1), last_date=date(year + 1, 1, 1))
    )
    for item in document["items"]:
        span = span_of(item)
        if span is not None:
            calendar.add_component(_event(item, span, document["revision"], stamp))
    return bytes(calendar.to_ical())


def span_of(item: Item) -> Span | None:
    """Return the dates of an item, its window where it has none, or None."""
    if item["from"] is not None:
        return Span.parse(item["from"], item["to"])
    if item["window"] is not None:
        return Span.parse(item["window"]["from"], item["window"]["to"])
    return None


def _event(item: Item, span: Span, revision: int, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{item['code']}@training.kachestvo")
    event.add("dtstamp", stamp)
    event.add("sequence", revision)
    exact = item["from"] is not None and span.precision == "day"
    unsure = "" if exact else " (дни уточняются)"
    event.add("summary", f"{item['title']}{unsure}")
    event.add("description", describe(item))
    if item["venues"]:
        event.add("location", ", ".join(item["venues"]))
    event.add("categories", [MARKS[item["kind"]]])
    after = span.last + timedelta(days=1)
    if exact:
        zone = ZoneInfo(LOCAL)
        event.add("dtstart", datetime.combine(span.first, time(), zone))
        event.add("dtend", datetime.combine(after, time(), zone))
        event.add("transp", "OPAQUE")
    else:
        event.add("dtstart", span.first)
        event.add("dtend", after)
        event.add("transp", "TRANSPARENT")
    return event


def describe(item: Item) -> str:
    """Say what is known and what is not."""
    seats = "число мест не указано" if item["seats"] is None else f"мест: {item['seats']}"
    doubts = f"; неясностей: {len(item['doubts'])}" if item["doubts"] else ""
    return f"{MARKS[item['kind']]}, {seats}{doubts}"


def known_kinds(items: Sequence[Item]) -> list[str]:
    """List the kinds that occur, in the order of the legend."""
    return [kind for kind in MARKS if any(item["kind"] == kind for item in items)]
