import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from shared.cost import CostBound
from shared.errors import Conflict, FieldError, Unavailable
from shared.limit_errors import RequestTooLarge
from shared.process_pool import Capacity, Limits, ProcessPool

SMALL = Limits(memory_bytes=64 << 20, processor_seconds=1, wall_seconds=20)
ONE = Capacity(parallel=1, waiting=1, waiting_per_caller=2)


def add(a: int, b: int) -> tuple[int, int]:
    return a + b, os.getpid()


def refuse(code: str) -> None:
    raise Conflict(code, "Нельзя.", errors=[FieldError("/a", "B", "в")])


class Unpicklable(Exception):  # noqa: N818 -- a test's own.
    def __init__(self) -> None:
        super().__init__(lambda: None)


def raise_unpicklable() -> None:
    raise Unpicklable


def take_memory(size: int) -> int:
    return len(bytearray(size))


def spin() -> None:
    while True:
        pass


def sleep(mark: str) -> None:
    Path(mark).write_text(str(os.getpid()))
    time.sleep(60)


def die_once(mark: str) -> str:
    if not Path(mark).exists():
        Path(mark).touch()
        die()
    return "done"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def test_the_work_is_done_by_another_process_that_stays_warm() -> None:
    pool = ProcessPool(SMALL, ONE)
    total, child = await pool.run(add, 1, 2)
    assert (total, child != os.getpid()) == (3, True)
    assert (await pool.run(add, 1, 2))[1] == child


async def test_an_exception_arrives_with_all_its_fields() -> None:
    with pytest.raises(Conflict) as caught:
        await ProcessPool(SMALL, ONE).run(refuse, "TAKEN")
    assert (caught.value.code, caught.value.errors[0].pointer) == ("TAKEN", "/a")


async def test_an_exception_that_cannot_travel_is_named() -> None:
    with pytest.raises(RuntimeError, match="Unpicklable"):
        await ProcessPool(SMALL, ONE).run(raise_unpicklable)


@pytest.mark.parametrize("call", [spin, die])
async def test_a_child_that_dies_or_is_killed_is_a_call_over_its_limits(call: object) -> None:
    pool = ProcessPool(SMALL, ONE)
    with pytest.raises(RequestTooLarge) as caught:
        await pool.run(call)  # type: ignore[arg-type]  # Both take nothing.
    assert caught.value.code == "TOO_LARGE"
    assert (await pool.run(add, 1, 2))[0] == 3


async def test_a_child_that_dies_once_is_not_the_callers_fault(tmp_path: Path) -> None:
    assert await ProcessPool(SMALL, ONE).run(die_once, str(tmp_path / "mark")) == "done"


async def test_memory_is_limited_for_each_call() -> None:
    pool = ProcessPool(SMALL, ONE)
    with pytest.raises(RequestTooLarge):
        await pool.run(take_memory, 256 << 20)
    assert await pool.run(take_memory, 16 << 20) == 16 << 20


async def test_a_cancelled_call_kills_its_child(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    running = asyncio.create_task(ProcessPool(SMALL, ONE).run(sleep, str(mark)))
    async with asyncio.timeout(60):
        while not mark.exists() or not mark.read_text():
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


async def test_a_full_queue_and_a_callers_share_are_refused_at_once(tmp_path: Path) -> None:
    pool = ProcessPool(SMALL, Capacity(parallel=1, waiting=2, waiting_per_caller=2))
    waiting = [
        asyncio.create_task(pool.run(sleep, str(tmp_path / "pid"), caller=name)) for name in "aab"
    ]
    await asyncio.sleep(0)
    for name in "ac":
        with pytest.raises(Unavailable) as caught:
            await pool.run(add, 1, 2, caller=name)
        assert (caught.value.code, caught.value.headers["Retry-After"]) == ("OVERLOADED", "2")
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert (await pool.run(add, 1, 2, caller="a"))[0] == 3


def test_a_cost_above_its_bound_is_refused_with_the_bound() -> None:
    bound = CostBound("пар", 200_000)
    bound.require(200_000)
    with pytest.raises(
        RequestTooLarge, match=r"не больше 200\s000 пар\. В запросе 200\s001"
    ) as caught:
        bound.require(200_001)
    assert caught.value.code == "TOO_LARGE"
