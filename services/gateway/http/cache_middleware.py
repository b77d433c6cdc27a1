"""The ASGI cache before the framework: documents from memory, the rest passed on.

The path of a hot document touches no database, no Redis and no log: one dictionary look-up,
one bucket, one write. Everything rarer (reading an evicted document again, rendering another
representation, a query string, a token, an id of the caller's own) leaves for `documents/slow.py`.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from itertools import count
from time import time
from typing import Any

from services.gateway.documents.cache import DocumentCache
from services.gateway.domain.documents import GZIP, IDENTITY, CachedDocument, Variant
from services.gateway.domain.header_fields import Header, render_fields
from services.gateway.domain.request_target import is_ambiguous, without_link_parameters
from services.gateway.http.gcra import GcraLimiter
from services.gateway.http.prerendered import Send, StatusLines, finish, writable
from shared.negotiation import choose_coding, choose_media, tag_matches

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

READS = frozenset({"GET", "HEAD"})
# Fields that the hot path does not read: a caller's identity, and conditions rarer than a tag.
_SLOW_FIELDS = frozenset(
    {
        b"authorization",
        b"x-request-id",
        b"if-match",
        b"if-modified-since",
        b"if-unmodified-since",
    }
)


class Counters:
    """Counts of the hot path, read by the metrics endpoint; plain integers of one event loop."""

    __slots__ = ("answered", "limited", "reread", "unmodified")

    def __init__(self) -> None:
        self.answered = self.unmodified = self.limited = self.reread = 0


class DocumentCacheMiddleware:
    """Answers hot documents; `slow` answers known documents in every other way, `app` the rest."""

    def __init__(
        self,
        memory: DocumentCache,
        bucket: GcraLimiter,
        slow: App,
        app: App,
        fields: Sequence[Header] = (),
    ) -> None:
        self.memory = memory
        self.bucket = bucket
        self.slow = slow
        self.app = app
        self.counters = Counters()
        self._heads = StatusLines()
        self._ids = count(1)
        prefix = os.urandom(6).hex()
        self._id = f"{prefix}-%x".encode()
        self._moving = (
            f'age: %d\r\nratelimit: "{bucket.name}";r=%d;t=%d\r\n'
            f"{bucket.policy[0].decode()}: {bucket.policy[1].decode()}\r\n"
            f"x-request-id: {prefix}-%x\r\n"
        ).encode() + (render_fields(fields) + b"\r\n").replace(b"%", b"%%")
        self._fields = list(fields)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a hot document, or pass the request on."""
        if scope["type"] != "http" or scope["method"] not in READS or _is_misspelt(scope):
            return await self.app(scope, receive, send)
        if scope["query_string"]:
            query = without_link_parameters(scope["query_string"])
            scope = {**scope, "query_string": query}
        resident = self.memory.residents.get(scope["path"])
        if resident is None or scope["query_string"]:
            known = scope["path"] in self.memory.known
            return await (self.slow if known else self.app)(scope, receive, send)
        headers = dict(scope["headers"])
        if len(headers) != len(scope["headers"]) or not _SLOW_FIELDS.isdisjoint(headers):
            return await self.slow(scope, receive, send)
        variant = pick(resident, headers.get(b"accept"), headers.get(b"accept-encoding"))
        if variant is None:
            return await self.slow(scope, receive, send)
        client = scope["client"]
        left, reset = self.bucket.take(client[0] if client else "")
        if left < 0:
            self.counters.limited += 1
            return await self.slow(scope, receive, send)
        resident.touched = True
        tag = headers.get(b"if-none-match")
        unmodified = tag is not None and tag_matches(tag, resident.tags)
        age = max(0, int(time()) - resident.contact.at)
        head_only = unmodified or scope["method"] == "HEAD"
        return await self._answer(
            send, variant, age=age, left=left, reset=reset, unmodified=unmodified, bare=head_only
        )

    async def _answer(
        self,
        send: Send,
        variant: Variant,
        *,
        age: int,
        left: int,
        reset: int,
        unmodified: bool,
        bare: bool,
    ) -> None:
        """Send the variant or its 304; `bare` leaves the body out."""
        if unmodified:
            self.counters.unmodified += 1
        else:
            self.counters.answered += 1
        status = 304 if unmodified else 200
        number = next(self._ids)
        cycle = writable(send)
        if cycle is not None:
            fields = variant.unmodified_head if unmodified else variant.head
            moving = self._moving % (age, left, reset, number)
            head = self._heads.of(cycle, status) + fields + moving
            return finish(cycle, head) if bare else finish(cycle, head, variant.body)
        headers = [
            *(variant.unmodified if unmodified else variant.headers),
            (b"age", b"%d" % age),
            self.bucket.field(left, reset),
            self.bucket.policy,
            (b"x-request-id", self._id % number),
            *self._fields,
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        return await send({"type": "http.response.body", "body": b"" if bare else variant.body})


def _is_misspelt(scope: Scope) -> bool:
    """Tell whether the address of a document is written in a way that is refused behind."""
    raw = scope["raw_path"]
    return b"%" in raw and is_ambiguous(raw, scope["path"])


def pick(
    resident: CachedDocument, accept: bytes | None, accept_encoding: bytes | None
) -> Variant | None:
    """Return the variant asked for if it is in memory, None where the slow way must find it."""
    if accept is not None and accept != b"*/*":
        media = choose_media(accept.decode("latin-1"), resident.offers)
        if media != resident.plain.media:
            return None
    if accept_encoding is None or resident.packed is None:
        return resident.plain
    coding = choose_coding(accept_encoding.decode("latin-1"), resident.codings)
    return resident.packed if coding == GZIP else resident.plain if coding == IDENTITY else None
