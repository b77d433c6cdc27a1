import pytest
from sqlalchemy import text

from shared.db import Database, driver_connection
from tests.databases import TestDatabase
from tests.shared.plumbing import make_plumbing, open_plumbing


async def test_an_abandoned_transaction_ends_by_itself(database: TestDatabase) -> None:
    db = Database(database.url("ratings"), "ratings")
    async with db.reading() as session:
        limit = (await session.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar()
    await db.close()
    assert limit == "10min"


async def test_what_was_copied_goes_with_the_transaction(database: TestDatabase) -> None:
    await make_plumbing(database)
    db = open_plumbing(database)
    with pytest.raises(RuntimeError):
        async with db.transaction() as session:
            connection = await driver_connection(session)
            await connection.copy_records_to_table("note", records=[("a",)], columns=["text"])
            raise RuntimeError
    async with db.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM note"))).scalar_one() == 0
    await db.close()
