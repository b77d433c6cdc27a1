"""What surrounds every request of a service: its number, its log line, its measurements."""

import re
import time
from uuid import uuid4

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.limit_errors import RequestTooLarge
from shared.log import begin, logger
from shared.tracing import Span, SpanKind, is_recording, root_span, trace_id_of
from shared.web.problems import render_problem
from shared.web.route_template import route_of

log = logger(__name__)

TRACEPARENT = re.compile(
    r"^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}"
)
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
TOO_LARGE = 413
SERVER_ERRORS = 500
UNLOGGED_PATHS = ("/healthz", "/readyz", "/metrics", "/internal/events")


class Measurements:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "http_request_seconds",
            "Time to the whole answer.",
            ["method", "route"],
            registry=self.registry,
        )


class RequestScope:
    """Gives a request its id (taken from `X-Request-Id` when well-formed), logs and measures it."""

    def __init__(self, app: ASGIApp, measurements: Measurements) -> None:
        self.app = app
        self.measurements = measurements

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        begin(request_id=request_id)
        started = time.perf_counter()
        answer = _ResponseRecorder(scope, receive, send, request_id)
        parent = parent_of(scope, request_id) if is_recording() else None
        with root_span(scope["method"], SpanKind.SERVER, request_id, parent) as span:
            try:
                await self.app(scope, receive, answer.send)
            finally:
                self._record(scope, answer.status, time.perf_counter() - started)
                if span is not None:
                    _describe(span, scope, answer.status)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = route_of(scope)
        method = scope["method"]
        self.measurements.requests.labels(method, route, status).inc()
        self.measurements.seconds.labels(method, route).observe(seconds)
        if scope["path"] not in UNLOGGED_PATHS:
            log.info(
                "request",
                method=method,
                route=route,
                status=status,
                ms=round(seconds * 1000, 1),
            )


class _ResponseRecorder:
    """The answer on its way out: numbered, and a bare 413 of the body limit put into words."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self.status = 500
        self._scope, self._receive, self._send = scope, receive, send
        self._headers = [
            (b"x-request-id", request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        self._replaced = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status == TOO_LARGE and _is_plain(message):
                self._replaced = True
                too_large = render_problem(Request(self._scope), RequestTooLarge())
                await too_large(self._scope, self._receive, self._pass)
                return
        if not self._replaced:
            await self._pass(message)

    async def _pass(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *self._headers]
        await self._send(message)


def _is_plain(message: Message) -> bool:
    headers = dict(message.get("headers", []))
    return bool(headers.get(b"content-type", b"").startswith(b"text/plain"))


def request_id_of(scope: Scope) -> str:
    """Return the id a request brings, if it is well-formed, else a new one.

    Without `X-Request-Id` the trace id of a W3C `traceparent` is taken: it goes on to jobs, events
    and calls of other services, so that one trace covers them.
    """
    fields = dict(scope["headers"])
    given: str = fields.get(b"x-request-id", b"").decode("latin-1")
    if REQUEST_ID.match(given):
        return given
    trace = TRACEPARENT.match(fields.get(b"traceparent", b"").decode("latin-1"))
    return trace[1] if trace else uuid4().hex


def parent_of(scope: Scope, request_id: str) -> str | None:
    """Return the span that a W3C `traceparent` of the request's own trace names, if any."""
    fields = dict(scope["headers"])
    trace = TRACEPARENT.match(fields.get(b"traceparent", b"").decode("latin-1"))
    if trace is None or trace[1] != trace_id_of(request_id):
        return None
    return trace[2]


def _describe(span: Span, scope: Scope, status: int) -> None:
    """Name a span by the template of the route; the path may hold references to people."""
    route = route_of(scope)
    span.name = f"{scope['method']} {route}"
    span.failed = span.failed or status >= SERVER_ERRORS
    span.attributes |= {
        "http.request.method": scope["method"],
        "http.route": route,
        "http.response.status_code": status,
    }
