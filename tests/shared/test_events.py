import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import inbox, outbox
from shared.db import Database
from shared.events import Event, Topic
from shared.http import ServiceClient
from shared.log import attached, current
from shared.notifier import Notifier
from shared.retention import PLUMBING_RETENTION, prune
from shared.settings import Settings
from shared.worker import JobContext, ServiceWorker, WorkerSpec
from tests.databases import TestDatabase
from tests.shared.plumbing import SCHEMA, make_plumbing, open_plumbing

PUBLISHED = Topic("ratings.revision_published", 1, "Опубликована редакция рейтинга")
TOPIC = str(PUBLISHED)


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    await make_plumbing(database)
    opened = open_plumbing(database)
    yield opened
    await opened.close()


async def publish(db: Database, revision: int) -> None:
    async with db.transaction() as session:
        await outbox.emit(session, PUBLISHED, f"rum/{revision}", {"revision": revision})


async def placed(db: Database) -> list[Event]:
    async with db.transaction() as session:
        await outbox.assign_positions(session)
    async with db.reading() as session:
        return list(await outbox.read_after(session, "ratings", 0, 1000))


async def test_positions_have_no_gap_and_follow_visibility(db: Database) -> None:
    slow = db.transaction()
    session = await slow.__aenter__()
    await outbox.emit(session, PUBLISHED, "late", {"revision": 0})
    await publish(db, 1)
    assert [e.position for e in await placed(db)] == [1]
    await slow.__aexit__(None, None, None)
    events = await placed(db)
    assert [(e.position, e.body["revision"]) for e in events] == [(1, 1), (2, 0)]


async def test_concurrent_relays_give_each_event_one_position(db: Database) -> None:
    await asyncio.gather(*(publish(db, n) for n in range(30)))
    await asyncio.gather(*(placed(db) for _ in range(5)))
    assert [e.position for e in await placed(db)] == list(range(1, 31))


async def test_an_event_names_the_request_that_caused_it(db: Database) -> None:
    with attached(request_id="asked-1"):
        await publish(db, 1)
    await publish(db, 2)
    assert [(e.body["revision"], e.request_id) for e in await placed(db)] == [
        (1, "asked-1"),
        (2, None),
    ]


def producer(db: Database, served: list[int]) -> FastAPI:
    app = FastAPI()

    @app.get("/internal/events")
    async def events(request: Request, after: int, limit: int) -> dict[str, Any]:
        assert request.headers["authorization"] == "Bearer internal"
        served.append(after)
        async with db.reading() as session:
            items = await outbox.read_after(session, "ratings", after, limit)
        return {
            "items": [
                {
                    "id": str(e.id),
                    "topic": e.topic,
                    "subject": e.subject,
                    "body": e.body,
                    "position": e.position,
                    "occurred_at": e.occurred_at.isoformat(),
                    "request_id": e.request_id,
                }
                for e in items
            ]
        }

    return app


class Consumer:
    """A consumer over the same schema: its listener writes a row for each event it handles."""

    def __init__(self, db: Database, notifier: Notifier) -> None:
        self.db = db
        self.served: list[int] = []
        self.failing: set[int] = set()
        self.on_behalf_of: list[str | None] = []
        transport = httpx.ASGITransport(producer(db, self.served))
        client = ServiceClient("ratings", "http://ratings", lambda: "internal", transport=transport)
        settings = Settings(service=SCHEMA, database_url="unused://", redis_url="redis://unused")
        spec = WorkerSpec(SCHEMA, listeners={TOPIC: self.on_published}, sources=("ratings",))
        self.worker = ServiceWorker(spec, JobContext(db, settings, {"ratings": client}, notifier))

    async def on_published(self, session: AsyncSession, event: Event, _work: JobContext) -> None:
        revision = event.body["revision"]
        self.on_behalf_of.append(current("request_id"))
        await session.execute(text("INSERT INTO note (text) VALUES (:t)"), {"t": str(revision)})
        if revision in self.failing:
            raise ValueError("cannot be handled")

    async def handled(self) -> list[int]:
        async with self.db.reading() as session:
            rows = await session.execute(text("SELECT text FROM note ORDER BY id"))
            return [int(r.text) for r in rows]


@pytest.fixture
async def consumer(db: Database, valkey: str) -> AsyncIterator[Consumer]:
    notifier = await Notifier.connect(valkey)
    yield Consumer(db, notifier)
    await notifier.close()


