"""A database that tests use one after the other is as the template each time."""

import asyncpg
import pytest

from tests.databases import TestDatabase, fresh_database

PROGRAMME = (
    "INSERT INTO ratings.programme (code, title, description, computed) VALUES ('x', '', '', false)"
)
STATE = """
SELECT (SELECT json_agg(p ORDER BY id) FROM ratings.programme p)::text,
       (SELECT count(*) FROM ratings.territory), (SELECT count(*) FROM training.teacher),
       (SELECT json_agg(s ORDER BY schemaname, sequencename) FROM pg_sequences s)::text
"""


async def state_of(database: TestDatabase) -> tuple[object, ...]:
    connection = await asyncpg.connect(database.owner_url)
    try:
        row = await connection.fetchrow(STATE)
        assert row is not None
        return tuple(row)
    finally:
        await connection.close()


async def spoil(database: TestDatabase, *statements: str) -> None:
    connection = await asyncpg.connect(database.owner_url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize(
    "spoiled",
    [
        (PROGRAMME,),
        ("DELETE FROM ratings.programme_peers", "DELETE FROM olympiads.season"),
        ("UPDATE ratings.territory SET title = 'Другая'",),
        (PROGRAMME, PROGRAMME.replace("'x'", "'y'")),
        ("ALTER TABLE ratings.programme DISABLE TRIGGER ALL", PROGRAMME),
        ("CREATE TABLE ratings.foreign_body (id int)",),
        ("REVOKE SELECT ON ratings.programme FROM kachestvo_ratings",),
        ("ALTER TABLE ratings.programme ALTER title SET NOT NULL, ADD extra int",),
    ],
)  # fmt: skip
async def test_what_a_test_did_is_gone_for_the_next(
    postgres: str, spoiled: tuple[str, ...]
) -> None:
    async with fresh_database(postgres) as database:
        pure = await state_of(database)
        await spoil(database, *spoiled)
    async with fresh_database(postgres) as database:
        assert await state_of(database) == pure


async def test_changed_definitions_are_never_given_again(postgres: str) -> None:
    async with fresh_database(postgres) as database:
        await spoil(database, "ALTER TABLE ratings.programme ADD extra int")
    async with fresh_database(postgres) as other:
        assert other.name != database.name


async def test_a_session_left_open_does_not_keep_rows_from_going(postgres: str) -> None:
    async with fresh_database(postgres) as database:
        left = await asyncpg.connect(database.owner_url)
        transaction = left.transaction()
        await transaction.start()
        await left.execute("LOCK TABLE ratings.programme")
    async with fresh_database(postgres) as again:
        assert again.name == database.name
        await state_of(again)
    left.terminate()
