"""A person known to every column of every schema is erased, and nobody else is touched."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest
from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Uuid,
)

from services.catalogue import NAMES
from shared.db import Database
from shared.imports.ipc import ListedDefect, RejectedRow
from shared.persons.columns import (
    EXACT,
    SEARCHED,
    PersonColumn,
    Treatment,
    plain_type,
    read_columns,
    table_of,
)
from shared.persons.erasure import erase_person
from shared.persons.pseudonyms import pseudonym
from shared.row_access import WHOLE_REGION, bind
from tests.databases import TestDatabase

ROOT = Path(__file__).parents[3]
PERSON, OTHER, SHORT = "person-77", "person-770", "77"
BEARING = EXACT | SEARCHED
NUMBERS = count(1000)
MENTIONS = """
    SELECT t::text AS row FROM {schema}.{table} AS t WHERE t::text LIKE $1 OR t::text LIKE $2
"""
# Made-up rows obey neither the checks nor the foreign keys of the tables.
UNCHECKED = """
    DO $$ DECLARE one record; BEGIN
        FOR one IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
            WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'SCHEMA'::regnamespace
        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.of, one.conname); END LOOP;
    END $$;
    SET session_replication_role = replica;
"""
PLAIN: tuple[tuple[type, object], ...] = (
    (Boolean, False),
    (Numeric, Decimal(1)),
    (Date, date(2022, 9, 1)),
    (DateTime, datetime(2022, 9, 1, tzinfo=UTC)),
    (JSON, "[]"),
    (LargeBinary, b""),
    (ARRAY, []),
)


def columns_of(service: str) -> tuple[MetaData, list[PersonColumn]]:
    metadata: MetaData = import_module(f"services.{service}.tables").METADATA
    own = ROOT / "services" / service / "data" / "person_columns.csv"
    return metadata, [c for c in read_columns(metadata, own) if c.treatment in BEARING]


def bearing_value(column: Column[Any], treatment: Treatment, reference: str) -> object:
    if treatment in EXACT and treatment is not Treatment.REMOVE:
        return reference
    if treatment is Treatment.REMOVE:
        return json.dumps(["somebody", reference])
    if treatment is Treatment.REDACT_ROWS:
        defect = ListedDefect(1, "ref", "CODE", f"Нет {reference}.", reference)
        return msgspec.msgpack.encode([RejectedRow(1, [reference, None, "5"], [defect])])
    if isinstance(column.type, JSON):
        return json.dumps({reference: 1, "errors": [{"raw": f"ссылка «{reference}»", "n": 77}]})
    text = f'{{"teacher":"{reference}","n":77}}'
    return text.encode() if isinstance(column.type, LargeBinary) else text


def plain_value(column: Column[Any]) -> object:
    if isinstance(column.type, Uuid):
        return uuid4()
    if isinstance(column.type, Integer):
        return next(NUMBERS)
    for kind, value in PLAIN:
        if isinstance(plain_type(column.type), kind):
            return value
    return f"x-{uuid4().hex[:8]}"


def rows_of(table: Table, columns: list[PersonColumn], ref: str) -> Iterator[dict[str, object]]:
    """Give a row for each bearing column of a table, so that none hides behind another's."""
    for bearing in columns:
        yield {
            column.name: bearing_value(column, bearing.treatment, ref)
            if column.name == bearing.column
            else plain_value(column)
            for column in table.columns
            if column.name == bearing.column
            or not (column.nullable or column.server_default is not None or column.identity)
        }


async def fill(owner: "asyncpg.Connection[Any]", service: str, reference: str) -> int:
    metadata, columns = columns_of(service)
    await owner.execute(UNCHECKED.replace("SCHEMA", service))
    written = 0
    for name in dict.fromkeys(column.table for column in columns):
        table = table_of(metadata, name)
        for row in rows_of(table, [c for c in columns if c.table == name], reference):
            names = ", ".join(f'"{column}"' for column in row)
            places = ", ".join(f"${n}" for n, _ in enumerate(row, 1))
            statement = f"INSERT INTO {service}.{name} ({names}) VALUES ({places})"  # noqa: S608 -- names of the registry.
            await owner.execute(statement, *row.values())
            written += 1
    return written


async def occurrences(owner: "asyncpg.Connection[Any]", needle: str) -> list[str]:
    """Return `schema.table: row` of every row of the database that contains the needle."""
    tables = await owner.fetch(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY($1)", list(NAMES)
    )
    found: list[str] = []
    for schema, table in tables:
        rows = await owner.fetch(
            MENTIONS.format(schema=schema, table=table),
            f"%{needle}%",
            f"%{needle.encode().hex()}%",
        )
        found += [f"{schema}.{table}: {row['row']}" for row in rows]
    return sorted(found)


@asynccontextmanager
async def opened(database: TestDatabase, service: str) -> AsyncIterator[Database]:
    db = Database(database.url(service), service, pool_size=1)
    try:
        yield db
    finally:
        await db.close()


async def erase(database: TestDatabase, service: str, reference: str) -> Any:
    metadata, _ = columns_of(service)
    own = ROOT / "services" / service / "data" / "person_columns.csv"
    async with opened(database, service) as db, db.transaction() as session:
        await bind(session, WHOLE_REGION)
        await pseudonym(session, reference)
        return await erase_person(session, metadata, read_columns(metadata, own), reference)


async def test_no_column_of_any_schema_keeps_an_erased_person(database: TestDatabase) -> None:
    owner = await asyncpg.connect(database.owner_url)
    try:
        others = sum([await fill(owner, service, OTHER) for service in NAMES])
        untouched = await occurrences(owner, OTHER)
        assert len(untouched) == others
        for service in NAMES:
            await fill(owner, service, PERSON)
        for service in NAMES:
            _, columns = columns_of(service)
            report = await erase(database, service, PERSON)
            assert set(report.removed) == {*(c.name for c in columns), "person_key.key"}
            assert report.unsearched == ()
            assert not (await erase_again(database, service)).found
        assert await occurrences(owner, PERSON) == untouched
    finally:
        await owner.close()


async def erase_again(database: TestDatabase, service: str) -> Any:
    metadata, _ = columns_of(service)
    own = ROOT / "services" / service / "data" / "person_columns.csv"
    async with opened(database, service) as db, db.transaction() as session:
        await bind(session, WHOLE_REGION)
        return await erase_person(session, metadata, read_columns(metadata, own), PERSON)


async def test_figures_equal_to_a_short_reference_stay(database: TestDatabase) -> None:
    owner = await asyncpg.connect(database.owner_url)
    try:
        await fill(owner, "training", OTHER)
        before = await occurrences(owner, SHORT)
        report = await erase(database, "training", SHORT)
        assert await occurrences(owner, SHORT) == before
    finally:
        await owner.close()
    assert "import_run.report" in report.unsearched


async def test_the_service_s_role_can_do_nothing_else_to_kept_tables(
    database: TestDatabase,
) -> None:
    owner = await asyncpg.connect(database.url("training"))
    try:
        for table, column, pattern in (
            ("route_history", "actor", "x" * 80),
            ("plan_revision", "author", "x" * 80),
            ("route_history", "note", ".*"),
        ):
            with pytest.raises(asyncpg.RaiseError):
                await owner.fetchval(
                    "SELECT redact_person($1, $2, $3, 'x')", table, column, pattern
                )
    finally:
        await owner.close()
