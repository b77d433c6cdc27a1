"""Hot document: the gateway's cache against a bare ASGI application that answers the same bytes.

Each question is a ratio inside one run: bare and cache take turns in short bursts, so that a busy
neighbour slows both. Server and load generator have a core each. With `wrk` installed the ratio is
of requests a second; the ratio of processor time a request is reported with it, since it does not
depend on how fast the generator is.

    python -m benchmarks.hot_document [--rounds 7] [--seconds 2] [--subscribers 500]
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from services.gateway.documents.cache import DocumentCache
from services.gateway.domain.documents import SourceDocument, make_cached_document
from services.gateway.domain.event_reader import EventReader
from services.gateway.events.hub import Hub, Subscriber
from services.gateway.events.stream import EventStream
from services.gateway.http.cache_middleware import DocumentCacheMiddleware
from services.gateway.http.gcra import GcraLimiter
from shared.serve import http_config

ROOT = Path(__file__).parent.parent
BODY_SIZE = 15_637
CONNECTIONS = 32
QUOTA = 1_000_000_000
SERVER_CORE, LOAD_CORE = 0, 1
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def body() -> bytes:
    """Return a rating table of 85 rows, padded to the size of `baselines.md`."""
    rows = [
        {"territory": f"{n:08}", "title": f"Территория {n}", "nodes": {"total": {"score": n * 0.9}}}
        for n in range(1, 86)
    ]
    content = json.dumps({"programme": "rum", "rows": rows}, ensure_ascii=False).encode()
    return content + b" " * (BODY_SIZE - len(content))


def bare_app(content: bytes) -> Any:
    """Return the least an ASGI application can do to answer these bytes."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]

    async def app(_scope: Any, _receive: Any, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return app


def door_app(content: bytes, documents: int) -> Any:
    """Return the gateway's cache over this many documents, and the event stream behind it."""
    memory = DocumentCache(192 << 20)
    hub = Hub.__new__(Hub)
    hub.subscribers = set()

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        await EventStream(hub, Subscriber(None, EventReader()), None)(scope, receive, send)

    for number in range(documents):
        own = content if number == 0 else b"%d %s" % (number, content)
        path = "/doc" if number == 0 else f"/doc/{number}"
        source = SourceDocument(path, "ratings", "1", 1, datetime.now(UTC), own)
        memory.put(make_cached_document(source, memory.contact("ratings")))
    memory.contact("ratings").at = int(time.time())
    return DocumentCacheMiddleware(memory, GcraLimiter("documents", QUOTA, 60), behind, behind)


def serve(kind: str, port: int, documents: int) -> None:
    """Serve one application on the server's core until killed."""
    os.sched_setaffinity(0, {SERVER_CORE})
    content = body()
    app = bare_app(content) if kind == "bare" else door_app(content, documents)
    config = http_config(app, "127.0.0.1", port)
    config.lifespan = "off"
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())


class Server:
    """A served application and what it has cost so far."""

    def __init__(self, kind: str, documents: int = 1) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        command = [sys.executable, "-m", "benchmarks.hot_document", "--serve", kind]
        self.process = subprocess.Popen([*command, str(self.port), str(documents)], cwd=ROOT)
        for _ in range(600):
            if self.answers():
                return
            time.sleep(0.1)
        raise SystemExit("The server did not start.")

    def answers(self) -> bool:
        """Tell whether the server takes connections."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def seconds(self) -> float:
        """Return the processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Return the memory in use."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else float("nan")

    def tag(self) -> str:
        """Return the document's entity tag."""
        with socket.create_connection(("127.0.0.1", self.port)) as link:
            link.sendall(b"HEAD /doc HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            head = b"".join(iter(lambda: link.recv(4096), b""))
        found = re.search(rb"etag: (\S+)", head)
        return found[1].decode() if found else ""


def load(server: Server, seconds: float, *headers: str) -> tuple[float, float]:
    """Load a server for some seconds: (requests a second, µs of its processor time a request)."""
    before = server.seconds()
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", f"-c{CONNECTIONS}", "-t1", f"-d{seconds}"]
    command += [part for header in headers for part in ("-H", header)]
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}/doc"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in told and not headers:
        raise SystemExit(told)
    count, rate = re.search(r"(\d+) requests in", told), re.search(r"sec:\s+([\d.]+)", told)
    if count is None or rate is None:
        raise SystemExit(told)
    return float(rate[1]), (server.seconds() - before) / int(count[1]) * 1e6


def compare(rounds: int, seconds: float) -> None:
    """Print how the cache compares to the bare application, for 200 and 304."""
    bare, door = Server("bare"), Server("door")
    tag = door.tag()
    ratios: dict[str, list[tuple[float, float]]] = {"200": [], "304": []}
    try:
        for number in range(rounds):
            plain = load(bare, seconds)
            answers = {
                "200": load(door, seconds),
                "304": load(door, seconds, f"If-None-Match: {tag}"),
            }
            for status, (rate, cost) in answers.items():
                ratios[status].append((rate / plain[0], plain[1] / cost))
            print(f"  round {number + 1}: bare {plain[0]:,.0f}/s {plain[1]:.1f} µs", end="")
            for status, (rate, cost) in answers.items():
                print(f" · {status}: {rate:,.0f}/s {cost:.1f} µs", end="")
            print()
    finally:
        for server in (bare, door):
            server.process.terminate()
            server.process.wait()
    for status, target in (("200", 0.9), ("304", 1.2)):
        rate = statistics.median(one for one, _ in ratios[status])
        cost = statistics.median(one for _, one in ratios[status])
        print(f"{status}: {rate:.2f} of bare by requests, {cost:.2f} by CPU (asked: ≥ {target})")


async def listen(port: int, count: int) -> list[asyncio.StreamWriter]:
    """Open idle event streams."""
    writers = []
    for _ in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /events HTTP/1.1\r\nhost: x\r\n\r\n")
        writers.append(writer)
    return writers


def with_subscribers(rounds: int, seconds: float, count: int) -> None:
    """Print how the cache compares to itself while this many idle readers listen."""
    quiet, crowded = Server("door"), Server("door")
    loop = asyncio.new_event_loop()
    try:
        writers = loop.run_until_complete(listen(crowded.port, count))
        pairs = [(load(quiet, seconds), load(crowded, seconds)) for _ in range(rounds)]
        rate = statistics.median(b[0] / a[0] for a, b in pairs)
        cost = statistics.median(a[1] / b[1] for a, b in pairs)
        print(f"{count} idle readers: {rate:.2f} of itself by requests, {cost:.2f} by CPU (≥ 0.9)")
        for writer in writers:
            writer.close()
    finally:
        for server in (quiet, crowded):
            server.process.terminate()
            server.process.wait()
        loop.close()


def memory(documents: int) -> None:
    """Print what this many documents, gzip included, cost in memory."""
    empty, full = Server("door", 1), Server("door", documents)
    grown = full.megabytes() - empty.megabytes()
    print(f"{documents:,} documents of 15 KB: {grown:.0f} MiB (≤ 256), ", end="")
    print(f"the process with them {full.megabytes():.0f} MiB")
    for server in (empty, full):
        server.process.terminate()
        server.process.wait()


def main() -> None:
    """Measure everything and print it."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--seconds", type=int, default=2)
    asked.add_argument("--subscribers", type=int, default=500)
    given = asked.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("This benchmark needs wrk (apt-get install wrk).")
    compare(given.rounds, given.seconds)
    with_subscribers(max(3, given.rounds // 2), given.seconds, given.subscribers)
    memory(10_000)


if __name__ == "__main__":
    main()
