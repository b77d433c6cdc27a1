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


@pytest.mark.parametrize(
    ("flow", "victim", "k"),
    [
        ("plan", "training-worker", 12),
        ("plan", "training-worker", 17),
        ("threshold", "olympiads-worker", 4),
    ],
)
async def test_a_kill_in_a_flow_breaks_nothing(
    live: LiveSystem, flow: str, victim: str, k: int
) -> None:
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
