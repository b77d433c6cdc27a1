"""PostgreSQL: one engine a process, one transaction a use case, the only `commit` of the house.

A service connects as its own role with `search_path` set to its own schema, so the plumbing's SQL
names its tables without a schema and each service reaches its own.
"""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import MetaData, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared.row_access import SETTING, bind, bind_when_begun
from shared.territories import Territories

# A machine that vanished must not keep its locks: the server notices a dead peer within half a
# minute, and ends a transaction in which nothing happens for ten.
ABANDONED = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "idle_in_transaction_session_timeout": "10min",
}
# The same at this end, for a server that vanished: data unanswered for 20 s, silence for 25.
PEER_TIMEOUTS = {
    "TCP_USER_TIMEOUT": 20_000,
    "TCP_KEEPIDLE": 10,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 3,
}
TRANSIENT_ERRORS = (
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)
"""What a background loop logs and survives: the database or a server is not there now."""
NOWHERE = Territories()
CONNECTION_ERRORS = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
# What may be over at the next attempt: connection (08), serialisation (40), resources (53), locks
# (55P), stop or start of the server (57P), its storage (58).
RETRYABLE_SQLSTATES = ("08", "40", "53", "55P", "57P", "58")
DISK_FULL_SQLSTATE = "53100"
DISK_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT)
QUEUED_JOBS = "queued_jobs"
"""Key of a session's `info`: the jobs that its transaction has queued."""
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def sqlstate_of(error: BaseException) -> str:
    """Return PostgreSQL's code of an error, whichever layer raised it; nothing when it has none."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def is_retryable(error: BaseException) -> bool:
    """Whether the cause lies in the server or the machine and may be over at the next attempt."""
    broken = isinstance(error, DBAPIError) and error.connection_invalidated
    return (
        broken
        or isinstance(error, CONNECTION_ERRORS)
        or sqlstate_of(error).startswith(RETRYABLE_SQLSTATES)
    )


def is_outage(error: BaseException) -> bool:
    """Whether a server, a connection or a disk failed, and neither a deadline nor the data."""
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError) or is_disk_full(error)
    return is_retryable(error) and not isinstance(error, ValueError)


def is_disk_full(error: BaseException) -> bool:
    """Whether PostgreSQL or the operating system has refused a write for lack of space."""
    refused = isinstance(error, OSError) and error.errno in DISK_FULL_ERRNOS
    return refused or sqlstate_of(error) == DISK_FULL_SQLSTATE


def schema_metadata(schema: str) -> MetaData:
    """Return the metadata of one service: its schema, and names for every constraint."""
    return MetaData(schema=schema, naming_convention=NAMING)


class Database:
    """The connections of one process to its service's schema.

    `territories` bound every transaction that is opened without its own; by default to nothing.
    """

    def __init__(
        self,
        url: str,
        schema: str,
        *,
        pool_size: int = 8,
        territories: Territories = NOWHERE,
    ) -> None:
        self.schema = schema
        self.url = make_url(url)
        self.engine = create_async_engine(
            self.url.set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "server_settings": {
                    "search_path": schema,
                    "application_name": schema,
                    SETTING: territories.regex(),
                    **ABANDONED,
                },
                "timeout": 10,
            },
        )
        event.listen(
            self.engine.sync_engine,
            "connect",
            lambda adapted, _record: _watch_peer(adapted.driver_connection),
        )
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.on_commit: Callable[[Sequence[UUID]], None] | None = None

    @asynccontextmanager
    async def transaction(
        self, territories: Territories | None = None
    ) -> AsyncIterator[AsyncSession]:
        """Give a session whose work is committed at the end, or rolled back on any exception.

        It sees and changes rows of these territories, and takes a connection with its first
        statement.
        After the commit `on_commit` is given the jobs that the transaction queued.
        """
        async with self._sessions() as session:
            if territories is not None:
                bind_when_begun(session, territories)
            yield session
            await session.commit()
            queued = session.info.get(QUEUED_JOBS)
        if queued and self.on_commit is not None:
            self.on_commit(list(dict.fromkeys(queued)))

    @asynccontextmanager
    async def reading(self, territories: Territories | None = None) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one snapshot of these territories and may not write."""
        async with self._sessions() as session:
            await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            if territories is not None:
                await bind(session, territories)
            yield session

    async def listen(self, channel: str, call: Callable[[str], None]) -> None:
        """Call with the payload of every NOTIFY on a channel until the connection ends.

        `call` runs once with an empty payload as soon as the channel is heard, since what was said
        before that moment was missed.
        """
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(dsn, timeout=10)
        _watch_peer(connection)
        closed = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: closed.set())
            await connection.add_listener(channel, lambda *heard: call(str(heard[-1])))
            call("")
            await closed.wait()
        finally:
            await connection.close(timeout=2)

    async def ping(self) -> None:
        """Raise unless the server answers."""
        async with self._sessions() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


def _watch_peer(connection: "asyncpg.Connection[Any]") -> None:
    """Let the kernel end a connection whose host has vanished; else a query waits 15 minutes.

    A server that works long but lives answers the probes; connections by socket file need none.
    """
    # asyncpg has no option for this.
    peer = connection._transport.get_extra_info("socket")  # type: ignore[attr-defined]  # noqa: SLF001 -- see above.
    if peer.family in (socket.AF_INET, socket.AF_INET6):
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in PEER_TIMEOUTS.items():
            if hasattr(socket, option):
                peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


async def driver_connection(session: AsyncSession) -> "asyncpg.Connection[Any]":
    """Return the asyncpg connection under a session, inside its transaction, for COPY.

    The transaction opens with the first statement, so one is sent before the connection is given.
    """
    connection = await session.connection()
    await connection.execute(text("SELECT 1"))
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, asyncpg.Connection):
        raise TypeError("The engine is not asyncpg's.")
    return driver


async def lock(session: AsyncSession, scope: str) -> None:
    """Wait for the advisory lock of a scope and hold it until the transaction ends."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:scope, 0))"), {"scope": scope}
    )
