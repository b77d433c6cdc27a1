"""The gateway's application: document cache, then framework; and its worker."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Route, request_response
from starlette.types import ASGIApp

from services.catalogue import SCOPES
from services.gateway.api import (
    admin,
    catalogue,
    changes,
    erasures,
    explanations,
    explorer,
    me,
    oauth,
    operations,
    page,
    public,
    traces,
    webhooks,
)
from services.gateway.audit_anchors import anchor_audit
from services.gateway.documents.cache import DocumentCache
from services.gateway.documents.cache_sync import CacheSync
from services.gateway.documents.jobs import (
    COMPOSE,
    PARTS,
    REFRESH,
    SYNC,
    compose_documents,
    on_published,
    refresh_documents,
    refresh_parts,
    sync_due,
    sync_service,
)
from services.gateway.documents.upstream_status import watch_upstreams
from services.gateway.domain.deprecations import Registry
from services.gateway.domain.findings import SERVICES
from services.gateway.domain.routing import Operation
from services.gateway.erasures import ERASED, on_person_erased
from services.gateway.errors import TOKEN_ERRORS
from services.gateway.events.hub import Hub
from services.gateway.http.bulkhead import Bulkhead
from services.gateway.http.cache_fallback import DocumentResponder
from services.gateway.http.cache_middleware import DocumentCacheMiddleware
from services.gateway.http.cost_limit import CostLimiter
from services.gateway.http.cross_origin import EXPOSED, OPEN_FIELDS, OpenReadPreflight
from services.gateway.http.deprecation_headers import DeprecationHeaders
from services.gateway.http.gcra import GcraLimiter
from services.gateway.http.method_not_allowed import tell_methods
from services.gateway.http.middleware import RequestGuard
from services.gateway.http.proxy import forward
from services.gateway.http.rate_limits import RateLimiter, close_storage, redis_storage
from services.gateway.http.request_log import RequestLog
from services.gateway.jobs import destroy_keys, measure
from services.gateway.listeners import EveryTopic
from services.gateway.measurements import DocumentCounts
from services.gateway.openapi.catalogue import OpenApi
from services.gateway.openapi.costs import read_costs
from services.gateway.openapi.deprecations import read_deprecations
from services.gateway.retention import GATEWAY_RETENTION
from services.gateway.settings import Settings
from services.gateway.store import signing_keys
from services.gateway.tokens.cost_quotas import CostQuotas
from services.gateway.tokens.revocations import OwnRevocations
from services.gateway.webhooks.delivery import Deliverer
from shared.auth import KeyRing, Verifier
from shared.db import Database
from shared.http import ServiceClient
from shared.settings import Settings as SharedSettings
from shared.web import create_service_app
from shared.web.app import external_key_rings
from shared.worker import WorkerSpec

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]

LOOK_EVERY = 5.0
KEY_KEPT_SECONDS = 1800
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
REACH_EVERY = 15.0
DELIVER_EVERY = 0.5
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
WORKER = WorkerSpec(
    service="gateway",
    jobs={
        REFRESH: refresh_documents,
        PARTS: refresh_parts,
        SYNC: sync_service,
        COMPOSE: compose_documents,
    },
    listeners=EveryTopic(on_published, {ERASED: on_person_erased}),
    sources=SERVICES,
    consumers=SERVICES,
    retention=GATEWAY_RETENTION,
    periodic=(
        (LOOK_EVERY, sync_due),
        (REACH_EVERY, watch_upstreams),
        (DELIVER_EVERY, Deliverer().look),
        (REACH_EVERY, destroy_keys),
        (LOOK_EVERY, anchor_audit),
        (REACH_EVERY, measure),
    ),
)


def create_app(settings: Settings, deprecated: Registry | None = None) -> ASGIApp:
    """Return the gateway's ASGI application: documents in front, FastAPI behind.

    `deprecated` is the registry of operations on their way out, the data file's by default.
    """
    app = create_service_app(
        settings,
        scopes=SCOPES,
        title="Качество образования: открытый API",
        description="Единственная дверь системы.",
        routers=[
            public.router,
            explanations.reads,
            catalogue.router,
            changes.router,
            webhooks.router,
            oauth.router,
            me.router,
            oauth.internal,
            admin.router,
            operations.router,
            erasures.router,
            erasures.internal,
            traces.router,
        ],
        verifier=own_verifier,
    )
    _replace_own_routes(app)
    forwarding = RequestBodyLimitMiddleware(request_response(forward), settings.import_max_bytes)
    for service in SERVICES:
        path = f"/v1/{service}/{{rest:path}}"
        app.router.routes.append(Route(path, forwarding, methods=METHODS, name=service))
    app.add_exception_handler(405, tell_methods)
    for refusal in TOKEN_ERRORS:
        app.add_exception_handler(refusal, oauth.refuse_token)
    fields = [HSTS] if settings.hsts else []
    app.add_middleware(RequestGuard, fields=fields)
    app.state.costs = read_costs()
    app.state.deprecated = read_deprecations() if deprecated is None else deprecated
    document_fields = [*fields, *OPEN_FIELDS]
    memory = DocumentCache(settings.document_memory_bytes)
    bucket = GcraLimiter("documents", settings.documents_per_minute, 60)
    slow = DocumentResponder(memory, bucket, app, document_fields)
    app.router.lifespan_context = _beside(app, app.router.lifespan_context, slow)
    cached = DocumentCacheMiddleware(memory, bucket, slow, app, document_fields)
    app.state.measurements.registry.register(DocumentCounts(cached.counters))
    return _allow_origins(_announce(cached, app), settings)


def _announce(door: DocumentCacheMiddleware, app: FastAPI) -> ASGIApp:
    """Say the end of deprecated operations; without any nothing is added."""
    if not app.state.deprecated:
        return door

    def operation_at(method: str, path: str) -> Operation | None:
        document: OpenApi = app.state.openapi_document
        return document.operation_at(method, path)

    return DeprecationHeaders(door, app.state.deprecated, operation_at)


def _replace_own_routes(app: FastAPI) -> None:
    """Put the gateway's own document and readiness before the shared ones.

    The gateway gives nobody a job of its own, so it has no job resource either.
    """
    app.router.routes[:] = [route for route in app.router.routes if not _is_replaced(route)]
    app.include_router(explorer.router)
    app.router.routes.insert(0, app.router.routes.pop())
    app.include_router(page.router)
    app.include_router(explanations.router)


def _is_replaced(route: BaseRoute) -> bool:
    included = getattr(route, "original_router", None)
    prefix = getattr(included, "prefix", "")
    return getattr(route, "path", None) == "/openapi.json" or prefix == "/v1/gateway/jobs"


def _allow_origins(door: ASGIApp, settings: Settings) -> ASGIApp:
    """Let pages of the set origins write and send tokens; open reads need no setting."""
    if not settings.cors_origins:
        return door
    named = CORSMiddleware(
        door,
        allow_origins=settings.cors_origins,
        allow_methods=METHODS,
        allow_headers=["*"],
        expose_headers=list(EXPOSED),
        max_age=600,
    )
    return OpenReadPreflight(named)


def _beside(app: FastAPI, framework: Lifespan, slow: DocumentResponder) -> Lifespan:
    """Wrap the framework's lifespan: what the gateway runs next to its requests."""

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[None]:
        async with framework(running):
            settings: Settings = app.state.settings
            fill_state(app, settings, slow)
            tasks = [
                asyncio.create_task(app.state.loader.run()),
                asyncio.create_task(app.state.request_log.run()),
                asyncio.create_task(app.state.hub.run()),
            ]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await close_storage(app.state.quota_storage)
                for client in app.state.forwards.values():
                    await client.close()

    return lifespan


