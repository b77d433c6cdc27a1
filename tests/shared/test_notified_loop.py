"""A loop woken by NOTIFY: nothing announced is missed, a failing step is tried again."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.db import Database
from shared.notified_loop import NotifiedLoop
from tests.databases import TestDatabase

NEVER = 3600.0
CHANNEL = "steps"
LAST_KNOWN = 2
"""Steps without a notification: at the start, and when the channel is listened to."""


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(database.url("ratings"), "ratings", pool_size=2)
    yield opened
    await opened.close()


@asynccontextmanager
async def running(loop: NotifiedLoop) -> AsyncIterator[None]:
    task = asyncio.create_task(loop.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def notify(db: Database) -> None:
    async with db.transaction() as session:
        await session.execute(text(f"NOTIFY {CHANNEL}"))


class Steps:
    """Counts steps; `until` waits for a number of them."""

    def __init__(self, fail_first: int = 0) -> None:
        self.taken = 0
        self.failing = fail_first
        self._changed = asyncio.Condition()

    async def __call__(self) -> None:
        async with self._changed:
            self.taken += 1
            self._changed.notify_all()
        if self.taken <= self.failing:
            raise OperationalError("step", {}, ConnectionRefusedError())

    async def until(self, number: int) -> None:
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: self.taken >= number)


async def test_every_notification_is_followed_by_a_step(db: Database) -> None:
    steps = Steps()
    async with running(NotifiedLoop(db, CHANNEL, steps, NEVER)):
        await steps.until(LAST_KNOWN)
        for number in range(LAST_KNOWN + 1, LAST_KNOWN + 4):
            await notify(db)
            await steps.until(number)


async def test_waking_during_a_step_causes_one_more(db: Database) -> None:
    steps = Steps()

    async def step() -> None:
        await steps()
        if steps.taken == LAST_KNOWN:
            loop.wake()

    loop = NotifiedLoop(db, CHANNEL, step, NEVER)
    async with running(loop):
        await steps.until(LAST_KNOWN + 1)


async def test_a_failed_step_is_taken_again_without_a_notification(db: Database) -> None:
    steps = Steps(fail_first=2)
    async with running(NotifiedLoop(db, CHANNEL, steps, 0.1)):
        await steps.until(3)


async def test_a_lost_session_is_opened_again(db: Database, database: TestDatabase) -> None:
    steps = Steps()
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'LISTEN%'"
    async with running(NotifiedLoop(db, CHANNEL, steps, NEVER)):
        await steps.until(2)
        owner = Database(database.owner_url, "ratings", pool_size=1)
        async with owner.transaction() as session:
            await session.execute(text(end))
        await owner.close()
        await steps.until(4)  # The lost session, and the new one.
        await notify(db)
        await steps.until(5)
