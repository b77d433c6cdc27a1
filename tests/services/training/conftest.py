from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest

# Imported when a service is wanted, so that the pure tests of this folder start at once.
SERVICE = "tests.services.training.app_for_tests"


@pytest.fixture
async def client(database: Any) -> AsyncIterator[Any]:
    """A caller of the running service that holds every scope."""
    async with import_module(SERVICE).serving(database) as (_, opened):
        yield opened


@pytest.fixture
async def db(database: Any) -> AsyncIterator[Any]:
    """The service's database, opened as its role."""
    region = import_module("shared.row_access").WHOLE_REGION
    opened = import_module("shared.db").Database(
        database.url("training"), "training", territories=region
    )
    yield opened
    await opened.close()
