from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest

# Imported when a service is wanted, so that the pure tests of this folder start at once.
SERVICE = "tests.services.olympiads.service"


@pytest.fixture
async def service(database: Any, valkey: str) -> AsyncIterator[Any]:
    """The running service with its worker."""
    async with import_module(SERVICE).running(database, valkey) as opened:
        yield opened