async def test_each_event_is_handled_once_in_order_however_often_it_is_rung(
    db: Database, consumer: Consumer
) -> None:
    for revision in range(5):
        await publish(db, revision)
    await placed(db)
    await asyncio.gather(*(consumer.worker.poller.pull("ratings") for _ in range(5)))
    assert await consumer.handled() == [0, 1, 2, 3, 4]
    await publish(db, 5)
    await placed(db)
    await consumer.worker.poller.pull("ratings")
    await consumer.worker.poller.pull("ratings")
    assert await consumer.handled() == [0, 1, 2, 3, 4, 5]


async def test_two_worker_processes_handle_an_event_once(
    db: Database, consumer: Consumer, valkey: str
) -> None:
    for revision in range(20):
        await publish(db, revision)
    await placed(db)
    notifier = await Notifier.connect(valkey)
    other = Consumer(db, notifier)
    await asyncio.gather(
        consumer.worker.poller.pull("ratings"), other.worker.poller.pull("ratings")
    )
    await notifier.close()
    assert await consumer.handled() == list(range(20))


async def test_an_event_that_cannot_be_handled_is_set_aside_and_retried_by_hand(
    db: Database, consumer: Consumer
) -> None:
    consumer.failing = {1}
    for revision in range(3):
        await publish(db, revision)
    await placed(db)
    for _ in range(inbox.MAX_ATTEMPTS - 1):
        await consumer.worker.poller.pull("ratings")
        assert await consumer.handled() == [0]
    await consumer.worker.poller.pull("ratings")
    await consumer.worker.poller.pull("ratings")
    assert await consumer.handled() == [0, 2]
    async with db.reading() as session:
        (dead,) = await inbox.dead_letters(session)
    assert "cannot be handled" in str(dead["error"])
    consumer.failing = set()
    event_id = dead["event_id"]
    assert isinstance(event_id, UUID)
    await consumer.worker.poller.retry_dead_letter(
        consumer.worker.context, {"event_id": str(event_id)}
    )
    assert await consumer.handled() == [0, 2, 1]


async def test_an_event_is_handled_on_behalf_of_the_request_that_caused_it(
    db: Database, consumer: Consumer
) -> None:
    for request_id in ("asked-1", None, "asked-2"):
        with attached(request_id=request_id):
            await publish(db, 1)
    await placed(db)
    with attached(request_id="puller"):
        await consumer.worker.poller.pull("ratings")
        assert current("request_id") == "puller"
    assert consumer.on_behalf_of == ["asked-1", None, "asked-2"]


async def test_a_dead_event_is_retried_on_behalf_of_the_first_request(
    db: Database, consumer: Consumer
) -> None:
    consumer.failing = {1}
    with attached(request_id="asked-1"):
        await publish(db, 1)
    await placed(db)
    for _ in range(inbox.MAX_ATTEMPTS):
        await consumer.worker.poller.pull("ratings")
    async with db.reading() as session:
        (dead,) = await inbox.dead_letters(session)
    consumer.failing = set()
    with attached(request_id="retrying"):
        row = {"event_id": str(dead["event_id"])}
        await consumer.worker.poller.retry_dead_letter(consumer.worker.context, row)
    assert consumer.on_behalf_of == ["asked-1"] * (inbox.MAX_ATTEMPTS + 1)


async def test_old_events_are_forgotten_but_positions_go_on(db: Database) -> None:
    await publish(db, 0)
    await publish(db, 1)
    await placed(db)
    async with db.transaction() as session:
        await session.execute(text("UPDATE outbox SET occurred_at = '2000-01-01'"))
    assert await prune(db, PLUMBING_RETENTION) == {"events sent": 1}
    await publish(db, 2)
    assert [e.position for e in await placed(db)] == [2, 3]


@given(
    st.builds(
        Event,
        st.uuids(),
        st.sampled_from(["ratings", "olympiads"]),
        st.text(min_size=1),
        st.text(),
        st.dictionaries(st.text(), st.integers() | st.text() | st.none()),
        st.integers(1, 2**60),
        st.datetimes(timezones=st.just(UTC)),
        st.none() | st.text(),
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_an_event_survives_its_json_form(event: Event) -> None:

    assert inbox.event_of(json.loads(json.dumps(asdict(event), default=str))) == event


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_an_event_told_before_events_named_requests_is_still_read(
    at: datetime, event_id: UUID
) -> None:
    told = asdict(Event(event_id, "ratings", TOPIC, "rum/1", {}, 1, at))
    del told["request_id"]
    assert inbox.event_of(json.loads(json.dumps(told, default=str))).request_id is None
