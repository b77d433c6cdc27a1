"""Sessions for endpoints. `Tx` commits before the answer is sent: a failed commit is no 200."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Database


def database(request: Request) -> Database:
    """Return the database of the running application."""
    found: Database = request.app.state.db
    return found


async def _transaction(db: Annotated[Database, Depends(database)]) -> AsyncIterator[AsyncSession]:
    async with db.transaction() as session:
        yield session


async def _reading(db: Annotated[Database, Depends(database)]) -> AsyncIterator[AsyncSession]:
    async with db.reading() as session:
        yield session


WriteSession = Annotated[AsyncSession, Depends(_transaction, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(_reading, scope="function")]
