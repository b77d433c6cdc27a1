"""The cyclogram as a calendar and as a picture."""

import json
import xml.etree.ElementTree as ET
from datetime import date

import httpx
import icalendar
import pytest

from shared.db import Database
from tests.services.training.sending import course, send_rows
from tests.services.training.test_year import load, publish

BASE = "/v1/training/2023/cyclogram"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
async def published(client: httpx.AsyncClient, db: Database) -> httpx.AsyncClient:
    await load(client, "headcounts", "events")
    await send_rows(client, "events", [course("exact", 9)])
    await publish(db)
    return client


async def test_the_calendar_tells_days_from_months(published: httpx.AsyncClient) -> None:
    answer = await published.get(f"{BASE}.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.content)
    events = {str(e["uid"]).split("@")[0]: e for e in calendar.walk("VEVENT")}
    exact, month = events["exact"], events["kpk-mathematics-profile"]
    assert exact["dtstart"].to_ical() == b"20231002"
    assert exact["dtstart"].params["VALUE"] == "DATE"
    assert exact.decoded("dtend") == date(2023, 10, 14)
    assert (str(exact["transp"]), str(month["transp"])) == ("OPAQUE", "TRANSPARENT")
    assert month.decoded("dtstart") == date(2022, 11, 1)
    assert month.decoded("dtend") == date(2023, 1, 1)
    congress = events["congress-biology"]
    assert (congress.decoded("dtstart"), congress.decoded("dtend")) == (
        date(2023, 9, 1),
        date(2024, 1, 1),
    )
    assert "camp-olympiad" not in events
    assert all(e["dtstart"].params["VALUE"] == "DATE" for e in events.values())


def events_of(answer: httpx.Response) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(answer.content)
    events = [e for e in calendar.walk("VEVENT") if isinstance(e, icalendar.Event)]
    return {str(e["uid"]).split("@")[0]: e for e in events}


def sequence_of(event: icalendar.Event) -> int:
    return int(str(event["sequence"]))


async def test_a_deadline_is_the_same_day_in_every_zone(published: httpx.AsyncClient) -> None:
    roadmap = events_of(await published.get(f"{BASE}.ics"))["roadmap"]
    assert roadmap["dtstart"].to_ical() == b"20221227"
    assert roadmap["dtend"].to_ical() == b"20221228"


async def test_a_withdrawn_event_stays_cancelled_with_a_raised_sequence(
    published: httpx.AsyncClient, db: Database
) -> None:
    before = events_of(await published.get(f"{BASE}.ics"))["exact"]
    await send_rows(published, "events", [course("exact", 9, state="cancelled")])
    await publish(db)
    gone = events_of(await published.get(f"{BASE}.ics"))["exact"]
    assert str(gone["status"]) == "CANCELLED"
    assert sequence_of(gone) > sequence_of(before)
    assert gone["dtstart"].to_ical() == before["dtstart"].to_ical()
    assert "exact" not in {i["code"] for i in (await published.get(BASE)).json()["items"]}


async def test_a_cancellation_outlives_later_revisions_and_ends_with_a_new_plan(
    published: httpx.AsyncClient, db: Database
) -> None:
    await send_rows(published, "events", [course("exact", 9, state="cancelled")])
    await publish(db)
    cancelled = sequence_of(events_of(await published.get(f"{BASE}.ics"))["exact"])
    await send_rows(published, "events", [course("other", 5)])
    await publish(db)
    events = events_of(await published.get(f"{BASE}.ics"))
    assert str(events["exact"]["status"]) == "CANCELLED"
    assert sequence_of(events["exact"]) == cancelled
    assert sequence_of(events["other"]) > cancelled
    await send_rows(published, "events", [course("exact", 9)])
    await publish(db)
    again = events_of(await published.get(f"{BASE}.ics"))["exact"]
    assert "status" not in again
    assert sequence_of(again) > cancelled


async def test_an_event_removed_with_its_slice_is_cancelled_too(
    published: httpx.AsyncClient, db: Database
) -> None:
    row = json.dumps(course("other", 5), ensure_ascii=False)
    answer = await published.post(
        "/v1/training/imports?kind=events&mode=replace_slice&year=2023",
        content=row.encode(),
        headers={"content-type": "application/x-ndjson"},
    )
    assert answer.status_code == 200, answer.text
    await publish(db)
    events = events_of(await published.get(f"{BASE}.ics"))
    assert str(events["kpk-physics-profile"]["status"]) == "CANCELLED"
    assert str(events["kpk-physics-profile"]["transp"]) == "TRANSPARENT"
    assert "status" not in events["other"]


async def test_the_calendar_is_plain_rfc_5545(published: httpx.AsyncClient) -> None:
    content = (await published.get(f"{BASE}.ics")).content
    lines = content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 for line in lines)
    assert content.count(b"BEGIN:") == content.count(b"END:")


async def test_the_picture_holds_every_event_and_its_text(published: httpx.AsyncClient) -> None:
    answer = await published.get(f"{BASE}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    picture = ET.fromstring(answer.content)  # noqa: S314 -- our own picture
    items = (await published.get(BASE)).json()["items"]
    titles = [title.text or "" for title in picture.iter(f"{SVG}title")]
    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    for item in items:
        assert any(item["title"] in said for said in [*titles, *texts]), item["code"]
    width, height = (float(n) for n in picture.attrib["viewBox"].split()[2:])
    for bar in picture.iter(f"{SVG}rect"):
        assert 0 <= float(bar.get("x", "0")) <= width - float(bar.attrib["width"]) + 1
        assert 0 <= float(bar.get("y", "0")) <= height


async def test_representations_have_their_own_strong_tags(published: httpx.AsyncClient) -> None:
    tags = {(await published.get(f"{BASE}{end}")).headers["etag"] for end in ("", ".ics", ".svg")}
    assert len(tags) == 3
    again = (await published.get(f"{BASE}.svg")).headers["etag"]
    assert again in tags
