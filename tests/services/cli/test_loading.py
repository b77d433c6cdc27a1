"""The programme's files reach a system that is slow to answer, once each."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.cli.seed_client import SeedFailed, SeedFile, load
from shared.http import ServiceClient

COUNTS = {"received": 2, "inserted": 2, "updated": 0, "unchanged": 0, "rejected": 0}
PLACE = "/v1/ratings/imports/7"
Scripted = tuple[int, dict[str, object]]


def report(status: str, **more: object) -> dict[str, object]:
    counts = COUNTS if status == "done" else dict.fromkeys(COUNTS, 0)
    plain: dict[str, object] = {"problem": None, "error_counts": {}, "errors": []}
    return {"id": "7", "status": status, "counts": counts, **plain, **more}


@asynccontextmanager
async def gateway(
    script: Sequence[Scripted | None],
) -> AsyncIterator[tuple[ServiceClient, list[str]]]:
    """Serve the scripted answers in turn on a real socket, None by dropping the connection."""
    seen: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0] or 0)
        await reader.readexactly(length)
        seen.append(head)
        answer = script[len(seen) - 1]
        if answer is not None:
            status, content = answer
            body = json.dumps(content).encode()
            fields = f"location: {PLACE}\r\ncontent-length: {len(body)}\r\nconnection: close"
            writer.write(f"HTTP/1.1 {status} So\r\n{fields}\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = ServiceClient("gateway", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield client, seen
        await client.close()


@pytest.fixture
def shipment(tmp_path: Path) -> SeedFile:
    file = tmp_path / "observations.csv"
    file.write_text("programme;period\n")
    return SeedFile("ratings", file, "observations", "")


async def test_a_file_is_sent_under_one_key_until_its_report_is_final(shipment: SeedFile) -> None:
    script: list[Scripted | None] = [
        None,
        (503, {"code": "DATABASE_UNAVAILABLE"}),
        (409, {"code": "IDEMPOTENCY_IN_PROGRESS"}),
        (202, report("accepted")),
        (200, report("running")),
        None,
        (200, report("done")),
    ]
    async with gateway(script) as (client, seen):
        assert await load(client, "t", shipment) == COUNTS
    posts = [head for head in seen if head.startswith("POST")]
    keys = {line for head in posts for line in head.split("\r\n") if "idempotency-key" in line}
    assert (len(posts), len(keys)) == (4, 1)
    assert all(head.startswith(f"GET {PLACE} ") for head in seen[4:])
    assert len(seen) == len(script)


@pytest.mark.parametrize(
    "answer",
    [
        (422, {"code": "HEADING_MISMATCH"}),
        (409, {"code": "SOMETHING_ELSE"}),
        (200, report("rejected", error_counts={"REQUIRED": 1})),
        (200, report("failed", problem={"code": "MALFORMED_XLSX"})),
    ],
)
async def test_a_refused_file_is_said_at_once(shipment: SeedFile, answer: Scripted) -> None:
    async with gateway([answer]) as (client, seen):
        with pytest.raises(SeedFailed, match="observations"):
            await load(client, "t", shipment)
    assert len(seen) == 1
