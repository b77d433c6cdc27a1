"""Alembic's entry point, one for every schema: the ini section's name is the schema's.

Each schema has its own folder of revisions and its own version table, and sees nothing of the
others: without `include_name` an `alembic check` would propose to drop their tables.
"""

import asyncio
import os
from importlib import import_module
from typing import Any

from alembic import context
from sqlalchemy import MetaData, pool
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

SCHEMA = context.config.config_ini_section
LOCK_TIMEOUT = "5s"


def tables_of(schema: str) -> MetaData:
    """Return the tables the service declares."""
    metadata = import_module(f"services.{schema}.tables").METADATA
    if not isinstance(metadata, MetaData):
        raise TypeError(f"services.{schema}.tables.METADATA is not a MetaData.")
    return metadata


def own_schema_only(name: str | None, kind: str, _parents: object) -> bool:
    """Compare nothing outside the section's schema."""
    return kind != "schema" or name == SCHEMA


def options() -> dict[str, Any]:
    """Return what both ways of running share."""
    return {
        "target_metadata": tables_of(SCHEMA),
        "version_table": "alembic_version",
        "version_table_schema": SCHEMA,
        "include_schemas": True,
        "include_name": own_schema_only,
        "compare_server_default": True,
        "transaction_per_migration": True,
    }


def run(connection: Connection) -> None:
    """Run the revisions on a connection; a lock that is not had soon is given up."""
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.commit()
    context.configure(connection=connection, **options())
    with context.begin_transaction():
        context.run_migrations()


async def online() -> None:
    """Connect as the owner of the schemas, who may create tables, and run."""
    address = context.config.attributes.get("url") or os.environ["DATABASE_URL"]
    url = make_url(address).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, **options())
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(online())
