"""One caller's pace and number of requests are its own: others are answered meanwhile."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.gateway.errors import CallerQueueFull, ServiceQueueFull
from services.gateway.http import bulkhead, request_body
from services.gateway.http.bulkhead import Bulkhead
from tests.services.gateway.conftest import House

SLOW_SOCKETS = 80
HEAD = "POST /v1/ratings/preview HTTP/1.1\r\nHost: gateway\r\nContent-Length: 100000\r\n\r\n{"


async def hold(places: Bulkhead, caller: str, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(places.place(caller))


async def test_a_caller_holds_its_share_and_no_more() -> None:
    places = Bulkhead()
    async with AsyncExitStack() as stack:
        for _ in range(bulkhead.PARALLEL_PER_CALLER):
            await hold(places, "greedy", stack)
        waiting = [
            asyncio.create_task(hold(places, "greedy", stack))
            for _ in range(bulkhead.WAITING_PER_CALLER)
        ]
        await asyncio.sleep(0)
        with pytest.raises(CallerQueueFull):
            await hold(places, "greedy", stack)
        await asyncio.wait_for(hold(places, "modest", stack), 1)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    async with places.place("greedy"):
        pass


async def test_a_full_service_is_refused_after_a_bounded_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulkhead, "LONGEST_WAIT_SECONDS", 0.05)
    places = Bulkhead()
    async with AsyncExitStack() as stack:
        for number in range(bulkhead.PARALLEL):
            await hold(places, f"caller {number}", stack)
        with pytest.raises(ServiceQueueFull) as caught:
            await hold(places, "one more", stack)
    assert caught.value.headers["Retry-After"] == "2"
    async with places.place("one more"):
        pass


async def test_slow_bodies_take_nothing_from_others_and_are_refused(
    quiet: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_body, "GRACE_SECONDS", 8.0)
    address = urlsplit(quiet.url)
    async with AsyncExitStack() as stack:
        refusals = [
            asyncio.create_task(await slow_body(address.hostname, address.port, stack))
            for _ in range(SLOW_SOCKETS)
        ]
        answer = await quiet.http.post("/v1/ratings/preview", content=b"{}")
        assert answer.status_code == 201
        assert not any(refusal.done() for refusal in refusals)
        statuses = await asyncio.wait_for(asyncio.gather(*refusals), 60)
        assert {status.split()[1] for status in statuses} == {b"400"}


async def slow_body(
    host: str | None, port: int | None, stack: AsyncExitStack
) -> Coroutine[Any, Any, bytes]:
    """Begin a request whose body does not go on; return the wait for its status line."""
    reader, writer = await asyncio.open_connection(host, port)
    stack.callback(writer.close)
    writer.write(HEAD.encode())
    await writer.drain()
    return reader.readline()


async def test_the_work_of_a_caller_who_has_gone_is_dropped(house: House) -> None:
    places: Bulkhead = house.door.app.state.bulkheads["ratings"]  # type: ignore[attr-defined]  # FastAPI's application.
    house.ratings.slow = 30.0
    address = urlsplit(house.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"POST /v1/ratings/preview HTTP/1.1\r\nHost: g\r\nContent-Length: 2\r\n\r\n{}")
    await writer.drain()
    async with asyncio.timeout(10):
        while not places._requests:
            await asyncio.sleep(0.01)
    writer.close()
    async with asyncio.timeout(10):
        while places._requests:
            await asyncio.sleep(0.01)
