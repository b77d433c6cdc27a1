import pytest
from sqlalchemy import text

from shared.db import raw
from tests.databases import TestDatabase
from tests.shared.plumbing import make_plumbing, open_plumbing


async def test_what_was_copied_goes_with_the_transaction(database: TestDatabase) -> None:
    await make_plumbing(database)
    db = open_plumbing(database)
    with pytest.raises(RuntimeError):
        async with db.transaction() as session:
            connection = await raw(session)
            await connection.copy_records_to_table("note", records=[("a",)], columns=["text"])
            raise RuntimeError
    async with db.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM note"))).scalar_one() == 0
    await db.close()
