"""Passing one request on: checked here, answered there, remembered by its id."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from services.gateway.domain.routing import Match, Operation, Routing
from services.gateway.errors import BodyBrokenOff
from services.gateway.http.cost_limit import CostLimiter
from services.gateway.http.media_types import refuse_other_media
from services.gateway.http.proxy_response import as_asked
from services.gateway.http.rate_limits import RateLimiter, address_of
from services.gateway.http.request_body import receive_body
from services.gateway.http.request_context import context_of
from services.gateway.representations.kinds import JSON, kind_of
from services.gateway.representations.render import without_representation
from services.gateway.settings import Settings
from services.gateway.store import audit
from shared.access_errors import TokenMissing
from shared.auth import Caller, under_scoped
from shared.db import TRANSIENT_ERRORS
from shared.http import SAFE_METHODS, ServiceClient, UpstreamResponse
from shared.log import logger
from shared.persons.pseudonyms import pseudonym
from shared.upstream_errors import UpstreamTimeout
from shared.web.authentication import optional_caller
from shared.web.disconnect import until_disconnected
from shared.web.errors import AddressUnknown, MethodNotAllowed

SENT_ON = (
    "accept",
    "accept-language",
    "authorization",
    "content-encoding",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "kachestvo-actor",
    "prefer",
)
NOT_RELAYED = frozenset(
    {
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "transfer-encoding",
        "x-content-type-options",
        "x-request-id",
    }
)
# A silent service is given up before its caller is, so that the silence counts as its failure.
OVER_SERVICE_SECONDS = 1.0
BODILESS = frozenset({"GET", "HEAD"})
NO_CONTENT = frozenset({204, 304})
FAILED = 400
# Operations that are posted only because their question is long: they change nothing.
CHECKS = ("/preview", "/eligibility", "/validate", "/suggestions")
log = logger(__name__)


async def forward(request: Request) -> Response:
    """Pass a request on to its service, or refuse it here with the reason."""
    state = request.app.state
    service = request.url.path.split("/")[2]
    settings: Settings = state.settings
    caller = await optional_caller(request)
    context = context_of(request.scope)
    context.caller, context.service = caller, service
    operation = _authorise(state.loader.catalogue.routings.get(service), request, caller)
    context.route = operation.template if operation else _unrouted(service)
    path = context.path = operation.place(request.url.path) if operation else _unrouted(service)
    quotas: RateLimiter = state.quotas
    await quotas.take(request, caller)
    try:
        content = None if request.method in BODILESS else await receive_body(request)
        cost_limiter: CostLimiter = state.cost_limiter
        await cost_limiter.charge(request, caller, operation, content)
        async with state.bulkheads[service].place(
            caller.subject if caller else address_of(request)
        ):
            asking = _ask(request, state.forwards[service], service, content, settings)
            # A body that still arrives says by itself that its sender has gone.
            arrived = content is None or isinstance(content, bytes)
            answer = await (until_disconnected(request, asking) if arrived else asking)
    except ClientDisconnect as error:
        raise BodyBrokenOff from error
    response = await _respond(request, answer)
    context.actor = await _remember(request, caller, path, response.status_code)
    return response


async def _ask(
    request: Request,
    client: ServiceClient,
    service: str,
    content: bytes | AsyncIterator[bytes] | None,
    settings: Settings,
) -> UpstreamResponse:
    """Return the service's answer; UpstreamTimeout when it keeps silent for too long."""
    patience = settings.forward_seconds + OVER_SERVICE_SECONDS
    try:
        async with asyncio.timeout(patience) as deadline:
            return await client.request(
                request.method,
                quote(request.scope["path"]),
                headers=_headers(request),
                content=content
                if content is None or isinstance(content, bytes)
                else _arriving(content, deadline, patience),
                params=_query(request),
            )
    except TimeoutError as error:
        raise UpstreamTimeout(service) from error


async def _remember(request: Request, caller: Caller | None, path: str, status: int) -> str | None:
    """Put an act into the audit and return the pseudonym of the person acting, if any.

    The act has happened by now, so a lost database costs its line and not its answer.
    """
    acted = request.method not in SAFE_METHODS and status < FAILED and not path.endswith(CHECKS)
    if caller is None or not (acted or caller.actor):
        return None
    try:
        async with request.app.state.db.transaction() as session:
            if acted:
                target = f"{request.method} {path}"
                entry = await audit.record(session, caller, "forwarded", target, {"status": status})
                return entry.actor
            return await pseudonym(session, caller.actor or "")
    except TRANSIENT_ERRORS as error:
        log.warning("act_not_audited", path=path, error=str(error))
        return None


def _authorise(
    routing: Routing | None, request: Request, caller: Caller | None
) -> Operation | None:
    """Return the operation asked for.

    Refuses what is not routed, a caller without the operation's scopes, a body of another type.

    Until a service has reported its operations, it decides alone: it verifies tokens itself.
    """
    if routing is None:
        return None
    match: Match | None = routing.match(request.method, request.scope["path"])
    if match is None:
        raise AddressUnknown
    if match.operation is None:
        allowed = ", ".join(sorted(match.allowed))
        raise MethodNotAllowed(headers={"Allow": allowed})
    if match.operation.scopes and caller is None:
        raise TokenMissing
    for scope in sorted(match.operation.scopes):
        if caller is not None and scope not in caller.scopes:
            raise under_scoped(scope)
    refuse_other_media(match.operation, request)
    return match.operation


def _unrouted(service: str) -> str:
    """Return what is stored of a path whose template is not known yet: it may refer to a person."""
    return f"/v1/{service}/…"


def _headers(request: Request) -> dict[str, str]:
    """Return the fields that travel on, the caller's identity with them.

    Tables are asked for in JSON and rendered here.
    """
    sent = {name: request.headers[name] for name in SENT_ON if name in request.headers}
    if request.method == "GET":
        # The order of the conditions is decided here, where the representation is selected.
        table = kind_of(request.url.path) is not None
        if sent.pop("if-match", None) is not None or table:
            sent.pop("if-none-match", None)
        if table:
            sent["accept"] = JSON
    return sent


def _query(request: Request) -> str | None:
    """Return the query that travels on; how a table is written is decided here."""
    if request.method != "GET" or kind_of(request.url.path) is None:
        return request.url.query or None
    return without_representation(request.url.query) or None


async def _arriving(
    body: AsyncIterator[bytes], deadline: asyncio.Timeout, patience: float
) -> AsyncIterator[bytes]:
    """Give the body as it comes; every piece puts the deadline off, since uploads may be long."""
    async for chunk in body:
        yield chunk
        deadline.reschedule(asyncio.get_running_loop().time() + patience)


async def _respond(request: Request, answer: UpstreamResponse) -> Response:
    headers = {name: value for name, value in answer.headers.items() if name not in NOT_RELAYED}
    # httpx has undone the coding of the body already.
    headers.pop("content-encoding", None)
    if request.method == "GET":
        whose = "private" if "authorization" in request.headers else "public"
        headers.setdefault("cache-control", f"{whose}, no-cache")
    if answer.status in NO_CONTENT:
        return Response(status_code=answer.status, headers=headers)
    return await as_asked(request, answer, headers)
