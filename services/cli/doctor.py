"""Look at a system, say what is wrong with it and what to do."""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import asyncpg

from services.catalogue import SERVICES
from services.cli.checks import database, machine, network, queues
from services.cli.checks.fault import Fault, Installation
from services.cli.database_access import DATABASE, data_path
from services.cli.output import say
from shared.embedded import home_in

CONNECT_SECONDS = 5.0
START = "Start it, or correct DATABASE_URL; `up` starts its own."


def run(_given: argparse.Namespace) -> int:
    """Print each fault with its advice; the exit status is 1 when there are any."""
    faults = asyncio.run(examine(installation_of(os.environ)))
    for fault in faults:
        say(f"{fault.code}  {fault.problem}\n    {fault.advice}")
    say(f"{len(faults)} faults found." if faults else "No fault found.")
    return 1 if faults else 0


def installation_of(environment: Mapping[str, str]) -> Installation:
    """Return where the parts are: by the variables of a deployment, else as `up` has them here."""
    data = data_path()
    local = data.exists()
    keys = environment.get("SERVICE_JWKS_FILE")
    folder = Path(keys).parent if keys else data / "keys"
    return Installation(
        database=environment.get("DATABASE_URL") or _local_database(data),
        redis=environment.get("REDIS_URL") or _local_redis(data),
        services={
            one.name: environment.get(f"{one.name.upper()}_URL")
            or f"http://127.0.0.1:{environment.get(f'{one.name.upper()}_PORT', one.port)}"
            for one in SERVICES
        },
        keys=folder if folder.exists() else None,
        folders=(data.resolve(),) if local else (Path("/tmp"),),  # noqa: S108 -- only its space is asked.
        environment=environment,
    )


def _local_database(data: Path) -> str:
    if not (data / "postgres").exists():
        return f"postgresql://kachestvo@/{DATABASE}?host={data / 'postgres' / 'run'}"
    return f"postgresql://kachestvo@/{DATABASE}?host={home_in(data, 'postgres').sockets}"


def _local_redis(data: Path) -> str:
    if not (data / "valkey").exists():
        return f"unix://{data / 'valkey' / 'run' / 'valkey.sock'}"
    return f"unix://{home_in(data, 'valkey').sockets / 'valkey.sock'}"


async def examine(installation: Installation) -> list[Fault]:
    """Return every fault found, those of this machine first."""
    return [
        *machine.check_settings(installation),
        *machine.check_keys(installation),
        *machine.check_disks(installation),
        *await _examine_database(installation.database),
        *await network.check_redis(installation.redis),
        *await network.check_services(installation.services),
    ]


async def _examine_database(url: str) -> list[Fault]:
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [Fault("DATABASE_UNREACHABLE", f"PostgreSQL does not let us in: {error}", START)]
    checks: tuple[Callable[[database.Connection], Awaitable[list[Fault]]], ...] = (
        database.check_server,
        database.check_revisions,
        database.check_roles,
        queues.check_queues,
        network.check_database_clock,
    )
    try:
        return [fault for check in checks for fault in await _answered(check, connection)]
    finally:
        await connection.close()


async def _answered(
    check: Callable[[database.Connection], Awaitable[list[Fault]]], connection: database.Connection
) -> list[Fault]:
    """Return a check's faults; one that the server refuses to answer is a fault itself."""
    try:
        return await check(connection)
    except asyncpg.PostgresError as error:
        advice = "Give DATABASE_URL of the owner of the schemas, as `migrate` has it."
        return [Fault("DATABASE_REFUSES", f"{check.__name__}: {error}", advice)]
