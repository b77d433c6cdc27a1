from collections.abc import AsyncIterator

import httpx
import pytest

from shared.db import Database
from tests.databases import TestDatabase
from tests.services.training.app_for_tests import serving


@pytest.fixture
async def client(database: TestDatabase) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(database) as (_, client):
        yield client


@pytest.fixture
async def db(database: TestDatabase) -> AsyncIterator[Database]:
    opened = Database(database.url("training"), "training")
    yield opened
    await opened.close()
