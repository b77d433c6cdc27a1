"""Links between processes that delay, break off half-way or swallow answers."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy import text

from shared.db import PEER_TIMEOUTS, Database, driver_connection
from shared.errors import Unavailable
from shared.http import ServiceClient
from shared.notifier import Notifier
from shared.settings import Settings
from shared.web import WriteSession, create_service_app
from tests.databases import TestDatabase
from tests.faults.link import FaultyLink, link_to, tcp, unix
from tests.journeys.proxy import SOCKET
from tests.shared.plumbing import SCHEMA, make_plumbing, plumbing_url

BODY = b'{"rows": "' + b"x" * 5000 + b'"}'
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY
router = APIRouter(prefix="/v1/plumbing", tags=["plumbing"])


@router.post("/notes", summary="Записать заметку", status_code=201)
async def add_note(session: WriteSession) -> dict[str, str]:
    await session.execute(text("INSERT INTO note (text) VALUES ('a')"))
    return {}


@asynccontextmanager
async def service_behind_link() -> AsyncIterator[tuple[ServiceClient, FaultyLink, list[str]]]:
    """A service on a socket, the link to it, and its client, which waits for half a second."""
    methods: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                methods.append(head.decode().split(" ")[0])
                if methods[-1] == "POST":
                    await reader.readexactly(2)
                writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with link_to(tcp(server.sockets[0].getsockname()[1])) as link:
        client = ServiceClient("ratings", f"http://127.0.0.1:{link.port}", seconds=0.5)
        try:
            yield client, link, methods
        finally:
            await client.close()
            server.close()


async def test_an_answer_that_breaks_off_is_asked_for_again_and_a_write_is_not_sent_twice() -> None:
    async with service_behind_link() as (client, link, methods):
        link.cut_after = 1000
        with pytest.raises(Unavailable):
            await client.request("POST", "/x", content=b"{}")
        assert methods == ["POST"]
        with pytest.raises(Unavailable):
            await client.get("/x")
        assert methods == ["POST", "GET", "GET", "GET"]
        link.cut_after = None
        assert (await client.get("/x")).body == BODY


async def test_a_swallowed_answer_ends_in_a_refusal_and_a_late_one_is_taken() -> None:
    async with service_behind_link() as (client, link, methods):
        link.silent = True
        async with asyncio.timeout(60):
            with pytest.raises(Unavailable):
                await client.request("POST", "/x", content=b"{}")
        assert methods == ["POST"]
        link.silent, link.delay = False, 0.01
        assert (await client.get("/x")).body == BODY


@asynccontextmanager
async def database_behind_link(database: TestDatabase) -> AsyncIterator[tuple[str, FaultyLink]]:
    """The address of a test's database through a link over TCP."""
    await make_plumbing(database)
    address = urlsplit(plumbing_url(database))
    folder = Path(parse_qs(address.query)["host"][0])
    async with link_to(unix(folder / SOCKET)) as link:
        user = address.netloc.partition("@")[0]
        yield f"postgresql://{user}@127.0.0.1:{link.port}{address.path}", link


async def test_a_lost_database_is_a_503_and_the_next_write_after_it_is_done_once(
    database: TestDatabase,
) -> None:
    async with database_behind_link(database) as (url, link):
        settings = Settings(service=SCHEMA, database_url=url, redis_url="redis://unused")
        app = create_service_app(
            settings, title="Проба", description="Проба.", routers=[router], scopes={}
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://test") as http,
        ):
            assert (await http.post("/v1/plumbing/notes")).status_code == 201
            link.cut_after = 0
            lost = await http.post("/v1/plumbing/notes")
            assert (lost.status_code, lost.json()["code"]) == (503, "DATABASE_UNAVAILABLE")
            assert int(lost.headers["retry-after"]) > 0
            link.cut_after, link.delay = None, 0.005
            assert (await http.post("/v1/plumbing/notes")).status_code == 201
            async with app.state.db.reading() as session:
                count = await session.execute(text("SELECT count(*) FROM note"))
                assert count.scalar_one() == 2


async def test_a_vanished_database_host_is_noticed_by_the_kernel(database: TestDatabase) -> None:
    async with database_behind_link(database) as (url, _link):
        db = Database(url, SCHEMA)
        async with db.reading() as session:
            driver: Any = await driver_connection(session)
            transport = driver._transport
            peer = transport.get_extra_info("socket")
            options = {
                name: peer.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
                for name in PEER_TIMEOUTS
                if hasattr(socket, name)
            }
            assert options == {name: PEER_TIMEOUTS[name] for name in options}
            assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        await db.close()


async def test_a_queue_that_is_lost_or_silent_holds_nobody_up(valkey: str) -> None:
    address = urlsplit(valkey)
    async with link_to(unix(Path(address.path))) as link:
        number = parse_qs(address.query)["db"][0]
        notifier = await Notifier.connect(f"redis://127.0.0.1:{link.port}/{number}")
        assert await notifier.notify("nobody", "run_job", "1")
        link.cut_after = 0
        assert not await notifier.notify("nobody", "run_job", "2")
        link.cut_after, link.silent = None, True
        async with asyncio.timeout(60):
            assert not await notifier.notify("nobody", "run_job", "3")
        link.silent = False
        assert await notifier.notify("nobody", "run_job", "4")
        await notifier.close()
