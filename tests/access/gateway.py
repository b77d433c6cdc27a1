"""The gateway on a socket: it knows the services' contracts and documents, and reaches none."""

import json
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import text

from services.gateway.app import create_app
from services.gateway.domain.documents import SourceDocument
from services.gateway.http.cache_middleware import DocumentCacheMiddleware
from services.gateway.settings import Settings
from services.gateway.store import documents
from shared.db import Database
from tests.access.callers import OLYMPIADS, RATINGS, TRAINING
from tests.access.matrix import Operation, operations
from tests.databases import TestDatabase
from tests.harness.service import (
    CLIENT_KEY,
    REVOKED,
    SERVICE_KEY,
    UNREACHABLE,
    application,
    jwks_file,
)
from tests.services.gateway.publisher import listening
from tests.shared.keys import public

# A kept connection may be closed by the server while the next request is on its way.
NEW_CONNECTIONS = httpx.Limits(max_keepalive_connections=0)
KEY = text("INSERT INTO signing_key (kid, public) VALUES (:kid, CAST(:public AS jsonb))")
DISABLED = text("""
    INSERT INTO client (id, title, secrets, scopes, enabled, version)
    VALUES (:id, 'revoked', '[]', '{}', false, 1)
""")


def contracts(database: TestDatabase, valkey: str) -> dict[str, Any]:
    """Return the OpenAPI documents of the services."""
    return {
        one.name: application(one.name, one.settings(database, valkey)).openapi()
        for one in (RATINGS, OLYMPIADS, TRAINING)
    }


def open_documents(contract: dict[str, Any]) -> Iterable[str]:
    """Return addresses of open reads, which the gateway then answers from its memory."""
    for operation in operations(contract):
        if operation.method == "GET" and operation.scopes is None:
            yield operation.path


@asynccontextmanager
async def running_gateway(
    database: TestDatabase, valkey: str
) -> AsyncIterator[tuple[httpx.AsyncClient, list[Operation]]]:
    """Give a caller of the gateway and the operations of its merged contract.

    Tokens signed with `CLIENT_KEY` are the gateway's own; every second open read of a service is
    a cached document, what is left is forwarded to a service that does not answer.
    """
    settings = Settings(
        database_url=database.url("gateway"),
        redis_url=valkey,
        service_jwks_file=jwks_file(SERVICE_KEY),
        ratings_url=UNREACHABLE,
        olympiads_url=UNREACHABLE,
        training_url=UNREACHABLE,
        forwards_per_minute=1_000_000,
        poll_seconds=0.2,
        log_level="CRITICAL",
    )
    await prepare(settings, contracts(database, valkey))
    door = create_app(settings)
    assert isinstance(door, DocumentCacheMiddleware)
    app: Any = door.app
    async with (
        listening(door, lifespan="on") as port,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=60, limits=NEW_CONNECTIONS
        ) as http,
    ):
        await app.state.loader.loaded.wait()
        merged = json.loads((await http.get("/openapi.json")).content)
        yield http, [*operations(merged)]


async def prepare(settings: Settings, known: dict[str, Any]) -> None:
    """Store the key of the callers, a disabled client, the services' contracts and documents."""
    db = Database(settings.database_url, "gateway", pool_size=1)
    published = datetime(2022, 12, 1, tzinfo=UTC)
    async with db.transaction() as session:
        key = public(CLIENT_KEY)["keys"][0]
        await session.execute(KEY, {"kid": CLIENT_KEY.kid, "public": json.dumps(key)})
        await session.execute(DISABLED, {"id": REVOKED})
        for name, contract in known.items():
            content = json.dumps(contract).encode()
            await documents.put_part(session, f"openapi:{name}", name, os.urandom(4).hex(), content)
            sources = [
                SourceDocument(path, name, "1", 1, published, b'{"items": []}')
                for path in [*open_documents(contract)][::2]
            ]
            await documents.put(session, sources)
    await db.close()
