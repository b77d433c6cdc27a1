"""Each revision goes up, down and up again and leaves exactly what it found."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory

from services.cli.migrate import configuration, migrate
from services.cli.roles import SCHEMAS, prepare_roles, role_of
from tests.databases import PASSWORDS, TestDatabase

CATALOGUE = """
    SELECT 'column', table_name || '.' || column_name,
           data_type || ' ' || is_nullable || coalesce(' ' || column_default, '')
      FROM information_schema.columns WHERE table_schema = $1
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = $1
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = $1::regnamespace
    UNION ALL SELECT 'function', proname, pg_get_functiondef(oid)
      FROM pg_proc WHERE pronamespace = $1::regnamespace
    UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(t.oid)
      FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
     WHERE c.relnamespace = $1::regnamespace AND NOT tgisinternal
    UNION ALL SELECT 'grant', table_name || '.' || grantee,
           string_agg(privilege_type, ' ' ORDER BY privilege_type)
      FROM information_schema.role_table_grants
     WHERE table_schema = $1 AND grantee LIKE 'kachestvo\\_%' GROUP BY table_name, grantee
    UNION ALL SELECT 'sequence', sequence_name, data_type
      FROM information_schema.sequences WHERE sequence_schema = $1
"""


def ask(url: str, question: Callable[[Any], Any]) -> Any:
    async def asked() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await question(connection)
        finally:
            await connection.close()

    return asyncio.run(asked())


def executing(statement: str) -> Callable[[Any], Any]:
    return lambda connection: connection.execute(statement)


def catalogue(url: str, schema: str) -> set[tuple[str, ...]]:
    rows = ask(url, lambda connection: connection.fetch(CATALOGUE, schema))
    return {tuple(row) for row in rows if "alembic_version" not in row[1]}


@contextmanager
def empty_database(postgres: str) -> Iterator[str]:
    name = f"stairs_{uuid4().hex}"
    server = postgres.format(database="postgres")
    ask(server, lambda connection: connection.execute(f"CREATE DATABASE {name}"))
    url = postgres.format(database=name)
    ask(url, lambda connection: prepare_roles(connection, PASSWORDS))
    yield url
    ask(server, lambda connection: connection.execute(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_step_can_be_taken_back(postgres: str, schema: str) -> None:
    with empty_database(postgres) as url:
        config = configuration(url, schema)
        steps = list(ScriptDirectory.from_config(config).walk_revisions())[::-1]
        assert steps
        before = catalogue(url, schema)
        for step in steps:
            command.upgrade(config, step.revision)
            after = catalogue(url, schema)
            below = step.down_revision if isinstance(step.down_revision, str) else "base"
            command.downgrade(config, below)
            assert catalogue(url, schema) == before, step.revision
            command.upgrade(config, step.revision)
            assert catalogue(url, schema) == after, step.revision
            before = after


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_tables_in_code_are_the_tables_in_the_database(postgres: str, schema: str) -> None:
    with empty_database(postgres) as url:
        asyncio.run(migrate(url, PASSWORDS))
        command.check(configuration(url, schema))


def test_migrating_again_changes_nothing(postgres: str) -> None:
    with empty_database(postgres) as url:
        asyncio.run(migrate(url, PASSWORDS))
        first = {schema: catalogue(url, schema) for schema in SCHEMAS}
        asyncio.run(migrate(url, {}))
        assert first == {schema: catalogue(url, schema) for schema in SCHEMAS}


def test_no_table_stands_outside_the_services_schemas(postgres: str) -> None:
    with empty_database(postgres) as url:
        asyncio.run(migrate(url, PASSWORDS))
        rows = ask(
            url,
            lambda connection: connection.fetch(
                "SELECT DISTINCT schemaname FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ),
        )
        assert {row[0] for row in rows} <= set(SCHEMAS)


def test_no_key_crosses_a_schema(postgres: str) -> None:
    with empty_database(postgres) as url:
        asyncio.run(migrate(url, PASSWORDS))
        crossing = ask(
            url,
            lambda connection: connection.fetch(
                "SELECT conname FROM pg_constraint c"
                " JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid"
                " WHERE a.relnamespace <> b.relnamespace"
            ),
        )
        assert not crossing


KEPT_FOR_GOOD = {
    "ratings": {
        "rating_unit": "INSERT SELECT",
        "rating_declared": "INSERT SELECT",
        "rating_revision": "INSERT SELECT UPDATE",
    },
    "olympiads": {
        "threshold_step": "INSERT SELECT",
        "public_document": "INSERT SELECT UPDATE",
    },
    "training": {
        "document": "INSERT SELECT",
        "plan_revision": "INSERT SELECT",
        "evidence": "INSERT SELECT",
    },
    "gateway": {"audit": "INSERT SELECT"},
}
LEDGER = {"claim_correction": "INSERT SELECT", "finding_history": "INSERT SELECT"}
FORBIDDEN = (
    "CREATE TABLE {own}.mine (i int)",
    "CREATE TABLE public.mine (i int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION {own}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE {own}.job ADD COLUMN mine int",
    "DROP TABLE {own}.job",
    "TRUNCATE {own}.job",
    "UPDATE {own}.alembic_version SET version_num = '0000'",
    "SELECT * FROM {other}.job",
    "SELECT * FROM pg_authid",
    "SELECT pg_read_file('/etc/hostname')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SET ROLE kachestvo_{other}",
)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_was_published_or_logged_cannot_be_changed_by_the_service(
    postgres: str, schema: str
) -> None:
    with empty_database(postgres) as url:
        asyncio.run(migrate(url, PASSWORDS))
        granted = {
            table.removesuffix(f".{role_of(schema)}"): privileges
            for kind, table, privileges in catalogue(url, schema)
            if kind == "grant"
        }
        wanted = KEPT_FOR_GOOD[schema] | ({} if schema == "gateway" else LEDGER)
        assert {table: granted[table] for table in wanted} == wanted


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_service_can_do_nothing_beyond_its_rows(postgres: str, schema: str) -> None:
    other = next(name for name in SCHEMAS if name != schema)
    with empty_database(postgres) as url:
        asyncio.run(migrate(url, PASSWORDS))
        own = TestDatabase("", url).url(schema)
        for statement in FORBIDDEN:
            forbidden = statement.format(own=schema, other=other)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                ask(own, executing(forbidden))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_role_sees_its_own_schema_only(postgres: str, schema: str) -> None:
    with empty_database(postgres) as url:
        asyncio.run(migrate(url, PASSWORDS))
        seen = ask(
            url,
            lambda connection: connection.fetch(
                "SELECT nspname FROM pg_namespace WHERE nspname = ANY($2)"
                " AND has_schema_privilege($1, nspname, 'USAGE')",
                role_of(schema),
                [*SCHEMAS, "public"],
            ),
        )
        assert [row[0] for row in seen] == [schema]


def test_two_databases_of_one_server_get_their_roles_at_the_same_time(postgres: str) -> None:
    """Roles belong to the server: runs for two databases change the same rows of its catalogue."""

    async def prepared_over_and_over(url: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            for _ in range(25):
                await prepare_roles(connection, PASSWORDS)
        finally:
            await connection.close()

    async def both(first: str, second: str) -> None:
        await asyncio.gather(prepared_over_and_over(first), prepared_over_and_over(second))

    with empty_database(postgres) as first, empty_database(postgres) as second:
        asyncio.run(both(first, second))
