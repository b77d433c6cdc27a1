"""From the number of a request an admin reaches everything that came of it."""

import json
from typing import Any

import httpx

from tests.journeys.live import LiveSystem

PUBLISHED = "ratings.revision_published.v1"
# A body over 1 MiB is taken in by a job.
PADDING = " " * (1 << 20)


async def send(live: LiveSystem, request_id: str, value: str, padding: str = "") -> httpx.Response:
    row = {
        "programme": "rum",
        "period": "2022",
        "territory": "08000000",
        "indicator": "1.1",
        "value": value,
        "status": None,
        "source": None,
    }
    return await live.client.post(
        "/v1/ratings/imports?kind=observations",
        content=json.dumps([row]) + padding,
        headers={"content-type": "application/json", "x-request-id": request_id},
    )


async def trace(live: LiveSystem, request_id: str) -> dict[str, Any]:
    answer = await live.client.get(f"/v1/admin/requests/{request_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def published(found: dict[str, Any]) -> list[tuple[str, int]]:
    assert all(one["announced_at"] >= one["occurred_at"] for one in found["events"])
    return [
        (one["subject"], one["revision"]) for one in found["events"] if one["type"] == PUBLISHED
    ]


async def test_an_import_leads_to_the_revision_it_published(live: LiveSystem) -> None:
    answer = await send(live, "journey-small", live.new_value())
    assert (answer.status_code, answer.headers["x-request-id"]) == (200, "journey-small")
    await live.settle()
    revision = (await live.table()).json()["revision"]
    found = await trace(live, "journey-small")
    assert published(found) == [("rum/2022", revision)]
    (asked,) = found["requests"]
    assert (asked["client"], asked["status"]) == (live.demo["client_id"], 200)
    ended = [job for job in found["jobs"] if job["service"] == "ratings"]
    assert ended
    assert {job["state"] for job in ended} == {"done"}
    assert found["unreachable"] == []


async def test_an_import_taken_in_by_a_job_leads_through_it(live: LiveSystem) -> None:
    answer = await send(live, "journey-large", live.new_value(), PADDING)
    assert answer.status_code == 202, answer.text
    job = answer.json()["job"].rpartition("/")[2]
    await live.settle()
    revision = (await live.table()).json()["revision"]
    found = await trace(live, "journey-large")
    first = found["jobs"][0]
    assert (first["service"], first["id"], first["state"]) == ("ratings", job, "done")
    assert published(found) == [("rum/2022", revision)]
