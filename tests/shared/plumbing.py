"""A schema with nothing but the plumbing's tables, for the tests of the plumbing itself."""

from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.db import Database, schema_metadata
from shared.plumbing_tables import add_plumbing_tables
from tests.databases import TestDatabase

SCHEMA = "plumbing"
OWN_TABLES = (
    "CREATE TABLE plumbing.note (id bigserial PRIMARY KEY, text text NOT NULL)",
    (
        "CREATE TABLE plumbing.late (of_note bigint REFERENCES plumbing.note "
        "DEFERRABLE INITIALLY DEFERRED)"
    ),
)


async def make_plumbing(database: TestDatabase) -> None:
    """Create the schema in a test's database."""
    metadata = schema_metadata(SCHEMA)
    add_plumbing_tables(metadata)
    url = plumbing_url(database).replace("postgresql://", "postgresql+asyncpg://", 1)
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        await connection.run_sync(metadata.create_all)
        for statement in OWN_TABLES:
            await connection.execute(text(statement))
    await engine.dispose()


def plumbing_url(database: TestDatabase) -> str:
    """Return the address the tests of the plumbing connect to."""
    return urlsplit(database.owner_url)._replace(scheme="postgresql").geturl()


def open_plumbing(database: TestDatabase) -> Database:
    """Open the schema; the caller closes it."""
    return Database(plumbing_url(database), SCHEMA)
