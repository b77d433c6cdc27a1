"""What the `database` fixture gives: a migrated database and its addresses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

import asyncpg

from services.cli.roles import SCHEMAS, role_of

TEMPLATE = "template_kachestvo"
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
PASSWORDS = {schema: f"{schema}-role-of-the-tests" for schema in SCHEMAS}


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """A fresh migrated database: `url("ratings")` as that service's role, `owner_url` above all."""

    __test__ = False

    name: str
    owner_url: str

    def url(self, schema: str) -> str:
        """Return the address for the service's own, least privileged role."""
        user = f"{role_of(schema)}:{quote(PASSWORDS[schema])}"
        return self.owner_url.replace("//kachestvo@", f"//{user}@")


_USED: list[str] = []
"""Databases of this process that are as the template again, the one used last at the end."""


@asynccontextmanager
async def fresh_database(postgres: str) -> AsyncIterator[TestDatabase]:
    """Give a database that equals the migrated template; nobody is connected to it afterwards.

    One that an earlier test used is brought back to the template's rows and sequences; one whose
    definitions a test changed is dropped and never given again.
    """
    name = _USED.pop() if _USED else await _copy_of_template(postgres)
    database = TestDatabase(name, postgres.format(database=name))
    try:
        yield database
    finally:
        if await _reset(database):
            _USED.append(name)
        else:
            await _drop(postgres, name)


async def _copy_of_template(postgres: str) -> str:
    name = f"test_{uuid4().hex}"
    roles = ", ".join(role_of(schema) for schema in SCHEMAS)
    async with _owner(postgres.format(database="postgres")) as owner:
        await owner.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        await owner.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        await owner.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {roles}")
    return name


async def _reset(database: TestDatabase) -> bool:
    """Return whether the database equals the template again."""
    try:
        async with _owner(database.owner_url) as owner:
            await owner.execute(_END_OTHERS)
            unchanged = await owner.fetchval(
                "SELECT definitions = pristine.definitions() FROM pristine.digest"
            )
            if unchanged:
                await owner.execute("SELECT pristine.reset()")
            return bool(unchanged)
    except (asyncpg.PostgresError, OSError):
        return False


async def _drop(postgres: str, name: str) -> None:
    async with _owner(postgres.format(database="postgres")) as owner:
        await owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@asynccontextmanager
async def _owner(url: str) -> AsyncIterator[asyncpg.Connection]:
    owner = await asyncpg.connect(url)
    try:
        yield owner
    finally:
        await owner.close()
