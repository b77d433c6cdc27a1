"""PostgreSQL: is it there, writable, at the revisions of this code, open to the services' roles."""

from typing import Any, TypeAlias

import asyncpg

from services.cli.checks.fault import Fault
from services.cli.migration_heads import newest
from services.cli.roles import SCHEMAS, role_of

Connection: TypeAlias = "asyncpg.Connection[Any]"
LONG_SECONDS = 600
LONG_TRANSACTIONS = """
    SELECT pid, usename, round(extract(epoch FROM clock_timestamp() - xact_start)) AS seconds
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND xact_start < clock_timestamp() - make_interval(secs => $1)
"""
CONNECTIONS = """
    SELECT count(*) AS used, current_setting('max_connections')::int AS most FROM pg_stat_activity
"""
BUSY_SHARE = 0.9


async def check_server(connection: Connection) -> list[Fault]:
    """Find a server that only reads, is nearly out of connections, or has a long transaction."""
    faults = []
    if await connection.fetchval("SELECT pg_is_in_recovery()"):
        advice = "Point DATABASE_URL to the leader."
        faults.append(Fault("DATABASE_READ_ONLY", "The server is a replica.", advice))
    row = await connection.fetchrow(CONNECTIONS)
    if row is not None and row["used"] > BUSY_SHARE * row["most"]:
        problem = f"{row['used']} of {row['most']} connections are used."
        advice = "Raise max_connections, or lower POOL_SIZE or the number of processes."
        faults.append(Fault("CONNECTIONS_NEARLY_OUT", problem, advice))
    for one in await connection.fetch(LONG_TRANSACTIONS, LONG_SECONDS):
        problem = f"Process {one['pid']} of {one['usename']}: a transaction of {one['seconds']} s."
        advice = f"See what it does in pg_stat_activity; SELECT pg_terminate_backend({one['pid']})."
        faults.append(Fault("TRANSACTION_LONG", problem, advice))
    return faults


async def check_revisions(connection: Connection) -> list[Fault]:
    """Find schemas that are missing or not at the revision of this code."""
    faults = []
    for schema in SCHEMAS:
        table = f"{schema}.alembic_version"
        known = await connection.fetchval("SELECT to_regclass($1)", table)
        rows = await connection.fetch(f"SELECT version_num FROM {table}") if known else []  # noqa: S608 -- our own schemas' names.
        found, wanted = {row["version_num"] for row in rows}, newest(schema)
        if found != wanted:
            problem = f"{schema}: at {_listed(found)}, this code wants {_listed(wanted)}."
            advice = "Run `python -m services migrate`; if the code is the older one, update it."
            faults.append(Fault("SCHEMA_NOT_CURRENT", problem, advice))
    return faults


def _listed(revisions: set[Any]) -> str:
    return ", ".join(sorted(map(str, revisions))) or "none"


async def check_roles(connection: Connection) -> list[Fault]:
    """Find roles of services that are absent, may not log in, connect or use their schema."""
    faults = []
    for schema in SCHEMAS:
        role = role_of(schema)
        row = await connection.fetchrow("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", role)
        if row is None or not row["rolcanlogin"]:
            problem = f"{role} does not exist or may not log in."
        elif not await connection.fetchval(
            "SELECT has_database_privilege($1, current_database(), 'CONNECT')", role
        ):
            problem = f"{role} may not connect to this database."
        elif await connection.fetchval(
            "SELECT to_regnamespace($2) IS NOT NULL AND NOT has_schema_privilege($1, $2, 'USAGE')",
            role,
            schema,
        ):
            problem = f"{role} may not use its schema."
        else:
            continue
        advice = f"Run `python -m services migrate` with {schema.upper()}_ROLE_PASSWORD."
        faults.append(Fault("ROLE_UNUSABLE", problem, advice))
    return faults
