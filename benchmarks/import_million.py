"""A million observations through the API against a sorted binary COPY, in one run.

The system runs as `make run` starts it (all processes, durable PostgreSQL) with an empty registry
next to the programme's. The same million rows, shuffled, go in as CSV and as NDJSON through
`POST /v1/ratings/imports`; the clock runs from the first byte sent to the report saying `done`.
The yardstick is asyncpg's binary COPY of the very columns that were stored, sorted by the primary
key, into the same table with its index. The limit of the specification is a third of its rate.
Run: `python -m benchmarks.import_million`.
"""

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import httpx

from services.cli.wait_idle import wait_until_idle
from shared.embedded import home_in, start_postgres

ROWS, ROUNDS = 1_000_000, 3
LIMIT = 1 / 3
TERRITORIES, INDICATORS = 400, 100
READY = "Ready at"
REGISTRY = """
    INSERT INTO ratings.programme (code, title, description, computed)
    VALUES ('bench', 'bench', 'bench', false);
    INSERT INTO ratings.territory (code, kind, title, code_confirmed)
    SELECT 't' || n, 'organisation', 't' || n, true FROM generate_series(1, 400) n;
    INSERT INTO ratings.indicator (programme, code, title, definition, unit, digits, topics)
    SELECT 'bench', 'i' || n, 'i', 'i', 'percent', 1, '{}' FROM generate_series(1, 100) n;
"""
SORTED = """
    SELECT * FROM ratings.observation
    ORDER BY programme_id, period, indicator_id, territory_id, known_to
"""


def cells(row: int) -> tuple[int, int, int, float]:
    """Return period, territory, indicator and value of a row's number."""
    period, rest = divmod(row, TERRITORIES * INDICATORS)
    territory, indicator = divmod(rest, INDICATORS)
    return 1990 + period, territory + 1, indicator + 1, row * 7919 % 1000 / 10


def as_csv(rows: Iterable[int]) -> bytes:
    """Return the rows as a CSV file."""
    shape = "bench,{},t{},i{},{:.1f},,\n"
    heading = "programme,period,territory,indicator,value,status,source\n"
    return (heading + "".join(shape.format(*cells(row)) for row in rows)).encode()


