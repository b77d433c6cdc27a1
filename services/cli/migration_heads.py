"""Which revision each schema should have, read from the files' own declarations.

Alembic knows too, but takes most of a second to be imported, and a start has nothing to migrate
except after an update.
"""

import ast
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from services.cli.data_dir import ROOT
from services.cli.roles import SCHEMAS

MIGRATIONS = ROOT / "migrations"


def declared(path: Path) -> Mapping[str, str | None]:
    """Return a revision's own id and the one it builds on."""
    named = (
        (node.targets[0].id, node.value)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    )
    return {
        name: ast.literal_eval(value)
        for name, value in named
        if name in {"revision", "down_revision"}
    }


def newest(schema: str) -> set[str | None]:
    """Return the revisions of a schema that no other one builds on: one, unless history forks."""
    files = [declared(path) for path in (MIGRATIONS / schema).glob("*.py")]
    return {one["revision"] for one in files} - {one["down_revision"] for one in files}


async def is_newest(url: str) -> bool:
    """Whether every schema of the database is at its newest revision."""
    connection = await asyncpg.connect(url)
    try:
        for schema in SCHEMAS:
            table = f"{schema}.alembic_version"
            if await connection.fetchval("SELECT to_regclass($1)", table) is None:
                return False
            rows = await connection.fetch(f"SELECT version_num FROM {table}")  # noqa: S608 -- our own schemas' names.
            if {row["version_num"] for row in rows} != newest(schema):
                return False
    finally:
        await connection.close()
    return True
