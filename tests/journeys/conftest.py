"""One live system for all journeys of a run, loaded with the programme's figures."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import fresh_database
from tests.journeys.live import LiveSystem


@pytest.fixture(scope="session")
async def live(postgres: str) -> AsyncIterator[LiveSystem]:
    """The loaded system. A journey leaves it whole: what it kills it starts again."""
    async with fresh_database(postgres) as database:
        system = LiveSystem(database)
        try:
            await system.start()
            await system.load()
            yield system
        finally:
            await system.stop()
