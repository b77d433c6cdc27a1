"""What `up` needs around it: free ports, and the servers it was given instead of its own."""

import asyncio
import os
import socket
import time
from collections.abc import Mapping, Sequence

import asyncpg

from services.catalogue import SERVICES

PORTS = {service.name: service.port for service in reversed(SERVICES)}
HIGHEST_PORT = 65535
TAKEN_SECONDS = 3.0
ANSWER_SECONDS = 10.0


class PreflightError(RuntimeError):
    """Something around is not as this system needs it; the message names it and the way out."""


async def free_ports(names: Sequence[str] = tuple(PORTS)) -> Mapping[str, int]:
    """Return the port of each service, by default or by `<SERVICE>_PORT`; all of them are free."""
    ports = {name: _port(name, os.environ.get(f"{name.upper()}_PORT")) for name in names}
    for port in ports.values():
        sharing = [name for name in ports if ports[name] == port]
        if len(sharing) > 1:
            raise PreflightError(f"{' and '.join(sharing)} cannot share port {port}.")
    for name, port in ports.items():
        await _require_free(name, port)
    return ports


def _port(name: str, given: str | None) -> int:
    if given is None:
        return PORTS[name]
    if not given.isascii() or not given.isdecimal() or not 0 < int(given) <= HIGHEST_PORT:
        raise PreflightError(
            f"{name.upper()}_PORT is no port: {given!r}; give one of 1…{HIGHEST_PORT}."
        )
    return int(given)


async def _require_free(name: str, port: int) -> None:
    """Raise unless the port can be listened on; a process being killed is waited for."""
    end = time.monotonic() + TAKEN_SECONDS
    while (fault := _listening_fault(port)) is not None:
        if time.monotonic() > end:
            raise PreflightError(
                f"Port {port} of this machine, meant for {name}, cannot be listened on "
                f"({fault}). Choose another: {name.upper()}_PORT=…"
            )
        await asyncio.sleep(0.1)


def _listening_fault(port: int) -> str | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.strerror
    return None


async def require_postgres(url: str) -> None:
    """Raise unless the PostgreSQL that `DATABASE_URL` names lets its user in."""
    try:
        connection = await asyncpg.connect(url, timeout=ANSWER_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise PreflightError(f"PostgreSQL at DATABASE_URL does not let us in: {error}") from error
    await connection.close()


async def require_redis(url: str) -> None:
    """Raise unless the Redis-compatible server that `REDIS_URL` names answers."""
    from shared.notifier import UNAVAILABLE, Notifier  # noqa: PLC0415 -- our own server needs no asking.

    try:
        notifier = await Notifier.connect(url)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await notifier.ping()
        finally:
            await notifier.close()
    except (*UNAVAILABLE, ValueError) as error:
        raise PreflightError(f"The server at REDIS_URL does not answer: {error}") from error
