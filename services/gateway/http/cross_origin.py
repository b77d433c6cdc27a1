"""Open reads for pages of any origin (CORS): `*` and no credentials."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from services.gateway.domain.header_fields import Header

EXPOSED = (
    "Age",
    "Deprecation",
    "ETag",
    "Kachestvo-Revision",
    "Last-Modified",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "X-Request-Id",
)
OPEN_FIELDS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED).encode()),
)
# What a page may send with an open read; a token is not among them.
_OPEN_REQUEST_FIELDS = frozenset(
    {
        "accept",
        "accept-language",
        "cache-control",
        "content-type",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-unmodified-since",
        "last-event-id",
        "x-request-id",
        "x-requested-with",
    }
)
_READS = frozenset({"GET", "HEAD"})
_PREFLIGHT: tuple[Header, ...] = (
    OPEN_FIELDS[0],
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", ", ".join(sorted(_OPEN_REQUEST_FIELDS)).encode()),
    (b"access-control-max-age", b"86400"),
    (b"vary", b"Access-Control-Request-Method, Access-Control-Request-Headers"),
)


class OpenReadPreflight:
    """Answers preflights of open reads before the middleware of set origins refuses them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and is_open_preflight(scope):
            return await answer_preflight(send)
        return await self.app(scope, receive, send)


async def answer_preflight(send: Send) -> None:
    """Allow an open read to any origin."""
    await send({"type": "http.response.start", "status": 204, "headers": list(_PREFLIGHT)})
    await send({"type": "http.response.body", "body": b""})


def is_open_preflight(scope: Scope) -> bool:
    """Tell whether a browser asks to read without a token."""
    if scope["method"] != "OPTIONS":
        return False
    headers = Headers(scope=scope)
    asked = headers.get("access-control-request-headers", "").lower().split(",")
    named = {name.strip() for name in asked if name.strip()}
    reads = headers.get("access-control-request-method", "") in _READS
    return "origin" in headers and reads and named <= _OPEN_REQUEST_FIELDS


def open_fields(scope: Scope) -> tuple[Header, ...]:
    """Return the fields of an answer that any page may read: of a read without a token."""
    named = any(name == b"authorization" for name, _ in scope["headers"])
    return OPEN_FIELDS if scope["method"] in _READS and not named else ()
