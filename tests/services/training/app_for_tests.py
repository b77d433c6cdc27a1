"""The training service in a test: its real application on a fresh database, with tokens."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import httpx
from fastapi import FastAPI

from services.training.settings import Settings
from shared.auth import KeyRing, Verifier
from tests.databases import TestDatabase
from tests.harness.service import application, jwks_file
from tests.shared.keys import ISSUER, make_key, public, signed

KEY = make_key("test")
ALL = "training:read training:write training:publish training:act_as"


def token(scope: str = ALL, **claims: object) -> dict[str, str]:
    return {"authorization": f"Bearer {signed(KEY, scope=scope, **claims)}"}


async def nobody_revoked(_subject: str, _issued: int) -> bool:
    return False


INTERNAL_KEY = make_key("svc:gateway")


@cache
def settings_of(database: TestDatabase, keys: Path | None = None) -> Settings:
    return Settings(
        database_url=database.url("training"),
        redis_url="unix:///nowhere",
        service_jwks_file=keys,
    )


def internal_token() -> dict[str, str]:
    claims = {"iss": "svc:gateway", "scope": "internal:read"}
    return {"authorization": f"Bearer {signed(INTERNAL_KEY, **claims)}"}


@asynccontextmanager
async def serving(database: TestDatabase) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    settings = settings_of(database, jwks_file(INTERNAL_KEY))
    app = application("training", settings)
    async with running(app, settings) as client:
        yield app, client


@asynccontextmanager
async def running(app: FastAPI, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        ring = KeyRing()
        ring.replace(public(KEY))
        app.state.verifier = Verifier(settings, {ISSUER: ring}, nobody_revoked)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://training", headers=token()
        ) as client:
            yield client


def faults(answer: httpx.Response) -> Mapping[str, str]:
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}
