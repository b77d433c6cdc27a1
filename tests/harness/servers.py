"""The PostgreSQL and Valkey of a test run, started when first asked for."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import asyncpg

from services.cli.migrate import migrate
from shared.embedded import Home, Postgres, Valkey, home_in, start_postgres, start_valkey
from tests.databases import PASSWORDS, TEMPLATE
from tests.harness.cluster_cache import restore_cluster, store_cluster

CONNECTIONS = 300
PRISTINE = Path(__file__).with_name("pristine.sql")


class Servers:
    """The servers of this run; started on the first wish, stopped at the end."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="kachestvo-tests-"))
        self._postgres: Postgres | None = None
        self._valkey: Valkey | None = None

    def postgres(self) -> str:
        """Return the owner's address with `{database}` to fill in, the template being ready."""
        if self._postgres is None:
            self._postgres = start_with_template(home_in(self.folder, "postgres"))
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


def start_with_template(home: Home) -> Postgres:
    """Start a server that has the migrated template, out of the cache where that is possible."""
    if not restore_cluster(home):
        server = start_postgres(home, durable=False, connections=CONNECTIONS)
        try:
            asyncio.run(make_template(server.url("{database}")))
        finally:
            server.stop()
        store_cluster(home)
    return start_postgres(home, durable=False, connections=CONNECTIONS)


async def make_template(address: str) -> None:
    """Make the migrated database that every test's database is a copy of."""
    connection = await asyncpg.connect(address.format(database="postgres"))
    await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    await connection.close()
    await migrate(address.format(database=TEMPLATE), PASSWORDS)
    connection = await asyncpg.connect(address.format(database=TEMPLATE))
    await connection.execute(PRISTINE.read_text())
    await connection.close()
