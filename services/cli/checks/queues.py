"""Work that waits, is stuck or was given up: jobs, events, webhook messages, half bodies.

`queues.json` has the questions; each counts rows in one schema, and a fault is any number but 0.
"""

import json
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg

from services.catalogue import UPSTREAMS
from services.cli.checks.fault import Fault
from services.cli.roles import SCHEMAS

Connection: TypeAlias = "asyncpg.Connection[Any]"
QUESTIONS: list[dict[str, str]] = json.loads(Path(__file__).with_name("queues.json").read_text())
ASKED_OF = {"all": SCHEMAS, "upstreams": UPSTREAMS, "gateway": ("gateway",)}


async def check_queues(connection: Connection) -> list[Fault]:
    """Count what is stuck in each schema; a schema that is not there is reported elsewhere."""
    faults = []
    for schema in SCHEMAS:
        if await connection.fetchval("SELECT to_regclass($1)", f"{schema}.job") is None:
            continue
        await connection.execute(f"SET search_path = {schema}")
        for one in QUESTIONS:
            number = 0
            if schema in ASKED_OF[one["schemas"]]:
                number = await connection.fetchval(one["question"])
            if number:
                problem = f"{schema}: {number} {one['meaning']}."
                faults.append(Fault(one["code"], problem, one["advice"]))
    return faults
