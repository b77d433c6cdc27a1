"""The login role of each service: least privilege, enforced by the server and not by discipline.

A service's role may use its own schema and change rows there. It defines nothing, and sees no
other schema. Revisions run as the owner and may narrow this further (`migrations.grants`).
"""

from collections.abc import Mapping
from typing import Any

import asyncpg
import stamina

from services import catalogue

CONCURRENT = (
    asyncpg.InternalServerError,
    asyncpg.DuplicateObjectError,
    asyncpg.UniqueViolationError,
)
SCHEMAS = catalogue.NAMES


def role_of(schema: str) -> str:
    """Return the name of the role of a service."""
    return f"kachestvo_{schema}"


async def prepare_roles(
    connection: "asyncpg.Connection[Any]", passwords: Mapping[str, str]
) -> None:
    """Make the roles and schemas that are not there yet and set what the roles may do.

    `passwords` maps a schema to its role's password; a role that is not named keeps the password
    it has, and without one it cannot log in. Runs again without harm. Roles belong to the whole
    server: where another database's run changes the same role at the same moment, PostgreSQL ends
    one of the two, which then starts over.
    """
    retries = stamina.retry_context(
        on=CONCURRENT, attempts=10, timeout=60, wait_initial=0.05, wait_max=1.0
    )
    async for attempt in retries:
        with attempt:
            await _prepare(connection, passwords)


async def make_roles(connection: "asyncpg.Connection[Any]", passwords: Mapping[str, str]) -> None:
    """Make the roles alone, with their passwords, for a restore that brings the schemas itself."""
    for schema in SCHEMAS:
        await _make_role(connection, role_of(schema), passwords.get(schema))


async def _prepare(connection: "asyncpg.Connection[Any]", passwords: Mapping[str, str]) -> None:
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    await make_roles(connection, passwords)
    for schema in SCHEMAS:
        await _grant(connection, schema, database)


async def _make_role(
    connection: "asyncpg.Connection[Any]", role: str, password: str | None
) -> None:
    known = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
    if not known:
        await connection.execute(f"CREATE ROLE {role} LOGIN")
    if password is not None:
        statement = await connection.fetchval(
            "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", role, password
        )
        await connection.execute(statement)


async def _grant(connection: "asyncpg.Connection[Any]", schema: str, database: str) -> None:
    role = role_of(schema)
    defaults = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT"
    for statement in (
        f"CREATE SCHEMA IF NOT EXISTS {schema}",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}",
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"{defaults} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        f"{defaults} USAGE, SELECT ON SEQUENCES TO {role}",
        f"ALTER ROLE {role} SET search_path = {schema}",
    ):
        await connection.execute(statement)
