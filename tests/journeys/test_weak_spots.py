"""Weak spots found by monitoring outdate the plan of courses, and a new one is proposed."""

import asyncio
from typing import Any

from tests.journeys.live import LiveSystem

PLANS = "/v1/training/plans"


async def solved_plan(live: LiveSystem) -> Any:
    """Propose and solve a plan of the second half of 2031; return it with its tag."""
    created = await live.client.post(PLANS, json={"year": "2031", "half": 2})
    assert created.status_code == 201, created.text
    plan = created.json()["id"]
    queued = await live.client.post(f"{PLANS}/{plan}/solve")
    assert queued.status_code == 202, queued.text
    async with asyncio.timeout(60):
        while (answer := await live.client.get(f"{PLANS}/{plan}")).json()["state"] != "solved":
            await asyncio.sleep(0.1)
    return answer


async def test_a_fallen_direction_outdates_the_published_plan(live: LiveSystem) -> None:
    solved = await solved_plan(live)
    plan = solved.json()["id"]
    published = await live.client.post(
        f"{PLANS}/{plan}/publish", headers={"if-match": solved.headers["etag"]}
    )
    assert published.status_code == 200, published.text
    assert published.json()["outdated_by"] is None
    await live.observe("2.1", "50")
    await live.settle()
    revision = (await live.table()).json()["revision"]
    outdated = (await live.client.get(f"{PLANS}/{plan}")).json()
    assert outdated["state"] == "published"
    assert outdated["outdated_by"] == {
        "source": "ratings",
        "slice": "rum/2022",
        "revision": revision,
    }
    listed = (await live.client.get(f"{PLANS}?year=2031")).json()["items"]
    (fresh,) = [one for one in listed if one["state"] == "solved"]
    assert fresh["id"] != plan
    assert fresh["proposed_by"] == "service:planner"
