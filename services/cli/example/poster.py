"""Post the example's parts to the gateway as any client would."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from services.cli.seed_client import SeedFailed
from shared.http import ServiceClient, UpstreamResponse

Row = Mapping[str, object]
ATTEMPTS, PAUSE = 60, 0.5
WAITING = {202, 429, 502, 503, 504}
LAST_SUCCESS, EXISTS = 299, 409


@dataclass(frozen=True, slots=True)
class Poster:
    """A client with a token of the demo client."""

    gateway: ServiceClient
    token: str

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        etag: str | None = None,
        actor: str | None = None,
    ) -> UpstreamResponse:
        """Send one request and return its answer, waiting out a busy system.

        What exists already (409) is returned like a success. Raises SeedFailed with the answer
        where the system refuses.
        """
        headers = {
            "authorization": f"Bearer {self.token}",
            "content-type": "application/json",
            "idempotency-key": uuid4().hex,
        }
        if etag is not None:
            headers["if-match"] = etag
        if actor is not None:
            headers["kachestvo-actor"] = actor
        place, _, query = path.partition("?")
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        for _attempt in range(ATTEMPTS):
            answer = await self.gateway.request(
                method, place, headers=headers, params=query or None, content=sent
            )
            if answer.status not in WAITING:
                break
            if answer.status == 202 and "location" in answer.headers:  # noqa: PLR2004 -- Accepted.
                method, place, query, sent = "GET", answer.headers["location"], "", None
            await asyncio.sleep(PAUSE)
        if answer.status > LAST_SUCCESS and answer.status != EXISTS:
            told = answer.body.decode(errors="replace")[:600]
            raise SeedFailed(f"{method} {path}: {answer.status} {told}")
        return answer

    async def load(self, service: str, kind: str, rows: Sequence[Row]) -> None:
        """Import rows of a kind and wait for the report."""
        answer = await self.call("POST", f"/v1/{service}/imports?kind={kind}", list(rows))
        report: Any = answer.json()
        while report["status"] in ("accepted", "running"):
            await asyncio.sleep(PAUSE)
            report = (await self.call("GET", f"/v1/{service}/imports/{report['id']}")).json()
        if report["status"] != "done":
            raise SeedFailed(f"{service} {kind}: {report['errors'][:3] or report['problem']}")
