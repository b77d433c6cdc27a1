import asyncpg
import pytest

from tests.databases import TestDatabase


async def test_a_role_may_not_define_anything(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.url("ratings"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE ratings.mine (a int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE public.mine (a int)")
    finally:
        await connection.close()
