"""What holds after every fault: one list of counted violations, and documents as their owner's.

`invariants.json` has a question for each invariant; the answer is the number of violations.
"""

import json
from pathlib import Path

import asyncpg

from services.catalogue import NAMES, UPSTREAMS
from tests.journeys.live import LiveSystem

INVARIANTS = json.loads(Path(__file__).with_name("invariants.json").read_text())
ASKED_OF = {"all": NAMES, "upstreams": UPSTREAMS}
DOCUMENTS = (
    ("ratings", "/v1/ratings/rum/2022"),
    ("ratings", "/v1/ratings/rum/2021"),
    ("olympiads", "/v1/olympiads/2022-2023/thresholds"),
)


async def violations(live: LiveSystem) -> list[str]:
    """Return each broken invariant with its count; the system must be idle."""
    found = []
    connection = await asyncpg.connect(live.database.owner_url)
    try:
        for one in INVARIANTS:
            for schema in ASKED_OF.get(one["schemas"], (one["schemas"],)):
                await connection.execute(f"SET search_path = {schema}")
                count = await connection.fetchval(one["violations"])
                if count:
                    found.append(f"{schema}: {one['name']}: {count} violations")
    finally:
        await connection.close()
    return found + await differing_documents(live)


async def differing_documents(live: LiveSystem) -> list[str]:
    """Return the documents of which the gateway says another revision than their owner."""
    found = []
    for service, path in DOCUMENTS:
        served = await live.client.get(path)
        owned = await live.client.get(f"http://127.0.0.1:{live.ports[service]}{path}")
        if served.status_code != owned.status_code or served.json() != owned.json():
            found.append(f"{path}: the gateway serves another document than {service}")
    return found
