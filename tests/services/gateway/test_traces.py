"""What an admin finds by the number of a request that services did more about later."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.gateway.store import changes
from shared.events import Event
from tests.services.gateway.conftest import House, until
from tests.services.gateway.test_documents_flow import CONTENT, TABLE

TOPIC = "ratings.revision_published.v1"
HAPPENED = datetime(2022, 12, 1, tzinfo=UTC)


async def trace(house: House, request_id: str) -> dict[str, Any]:
    bearer = await house.bearer("admin")
    answer = await house.http.get(f"/v1/admin/requests/{request_id}", headers=bearer)
    content: dict[str, Any] = answer.json()
    return content


def job(request_id: str, hour: int, state: str = "done") -> dict[str, Any]:
    at = (HAPPENED + timedelta(hours=hour)).isoformat()
    return {
        "id": str(uuid4()),
        "kind": "recompute",
        "scope": "rum/2022",
        "state": state,
        "created_at": at,
        "finished_at": at if state == "done" else None,
        "request_id": request_id,
    }


async def hold(house: House, request_id: str | None, revision: int) -> UUID:
    event = Event(
        id=uuid4(),
        source="ratings",
        topic=TOPIC,
        subject="rum/2022",
        body={"revision": revision, "actor": "t-2041"},
        position=revision,
        occurred_at=HAPPENED + timedelta(hours=revision),
        request_id=request_id,
    )
    async with house.db.transaction() as session:
        await changes.stage(session, event)
    return event.id


async def test_an_admin_finds_the_event_a_service_told_of_a_request(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    house.ratings.publish(TABLE, 2, CONTENT, request_id="asked-2")
    await house.ring("ratings")

    async def announced() -> dict[str, Any] | None:
        found = await trace(house, "asked-2")
        events = found.get("events", [])
        return found if events and events[0]["announced_at"] is not None else None

    found = await until(announced)
    (event,) = found["events"]
    told = house.ratings.events[1]
    assert event["id"] == told["id"]
    assert (event["source"], event["type"], event["subject"]) == ("ratings", TOPIC, TABLE)
    assert event["revision"] == 2
    assert datetime.fromisoformat(event["occurred_at"]) == HAPPENED
    feed = (await house.http.get("/v1/changes")).json()["items"]
    assert [one["revision"] for one in feed] == [1, 2]
    assert "asked-2" not in str(feed)
    assert "refresh_documents" in [job["kind"] for job in found["jobs"]]


async def test_an_event_that_waits_for_its_documents_is_shown_as_not_announced(
    quiet: House,
) -> None:
    first, second = await hold(quiet, "asked-3", 1), await hold(quiet, "asked-3", 2)
    await hold(quiet, "asked-4", 3)
    await hold(quiet, None, 4)
    async with quiet.db.transaction() as session:
        await changes.publish(session, [first])
    found = await trace(quiet, "asked-3")
    shown = [(one["id"], one["revision"], one["announced_at"] is None) for one in found["events"]]
    assert shown == [(str(first), 1, False), (str(second), 2, True)]
    assert "t-2041" not in str(found)
    assert (await trace(quiet, "asked-5"))["code"] == "REQUEST_UNKNOWN"


async def test_jobs_are_found_in_every_service_and_a_silent_one_is_named(house: House) -> None:
    ratings, training = house.ratings, house.publishers["training"]
    ratings.jobs = [job("asked-6", 1), job("asked-7", 2), job("asked-6", 4, "queued")]
    training.jobs = [job("asked-6", 3)]
    found = await trace(house, "asked-6")
    shown = [(one["service"], one["id"], one["state"]) for one in found["jobs"]]
    assert shown == [
        ("ratings", ratings.jobs[0]["id"], "done"),
        ("training", training.jobs[0]["id"], "done"),
        ("ratings", ratings.jobs[2]["id"], "queued"),
    ]
    assert found["unreachable"] == []
    training.silent = True
    rest = await trace(house, "asked-6")
    assert rest["unreachable"] == ["training"]
    assert [one["id"] for one in rest["jobs"]] == [shown[0][1], shown[2][1]]
