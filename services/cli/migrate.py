"""Bring every schema to its newest revision: roles first, then each service's own history."""

import argparse
import asyncio
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config

from services.cli.output import say
from services.cli.roles import SCHEMAS, prepare_roles, role_of

INI = Path(__file__).parent.parent.parent / "migrations" / "alembic.ini"
ONE_AT_A_TIME = 0x6B616368


def run(_given: argparse.Namespace) -> int:
    """Migrate the database at `DATABASE_URL`, the address of its owner."""
    url = os.environ.get("DATABASE_URL")
    if url is None:
        say("DATABASE_URL is missing: the address of the owner of the schemas.")
        return 2
    asyncio.run(migrate(url, passwords_of(os.environ)))
    return 0


async def migrate(url: str, passwords: Mapping[str, str], schemas: Sequence[str] = SCHEMAS) -> None:
    """Migrate a database as the owner of its schemas, whose address `url` is.

    Two runs at the same time wait for each other. The owner must be able to create roles, unless
    they are there already.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ONE_AT_A_TIME)
        await prepare_roles(connection, passwords)
        for schema in (name for name in schemas if has_revisions(name)):
            await asyncio.to_thread(command.upgrade, configuration(url, schema), "head")
            await protect_version(connection, schema)
    finally:
        await connection.close()


async def protect_version(connection: "asyncpg.Connection[asyncpg.Record]", schema: str) -> None:
    """Let the service read which revision its schema has, and not change it."""
    table = f"{schema}.alembic_version"
    if await connection.fetchval("SELECT to_regclass($1)", table) is not None:
        await connection.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role_of(schema)}")


def passwords_of(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the roles' passwords that `RATINGS_ROLE_PASSWORD` and its like give."""
    named = {schema: environment.get(f"{schema.upper()}_ROLE_PASSWORD") for schema in SCHEMAS}
    return {schema: password for schema, password in named.items() if password}


def has_revisions(schema: str) -> bool:
    """Whether the service has a history at all."""
    return any((INI.parent / schema).glob("*.py"))


def configuration(url: str, schema: str) -> Config:
    """Return alembic's configuration for one schema of the database at `url`."""
    config = Config(str(INI), ini_section=schema)
    config.attributes["url"] = url
    return config
