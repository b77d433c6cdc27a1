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
from tests.databases import PASSWORDS, TEMPLATE, TestDatabase

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
def database_like(postgres: str, template: str) -> Iterator[str]:
    name = f"stairs_{uuid4().hex}"
    server = postgres.format(database="postgres")
    ask(server, executing(f"CREATE DATABASE {name} TEMPLATE {template}"))
    url = postgres.format(database=name)
    ask(url, lambda connection: prepare_roles(connection, PASSWORDS))
    yield url
    ask(server, executing(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def migrated(postgres: str) -> Iterator[str]:
    """The address of a migrated database that these tests only read."""
    with database_like(postgres, TEMPLATE) as url:
        yield url


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_stairway_of_revisions_can_be_walked_back(postgres: str, schema: str) -> None:
    with database_like(postgres, "template1") as url:
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
def test_the_tables_in_code_are_the_tables_in_the_database(migrated: str, schema: str) -> None:
    command.check(configuration(migrated, schema))


def test_migrating_again_changes_nothing(postgres: str) -> None:
    with database_like(postgres, TEMPLATE) as url:
        first = {schema: catalogue(url, schema) for schema in SCHEMAS}
        asyncio.run(migrate(url, {}))
        assert first == {schema: catalogue(url, schema) for schema in SCHEMAS}


def test_no_table_stands_outside_the_services_schemas(migrated: str) -> None:
    rows = ask(
        migrated,
        lambda connection: connection.fetch(
            "SELECT DISTINCT schemaname FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'pristine')"
        ),
    )
    assert {row[0] for row in rows} <= set(SCHEMAS)


def test_no_key_crosses_a_schema(migrated: str) -> None:
    crossing = ask(
        migrated,
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
    migrated: str, schema: str
) -> None:
    granted = {
        table.removesuffix(f".{role_of(schema)}"): privileges
        for kind, table, privileges in catalogue(migrated, schema)
        if kind == "grant"
    }
    wanted = KEPT_FOR_GOOD[schema] | ({} if schema == "gateway" else LEDGER)
    assert {table: granted[table] for table in wanted} == wanted


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_service_can_do_nothing_beyond_its_rows(migrated: str, schema: str) -> None:
    other = next(name for name in SCHEMAS if name != schema)
    own = TestDatabase("", migrated).url(schema)

    async def try_all(connection: Any) -> None:
        for statement in FORBIDDEN:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement.format(own=schema, other=other))

    ask(own, try_all)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_role_sees_its_own_schema_only(migrated: str, schema: str) -> None:
    seen = ask(
        migrated,
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

    with (
        database_like(postgres, "template1") as first,
        database_like(postgres, "template1") as second,
    ):
        asyncio.run(both(first, second))
