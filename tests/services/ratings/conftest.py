from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest

# Imported when a service is wanted, so that the pure tests of this folder start at once.
SERVICE = "tests.services.ratings.service"


@pytest.fixture
async def service(database: Any, valkey: str) -> AsyncIterator[Any]:
    """The running service with its worker."""
    async with import_module(SERVICE).running(database, valkey) as opened:
        yield opened


@pytest.fixture(scope="module")
async def loaded(postgres: str, valkey_server: str, reading_process: None) -> AsyncIterator[Any]:  # noqa: ARG001 -- wanted for what it starts.
    """The running service with the programme's figures, for a module that only reads them."""
    settled = import_module("tests.services.ratings.programme").settled
    async with (
        import_module("tests.databases").fresh_database(postgres) as database,
        import_module(SERVICE).running(database, valkey_server) as opened,
    ):
        await settled(opened)
        yield opened


@pytest.fixture
async def quiet(database: Any, valkey: str) -> AsyncIterator[Any]:
    """The service without its worker."""
    async with import_module(SERVICE).running(database, valkey, worker=False) as opened:
        yield opened


@pytest.fixture
async def database_of(database: Any) -> AsyncIterator[Any]:
    """The service's database, opened as its role."""
    opened = import_module("shared.db").Database(database.url("ratings"), "ratings")
    yield opened
    await opened.close()
