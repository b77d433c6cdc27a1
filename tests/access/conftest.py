"""A running service without a worker, the gateway, and callers bound to territories."""

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest


@pytest.fixture
async def training(database: Any, valkey: str) -> AsyncIterator[Any]:
    module = import_module("tests.access.callers")
    async with module.TRAINING.running(database, valkey, worker=False) as service:
        yield service


@pytest.fixture
async def olympiads(database: Any, valkey: str) -> AsyncIterator[Any]:
    module = import_module("tests.access.callers")
    async with module.OLYMPIADS.running(database, valkey, worker=False) as service:
        yield service


@pytest.fixture
async def ratings(database: Any, valkey: str) -> AsyncIterator[Any]:
    module = import_module("tests.access.callers")
    async with module.RATINGS.running(database, valkey, worker=False) as service:
        yield service


@pytest.fixture
async def gateway(database: Any, valkey: str) -> AsyncIterator[Any]:
    module = import_module("tests.access.gateway")
    async with module.running_gateway(database, valkey) as given:
        yield given
