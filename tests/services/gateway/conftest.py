"""A running gateway, web and worker, before three publishers, on real sockets and servers."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.gateway.app import WORKER, create_app
from services.gateway.documents.jobs import synced_at
from services.gateway.http.cache_middleware import DocumentCacheMiddleware
from services.gateway.settings import Settings
from services.gateway.tokens.demo import create_demo
from shared.db import Database
from shared.notifier import Notifier
from shared.web.app import run_worker
from tests.databases import TestDatabase
from tests.harness.service import in_background
from tests.services.gateway.publisher import Publisher, listening
from tests.shared.keys import make_key, public

SERVICES = ("ratings", "olympiads", "training")
PATIENCE = 60.0
ROOT = Path(__file__).parents[3]


@dataclass
class House:
    """The gateway under test and what surrounds it."""

    http: httpx.AsyncClient
    url: str
    door: DocumentCacheMiddleware
    settings: Settings
    db: Database
    publishers: dict[str, Publisher]
    demo: dict[str, str]

    @property
    def ratings(self) -> Publisher:
        return self.publishers["ratings"]

    async def ring(self, service: str) -> None:
        """Ring the gateway's worker as the service's own would."""
        notifier = await Notifier.connect(self.settings.redis_url)
        await notifier.notify("gateway", "pull", service)
        await notifier.close()

    async def token(self, scope: str | None = None) -> str:
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        answer = await self.http.post(
            "/oauth/token", data=form, auth=(self.demo["client_id"], self.demo["client_secret"])
        )
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    async def bearer(self, scope: str | None = None) -> dict[str, str]:
        return {"authorization": f"Bearer {await self.token(scope)}"}


async def until(check: Callable[[], Awaitable[Any]], patience: float = PATIENCE) -> Any:
    """Ask until the answer is true and return it."""
    ends = time.monotonic() + patience
    while True:
        found = await check()
        if found:
            return found
        assert time.monotonic() < ends, "It did not come true in time."
        await asyncio.sleep(0.02)


@pytest.fixture
def publishers() -> dict[str, Publisher]:
    made = {name: Publisher(name) for name in SERVICES}
    made["ratings"].territories = [
        {"oktmo": "08000000", "title": "Хабаровский край", "kind": "region", "parent": "fo-dv"},
        {"oktmo": "08701000", "title": "Хабаровск", "kind": "municipality", "parent": "08000000"},
    ]
    return made


def write_keys(folder: Path) -> tuple[Path, Path]:
    key = make_key("svc:gateway")
    private, jwks = folder / "gateway.json", folder / "jwks.json"
    private.write_text(json.dumps(key.as_dict(private=True)))
    jwks.write_text(json.dumps(public(key)))
    return private, jwks


@pytest.fixture
async def quiet(
    database: TestDatabase, valkey: str, publishers: dict[str, Publisher], tmp_path: Path
) -> AsyncIterator[House]:
    """The gateway without its worker."""
    private, jwks = write_keys(tmp_path)
    secret = tmp_path / "secret.key"
    secret.write_text("a secret key for the tests of the gateway")
    async with AsyncExitStack() as stack:
        ports = {
            name: await stack.enter_async_context(listening(publisher.app()))
            for name, publisher in publishers.items()
        }
        settings = Settings(
            database_url=database.url("gateway"),
            redis_url=valkey,
            service_key_file=private,
            service_jwks_file=jwks,
            secret_key_file=secret,
            webhook_private_networks=True,
            poll_seconds=0.5,
            log_level="ERROR",
            ratings_url=f"http://127.0.0.1:{ports['ratings']}",
            olympiads_url=f"http://127.0.0.1:{ports['olympiads']}",
            training_url=f"http://127.0.0.1:{ports['training']}",
        )
        db = Database(settings.database_url, "gateway", pool_size=2)
        stack.push_async_callback(db.close)
        demo = await create_demo(db)
        door = create_app(settings)
        assert isinstance(door, DocumentCacheMiddleware)
        port = await stack.enter_async_context(listening(door, lifespan="on"))
        url = f"http://127.0.0.1:{port}"
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=20))
        yield House(http, url, door, settings, db, publishers, demo)


@pytest.fixture
async def house(quiet: House) -> AsyncIterator[House]:
    """The gateway with its worker beside it."""
    synced_at.clear()
    async with in_background(run_worker(quiet.settings, WORKER)):
        yield quiet


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the gateway's worker as a process of its own, which can be killed."""
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    environment = {name.upper(): str(value) for name, value in values.items() if is_plain(value)}
    environment |= {"PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services",
        "gateway",
        "--role",
        "worker",
        cwd=ROOT,
        env={**os.environ, **environment},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | Path)
