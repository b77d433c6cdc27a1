"""The head of a request: its size, the number of its fields, the time it may take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from shared.serve import HttpServer, http_config
from shared.web import http_protocol

FITTING = http_protocol.MAX_HEAD_BYTES - 200


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])
    server: uvicorn.Server = HttpServer(http_config(app, "127.0.0.1", 0))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await task


async def answers(port: int, *pieces: bytes) -> bytes:
    """Send pieces one by one and return all that is answered until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        return await asyncio.wait_for(reader.read(), 30)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def get(*fields: bytes, path: bytes = b"/x") -> bytes:
    lines = b"".join(field + b"\r\n" for field in (b"Host: h", b"Connection: close", *fields))
    return b"GET " + path + b" HTTP/1.1\r\n" + lines + b"\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (get(), b"200"),
        (get(b"X-Large: " + b"x" * FITTING), b"200"),
        (get(b"X-Large: " + b"x" * http_protocol.MAX_HEAD_BYTES), b"431"),
        (get(path=b"/" + b"x" * http_protocol.MAX_HEAD_BYTES), b"431"),
        (get(*[b"X-%d: y" % n for n in range(http_protocol.MAX_FIELDS - 2)]), b"200"),
        (get(*[b"X-%d: y" % n for n in range(http_protocol.MAX_FIELDS)]), b"431"),
    ],
)
async def test_a_head_is_bounded_by_bytes_and_fields(request_: bytes, status: bytes) -> None:
    async with served() as port:
        answer = await answers(port, request_)
        assert answer.split(b" ", 2)[1] == status
        halves = await answers(port, request_[:40], request_[40:])
        assert halves.split(b" ", 2)[1] == status


async def test_a_head_without_end_is_refused_before_it_fills_the_memory() -> None:
    async with served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nX-Endless: ")
        sent = 0
        try:
            while sent < 20 << 20 and not reader.at_eof():
                writer.write(b"x" * 4096)
                await writer.drain()
                await asyncio.sleep(0)
                sent += 4096
        except ConnectionError:
            pass
        writer.close()
        assert sent < 16 << 20


async def test_a_large_body_is_no_head() -> None:
    body = b"y" * (1 << 20)
    head = b"POST /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    async with served() as port:
        answer = await answers(port, head % len(body) + body)
        assert answer.endswith(b"1048576")
        pipelined = await answers(port, b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n" + get())
        assert pipelined.count(b"HTTP/1.1 200") == 2


async def test_half_a_head_is_closed_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_protocol, "HEAD_SECONDS", 0.1)
    async with served() as port:
        assert await answers(port, b"GET / HTTP/1.1\r\nHost:") == b""


async def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.serve.KEEP_ALIVE_SECONDS", 0.1)
    async with served() as port:
        assert await answers(port) == b""
