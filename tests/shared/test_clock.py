import asyncio

import pytest

from shared import clock


async def test_an_event_is_waited_for_and_told() -> None:
    event = asyncio.Event()
    assert not await clock.wait_for(event, 0.01)
    event.set()
    assert await clock.wait_for(event, 0.01)


async def test_a_cancellation_that_comes_with_the_event_is_not_lost() -> None:
    event = asyncio.Event()

    async def loop() -> None:
        while True:
            event.clear()
            await clock.wait_for(event, 60)

    task = asyncio.create_task(loop())
    await asyncio.sleep(0.01)
    event.set()
    await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=1)
    assert done
    with pytest.raises(asyncio.CancelledError):
        task.result()
