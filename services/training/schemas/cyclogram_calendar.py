"""The cyclogram as an iCalendar feed (RFC 5545).

A day is `VALUE=DATE`: without an hour it is the same day in every time zone. Months, and congresses
of which only the half-year is known, are transparent all-day spans. What was withdrawn stays with
`STATUS:CANCELLED` and the revision that withdrew it as `SEQUENCE`, so that subscribed calendars
remove it. What has neither dates nor a window cannot be in a calendar and is left out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event, vText

from services.training.domain.calendar import Span

MARKS = {
    "kpk": "КПК",
    "congress": "Съезд",
    "camp": "Сборы",
    "master_class": "Мастер-класс",
    "milestone": "Срок",
}

Item = Mapping[str, Any]


def calendar_of(document: Mapping[str, Any], stamp: datetime, zone: str) -> bytes:
    """Write the cyclogram document; `stamp` is the instant of its source, `zone` an IANA name."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kachestvo//training//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(f"Циклограмма {document['year']}"))
    calendar.add("x-wr-timezone", zone)
    for item in document["items"]:
        span = span_of(item)
        if span is not None:
            calendar.add_component(_event(item, span, document["revision"], stamp))
    for item in document.get("withdrawn", ()):
        span = span_of(item)
        if span is not None:
            event = _event(item, span, item["withdrawn_in"], stamp)
            event.add("status", "CANCELLED")
            calendar.add_component(event)
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
    event.add("dtstart", span.first)
    event.add("dtend", span.last + timedelta(days=1))
    event.add("transp", "OPAQUE" if exact else "TRANSPARENT")
    return event


def describe(item: Item) -> str:
    """Say what is known and what is not."""
    seats = "число мест не указано" if item["seats"] is None else f"мест: {item['seats']}"
    doubts = f"; неясностей: {len(item['doubts'])}" if item["doubts"] else ""
    return f"{MARKS[item['kind']]}, {seats}{doubts}"


def known_kinds(items: Sequence[Item]) -> list[str]:
    """List the kinds that occur, in the order of the legend."""
    return [kind for kind in MARKS if any(item["kind"] == kind for item in items)]
