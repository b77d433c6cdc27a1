"""Processes are killed in the middle of their work; nothing is lost, nothing is done twice.

The proxy kills a worker at its k-th message to PostgreSQL after the change was posted: between
taking the job and the lease, in the recalculation, before and at the commit, between two events.
"""

import asyncio
import time

import pytest

from tests.journeys.counts import counts
from tests.journeys.live import LiveSystem

CONVERGED_SECONDS = 25


async def kill_at(live: LiveSystem, schema: str, message: int) -> None:
    """Arm the way of a service's worker to PostgreSQL."""
    worker = f"{schema}-worker"
    live.proxies[worker].arm(message, lambda: live.pid(worker))


async def killed_and_restarted(live: LiveSystem, schema: str) -> None:
    """Wait for the kill, then start the worker again, as a supervisor would."""
    await asyncio.wait_for(live.proxies[f"{schema}-worker"].killed.wait(), 30)
    child = live.children[f"{schema}-worker"]
    while child.alive:
        await asyncio.sleep(0.01)
    child.begin()


@pytest.mark.parametrize("message", [2, 7, 13, 20, 30])
async def test_the_ratings_worker_dies_in_a_recalculation(live: LiveSystem, message: int) -> None:
    counted = await counts(live)
    await kill_at(live, "ratings", message)
    value = live.new_value()
    await live.observe("1.1", value)
    await killed_and_restarted(live, "ratings")
    began = time.monotonic()
    await live.settle()
    assert time.monotonic() - began < CONVERGED_SECONDS
    assert await counts(live) == counted.plus(1)
    assert await live.value("1.1") == value


@pytest.mark.parametrize("message", [3, 9, 16, 25])
async def test_the_gateway_s_worker_dies_between_two_events(live: LiveSystem, message: int) -> None:
    before = {period: await counts(live, period) for period in ("2021", "2022")}
    await kill_at(live, "gateway", message)
    value = live.new_value()
    await live.observe("1.1", value, period="2021")
    await live.observe("1.1", value, period="2022")
    await killed_and_restarted(live, "gateway")
    await live.settle()
    for period, counted in before.items():
        assert await counts(live, period) == counted.plus(1)
        assert await live.value("1.1", period) == value


async def test_an_emptied_redis_costs_seconds_not_data(live: LiveSystem) -> None:
    counted = await counts(live)
    live.empty_valkey()
    value = live.new_value()
    await live.observe("1.1", value)
    live.empty_valkey()
    await live.settle()
    assert await counts(live) == counted.plus(1)
    assert await live.value("1.1") == value


async def test_everything_at_once(live: LiveSystem) -> None:
    """Both workers die and Redis is emptied during one change."""
    counted = await counts(live)
    await kill_at(live, "ratings", 10)
    await kill_at(live, "gateway", 10)
    value = live.new_value()
    await live.observe("1.1", value)
    await killed_and_restarted(live, "ratings")
    live.empty_valkey()
    await killed_and_restarted(live, "gateway")
    await live.settle()
    assert await counts(live) == counted.plus(1)
    assert await live.value("1.1") == value


async def test_the_gateway_dies_and_serves_the_same_bytes_again(live: LiveSystem) -> None:
    before = await live.table()
    live.kill("gateway-web")
    live.restart("gateway-web")
    await live.ready("gateway")
    after = await live.table()
    assert after.content == before.content
    assert after.headers["etag"] == before.headers["etag"]
