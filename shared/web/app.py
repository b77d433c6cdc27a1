"""The application of a service: its routers, with everything all services have around them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, params
from pydantic import BaseModel

from shared import log
from shared.auth import KeyRing, Revocations, Verifier, internal_signer
from shared.db import Database
from shared.dispatch import Dispatcher
from shared.http import ServiceClient
from shared.notifier import Notifier
from shared.row_access import WHOLE_REGION
from shared.secret_key import derived_key
from shared.settings import Settings
from shared.trace_export import exporting_spans
from shared.web.authentication import optional_caller, register_scopes
from shared.web.internal import health_router, internal_router
from shared.web.jobs_api import jobs_router
from shared.web.middleware import Measurements, RequestScope
from shared.web.openapi_endpoint import add_openapi_endpoint
from shared.web.paging import CURSOR_PURPOSE
from shared.web.problem_descriptions import EXTENSION, describe_problems
from shared.web.problems import PROBLEMS, add_problem_handlers
from shared.web.query_parameters import refuse_unknown_query
from shared.web.schemas import ProblemDetails
from shared.worker import JobContext, ServiceWorker, WorkerSpec

JWKS_PATH = "/.well-known/jwks.json"
REVOCATIONS_PATH = "/internal/revocations"
OUTSIDE_ISSUER = "oidc"

MakeVerifier = Callable[[Settings, Database, Mapping[str, ServiceClient]], Verifier]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_service_app(
    settings: Settings,
    *,
    title: str,
    description: str,
    routers: Sequence[APIRouter],
    scopes: Mapping[str, str],
    verifier: MakeVerifier | None = None,
    checks: Sequence[params.Depends] = (),
    schemas: Sequence[type[BaseModel]] = (),
) -> FastAPI:
    """Return the ASGI application of a service.

    `scopes` are those of the whole system, for the contract; `verifier` replaces the default way
    to find the gateway's keys, for the gateway itself; `checks` run before every operation;
    `schemas` are of bodies that operations
    read on their own and only document.
    The running application holds in `app.state`: settings, db, clients, verifier, measurements.
    """
    app = FastAPI(
        title=title,
        description=description,
        version="1.0.0",
        lifespan=_lifespan(settings, verifier or default_verifier),
        docs_url=None,
        redoc_url=None,
        max_body_size=settings.max_body_bytes,
        dependencies=[Depends(refuse_unknown_query), *_token_check(verifier), *checks],
        responses=PROBLEMS,
        openapi_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: f"{settings.service}_{route.name}",
    )
    register_scopes(scopes)
    app.state.settings = settings
    app.state.cursor_key = derived_key(settings, CURSOR_PURPOSE)
    app.state.measurements = Measurements()
    add_problem_handlers(app)
    app.include_router(health_router())
    app.include_router(internal_router(settings.service))
    app.include_router(jobs_router(settings.service))
    for router in routers:
        app.include_router(router)
    add_openapi_endpoint(app, settings.service)
    _add_middleware(app)
    _add_schemas(app, settings.service, (ProblemDetails, *schemas))
    return app


def _token_check(verifier: MakeVerifier | None) -> list[params.Depends]:
    """Refuse a bad token on open operations too, as the gateway does.

    The gateway has operations that take other credentials, and checks tokens before it routes.
    """
    return [] if verifier is not None else [Depends(optional_caller)]


def _lifespan(settings: Settings, make_verifier: MakeVerifier) -> Lifespan:
    """Open what the running application holds, and close it at the end."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        log.configure(settings.service, settings.log_level)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(exporting_spans(settings))
            db = Database(settings.database_url, settings.service, pool_size=settings.pool_size)
            stack.push_async_callback(db.close)
            notifier = await Notifier.connect(settings.redis_url)
            stack.push_async_callback(notifier.close)
            stack.push_async_callback(Dispatcher(db, notifier).close)
            clients = service_clients(settings)
            for client in clients.values():
                stack.push_async_callback(client.close)
            app.state.db = db
            app.state.clients = clients
            app.state.verifier = make_verifier(settings, db, clients)
            yield

    return lifespan


def _add_middleware(app: FastAPI) -> None:
    """Put the request scope outside of everything, the body limit included."""
    inner = app.build_middleware_stack
    app.build_middleware_stack = (  # type: ignore[method-assign]  # The limit is else outermost.
        lambda: RequestScope(inner(), app.state.measurements)
    )


def service_clients(settings: Settings) -> Mapping[str, ServiceClient]:
    """Return a client for every other service, and for the outside OIDC issuer if there is one.

    The outside issuer is never sent a token of the system, and is asked by absolute addresses.
    """
    token = internal_signer(settings)
    clients = {
        name: ServiceClient(name, settings.url_of(name), token)
        for name in settings.services
        if name != settings.service
    }
    if settings.external_jwks_url is not None:
        clients[OUTSIDE_ISSUER] = ServiceClient(OUTSIDE_ISSUER, "")
    return clients


def default_verifier(
    settings: Settings, _db: Database, clients: Mapping[str, ServiceClient]
) -> Verifier:
    """Return a verifier that learns keys and revocations from the gateway."""
    gateway = clients["gateway"]
    rings = {settings.issuer: KeyRing(fetch=lambda: gateway.get_json(JWKS_PATH))}
    rings |= external_key_rings(settings, clients)
    revocations = Revocations(lambda: gateway.get_json(REVOCATIONS_PATH))
    return Verifier(settings, rings, revocations.revoked)


def external_key_rings(
    settings: Settings, clients: Mapping[str, ServiceClient]
) -> dict[str, KeyRing]:
    """Return the keys of the outside OIDC issuer, if one is configured."""
    url = settings.external_jwks_url
    if settings.external_issuer is None or url is None:
        return {}
    client = clients[OUTSIDE_ISSUER]
    return {settings.external_issuer: KeyRing(fetch=lambda: client.get_json(url))}


async def run_worker(settings: Settings, spec: WorkerSpec) -> None:
    """Run the background half of a service until cancelled."""
    log.configure(settings.service, settings.log_level)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(exporting_spans(settings))
        db = Database(
            settings.database_url,
            settings.service,
            pool_size=settings.pool_size,
            territories=WHOLE_REGION,
        )
        stack.push_async_callback(db.close)
        clients = service_clients(settings)
        for client in clients.values():
            stack.push_async_callback(client.close)
        notifier = await Notifier.connect(settings.redis_url)
        stack.push_async_callback(notifier.close)
        await ServiceWorker(spec, JobContext(db, settings, clients, notifier)).run()


def _add_schemas(app: FastAPI, service: str, models: Sequence[type[BaseModel]]) -> None:
    """Put the schemas of failures and of documented bodies where operations point.

    The problem types of the service are next to them, for the pages that explain codes.
    """
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for model in models:
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[model.__name__] = schema
        document[EXTENSION] = describe_problems(service)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented extension point.
