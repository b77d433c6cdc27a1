"""Real servers for the tests: one PostgreSQL and one Valkey a run, one fresh database a test.

Under xdist the controller starts the servers and its workers get their addresses, so there is one
of each however many workers run.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from services.cli.migrate import migrate
from shared.embedded import Postgres, Valkey, home_in, start_postgres, start_valkey
from tests.databases import PASSWORDS, TEMPLATE, TestDatabase, fresh_database

SERVERS = pytest.StashKey["Servers"]()
ADDRESSES = "kachestvo_servers"


class Servers:
    """The servers of this run; started on the first wish, stopped at the end."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kachestvo-tests-"))
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None

    def postgres(self) -> str:
        """Return the owner's address with `{database}` to fill in, the template being ready."""
        if self._postgres is None:
            home = home_in(self.folder, "postgres")
            self._postgres = start_postgres(home, durable=False, connections=300)
            asyncio.run(make_template(self._postgres.url("{database}")))
        return self._postgres.url("{database}")

    def valkey(self) -> str:
        """Return the address with `{database}` to fill in."""
        if self._valkey is None:
            self._valkey = start_valkey(home_in(self.folder, "valkey"))
        return self._valkey.url(0).replace("db=0", "db={database}")

    def stop(self) -> None:
        """Stop what was started and remove its files."""
        for server in (self._postgres, self._valkey):
            if server is not None:
                server.stop()
        for link in self.folder.iterdir():
            shutil.rmtree(link.resolve(), ignore_errors=True)
        shutil.rmtree(self.folder)


async def make_template(address: str) -> None:
    """Make the migrated database that every test's database is a copy of."""
    connection = await asyncpg.connect(address.format(database="postgres"))
    await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    await connection.close()
    await migrate(address.format(database=TEMPLATE), PASSWORDS)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.stash[SERVERS] = Servers()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the journeys, which share one live system, in one of xdist's workers."""
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("journeys"))
            item.add_marker(pytest.mark.journey)


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVERS in config.stash:
        config.stash[SERVERS].stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Start the servers in xdist's controller, whose workers all use them."""
    servers = node.config.stash[SERVERS]
    node.workerinput[ADDRESSES] = {"postgres": servers.postgres(), "valkey": servers.valkey()}


def address_of(config: pytest.Config, server: str) -> str:
    if SERVERS in config.stash:
        started: str = getattr(config.stash[SERVERS], server)()
        return started
    workerinput: dict[str, dict[str, str]] = vars(config)["workerinput"]
    return workerinput[ADDRESSES][server]


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> str:
    """The owner's address on the run's server, `{database}` to be filled in."""
    return address_of(request.config, "postgres")


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[TestDatabase]:
    """A database of this test's own, copied from the migrated template and dropped afterwards."""
    async with fresh_database(postgres) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def valkey_server(request: pytest.FixtureRequest) -> str:
    """The address of this worker's own numbered database on the run's server."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return address_of(request.config, "valkey").format(database=number)


@pytest.fixture
async def valkey(valkey_server: str) -> str:
    """The address of an empty Valkey database."""
    async with Redis.from_url(valkey_server) as client:
        await client.flushdb()
    return valkey_server
