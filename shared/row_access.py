"""What a transaction may see of rows with a territory: settings that row-level security reads.

A policy compares a row's code with the regular expression in `kachestvo.territories`. Where
nothing was set, it shows and takes nothing: a forgotten filter hides rows instead of showing all.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, SessionTransaction

from shared.territories import EVERYWHERE, Territories

SETTING = "kachestvo.territories"
WHOLE_REGION = Territories.of([EVERYWHERE])

# It ends with the transaction: a pooled connection carries nothing to the next one.
BIND = text(f"SELECT set_config('{SETTING}', :codes, true)")
BOUND = text(f"SELECT current_setting('{SETTING}', true)")


async def bind(session: AsyncSession, territories: Territories) -> None:
    """Let the transaction see and change rows of these territories."""
    await session.execute(BIND, {"codes": territories.regex()})


def bind_when_begun(session: AsyncSession, territories: Territories) -> None:
    """Bind every transaction of a session as it begins, so that waiting takes no connection."""

    def bind_begun(_: Session, transaction: SessionTransaction, connection: Connection) -> None:
        if not transaction.nested:
            connection.execute(BIND, {"codes": territories.regex()})

    event.listen(session.sync_session, "after_begin", bind_begun)


async def is_bound(session: AsyncSession) -> bool:
    """Tell whether the transaction sees less than the whole region."""
    return (await session.execute(BOUND)).scalar_one_or_none() != WHOLE_REGION.regex()


@asynccontextmanager
async def whole_region(session: AsyncSession) -> AsyncIterator[None]:
    """Lift the bounds for a computation over all territories, then set them again.

    What the block reads must not leave it as rows: counts of the region, rules checked against
    every row. After a database error the transaction is over and nothing is set.
    """
    bound = (await session.execute(BOUND)).scalar_one_or_none() or ""
    await session.execute(BIND, {"codes": WHOLE_REGION.regex()})
    try:
        yield
    except SQLAlchemyError:
        raise
    except BaseException:
        await session.execute(BIND, {"codes": bound})
        raise
    await session.execute(BIND, {"codes": bound})
