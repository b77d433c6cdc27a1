"""Back up the whole system into one file: database, role passwords, keys, other small files."""

import argparse
import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from services.cli.archive import DUMP, write_archive
from services.cli.database_access import data_path, owner_address
from services.cli.output import say
from services.cli.pg_tools import ToolFailed, dump_database
from services.cli.roles import SCHEMAS
from shared import clock
from shared.embedded import EmbeddedServerError

FAULTS = (ToolFailed, EmbeddedServerError, OSError, asyncpg.PostgresError)


def run(given: argparse.Namespace) -> int:
    """Write the backup; 1 with the reason when it could not be made, leaving no half file."""
    target = Path(given.file)
    if target.exists():
        say(f"{target} exists; a backup overwrites nothing.")
        return 1
    try:
        with owner_address() as url:
            size = back_up(url, target)
    except FAULTS as error:
        say(f"No backup was made: {error}")
        return 1
    say(f"{target}: {size} bytes. It holds secrets; keep it where only administrators can read.")
    return 0


def back_up(url: str, target: Path) -> int:
    """Write a backup of the database at `url` and of the data folder; return its size."""
    server, revisions = asyncio.run(describe(url))
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix="backup-") as folder:
        dump = Path(folder) / DUMP
        dump_database(url, SCHEMAS, dump)
        write_archive(
            target,
            dump,
            data_path(),
            made_at=clock.now().isoformat(),
            server=server,
            revisions=revisions,
        )
    return target.stat().st_size


async def describe(url: str) -> tuple[str, Mapping[str, str]]:
    """Return the server's version and the revision of each schema."""
    connection = await asyncpg.connect(url)
    try:
        version: str = await connection.fetchval("SHOW server_version")
        revisions = {
            schema: await connection.fetchval(f"SELECT version_num FROM {schema}.alembic_version")  # noqa: S608 -- our own schemas' names.
            for schema in SCHEMAS
        }
    finally:
        await connection.close()
    return version, revisions
