"""One running service: its application, its worker in the same process, callers with scopes."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from services.catalogue import NAMES
from shared.auth import KeyRing, Verifier
from shared.db import Database
from shared.web.app import run_worker
from tests.databases import TestDatabase
from tests.shared.keys import make_key, public, signed

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
SERVICE_KEY, CLIENT_KEY = make_key("svc:tests"), make_key("client")
INTERNAL = "internal:read"
REVOKED = "revoked-client"
"""The subject whose tokens the gateway has revoked."""
UNREACHABLE = "http://127.0.0.1:9"
BUSY = text(
    "SELECT count(*) FROM job WHERE state = 'running'"
    " OR (state = 'queued' AND run_after <= clock_timestamp())"
)


@dataclass(frozen=True, slots=True)
class ServiceUnderTest:
    """A service by its name, and the scopes that its ordinary caller holds."""

    name: str
    scopes: str

    @property
    def data(self) -> Path:
        """The folder of the programme's figures."""
        return ROOT / "services" / self.name / "data"

    def bearer(self, scope: str | None = None, subject: str = "tests") -> dict[str, str]:
        """Return the headers of a caller; every scope unless one is named.

        What services alone may read is asked for by a service's token, the rest by a client's.
        """
        granted = self.scopes if scope is None else scope
        if granted == INTERNAL:
            token = signed(SERVICE_KEY, iss="svc:tests", sub=subject, scope=granted)
        else:
            token = signed(CLIENT_KEY, sub=subject, scope=granted)
        return {"authorization": f"Bearer {token}"}

    @cache  # noqa: B019 -- a service under test lives as long as the run.
    def settings(self, database: TestDatabase, valkey: str) -> Any:
        """Return settings for the database and Valkey; other services are out of reach."""
        return import_module(f"services.{self.name}.settings").Settings(
            database_url=database.url(self.name),
            redis_url=valkey,
            service_jwks_file=jwks_file(SERVICE_KEY),
            **{f"{name}_url": UNREACHABLE for name in NAMES if name != self.name},
            poll_seconds=0.2,
            log_level="ERROR",
        )

    @asynccontextmanager
    async def running(
        self, database: TestDatabase, valkey: str, *, worker: bool = True
    ) -> AsyncIterator["Service"]:
        """Run the application and its worker; leave when no job is queued or running."""
        module = import_module(f"services.{self.name}.app")
        settings = self.settings(database, valkey)
        app = application(self.name, settings)
        async with (
            app.router.lifespan_context(app),
            trusting_clients(app, settings),
            self._client(app) as http,
            in_background(run_worker(settings, module.WORKER) if worker else None),
        ):
            yield Service(http, settings, self)
            if worker:
                await wait_until_idle(app.state.db)

    def _client(self, app: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=f"http://{self.name}",
            auth=self._authorize,
            timeout=60,
        )

    def _authorize(self, request: httpx.Request) -> httpx.Request:
        """Add the token that fits the path, unless the test gave one."""
        if "authorization" not in request.headers:
            internal = request.url.path.startswith("/internal")
            request.headers.update(self.bearer(INTERNAL if internal else None))
        return request


@dataclass
class Service:
    """A client of the running service that holds every scope."""

    http: httpx.AsyncClient
    settings: Any
    under_test: ServiceUnderTest

    async def get(self, path: str, **given: Any) -> httpx.Response:
        return await self.http.get(path, **given)

    async def post(self, path: str, body: object = None, **given: Any) -> httpx.Response:
        return await self.http.post(path, json=body, **given)

    async def eventually(
        self, path: str, holds: Callable[[httpx.Response], bool]
    ) -> httpx.Response:
        """Ask until the answer is as wanted; fail when it is not in time."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = await self.get(path)
            if holds(answer):
                return answer
            assert time.monotonic() < end, (answer.status_code, answer.text[:400])
            await asyncio.sleep(0.03)

    async def load(self, kind: str, file: str | bytes, **query: str) -> dict[str, Any]:
        """Import a file of the service's own data, or given bytes; return the report.

        The report of a rejected file stands inside the problem that refuses it.
        """
        content = (self.under_test.data / file).read_bytes() if isinstance(file, str) else file
        answer = await self.http.post(
            f"/v1/{self.under_test.name}/imports",
            params={"kind": kind, **query},
            content=content,
            headers={"content-type": "text/csv"},
        )
        assert answer.status_code in (200, 422), answer.text
        found = answer.json()
        report: dict[str, Any] = found if answer.status_code == 200 else found["report"]
        return report


_APPLICATIONS: dict[tuple[str, str], FastAPI] = {}
_FOLDER = tempfile.TemporaryDirectory(prefix="kachestvo-keys-")


def application(service: str, settings: Any) -> FastAPI:
    """Return the service's application; one that was made for equal settings is used again.

    What a running application holds is opened by its lifespan, so nothing passes from test to
    test but its routes.
    """
    key = (service, repr(settings.model_dump()))
    if key not in _APPLICATIONS:
        module = import_module(f"services.{service}.app")
        _APPLICATIONS[key] = module.create_app(settings)
    return _APPLICATIONS[key]


def jwks_file(key: Any) -> Path:
    """Return a file with the public half of a key, the same one for the whole run."""
    file = Path(_FOLDER.name) / f"{key.kid}.json"
    if not file.exists():
        file.write_text(json.dumps(public(key)))
    return file


@asynccontextmanager
async def trusting_clients(app: Any, settings: Any) -> AsyncIterator[None]:
    """Let the service know the key of its clients, which it would ask the gateway for."""
    ring = KeyRing()
    ring.replace(public(CLIENT_KEY))
    app.state.verifier = Verifier(settings, {settings.issuer: ring}, is_revoked)
    yield


async def is_revoked(subject: str, _issued: int) -> bool:
    return subject == REVOKED


@asynccontextmanager
async def in_background(work: Awaitable[None] | None) -> AsyncIterator[None]:
    """Run the background half of a service, if any, in this process while the block runs."""
    task = None if work is None else asyncio.ensure_future(work)
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def wait_until_idle(db: Database) -> None:
    """Wait until no job is queued or running, so that the worker can be stopped cleanly."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        async with db.reading() as session:
            if not (await session.execute(BUSY)).scalar_one():
                return
        await asyncio.sleep(0.02)
