"""Calls to other services over HTTP: the only module that knows httpx.

Each service has one client with deadlines, bounded retries on safe methods and a circuit breaker.
Every failure to get an answer is `Unavailable`; an answer is returned whatever its status.
"""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import stamina
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState

from shared.errors import Unavailable
from shared.log import current
from shared.tracing import SpanKind, child_span, traceparent
from shared.upstream_errors import ServiceUnavailable, UpstreamRefused

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ATTEMPTS = 3
RETRY_STATUSES = frozenset({502, 503, 504})
DEADLINE_SECONDS = 10.0
CONNECT_SECONDS = 2.0


def _is_callers_fault(error: BaseException) -> bool:
    """Tell whether a call ended for a reason of the caller's, who left, sent or asked too much.

    A full pool and a posted question that takes too long are no failures of the service either.
    """
    if isinstance(error, httpx.TimeoutException):
        posted = error.request.method not in SAFE_METHODS
        return isinstance(error, httpx.PoolTimeout) or (
            posted and isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout)
        )
    return not isinstance(error, httpx.TransportError)


@cache
def _trust_store() -> ssl.SSLContext:
    """Return the certificates that are trusted, read once and not for each client."""
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class UpstreamResponse:
    """What a service answered: status, headers (names in lower case), body, its JSON on demand."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body read as JSON."""
        return httpx.Response(self.status, content=self.body).json()


class _RetryableStatus(Exception):  # noqa: N818 -- control flow of the retry, never seen outside.
    def __init__(self, answer: UpstreamResponse) -> None:
        super().__init__(answer.status)
        self.answer = answer


class ServiceClient:
    """The way to one service.

    `token` makes the bearer token of this process's own calls; a call that carries a caller's
    identity passes its own `authorization` header instead. `seconds` is how long the service may
    keep silent. The breaker counts failures of the service alone: a caller whose body breaks off
    half-way costs nobody else an answer.
    """

    def __init__(
        self,
        service: str,
        base_url: str,
        token: Callable[[], str] | None = None,
        *,
        seconds: float = DEADLINE_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.service = service
        self._token = token
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
            verify=_trust_store(),
            transport=transport,
        )
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=5, default_ttl=5, exclude=[(BaseException, _is_callers_fault)]
        )

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> UpstreamResponse:
        """Return the answer to a GET."""
        return await self.request("GET", path, headers=headers)

    async def get_json(self, path: str) -> Any:
        """Return the JSON of a GET that must succeed; otherwise `Unavailable`."""
        answer = await self.get(path)
        if answer.status != httpx.codes.OK:
            raise UpstreamRefused(f"Сервис {self.service} ответил {answer.status} на {path}.")
        return answer.json()

    async def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        params: str | None = None,
    ) -> UpstreamResponse:
        """Send a request and return the whole answer; safe methods are tried up to three times."""
        attempts = ATTEMPTS if method in SAFE_METHODS and not _streams(content) else 1
        retries = stamina.retry_context(
            on=(httpx.TransportError, _RetryableStatus),
            attempts=attempts,
            wait_initial=0.05,
            timeout=15,
        )
        try:
            async for attempt in retries:
                with attempt:
                    return await self._once(
                        method, path, headers, content, params, last=attempt.num == attempts
                    )
        except httpx.TransportError as error:
            raise self._unavailable() from error
        raise self._unavailable()

    async def _once(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None,
        content: bytes | AsyncIterator[bytes] | None,
        params: str | None,
        *,
        last: bool,
    ) -> UpstreamResponse:
        async with self.stream(method, path, headers=headers, content=content, params=params) as r:
            answer = UpstreamResponse(r.status_code, dict(r.headers), await r.aread())
        if answer.status in RETRY_STATUSES and not last:
            raise _RetryableStatus(answer)
        return answer

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        params: str | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Open one request and give its answer while the body still arrives."""
        target = path if params is None else f"{path}?{params}"
        about = {"http.request.method": method, "peer.service": self.service}
        with child_span(f"{method} {self.service}", SpanKind.CLIENT, about) as span:
            # A caller's field may hold any octet; httpx would take text as ASCII only.
            fields = {
                name.encode(): value.encode("latin-1")
                for name, value in self._headers(headers).items()
            }
            request = self._http.build_request(method, target, headers=fields, content=content)
            response = await self._send(request)
            if span is not None:
                span.attributes["http.response.status_code"] = response.status_code
        try:
            yield response
        finally:
            await response.aclose()

    async def _send(self, request: httpx.Request) -> httpx.Response:
        breaker = await self._breakers.get_breaker(self.service)
        try:
            async with breaker:
                return await self._http.send(request, stream=True)
        except OpenedState as error:
            raise self._unavailable() from error

    def _headers(self, headers: Mapping[str, str] | None) -> dict[str, str]:
        sent = dict(headers or {})
        if self._token is not None and "authorization" not in sent:
            sent["authorization"] = f"Bearer {self._token()}"
        request_id = current("request_id")
        if request_id is not None:
            sent.setdefault("x-request-id", request_id)
            parent = traceparent(request_id)
            if parent is not None:
                sent["traceparent"] = parent
        return sent

    def _unavailable(self) -> Unavailable:
        return ServiceUnavailable(self.service)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


def _streams(content: bytes | AsyncIterator[bytes] | None) -> bool:
    return content is not None and not isinstance(content, bytes)
