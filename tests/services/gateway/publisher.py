"""A service as the gateway sees one: documents, parts, events and a few operations, on a socket."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PUBLISHED = datetime(2022, 12, 1, tzinfo=UTC)


@dataclass
class Publisher:
    """What the service holds; tests change it and announce the change."""

    name: str = "ratings"
    documents: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    passport: dict[str, Any] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    territories: list[dict[str, Any]] = field(default_factory=list)
    openapi: dict[str, Any] = field(default_factory=lambda: {"openapi": "3.1.0", "paths": {}})
    events: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    silent: bool = False
    slow: float = 0.0
    contract_answers: list[int] = field(default_factory=list)

    def publish(
        self, path: str, revision: int, content: dict[str, Any], request_id: str | None = None
    ) -> None:
        """Change a document and tell the fact, which a request may have caused."""
        self.documents[path] = (revision, content)
        self.tell([path], revision, request_id)

    def tell(self, paths: list[str], revision: int, request_id: str | None = None) -> None:
        self.events.append(
            {
                "id": str(uuid4()),
                "topic": f"{self.name}.revision_published.v1",
                "subject": paths[0] if paths else "nothing",
                "body": {"revision": revision, "documents": paths},
                "position": len(self.events) + 1,
                "occurred_at": PUBLISHED.isoformat(),
                "request_id": request_id,
            }
        )

    def app(self) -> Any:
        """Return the service; while `silent` it drops every connection."""
        routed = self._routed()

        async def answering(scope: Any, receive: Any, send: Any) -> None:
            if self.silent:
                send.__self__.transport.abort()
                return
            if scope["type"] == "http" and scope["method"] == "POST":
                await asyncio.sleep(self.slow)
            await routed(scope, receive, send)

        return answering

    def _routed(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/internal/events", self._events),
                Route("/internal/documents", self._list),
                Route("/internal/jobs", self._jobs),
                Route("/internal/{part}", self._part),
                Route("/openapi.json", self._openapi),
                Route("/{path:path}", self._answer, methods=["GET", "POST", "PUT", "DELETE"]),
            ]
        )

    async def _events(self, request: Request) -> Response:
        after = int(request.query_params["after"])
        last = len(self.events)
        return JSONResponse({"items": self.events[after : after + 200], "first": 1, "last": last})

    async def _list(self, _request: Request) -> Response:
        items = [
            {"path": path, "version": str(revision), "source_time": PUBLISHED.isoformat()}
            for path, (revision, _) in self.documents.items()
        ]
        return JSONResponse({"items": items})

    async def _jobs(self, request: Request) -> Response:
        asked_for = request.query_params["request_id"]
        items = [
            {name: value for name, value in job.items() if name != "request_id"}
            for job in self.jobs
            if job["request_id"] == asked_for
        ]
        return JSONResponse({"items": items})

    async def _part(self, request: Request) -> Response:
        parts: dict[str, Any] = {
            "passport": {"parts": self.passport},
            "findings": {"revision": 1, "items": self.findings},
            "territories": {"items": self.territories},
        }
        return JSONResponse(parts[request.path_params["part"]])

    async def _openapi(self, request: Request) -> Response:
        content = json.dumps(self.openapi).encode()
        tag = f'"{hashlib.sha256(content).hexdigest()}"'
        known = request.headers.get("if-none-match") == tag
        self.contract_answers.append(304 if known else 200)
        if known:
            return Response(status_code=304, headers={"ETag": tag})
        return Response(content, headers={"ETag": tag}, media_type="application/json")

    async def _answer(self, request: Request) -> Response:
        body = await request.body()
        self.seen.append((request.method, asked(request), dict(request.headers), body))
        if request.method != "GET":
            return JSONResponse({"received": len(body)}, 201, {"X-Own": "1"})
        found = self.documents.get(request.url.path)
        if found is None:
            return JSONResponse({"code": "NOT_FOUND"}, 404)
        content = json.dumps(found[1], ensure_ascii=False).encode()
        headers = {
            "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
            "Last-Modified": format_datetime(PUBLISHED, usegmt=True),
            "Kachestvo-Revision": str(found[0]),
        }
        return Response(content, headers=headers, media_type="application/json")


def asked(request: Request) -> str:
    """Return what was asked for, its query included."""
    path, query = request.scope["path"], request.scope["query_string"].decode()
    return f"{path}?{query}" if query else path


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    @property
    def port(self) -> int:
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port


@asynccontextmanager
async def listening(
    app: Any, *, port: int = 0, lifespan: Literal["on", "off"] = "off"
) -> AsyncIterator[int]:
    """Serve an application on a loopback port while the block runs, and give the port."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http="httptools",
        lifespan=lifespan,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            task.result()
            raise RuntimeError("The server ended before it started.")
        await asyncio.sleep(0.005)
    try:
        yield server.port
    finally:
        server.should_exit = True
        await task