def fill_state(app: FastAPI, settings: Settings, slow: DocumentResponder) -> None:
    """Put in `app.state` what the gateway's endpoints use."""
    state = app.state
    registry = state.measurements.registry
    storage = state.quota_storage = redis_storage(settings.redis_url)
    state.loader = slow.loader = CacheSync(state.db, slow.memory, settings.poll_seconds)
    state.request_log = RequestLog(state.db)
    state.hub = Hub(state.db, settings.poll_seconds)
    state.bulkheads = {service: Bulkhead() for service in SERVICES}
    state.forwards = {
        name: ServiceClient(name, settings.url_of(name), seconds=settings.forward_seconds)
        for name in SERVICES
    }
    state.quotas = RateLimiter("requests", settings.forwards_per_minute, storage, registry)
    cost = RateLimiter("cost", settings.cost_units_per_minute, storage, registry)
    state.cost_limiter = CostLimiter(state.costs, cost, CostQuotas(state.db), settings)
    state.token_quotas = RateLimiter("tokens", settings.tokens_per_minute, storage, registry)
    state.openapi_document = OpenApi(app, state.loader.catalogue, state.deprecated, state.costs)


def own_verifier(
    settings: SharedSettings, db: Database, clients: Mapping[str, ServiceClient]
) -> Verifier:
    """Return a verifier that reads keys and revocations from the gateway's own schema."""

    async def read_keys() -> dict[str, object]:
        async with db.reading() as session:
            return await signing_keys.jwks(session, KEY_KEPT_SECONDS)

    rings = {settings.issuer: KeyRing(fetch=read_keys)} | external_key_rings(settings, clients)
    return Verifier(settings, rings, OwnRevocations(db).revoked)
