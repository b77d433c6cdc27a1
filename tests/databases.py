"""What the `database` fixture gives: a migrated database and its addresses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

import asyncpg

from services.cli.roles import SCHEMAS, role_of

TEMPLATE = "template_kachestvo"
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


@asynccontextmanager
async def fresh_database(postgres: str) -> AsyncIterator[TestDatabase]:
    """Copy the migrated template; the copy is dropped at the end with whoever still uses it."""
    name = f"test_{uuid4().hex}"
    roles = ", ".join(role_of(schema) for schema in SCHEMAS)
    owner = await asyncpg.connect(postgres.format(database="postgres"))
    try:
        await owner.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        await owner.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        await owner.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {roles}")
        yield TestDatabase(name, postgres.format(database=name))
        await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await owner.close()
