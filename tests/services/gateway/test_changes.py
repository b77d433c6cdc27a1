import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from services.gateway.domain.event_reader import EventReader
from services.gateway.events.hub import QUEUE, Hub, Subscriber
from services.gateway.events.stream import EventStream
from services.gateway.store import changes, clients, webhooks
from services.gateway.store.changes import Change
from services.gateway.webhooks.outgoing import fan_out
from shared.events import Event
from shared.territories import Territories
from tests.services.gateway.conftest import House, until
from tests.services.gateway.publisher import listening

PUBLISHED = "ratings.revision_published.v1"


async def announce(
    house: House, *subjects: str, topic: str = PUBLISHED, territory: str | None = None
) -> None:
    body = {"revision": 1} if territory is None else {"revision": 1, "territory": territory}
    async with house.db.transaction() as session:
        for subject in subjects:
            event = Event(uuid4(), "ratings", topic, subject, body, 1, datetime.now(UTC))
            await changes.stage(session, event)
            await changes.publish(session, [event.id])


class Reader:
    """One connected reader of the stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self) -> dict[str, Any]:
        """Return the next event: its fields, `data` read as JSON."""
        found: dict[str, Any] = {}
        async with asyncio.timeout(30):
            async for line in self._lines:
                if not line and "event" in found:
                    return found
                name, _, value = line.partition(": ")
                if name in {"id", "event"}:
                    found[name] = value
                elif name == "data":
                    found["data"] = json.loads(value)
        raise AssertionError("The stream ended.")


@asynccontextmanager
async def reading(house: House, query: str = "", last: str | None = None) -> AsyncIterator[Reader]:
    headers = {"last-event-id": last} if last is not None else {}
    async with house.http.stream("GET", f"/v1/events{query}", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        hub = house.door.app.state.hub  # type: ignore[attr-defined]  # FastAPI's application.

        async def connected() -> bool:
            return bool(hub.subscribers)

        await until(connected)
        yield Reader(response.aiter_lines())


async def test_a_fact_is_pushed_and_a_broken_stream_resumes_without_loss(house: House) -> None:
    async with reading(house) as reader:
        await announce(house, "a")
        first = await reader.next()
        assert first["event"] == PUBLISHED
        assert first["data"]["subject"] == "a"
    await announce(house, "b", "c")
    async with reading(house, last=first["id"]) as reader:
        missed = [await reader.next(), await reader.next()]
        await announce(house, "d")
        live = await reader.next()
    assert [one["data"]["subject"] for one in [*missed, live]] == ["b", "c", "d"]
    numbers = [int(one["id"]) for one in [first, *missed, live]]
    assert numbers == sorted(set(numbers))


async def test_a_filter_lets_only_its_types_through(house: House) -> None:
    other = "olympiads.thresholds_published.v1"
    async with reading(house, f"?type={other}") as reader:
        await announce(house, "a")
        await announce(house, "b", topic=other)
        assert (await reader.next())["data"]["subject"] == "b"


async def test_facts_about_persons_are_for_those_who_may_read_them(house: House) -> None:
    personal = "training.route_changed.v1"
    await announce(house, "route-1", topic=personal)
    await announce(house, "a")
    open_feed = (await house.http.get("/v1/changes")).json()
    assert [one["subject"] for one in open_feed["items"]] == ["a"]
    bearer = await house.bearer("training:read")
    closed = (await house.http.get("/v1/changes", headers=bearer)).json()
    assert [one["subject"] for one in closed["items"]] == ["route-1", "a"]


async def test_facts_of_other_territories_are_not_told(house: House) -> None:
    personal = "training.route_changed.v1"
    await announce(house, "own", topic=personal, territory="08701000")
    await announce(house, "far", topic=personal, territory="08709000")
    await announce(house, "nowhere", topic=personal)
    await announce(house, "open")
    reader = EventReader(bound=frozenset({personal}), territories=Territories.of(["08701000"]))
    region = replace(reader, territories=Territories.of(["08000000"]))
    everywhere = replace(reader, territories=Territories.of(["*"]))
    async with house.db.reading() as session:
        told = {
            one: [c.subject for c in await changes.read_after(session, 0, 10, reader=one)]
            for one in (reader, region, everywhere, replace(reader, territories=Territories()))
        }
        facts = await changes.read_after(session, 0, 10)
    assert [*told.values()] == [
        ["own", "open"],
        ["own", "far", "open"],
        ["own", "far", "nowhere", "open"],
        ["open"],
    ]
    for one, subjects in told.items():
        live = Subscriber(None, one)
        assert [fact.subject for fact in facts if live.wants(fact)] == subjects


async def test_a_webhook_is_told_of_its_clients_territories(house: House) -> None:
    personal = "training.route_changed.v1"
    hook = {"types": [personal], "secrets": [], "url": "https://example.org/x"}
    async with house.db.transaction() as session:
        for name, territories in (("near", ["08701000"]), ("far", ["08709000"])):
            await clients.add(
                session,
                name,
                title=name,
                scopes=["training:read"],
                territories=territories,
                secrets=[],
                jwks=None,
            )
            await webhooks.add(session, {**hook, "id": uuid4(), "client": name})
        await webhooks.add(session, {**hook, "id": uuid4(), "client": "oidc:unregistered"})
    await announce(house, "own", topic=personal, territory="08701000")
    await announce(house, "nowhere", topic=personal)
    async with house.db.transaction() as session:
        queued = [await fan_out(session, seq) for seq in (1, 2)]
        near = [hook.id for hook in await webhooks.listed(session, "near", None, 9)]
        assert queued == [1, 0]
        assert len(await webhooks.deliveries(session, near[0], None, None, 9)) == 1


async def test_a_resume_from_a_forgotten_place_is_a_reset(house: House) -> None:
    await announce(house, "a", "b", "c")
    async with house.db.transaction() as session:
        await session.execute(text("DELETE FROM change WHERE seq < 3"))
    async with reading(house, last="1") as reader:
        assert (await reader.next())["event"] == "reset"
    gone = await house.http.get("/v1/changes?after=1")
    assert (gone.status_code, gone.json()["code"]) == (410, "GONE")
    assert "/v1/documents" in gone.headers["link"]


async def test_the_feed_pages_through_everything_once(house: House) -> None:
    await announce(house, *"abcdefg")
    seen, cursor = [], None
    for _ in range(5):
        after = f"&after={cursor}" if cursor else ""
        page = (await house.http.get(f"/v1/changes?limit=3{after}")).json()
        seen += [one["subject"] for one in page["items"]]
        cursor = page["next"]
    assert seen == list("abcdefg")
    unknown = await house.http.get("/v1/changes?type=nobody.knows.v1")
    assert unknown.status_code == 422


async def test_a_slow_reader_is_dropped_not_buffered_for_ever() -> None:
    hub = Hub.__new__(Hub)
    hub.subscribers, hub.dropped = set(), 0
    slow, quick = Subscriber(None, EventReader()), Subscriber(None, EventReader())
    hub.subscribers |= {slow, quick}
    for seq in range(1, QUEUE + 2):
        at = datetime.now(UTC)
        hub._hand_out(Change(seq, uuid4(), "ratings", PUBLISHED, "x", 1, {}, at, at))
        quick.queue.get_nowait()
    assert slow.dropped.is_set()
    assert hub.subscribers == {quick}
    assert slow.queue.qsize() == QUEUE


async def test_a_dropped_reader_is_disconnected() -> None:
    hub = Hub.__new__(Hub)
    hub.subscribers = set()
    subscriber = Subscriber(None, EventReader())
    async with listening(EventStream(hub, subscriber, None)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b"retry: 3000\n\n")
        subscriber.dropped.set()
        async with asyncio.timeout(5):
            while await reader.read(1000):
                pass
        writer.close()