def as_ndjson(rows: Iterable[int]) -> bytes:
    """Return the rows as an object a line."""
    shape = (
        '{{"programme": "bench", "period": "{}", "territory": "t{}", "indicator": "i{}",'
        ' "value": "{:.1f}", "status": null, "source": null}}\n'
    )
    return "".join(shape.format(*cells(row)) for row in rows).encode()


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body as a client sends it."""
    for start in range(0, len(body), 1 << 18):
        yield body[start : start + (1 << 18)]


async def send(client: httpx.AsyncClient, media: str, body: bytes) -> float:
    """Import a body and return the seconds from its first byte to the finished report."""
    begun = time.perf_counter()
    answer = await client.post(
        "/v1/ratings/imports?kind=observations",
        content=pieces(body),
        headers={"content-type": media},
    )
    report: dict[str, Any] = answer.raise_for_status().json()
    while report["status"] in ("accepted", "running"):
        await asyncio.sleep(0.1)
        report = (await client.get(answer.headers["location"])).json()
    seconds = time.perf_counter() - begun
    if report["counts"]["inserted"] != ROWS:
        raise RuntimeError(f"The import did not go through: {report}")
    return seconds


async def copied(owner: str, content: bytes) -> float:
    """Return the seconds of a sorted binary COPY into the emptied table, committed."""
    connection = await asyncpg.connect(owner)
    await connection.execute("TRUNCATE ratings.observation")

    async def source() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 1 << 19):
            yield content[start : start + (1 << 19)]

    begun = time.perf_counter()
    await connection.copy_to_table(
        "observation",
        schema_name="ratings",
        source=source(),
        format="binary",
    )
    seconds = time.perf_counter() - begun
    await connection.close()
    return seconds


async def binary(owner: str) -> bytes:
    """Return what is stored now, sorted, in the binary format."""
    connection = await asyncpg.connect(owner)
    held = bytearray()

    async def keep(content: bytes) -> None:
        held.extend(content)

    await connection.copy_from_query(SORTED, output=keep, format="binary")
    await connection.close()
    return bytes(held)


async def emptied(owner: str) -> None:
    """Empty the table and let workers and server come to rest, so that each run begins alike."""
    await wait_until_idle(owner)
    connection = await asyncpg.connect(owner)
    await connection.execute("TRUNCATE ratings.observation")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def measured(owner: str, client: httpx.AsyncClient) -> dict[str, list[float]]:
    """Return the seconds of each way, taken in turns."""
    order = list(range(ROWS))
    random.Random(407).shuffle(order)  # noqa: S311 -- any order will do, the same each time.
    files = {"text/csv": as_csv(order), "application/x-ndjson": as_ndjson(order)}
    taken: dict[str, list[float]] = {media: [] for media in (*files, "copy")}
    content = b""
    for _ in range(ROUNDS):
        for media, body in files.items():
            await emptied(owner)
            taken[media].append(await send(client, media, body))
            content = content or await binary(owner)
        await emptied(owner)
        taken["copy"].append(await copied(owner, content))
    print({media: f"{len(body) / (1 << 20):.0f} MiB" for media, body in files.items()})
    return taken


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def prepared(url: str) -> None:
    """Put the registry of the benchmark in."""
    connection = await asyncpg.connect(url)
    await connection.execute(REGISTRY)
    await connection.close()


async def against(owner: str, folder: Path, ports: dict[str, int]) -> dict[str, list[float]]:
    """Measure against a running system."""
    await prepared(owner)
    demo = json.loads((folder / "demo-client.json").read_text())
    form = {"grant_type": "client_credentials"}
    secret = (demo["client_id"], demo["client_secret"])
    async with httpx.AsyncClient(timeout=300) as door:
        answer = await door.post(demo["token_url"], data=form, auth=secret)
    headers = {"authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}
    base = f"http://127.0.0.1:{ports['RATINGS_PORT']}"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=300) as client:
        return await measured(owner, client)


def main() -> int:
    """Run and print; the exit status says whether the limit holds."""
    names = ("GATEWAY_PORT", "RATINGS_PORT", "OLYMPIADS_PORT", "TRAINING_PORT")
    ports = {name: free_port() for name in names}
    folder = Path(tempfile.mkdtemp(prefix="kachestvo-bench-"))
    server = start_postgres(home_in(folder, "server"))
    asyncio.run(made(server.url("postgres")))
    owner = server.url("kachestvo")
    environment = {
        **os.environ,
        **{name: str(port) for name, port in ports.items()},
        "DATA_DIR": str(folder),
        "DATABASE_URL": owner,
    }
    command = [sys.executable, "-m", "services", "up", "--no-data"]
    system = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        for line in system.stdout or ():
            if READY in line:
                break
        taken = asyncio.run(against(owner, folder, ports))
    finally:
        system.send_signal(signal.SIGTERM)
        system.wait()
        server.stop()
        for entry in folder.iterdir():
            shutil.rmtree(entry.resolve(), ignore_errors=True)
        shutil.rmtree(folder)
    return told(taken)


async def made(url: str) -> None:
    """Create the database of the system."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE kachestvo")
    await connection.close()


def told(taken: dict[str, list[float]]) -> int:
    """Print the figures and return the exit status."""
    copy = median(taken["copy"])
    worst = 1.0
    for way, seconds in taken.items():
        ratio = copy / median(seconds)
        worst = min(worst, ratio)
        shown = ", ".join(f"{s:.2f}" for s in seconds)
        rate = ROWS / median(seconds)
        print(f"{way:20} {median(seconds):.2f} s ({shown}), {rate:,.0f} rows/s, ratio {ratio:.2f}")
    print(f"least ratio {worst:.2f}, limit {LIMIT:.2f}")
    return 0 if worst >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
