"""While a service is down its documents are served; when it is back it is caught up with."""

import asyncio

from tests.journeys.counts import counts
from tests.journeys.live import LiveSystem

THRESHOLDS = "/v1/olympiads/2022-2023/thresholds"
PREVIEW = "/v1/olympiads/quotas/preview"
SCORES = {
    "scores": ["12.5", "31", "40"],
    "quota": 2,
    "max": "50",
    "floor_percent": None,
    "outside": 0,
    "outside_counts": False,
}
PROBLEM = "application/problem+json"


async def test_documents_of_a_dead_service_are_served(live: LiveSystem) -> None:
    before = await live.client.get(THRESHOLDS)
    assert before.status_code == 200
    live.kill("olympiads-web")
    live.kill("olympiads-worker")
    try:
        dead = await live.client.get(THRESHOLDS)
        assert (dead.status_code, dead.content) == (200, before.content)
        assert dead.headers["etag"] == before.headers["etag"]
        refused = await live.client.post(PREVIEW, json=SCORES)
        assert refused.status_code == 503
        assert refused.headers["content-type"].startswith(PROBLEM)
        assert refused.json()["code"] == "SERVICE_UNAVAILABLE"
        assert int(refused.headers["retry-after"]) > 0
    finally:
        live.restart("olympiads-web")
        live.restart("olympiads-worker")
        await live.ready("olympiads")
    for _ in range(60):
        answer = await live.client.post(PREVIEW, json=SCORES)
        if answer.status_code == 200:
            break
        await asyncio.sleep(0.5)
    assert answer.status_code == 200


async def test_changes_made_while_the_gateway_s_worker_is_dead_are_caught_up(
    live: LiveSystem,
) -> None:
    before, counted = await live.table(), await counts(live)
    live.kill("gateway-worker")
    first, second = live.new_value(), live.new_value()
    try:
        await live.observe("1.1", first)
        await live.wait_for_revisions(counted.revisions + 1)
        await live.observe("1.1", second)
        await live.wait_for_revisions(counted.revisions + 2)
        assert (await live.table()).headers["etag"] == before.headers["etag"]
    finally:
        live.restart("gateway-worker")
    await live.settle()
    assert await counts(live) == counted.plus(2)
    assert await live.value("1.1") == second
