"""Load the programme's own figures the way everybody loads figures: through the gateway.

Each service lists its files in `data/manifest.csv` (`file,kind,parameters`), in posting order.
"""

import asyncio
import csv
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import asyncpg
import stamina

from services.console.local import ROOT
from shared.errors import Unavailable
from shared.http import Answer, ServiceClient

LOADED = ("ratings", "olympiads", "training")
POLL_SECONDS = 0.2
CREATED = 200
ACCEPTED = 202
NOT_YET = frozenset({409, 429, 503})
PATIENCE_SECONDS = 120
TYPES = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


class LoadingFailed(RuntimeError):  # noqa: N818 -- the name states the fact.
    """The gateway refused a file of the programme; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One file to be posted: to whom, as what kind, with which further parameters."""

    service: str
    file: Path
    kind: str
    parameters: str

    @property
    def mark(self) -> tuple[str, str, str]:
        """Return what its import is known by afterwards."""
        return self.service, self.kind, sha256(self.file.read_bytes()).hexdigest()

    @property
    def query(self) -> str:
        """Return the query string of its import."""
        return "&".join(part for part in (urlencode({"kind": self.kind}), self.parameters) if part)


def shipments() -> Iterator[Shipment]:
    """Yield every file of every manifest, in order."""
    for service in LOADED:
        folder = ROOT / "services" / service / "data"
        with (folder / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
            for row in csv.DictReader(manifest):
                yield Shipment(service, folder / row["file"], row["kind"], row["parameters"] or "")


async def loaded_before(owner: str) -> set[tuple[str, str, str]]:
    """Return (service, kind, SHA-256) of every file that the services have taken in.

    Such a file is not posted again: it would undo corrections made since.
    """
    connection = await asyncpg.connect(owner)
    try:
        return {
            (service, row["kind"], row["sha256"])
            for service in LOADED
            for row in await connection.fetch(
                f"SELECT kind, sha256 FROM {service}.import_run"  # noqa: S608 -- our own schemas' names.
                " WHERE status = 'done' AND NOT dry_run"
            )
        }
    finally:
        await connection.close()


async def token_of(gateway: ServiceClient, client: Mapping[str, str]) -> str | None:
    """Return an access token of a client, or None when the gateway does not know it."""
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
        }
    )
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await gateway.request("POST", "/oauth/token", headers=headers, content=form.encode())
    if answer.status != CREATED:
        return None
    token: str = answer.json()["access_token"]
    return token


async def load(gateway: ServiceClient, token: str, shipment: Shipment) -> Mapping[str, int]:
    """Post one file and return the counts of its report, waiting for it if it is long."""
    answer = await _post(gateway, token, shipment)
    report = await _report(gateway, token, shipment, answer)
    counts: Mapping[str, int] = report["counts"]
    if counts["rejected"]:
        raise LoadingFailed(f"{shipment.file}: {report['error_counts']} {report['errors'][:5]}")
    return counts


async def _post(gateway: ServiceClient, token: str, shipment: Shipment) -> Answer:
    """Post until there is an answer: on a busy machine one may come after the deadline.

    The key makes a repeated request wait for the first one and give its answer.
    """
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": TYPES[shipment.file.suffix],
        "idempotency-key": secrets.token_hex(16),
    }
    body = shipment.file.read_bytes()
    path = f"/v1/{shipment.service}/imports"
    retries = stamina.retry_context(
        on=Unavailable, attempts=None, timeout=PATIENCE_SECONDS, wait_initial=0.5
    )
    async for attempt in retries:
        with attempt:
            answer = await gateway.request(
                "POST", path, params=shipment.query, headers=headers, content=body
            )
            if answer.status in NOT_YET:
                raise Unavailable("NOT_YET", f"{path}: {answer.status}")
    return answer


async def _report(gateway: ServiceClient, token: str, shipment: Shipment, answer: Answer) -> Any:
    while answer.status == ACCEPTED:
        await asyncio.sleep(POLL_SECONDS)
        answer = await gateway.get(
            answer.headers["location"], headers={"authorization": f"Bearer {token}"}
        )
    if answer.status != CREATED:
        told = answer.body.decode(errors="replace")[:2000]
        raise LoadingFailed(f"{shipment.file} as {shipment.kind}: {answer.status} {told}")
    return answer.json()
