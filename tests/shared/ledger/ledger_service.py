"""A service with nothing but a ledger, for the tests of the ledger."""

import csv
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared import jobs
from shared.auth import KeyRing, Verifier
from shared.db import Database, schema_metadata
from shared.imports.api import imports_router
from shared.imports.tables import add_import_tables
from shared.ledger.document_store import RECHECK
from shared.ledger.kinds import LEDGER_KINDS
from shared.ledger.recheck import recheck_findings
from shared.ledger.router import ledger_router
from shared.ledger.tables import add_ledger_tables
from shared.plumbing_tables import add_plumbing_tables
from shared.settings import Settings
from shared.web import create_service_app
from shared.worker import JobContext
from tests.databases import TestDatabase
from tests.shared.keys import ISSUER, make_key, public, signed
from tests.shared.plumbing import plumbing_url

SCHEMA = "ledger"
IMPORTS = f"/v1/{SCHEMA}/imports"
FINDINGS = f"/v1/{SCHEMA}/findings"
CLAIMS = f"/v1/{SCHEMA}/claims"
KEY = make_key("ledger")
SCOPES = f"{SCHEMA}:write {SCHEMA}:read"
WRITER = {"authorization": f"Bearer {signed(KEY, scope=SCOPES)}"}
GATEWAY_KEY = make_key("svc:gateway")
GATEWAY = signed(GATEWAY_KEY, iss="svc:gateway", sub="gateway", scope="internal:read")
INTERNAL = {"authorization": f"Bearer {GATEWAY}"}
READER = {"authorization": f"Bearer {signed(KEY, scope=f'{SCHEMA}:read')}"}
DATA = Path(__file__).parents[3] / "services" / "ratings" / "data"
DFO = (
    "44000000 64000000 98000000 08000000 81000000 30000000 10000000 05000000 77000000 76000000"
    " 99000000"
)
FACTS = (
    "document,fact,code,concept,key,members,value,source\n"
    f",group,dfo,,,{DFO},,\n"
    "programme-407,peers,,,,,85,\n"
    "programme-407,scale,,index,,,0;100;1,\n"
    "programme-407,scale,,score,programme=rum;territory=ru,,;;1,\n"
    "programme-407,score_share,,score,programme=rum;territory=ru,,,\n"
    "programme-407,ranking,,,,,range,\n"
)


class Ledger:
    """The running service and its database, with the worker's half run by hand."""

    def __init__(self, client: httpx.AsyncClient, app: FastAPI) -> None:
        self.client = client
        self.db: Database = app.state.db
        self.context = JobContext(self.db, app.state.settings, {}, None)  # type: ignore[arg-type]  # No bell is rung here.

    async def send(
        self, kind: str, body: str | Mapping[str, Any], **query: str
    ) -> Mapping[str, Any]:
        """Import a CSV text or a JSON document and return its report."""
        media = "text/csv" if isinstance(body, str) else "application/json"
        content = body if isinstance(body, str) else json.dumps(body)
        answer = await self.client.post(
            IMPORTS,
            params={"kind": kind, **query},
            content=content.encode(),
            headers={"content-type": media},
        )
        assert answer.status_code in (200, 422), answer.text
        found = answer.json()
        report: Mapping[str, Any] = found.get("report", found)
        return report

    async def work_off(self) -> list[Mapping[str, Any]]:
        """Run every queued recheck and return their results."""
        async with self.db.reading() as session:
            queued = await jobs.list_jobs(session, ["queued"], 100)
        results = []
        for job in queued:
            assert job["kind"] == RECHECK
            results.append(await self._run(job))
        return results

    async def _run(self, job: Mapping[str, Any]) -> Mapping[str, Any]:
        async with self.db.transaction() as session:
            leased = await jobs.lease(session, job["id"], str(uuid4()))
        assert leased is not None
        context = replace(self.context, job=leased)
        await recheck_findings(context, leased.args)
        assert context.result is not None
        return context.result

    async def load(self, *texts: str) -> None:
        """Import files of claims, then judge the documents."""
        for claims in texts:
            report = await self.send("claims", claims)
            assert report["counts"]["rejected"] == 0, report["errors"]
        await self.work_off()

    async def findings(self, **filters: str) -> list[dict[str, Any]]:
        """Return the findings as people get them."""
        answer = await self.client.get(FINDINGS, params={"limit": "1000", **filters})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def clear(self) -> None:
        """Empty every table of the service."""
        async with self.db.transaction() as session:
            tables = ", ".join(f'"{table.name}"' for table in make_metadata().sorted_tables)
            await session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))

    async def rows(self, query: str) -> list[Mapping[str, Any]]:
        """Return what a query finds in the service's schema."""
        async with self.db.reading() as session:
            return [dict(row) for row in (await session.execute(text(query))).mappings()]


def programme_claims() -> Sequence[str]:
    """Return the files of the programme's rating tables."""
    return [path.read_text() for path in sorted(DATA.glob("claims_*.csv"))]


def programme_document() -> dict[str, Any]:
    """Return the same as one JSON document with its groups."""
    claims = [
        {
            "programme": row["scope"],
            "territory": row["territory"] or None,
            "concept": row["concept"],
            "key": dict(part.split("=", 1) for part in row["key"].split(";") if part),
            "raw": row["raw"],
            "document": row["document"],
            "locator": {"line": int(row["line"]), "cell": int(row["cell"]), "table": row["table"]},
        }
        for content in programme_claims()
        for row in csv.DictReader(content.splitlines())
    ]
    return {
        "document": "programme-407",
        "claims": claims,
        "groups": [{"code": "dfo", "territories": DFO.split()}],
        "peers": 85,
        "scales": [
            {"concept": "index", "from": 0, "to": 100, "step": 1},
            {"concept": "score", "key": {"programme": "rum", "territory": "ru"}, "step": 1},
        ],
        "score_share": {"concept": "score", "key": {"programme": "rum", "territory": "ru"}},
        "ranking": "range",
    }


def make_metadata() -> MetaData:
    """Return the tables of a service that has a ledger and nothing else."""
    metadata = schema_metadata(SCHEMA)
    add_plumbing_tables(metadata)
    add_import_tables(metadata)
    add_ledger_tables(metadata)
    return metadata


async def make_ledger(database: TestDatabase) -> str:
    """Create the schema in a test's database and return its address."""
    url = plumbing_url(database)
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    async with engine.begin() as connection:
        await connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
        await connection.run_sync(make_metadata().create_all)
    await engine.dispose()
    return url


async def nobody_revoked(_subject: str, _issued: int) -> bool:
    return False


def make_verifier(settings: Settings, *_: object) -> Verifier:
    ring = KeyRing()
    ring.replace(public(KEY))
    return Verifier(settings, {ISSUER: ring}, nobody_revoked)


@asynccontextmanager
async def serving(url: str, folder: Path) -> AsyncIterator[Ledger]:
    """Run the service with its lifespan and give it to a client that may write."""
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps(public(GATEWAY_KEY)))
    app = create_service_app(
        Settings(
            service=SCHEMA,
            database_url=url,
            redis_url="redis://unused",
            service_jwks_file=jwks,
        ),
        scopes={},
        title="Проба",
        description="Проба книги напечатанных чисел.",
        routers=[imports_router(SCHEMA, LEDGER_KINDS), ledger_router(SCHEMA)],
        verifier=make_verifier,
    )
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://ledger", headers=WRITER, timeout=60
        ) as client:
            yield Ledger(client, app)
