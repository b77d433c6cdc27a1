"""Known documents answered in every way that is not hot.

An evicted document is read again, another representation or coding is rendered once and stored, a
token is verified, a refused request learns why. What has parameters of its own goes on to the
service that owns it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

import brotli  # type: ignore[import-untyped]  # has no stubs.
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.documents.cache import DocumentCache
from services.gateway.documents.cache_sync import CacheSync
from services.gateway.domain.conditions import PRECONDITION_FAILED, conditions_of
from services.gateway.domain.documents import (
    BROTLI,
    GZIP,
    CachedDocument,
    Variant,
    compress,
    make_variant,
    representation_tags,
)
from services.gateway.domain.header_fields import Header
from services.gateway.http.cache_middleware import Receive, Scope
from services.gateway.http.conditional import precondition_failed
from services.gateway.http.gcra import GcraLimiter
from services.gateway.http.prerendered import Send
from services.gateway.http.publication import publication_of
from services.gateway.representations.kinds import is_paged, kind_of
from services.gateway.representations.render import (
    REPRESENTATION_PARAMETERS,
    content_type,
    file_name,
    render,
    wanted_media,
)
from services.gateway.representations.sheet import Publication
from shared import clock
from shared.errors import Problem
from shared.limit_errors import RateLimited
from shared.log import bind, current
from shared.negotiation import choose_coding
from shared.web.authentication import optional_caller
from shared.web.middleware import request_id_of
from shared.web.problems import render_problem

_BROTLI_QUALITY = 9


class DocumentResponder:
    """Answers a known document from memory or store; `app` gets what it cannot answer."""

    loader: CacheSync

    def __init__(
        self,
        memory: DocumentCache,
        bucket: GcraLimiter,
        app: FastAPI,
        fields: Sequence[Header] = (),
    ) -> None:
        self.fields = fields
        self.memory = memory
        self.bucket = bucket
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope["app"] = self.app
        request = Request(scope, receive)
        bind(request_id=request_id_of(scope))
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if any(name not in REPRESENTATION_PARAMETERS for name, _ in query):
            return await self.app(scope, receive, send)
        try:
            response = await self._answer(request, dict(query))
        except Problem as error:
            response = render_problem(request, error, {"X-Request-Id": current("request_id") or ""})
        if response is None:
            return await self.app(scope, receive, send)
        return await response(scope, receive, send)

    async def _answer(self, request: Request, query: Mapping[str, str]) -> Response | None:
        path = request.url.path
        fields = await self._take(request)
        resident = self.memory.residents.get(path) or await self.loader.read_again(path)
        if resident is None:
            return None
        resident.touched = True
        media = wanted_media(request.headers.get("accept"), resident.offers, query)
        if media != resident.plain.media and is_paged(path):
            # A file holds the whole list, and the document is its first page.
            return None
        variant = await self._variant(resident, request, media)
        age = max(0, int(clock.now().timestamp()) - resident.contact.at)
        moving = [
            (b"age", b"%d" % age),
            *fields,
            (b"x-request-id", (current("request_id") or "").encode()),
            *self.fields,
        ]
        conditions = conditions_of(request.headers.getlist)
        outcome = conditions.outcome(representation_tags(variant.etag), resident.source.source_time)
        if outcome == PRECONDITION_FAILED:
            raise precondition_failed(variant.etag.decode())
        if outcome is not None:
            return _respond(304, b"", [*variant.unmodified, *moving])
        body = b"" if request.method == "HEAD" else variant.body
        return _respond(200, body, [*variant.headers, *moving])

    async def _take(self, request: Request) -> list[Header]:
        """Take from the bucket of the verified client, else of the address."""
        caller = await optional_caller(request)
        address = request.client.host if request.client else ""
        left, reset = self.bucket.take(f"client:{caller.subject}" if caller else address)
        fields = [self.bucket.field(left, reset), self.bucket.policy]
        if left < 0:
            told = {name.decode(): value.decode() for name, value in fields}
            raise RateLimited(headers={**told, "Retry-After": str(reset)})
        return fields

    async def _variant(self, resident: CachedDocument, request: Request, media: str) -> Variant:
        """Find the variant asked for, rendering and keeping it the first time."""
        coding = choose_coding(request.headers.get("accept-encoding"), resident.codings)
        found = next(
            (one for one in resident.variants() if (one.media, one.coding) == (media, coding)), None
        )
        if found is not None:
            return found
        if coding == GZIP and media == resident.plain.media:
            # Gzip was made with the document and left out, since it would not be smaller.
            return resident.plain
        variant = await asyncio.to_thread(_make, resident, media, coding, publication_of(request))
        before = resident.size
        resident.keep(variant)
        self.memory.resize(resident, before)
        return variant


def _make(resident: CachedDocument, media: str, coding: str, publication: Publication) -> Variant:
    source = resident.source
    body = source.body
    if media != resident.plain.media:
        kind = kind_of(source.path)
        if kind is None:
            raise ValueError(f"{source.path} is no table.")
        body = render(kind, media, source.path, source.body, source.source_time, publication)
    coded = _code(body, coding)
    return make_variant(
        source,
        media,
        coding,
        body,
        coded,
        sent_as=content_type(media),
        name=None if media == resident.plain.media else file_name(source.path, media),
    )


def _code(body: bytes, coding: str) -> bytes:
    if coding == BROTLI:
        packed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
        return packed
    return compress(body) if coding == GZIP else body


def _respond(status: int, body: bytes, fields: list[Header]) -> Response:
    response = Response(body, status)
    response.raw_headers = fields
    return response
