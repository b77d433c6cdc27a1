"""Sessions for endpoints, bound to the caller's territories.

`WriteSession` commits before the answer is sent: a failed commit must not return 200.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth import Caller
from shared.db import Database
from shared.errors import Problem
from shared.web.authentication import optional_caller


def database(request: Request) -> Database:
    """Return the database of the running application."""
    found: Database = request.app.state.db
    return found


async def _known_caller(request: Request) -> Caller | None:
    """Return the caller where there is a good token; refusing a bad one is not ours.

    The gateway has operations that take other credentials.
    """
    try:
        return await optional_caller(request)
    except Problem:
        return None


Db = Annotated[Database, Depends(database)]
KnownCaller = Annotated[Caller | None, Depends(_known_caller)]


async def _transaction(db: Db, caller: KnownCaller) -> AsyncIterator[AsyncSession]:
    territories = None if caller is None else caller.territories
    async with db.transaction(territories) as session:
        yield session


async def _reading(db: Db, caller: KnownCaller) -> AsyncIterator[AsyncSession]:
    territories = None if caller is None else caller.territories
    async with db.reading(territories) as session:
        yield session


WriteSession = Annotated[AsyncSession, Depends(_transaction, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(_reading, scope="function")]
