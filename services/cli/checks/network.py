"""Valkey, the services and everybody's clocks."""

import asyncio
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import asyncpg

from services.cli.checks.fault import Fault
from shared.errors import Unavailable
from shared.http import ServiceClient
from shared.notifier import UNAVAILABLE, Notifier

PATIENCE_SECONDS = 5.0
SKEW_SECONDS = 30
OK = 200
SYNCHRONISE = "Synchronise the clocks (chrony, systemd-timesyncd): tokens live five minutes."


async def check_redis(url: str) -> list[Fault]:
    """Find a queue server that does not answer."""
    try:
        notifier = await Notifier.connect(url)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await notifier.ping()
        finally:
            await notifier.close()
    except (*UNAVAILABLE, ValueError) as error:
        advice = "Start it: until then work is found within 2 s and limits are counted apart."
        return [Fault("REDIS_UNREACHABLE", f"REDIS_URL does not answer: {error}", advice)]
    return []


async def check_services(addresses: Mapping[str, str]) -> list[Fault]:
    """Find services that do not answer and those whose clock differs from this machine's."""
    found = await asyncio.gather(*(_service(name, url) for name, url in addresses.items()))
    return [fault for faults in found for fault in faults]


async def _service(name: str, url: str) -> list[Fault]:
    client = ServiceClient(name, url, seconds=PATIENCE_SECONDS)
    try:
        answer = await client.get("/healthz")
    except Unavailable as error:
        advice = "Start it; its log says why it ended. Documents are still served by the gateway."
        return [Fault("SERVICE_DOWN", f"{name} at {url}: {error.detail}", advice)]
    finally:
        await client.close()
    if answer.status != OK:
        advice = "Is this address really the service's?"
        return [Fault("SERVICE_DOWN", f"{name} at {url} answers {answer.status}.", advice)]
    told = answer.headers.get("date")
    return [] if told is None else skew(name, parsedate_to_datetime(told).timestamp())


async def check_database_clock(connection: "asyncpg.Connection[Any]") -> list[Fault]:
    """Find a PostgreSQL whose clock differs from this machine's."""
    told = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
    return skew("PostgreSQL", told)


def skew(name: str, told: float) -> list[Fault]:
    """Return the fault of a clock that is further off than a slow answer explains."""
    ahead = round(told - time.time())
    if abs(ahead) <= SKEW_SECONDS:
        return []
    side = "ahead of" if ahead > 0 else "behind"
    return [Fault("CLOCK_SKEW", f"{name} is {abs(ahead)} s {side} this machine.", SYNCHRONISE)]
