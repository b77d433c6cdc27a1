"""Load the programme's own figures the way everybody loads figures: through the gateway.

Each service lists its files in `data/manifest.csv` (`file,kind,parameters`), in posting order. A
busy machine may answer late: a file is sent again under the same key, and has one effect.
"""

import asyncio
import csv
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import asyncpg

from services.catalogue import SERVICES
from services.region import pack_path
from shared.errors import Unavailable
from shared.http import ServiceClient, UpstreamResponse

LOADED = tuple(service.name for service in SERVICES if service.seeded)
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120.0
BUSY = {429, 502, 503, 504}
UNDER_WAY_CODE = b"IDEMPOTENCY_IN_PROGRESS"
UNDER_WAY = ("accepted", "running")
CREATED = 200
ACCEPTED = 202
TYPES = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}


class SeedFailed(RuntimeError):  # noqa: N818 -- the name states the fact.
    """The gateway refused a file of the programme; the message says which and why."""


@dataclass(frozen=True, slots=True)
class SeedFile:
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


def seed_files() -> Iterator[SeedFile]:
    """Yield every file of the region's pack, in order; a service without a manifest has none."""
    for service in LOADED:
        folder = pack_path() / service / "data"
        if not (folder / "manifest.csv").exists():
            continue
        with (folder / "manifest.csv").open(encoding="utf-8", newline="") as manifest:
            for row in csv.DictReader(manifest):
                yield SeedFile(service, folder / row["file"], row["kind"], row["parameters"] or "")


async def already_loaded(owner: str) -> set[tuple[str, str, str]]:
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


async def load(gateway: ServiceClient, token: str, shipment: SeedFile) -> Mapping[str, int]:
    """Post one file and return the counts of its report, waiting for it if it is long."""
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": TYPES[shipment.file.suffix],
        "idempotency-key": uuid4().hex,
    }
    answer = await _retry_while_starting(
        gateway,
        "POST",
        f"/v1/{shipment.service}/imports",
        headers,
        params=shipment.query,
        content=shipment.file.read_bytes(),
    )
    report = await _report(gateway, token, shipment, answer)
    if report["status"] != "done" or report["counts"]["rejected"]:
        told = report["problem"] or (report["error_counts"], report["errors"][:5])
        raise SeedFailed(f"{shipment.file}: {report['status']} {told}")
    counts: Mapping[str, int] = report["counts"]
    return counts


async def _report(
    gateway: ServiceClient, token: str, shipment: SeedFile, answer: UpstreamResponse
) -> Any:
    """Return the final report of a posted file; a large one is worked on for a while."""
    place = answer.headers.get("location", "")
    while answer.status in (CREATED, ACCEPTED):
        report = answer.json()
        if report["status"] not in UNDER_WAY:
            return report
        await asyncio.sleep(POLL_SECONDS)
        answer = await _retry_while_starting(
            gateway, "GET", place, {"authorization": f"Bearer {token}"}
        )
    told = answer.body.decode(errors="replace")[:2000]
    raise SeedFailed(f"{shipment.file} as {shipment.kind}: {answer.status} {told}")


async def _retry_while_starting(
    gateway: ServiceClient,
    method: str,
    path: str,
    headers: Mapping[str, str],
    *,
    params: str | None = None,
    content: bytes | None = None,
) -> UpstreamResponse:
    """Return an answer that is none of a busy system, asking again until patience ends."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            answer = await gateway.request(
                method, path, headers=headers, params=params, content=content
            )
        except Unavailable:
            if time.monotonic() > end:
                raise
        else:
            busy = answer.status in BUSY or UNDER_WAY_CODE in answer.body
            if not busy or time.monotonic() > end:
                return answer
        await asyncio.sleep(POLL_SECONDS)
