"""A service that takes two kinds of data in, for the tests of imports."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import polars as pl
from fastapi import FastAPI
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from shared.auth import KeyRing, Verifier
from shared.db import Database, schema_metadata
from shared.events import Topic
from shared.imports.api import imports_router
from shared.imports.columns import Check, Column, Context, Layout, RowDefect, Type
from shared.imports.import_types import ImportKind, ImportRun
from shared.imports.jobs import import_jobs, tidy_imports
from shared.imports.tables import add_import_tables
from shared.outbox import emit
from shared.plumbing_tables import add_plumbing_tables
from shared.settings import Settings
from shared.worker import WorkerSpec
from tests.databases import TestDatabase
from tests.shared.keys import ISSUER, make_key, public, signed
from tests.shared.plumbing import plumbing_url

SCHEMA = "plumbing"
PATH = f"/v1/{SCHEMA}/imports"
KEY = make_key("imports")
SCOPES = f"{SCHEMA}:write {SCHEMA}:read"
WRITER = {"authorization": f"Bearer {signed(KEY, scope=SCOPES)}"}
OTHER = {"authorization": f"Bearer {signed(KEY, scope=SCOPES, sub='client-2')}"}
TABLES = (
    """CREATE TABLE plumbing.reading (
        programme text COLLATE "C" NOT NULL, period text COLLATE "C" NOT NULL,
        territory text COLLATE "C" NOT NULL, indicator text COLLATE "C" NOT NULL,
        value text, status text, source_document text, source_locator text,
        known_from timestamptz NOT NULL, known_to timestamptz NOT NULL,
        import_id uuid NOT NULL, import_row integer NOT NULL,
        PRIMARY KEY (programme, period, territory, indicator, known_to))""",
    """CREATE TABLE plumbing.score (
        participant text NOT NULL, points numeric, tenths bigint, taken date, flags jsonb,
        known_from timestamptz NOT NULL, known_to timestamptz NOT NULL,
        import_id uuid NOT NULL, import_row integer NOT NULL,
        PRIMARY KEY (participant, known_to))""",
    "CREATE TABLE plumbing.territory (code text PRIMARY KEY)",
    "INSERT INTO plumbing.territory VALUES ('08000000'), ('99000000'), ('44000000')",
)


def reading_checks(context: Context) -> Sequence[Check]:
    known = pl.col("territory").is_in(context["territories"])
    return [Check("UNKNOWN_TERRITORY", "territory", "Нет такой территории.", ~known)]


async def reading_context(session: AsyncSession, _part: Mapping[str, str]) -> Context:
    found = await session.execute(text("SELECT code FROM territory"))
    return {"territories": [code for (code,) in found]}


async def announce(session: AsyncSession, run: ImportRun) -> None:
    affected = sorted(t for t in run.affected_keys if None not in t)
    body = {"revision": run.revision, "affected": affected, "extras": dict(run.extras)}
    await emit(session, READINGS_CHANGED, run.kind, body)


READINGS_CHANGED = Topic("plumbing.readings_changed", 1, "Изменились показания")
READINGS = Layout(
    columns=(
        Column(name="programme", title="Программа", example="rum", aliases=("season",)),
        Column(name="period", title="Период", pattern=r"\d{4}(-\d{4})?", example="2022"),
        Column(name="territory", title="Территория", pattern=r"\d{8}", example="08000000"),
        Column(name="indicator", title="Показатель", example="1.1", explanation="код показателя"),
        Column(name="value", title="Значение", type=Type.FIGURE, required=False, example="99"),
        Column(
            name="status",
            title="Состояние",
            required=False,
            choices=("missing", "not_applicable"),
        ),
        Column(name="source.document", title="Документ", required=False),
        Column(name="source.locator", title="Место в документе", required=False),
    ),
    key=("programme", "period", "territory", "indicator"),
    checks=reading_checks,
    extras=("groups",),
    affected_keys=("programme", "period"),
)
READING_KIND = ImportKind(
    code="readings",
    title="Наблюдения",
    layout=READINGS,
    table="reading",
    context=reading_context,
    on_committed_rows=announce,
    slices=("programme", "period"),
)


def score_rule(row: Mapping[str, str | None], _context: Context) -> list[RowDefect]:
    if row["participant"] == "p13":
        return [RowDefect("participant", "UNLUCKY", "Такого участника нет.")]
    return []


def with_tenths(frame: pl.DataFrame, _context: Context) -> pl.DataFrame:
    points = pl.col("points").cast(pl.Decimal(18, 3))
    return frame.with_columns(tenths=(points * 10).cast(pl.Int64))


SCORES = Layout(
    columns=(
        Column(name="participant", title="Участник", max_length=20),
        Column(name="points", title="Баллы", type=Type.DECIMAL, required=False, low=0, high=100),
        Column(name="taken", title="Дата", type=Type.DATE, required=False),
        Column(name="flags", title="Признаки", type=Type.OBJECT, required=False),
    ),
    key=("participant",),
    row_rule=score_rule,
    derive=with_tenths,
)
SCORE_KIND = ImportKind(code="scores", title="Баллы", layout=SCORES, table="score")
KINDS = (READING_KIND, SCORE_KIND)
WORKER = WorkerSpec(SCHEMA, jobs=import_jobs(KINDS), periodic=((900.0, tidy_imports),))


def sample_metadata() -> MetaData:
    metadata = schema_metadata(SCHEMA)
    add_plumbing_tables(metadata)
    add_import_tables(metadata)
    return metadata


async def create_sample_tables(database: TestDatabase) -> str:
    """Create the schema in a test's database; return the address of it."""
    url = plumbing_url(database)
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        await connection.run_sync(sample_metadata().create_all)
        for statement in TABLES:
            await connection.execute(text(statement))
    await engine.dispose()
    return url


async def nobody_revoked(_subject: str, _issued: int) -> bool:
    return False


def make_verifier(settings: Settings, *_: object) -> Verifier:
    ring = KeyRing()
    ring.replace(public(KEY))
    return Verifier(settings, {ISSUER: ring}, nobody_revoked)


def make_app(url: str) -> FastAPI:
    from shared.web import create_service_app  # noqa: PLC0415 -- the reading child needs no web.

    settings = Settings(service=SCHEMA, database_url=url, redis_url="redis://unused")
    return create_service_app(
        settings,
        scopes={},
        title="Проба",
        description="Проба загрузки данных.",
        routers=[imports_router(SCHEMA, KINDS)],
        verifier=make_verifier,
    )


@asynccontextmanager
async def serving(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Run the application with its lifespan and give a client that writes."""
    app = make_app(url)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://sample", headers=WRITER, timeout=60
        ) as client:
            yield client


async def rows(url: str, query: str) -> list[Mapping[str, Any]]:
    """Return what a query finds."""
    db = Database(url, SCHEMA)
    async with db.reading() as session:
        found: list[Mapping[str, Any]] = [
            dict(r) for r in (await session.execute(text(query))).mappings()
        ]
    await db.close()
    return found
