"""The roadmap as an iCalendar feed (RFC 5545): the term of a task is a day without an hour."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vText

from services.training.domain.roadmap import RoadmapTask


def roadmap_calendar(tasks: Iterable[RoadmapTask], stamp: datetime) -> bytes:
    """Write the tasks that have a term; a cancelled one stays as `STATUS:CANCELLED`."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kachestvo//training//RU")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText("Дорожная карта"))
    for task in tasks:
        if task.term is not None:
            event = Event()
            event.add("uid", f"{task.code}@roadmap.training.kachestvo")
            event.add("dtstamp", stamp)
            event.add("sequence", int(task.state == "cancelled"))
            event.add("summary", task.title)
            event.add("dtstart", task.term)
            event.add("dtend", task.term + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
            event.add("status", "CANCELLED" if task.state == "cancelled" else "CONFIRMED")
            calendar.add_component(event)
    return bytes(calendar.to_ical())
