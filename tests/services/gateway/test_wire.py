import asyncio
import re
from datetime import UTC, datetime
from typing import Any

from services.gateway.documents.cache import DocumentCache
from services.gateway.domain.documents import SourceDocument, make_cached_document
from services.gateway.http.cache_middleware import DocumentCacheMiddleware
from services.gateway.http.gcra import GcraLimiter
from tests.services.gateway.publisher import listening

BODY = b'{"rows":[' + b'"79.375",' * 400 + b"null]}"
MOVING = re.compile(rb"(date|age|ratelimit|x-request-id): [^\r]*\r\n")


def make_door(quota: int = 1000) -> DocumentCacheMiddleware:
    async def nowhere(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    memory = DocumentCache(1 << 20)
    source = SourceDocument("/doc", "ratings", "1", 3, datetime(2022, 12, 1, tzinfo=UTC), BODY)
    memory.put(make_cached_document(source, memory.contact("ratings")))
    return DocumentCacheMiddleware(memory, GcraLimiter("documents", quota, 60), nowhere, nowhere)


async def exchange(port: int, *requests: bytes, close: bool = True) -> bytes:
    """Send raw requests on one connection and return everything that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
    await writer.drain()
    if close:
        answer = await reader.read()
    else:
        answer = await reader.read(1 << 20)
    writer.close()
    await writer.wait_closed()
    return answer


def asking(method: bytes = b"GET", *fields: bytes, last: bool = True) -> bytes:
    lines = [method + b" /doc HTTP/1.1", b"host: x", *fields]
    lines += [b"connection: close"] if last else []
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def test_the_rendered_answer_equals_the_ordinary_one() -> None:
    async with listening(make_door()) as port:
        for fields in ((), (b"accept-encoding: gzip",), (b"if-none-match: *",)):
            for method in (b"GET", b"HEAD"):
                # «connection: close» makes the answer go out as ordinary ASGI messages.
                plain = await exchange(port, asking(method, *fields))
                kept = asking(method, *fields, last=False)
                pair = await exchange(port, kept, asking(method, *fields))
                first = pair[: len(pair) - len(plain)]
                told = MOVING.sub(b"", plain.replace(b"connection: close\r\n", b""))
                assert MOVING.sub(b"", first) == told


async def test_pipelined_requests_are_answered_in_order() -> None:
    async with listening(make_door()) as port:
        many = [asking(last=False)] * 5 + [asking(b"HEAD", last=False), asking()]
        answer = await exchange(port, *many)
        assert answer.count(b"HTTP/1.1 200 OK") == 7
        assert answer.count(BODY) == 6
        ids = re.findall(rb"x-request-id: (\S+)", answer)
        assert len(set(ids)) == 7


async def test_a_not_modified_answer_has_no_body_and_no_length() -> None:
    async with listening(make_door()) as port:
        answer = await exchange(port, asking(b"GET", b"if-none-match: *", last=False), asking())
        head, _, rest = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 304 ")
        assert b"content-length" not in head
        assert b"content-type" not in head
        assert rest.startswith(b"HTTP/1.1 200 OK")


async def test_an_old_protocol_version_is_answered_and_closed() -> None:
    async with listening(make_door()) as port:
        answer = await exchange(port, b"GET /doc HTTP/1.0\r\nhost: x\r\n\r\n")
        assert b"connection: close" in answer
        assert answer.endswith(BODY)


async def test_the_bucket_counts_what_is_answered() -> None:
    async with listening(make_door(quota=10)) as port:
        answer = await exchange(port, asking(last=False), asking())
        assert re.findall(rb'ratelimit: "documents";r=(\d+)', answer) == [b"9", b"8"]
