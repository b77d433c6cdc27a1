from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.db import Database
from tests.databases import TestDatabase
from tests.services.ratings.service import Service, running


@pytest.fixture
async def service(database: TestDatabase, valkey: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with running(database, valkey, tmp_path) as found:
        yield found


@pytest.fixture
async def quiet(database: TestDatabase, valkey: str, tmp_path: Path) -> AsyncIterator[Service]:
    """The service without its worker."""
    async with running(database, valkey, tmp_path, worker=False) as found:
        yield found


@pytest.fixture
async def database_of(database: TestDatabase) -> AsyncIterator[Database]:
    found = Database(database.url("ratings"), "ratings")
    yield found
    await found.close()
