"""Failures of the server and of disks: 503 with `Retry-After`, and jobs that outlive them."""

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from asyncpg import DataError, DiskFullError, PostgresIOError, UniqueViolationError
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from sqlalchemy.exc import InternalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.db import driver_connection, is_outage
from shared.errors import Invalid
from shared.settings import Settings
from shared.web import WriteSession, create_service_app
from tests.databases import TestDatabase
from tests.shared.plumbing import SCHEMA, plumbing_url

router = APIRouter(prefix="/v1/plumbing", tags=["plumbing"])


@router.post("/refused/{code}", summary="Отказ сервера с этим кодом")
async def refuse(code: str, session: WriteSession) -> dict[str, str]:
    await session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"))
    return {}


@router.post("/refused-copy/{code}", summary="То же мимо SQLAlchemy")
async def refuse_driver(code: str, session: WriteSession) -> dict[str, str]:
    connection = await driver_connection(session)
    await connection.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$")
    return {}


@router.post("/file", summary="Запись на полный диск")
async def write_file() -> dict[str, str]:
    await asyncio.to_thread(Path("/dev/full").write_text, "x")
    return {}


def make_app(database: TestDatabase) -> FastAPI:
    settings = Settings(
        service=SCHEMA, database_url=plumbing_url(database), redis_url="redis://unused"
    )
    return create_service_app(
        settings, title="Проба", description="Проба.", routers=[router], scopes={}
    )


@pytest.fixture
async def client(database: TestDatabase) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(database)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as opened,
    ):
        yield opened


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("refused/53100", "STORAGE_FULL"),
        ("refused-copy/53100", "STORAGE_FULL"),
        ("file", "STORAGE_FULL"),
        ("refused/53200", "DATABASE_UNAVAILABLE"),
        ("refused/58030", "DATABASE_UNAVAILABLE"),
        ("refused-copy/58030", "DATABASE_UNAVAILABLE"),
        ("refused/57P01", "DATABASE_UNAVAILABLE"),
    ],
)
async def test_an_outage_is_a_503_that_says_when_to_come_back(
    client: httpx.AsyncClient, path: str, code: str
) -> None:
    answer = await client.post(f"/v1/plumbing/{path}")
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0


async def test_a_defect_stays_an_internal_error(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/plumbing/refused/42P01")
    assert (answer.status_code, answer.json()["code"]) == (500, "INTERNAL")


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "full"),
        OSError(errno.EDQUOT, "quota"),
        ConnectionResetError(),
        DiskFullError("said so"),
        PostgresIOError("said so"),
        InternalError("INSERT", {}, DiskFullError("said so")),
        PoolTimeout(),
    ],
    ids=repr,
)
def test_jobs_wait_for_the_end_of_an_outage(error: Exception) -> None:
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "absent"),
        TimeoutError("longer than a job may take"),
        UniqueViolationError("said so"),
        DataError("a value"),
        ValueError("a value"),
        Invalid("a rule"),
    ],
    ids=repr,
)
def test_a_defect_a_deadline_and_a_value_are_no_outage(error: Exception) -> None:
    assert not is_outage(error)
