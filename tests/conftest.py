"""Real servers for the tests: one PostgreSQL and one Valkey a run, one fresh database a test.

Under xdist the controller starts the servers and its workers get their addresses, so there is one
of each however many workers run. A run that asks for no server starts none and imports none.
"""

import os
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest

SERVERS = pytest.StashKey[Any]()
ADDRESSES = "kachestvo_servers"
NEED_SERVERS = {"postgres", "valkey_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pure", action="store_true", help="only tests that need no server; none is started"
    )


def pytest_configure() -> None:
    import_module("tests.harness.properties").set_default()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
    if config.getoption("pure"):
        served = [item for item in items if NEED_SERVERS & set(fixtures_of(item))]
        config.hook.pytest_deselected(items=served)
        items[:] = [item for item in items if item not in served]


def fixtures_of(item: pytest.Item) -> list[str]:
    names: list[str] = getattr(item, "fixturenames", [])
    return names


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVERS in config.stash:
        config.stash[SERVERS].stop()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return import_module("tests.harness.scheduling").JourneysTogether(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start the servers in xdist's controller, whose workers all use them."""
    if not node.config.getoption("pure"):
        addresses = {name: address_of(node.config, name) for name in ("postgres", "valkey")}
        node.workerinput[ADDRESSES] = addresses


def address_of(config: pytest.Config, server: str) -> str:
    workerinput: dict[str, dict[str, str]] | None = getattr(config, "workerinput", None)
    if workerinput is not None:
        return workerinput[ADDRESSES][server]
    if SERVERS not in config.stash:
        config.stash[SERVERS] = import_module("tests.harness.servers").Servers()
    address: str = getattr(config.stash[SERVERS], server)()
    return address


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> str:
    """The owner's address on the run's server, `{database}` to be filled in."""
    return address_of(request.config, "postgres")


@pytest.fixture(scope="session")
async def reading_process() -> AsyncIterator[None]:
    """Keep the process that reads imported files from test to test; it takes 0.5 s to start."""
    sandbox = import_module("shared.imports.sandbox_client").process_sandbox()
    await sandbox.keep_warm()
    yield
    await sandbox.close()


@pytest.fixture
async def database(
    postgres: str,
    reading_process: None,  # noqa: ARG001 -- wanted for what it starts.
) -> AsyncIterator[object]:
    """A database of this test's own, copied from the migrated template and dropped afterwards."""
    async with import_module("tests.databases").fresh_database(postgres) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def valkey_server(request: pytest.FixtureRequest) -> str:
    """The address of this worker's own numbered database on the run's server."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return address_of(request.config, "valkey").format(database=number)


@pytest.fixture
async def valkey(valkey_server: str) -> str:
    """The address of an empty Valkey database."""
    async with import_module("redis.asyncio").Redis.from_url(valkey_server) as client:
        await client.flushdb()
    return valkey_server
