"""Ratings as one running service: its application, its worker, callers with scopes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.ratings.app import WORKER, create_app
from services.ratings.settings import Settings
from shared.web.app import run_worker
from tests.databases import TestDatabase
from tests.services.beside import beside
from tests.shared.keys import make_key, public, signed

KEY = make_key("svc:tests")
SCOPES = "ratings:read ratings:write ratings:publish internal:read"
DATA = Path(__file__).parents[3] / "services" / "ratings" / "data"
PATIENCE = 60.0


def bearer(scope: str = SCOPES, subject: str = "tests") -> dict[str, str]:
    token = signed(KEY, iss="svc:tests", sub=subject, scope=scope)
    return {"authorization": f"Bearer {token}"}


def settings_for(database: TestDatabase, valkey: str, folder: Path) -> Settings:
    keys = folder / "jwks.json"
    keys.write_text(json.dumps(public(KEY)))
    return Settings(
        database_url=database.url("ratings"),
        redis_url=valkey,
        service_jwks_file=keys,
        gateway_url="http://127.0.0.1:9",
        poll_seconds=0.2,
        log_level="ERROR",
    )


@dataclass
class Service:
    """A client of the running service that holds every scope."""

    http: httpx.AsyncClient
    settings: Settings

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.http.get(path, **given)

    async def post(self, path: str, body: object = None, **given: Any) -> httpx.Response:
        return await self.http.post(path, json=body, **given)

    async def eventually(
        self, path: str, holds: Callable[[httpx.Response], bool]
    ) -> httpx.Response:
        """Ask until the answer is as wanted; fail when it is not in time."""
        end = time.monotonic() + PATIENCE
        while True:
            answer = await self.get(path)
            if holds(answer):
                return answer
            assert time.monotonic() < end, (answer.status_code, answer.text[:400])
            await asyncio.sleep(0.03)

    async def load(self, kind: str, file: str | bytes, **query: str) -> dict[str, Any]:
        """Import a file of the service's own data, or given bytes, and return the report."""
        content = (DATA / file).read_bytes() if isinstance(file, str) else file
        answer = await self.http.post(
            "/v1/ratings/imports",
            params={"kind": kind, **query},
            content=content,
            headers={"content-type": "text/csv"},
        )
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report


@asynccontextmanager
async def running(
    database: TestDatabase, valkey: str, folder: Path, *, worker: bool = True
) -> AsyncIterator[Service]:
    """Run the application and, beside it, its worker."""
    settings = settings_for(database, valkey, folder)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            httpx.AsyncClient(
                transport=transport, base_url="http://ratings", headers=bearer(), timeout=60
            ) as http,
            beside(run_worker(settings, WORKER) if worker else None),
        ):
            yield Service(http, settings)
