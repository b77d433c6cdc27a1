"""A few kill points of the long campaign (`make faults`), on the system of the journeys."""

import asyncio

import pytest

from services.cli.supervisor import supervise
from tests.faults.campaign import Campaign
from tests.faults.flows import FLOWS
from tests.faults.invariants import violations
from tests.faults.receiver import Receiver
from tests.journeys.live import LiveSystem

BY_NAME = {flow.name: flow for flow in FLOWS}


async def end_subscriptions(live: LiveSystem) -> None:
    """Delete what other journeys ordered: their receivers are gone, so messages would wait."""
    for hook in (await live.client.get("/v1/webhooks")).json()["items"]:
        path = f"/v1/webhooks/{hook['id']}"
        tag = (await live.client.get(path)).headers["etag"]
        answer = await live.client.delete(path, headers={"if-match": tag})
        assert answer.status_code == 204, answer.text


@pytest.mark.parametrize(
    ("flow", "victim", "k"),
    [
        ("plan", "training-worker", 12),
        ("plan", "training-worker", 17),
        ("threshold", "olympiads-worker", 4),
        ("job", "ratings-worker", 10),
    ],
)
async def test_a_kill_in_a_flow_breaks_nothing(
    live: LiveSystem, flow: str, victim: str, k: int
) -> None:
    await end_subscriptions(live)
    await live.settle()
    known = frozenset(await violations(live))
    keeper = asyncio.create_task(supervise(live.children[victim]))
    try:
        run = Campaign(live, Receiver(), known)
        assert await run.point(BY_NAME[flow], victim, k)
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
    assert run.outcome.violations == []
