import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from shared.errors import Unavailable
from shared.http import ServiceClient

Reply = Callable[[int], bytes | None]


@asynccontextmanager
async def answering(reply: Reply) -> AsyncIterator[tuple[ServiceClient, list[bytes]]]:
    """Serve on a real socket: the n-th request gets `reply(n)`, or a dropped connection."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        seen.append(head)
        content = reply(len(seen))
        if content is not None:
            writer.write(content)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = ServiceClient("ratings", f"http://127.0.0.1:{port}", lambda: "own-token")
    try:
        yield client, seen
    finally:
        await client.close()
        server.close()
        await server.wait_closed()


def ok(body: bytes = b'{"a":1}', status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return head.encode() + body


async def test_a_safe_call_is_tried_again_after_a_dropped_connection() -> None:
    async with answering(lambda n: None if n < 3 else ok()) as (client, seen):
        assert await client.get_json("/x") == {"a": 1}
        assert len(seen) == 3


async def test_a_field_travels_octet_by_octet() -> None:
    async with answering(lambda _: ok()) as (client, seen):
        await client.get("/x", {"accept-language": "\xff\xd0"})
        assert b"accept-language: \xff\xd0\r\n" in seen[0].lower()


async def test_a_write_is_sent_once() -> None:
    async with answering(lambda _: None) as (client, seen):
        with pytest.raises(Unavailable) as lost:
            await client.request("POST", "/x", content=b"{}")
        assert len(seen) == 1
        assert lost.value.headers["Retry-After"] == "5"


async def test_a_busy_service_is_asked_three_times_and_its_last_answer_returned() -> None:
    busy = ok(b"busy", "503 Service Unavailable")
    async with answering(lambda _: busy) as (client, seen):
        answer = await client.get("/x")
        assert (answer.status, answer.body, len(seen)) == (503, b"busy", 3)


async def test_a_refusal_is_an_answer_and_is_not_repeated() -> None:
    async with answering(lambda _: ok(b"no", "404 Not Found")) as (client, seen):
        assert (await client.get("/x")).status == 404
        assert len(seen) == 1
        with pytest.raises(Unavailable):
            await client.get_json("/x")


async def test_a_dead_service_stops_being_asked() -> None:
    async with answering(lambda _: None) as (client, seen):
        for _ in range(6):
            with pytest.raises(Unavailable):
                await client.request("POST", "/x", content=b"{}")
        assert len(seen) == 5


async def test_callers_who_break_off_do_not_part_others_from_the_service() -> None:
    async def broken_off() -> AsyncIterator[bytes]:
        yield b"{"
        raise ConnectionAbortedError

    async with answering(lambda _: ok()) as (client, _seen):
        for _ in range(6):
            with pytest.raises(ConnectionAbortedError):
                await client.request("POST", "/x", content=broken_off())
        assert (await client.request("POST", "/x", content=b"{}")).status == 200


async def test_a_service_may_keep_silent_for_as_long_as_is_said() -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(ok())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    hasty, patient = ServiceClient("a", url, seconds=0.1), ServiceClient("b", url, seconds=30)
    async with server:
        with pytest.raises(Unavailable):
            await hasty.request("POST", "/x", content=b"{}")
        assert (await patient.request("POST", "/x", content=b"{}")).status == 200
    await hasty.close()
    await patient.close()


async def test_own_token_unless_the_caller_brings_one() -> None:
    async with answering(lambda _: ok()) as (client, seen):
        await client.get("/x")
        await client.get("/x", headers={"authorization": "Bearer theirs"})
    assert b"authorization: Bearer own-token" in seen[0]
    assert b"authorization: Bearer theirs" in seen[1]
