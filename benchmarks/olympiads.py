"""Three million municipal results, 72 quotas, 10 000 admissions, in one run.

The system runs as `make run` starts it, without the programme's data. Made-up results of 24
subjects and three grades, whose ≥ 75 % counts are the programme's, go in as CSV through
`POST /v1/olympiads/imports` in two files (a body is at most 200 MiB); the clock runs from the
first byte sent to the report saying `done`. The yardstick is a sorted binary COPY of the very
columns that were stored into the same emptied table with its index. Memory is the greatest
resident set of the service's processes while a file of half the size and a whole one go in.
Run: `python -m benchmarks.olympiads [rows]`.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import httpx

from benchmarks._scratch import scratch_folder
from benchmarks.import_million import READY, free_port, made, pieces
from services.olympiads.domain.generator import Group
from services.olympiads.sample import SEASON, made_groups, rows_of, write_results
from shared.embedded import home_in, start_postgres

ROWS = 3_000_000
FILES, SMALL_SHARE = 2, 4
SEED = 407
QUOTAS_LIMIT, ADMISSIONS_LIMIT = 2.0, 1.0
ADMISSIONS = 10_000
PORTS = ("GATEWAY_PORT", "RATINGS_PORT", "OLYMPIADS_PORT", "TRAINING_PORT")
SORTED = """
    SELECT * FROM olympiads.result ORDER BY season, stage, subject, participant, known_to
"""


def file_of(groups: Sequence[Group]) -> bytes:
    """Return the results of these groups as one CSV file."""
    out = BytesIO()
    write_results(groups, SEED, out)
    return out.getvalue()


def split(groups: Sequence[Group]) -> list[list[Group]]:
    """Split the groups by subject into files of about equal size."""
    files: list[list[Group]] = [[] for _ in range(FILES)]
    for subject in sorted({group.subject for group in groups}):
        least = min(files, key=lambda file: sum(group.participants for group in file))
        least += [group for group in groups if group.subject == subject]
    return files


async def send(client: httpx.AsyncClient, body: bytes) -> tuple[float, int]:
    """Import a file; return the seconds it took and the rows it inserted."""
    begun = time.perf_counter()
    answer = await client.post(
        "/v1/olympiads/imports?kind=results",
        content=pieces(body),
        headers={"content-type": "text/csv"},
    )
    report: dict[str, Any] = answer.raise_for_status().json()
    while report["status"] in ("accepted", "running"):
        await asyncio.sleep(0.05)
        report = (await client.get(answer.headers["location"])).json()
    seconds = time.perf_counter() - begun
    if report["status"] != "done" or report["counts"]["rejected"]:
        raise RuntimeError(f"The import did not go through: {report}")
    return seconds, int(report["counts"]["inserted"])


def resident(root: int) -> int:
    """Return the memory in use of a process and all below it, in bytes."""
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            continue
        sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
        total += sum(int(size) << 10 for size in sizes)
        waiting += [int(child) for child in children]
    return total


async def peak_while(client: httpx.AsyncClient, body: bytes, root: int) -> tuple[float, int, int]:
    """Import a file and watch: seconds, rows, greatest memory of the service's processes."""
    sending = asyncio.create_task(send(client, body))
    peak = 0
    while not sending.done():
        peak = max(peak, resident(root))
        await asyncio.sleep(0.1)
    seconds, rows = await sending
    return seconds, rows, peak


async def copied(owner: str) -> tuple[float, int]:
    """Return the seconds of a sorted binary COPY of what is stored, and its rows."""
    connection = await asyncpg.connect(owner)
    rows = int(await connection.fetchval("SELECT count(*) FROM olympiads.result"))
    with tempfile.TemporaryFile() as held:
        await connection.copy_from_query(SORTED, output=held, format="binary")
        await connection.execute("TRUNCATE olympiads.result")
        await connection.execute("CHECKPOINT")
        held.seek(0)
        begun = time.perf_counter()
        await connection.copy_to_table(
            "result", schema_name="olympiads", source=held, format="binary"
        )
        seconds = time.perf_counter() - begun
    await connection.execute("ANALYZE olympiads.result")
    await connection.close()
    return seconds, rows


async def timed(client: httpx.AsyncClient, method: str, path: str, body: object = None) -> float:
    """Return the median seconds of three requests."""
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        answer = await client.request(method, path, json=body)
        taken.append(time.perf_counter() - begun)
        answer.raise_for_status()
    return median(taken)


async def quotas_of(client: httpx.AsyncClient) -> float:
    """Store 72 quotas and return the seconds of solving them all."""
    for subject in rows_of("subjects.csv"):
        for grade in (9, 10, 11):
            body = {
                "subject": subject["code"],
                "grades": [grade],
                "places": 30,
                "basis": "Приказ № 1",
            }
            path = f"/v1/olympiads/{SEASON}/quotas"
            (await client.post(path, json=body)).raise_for_status()
    return await timed(client, "GET", f"/v1/olympiads/{SEASON}/quotas")


async def admissions_of(client: httpx.AsyncClient, owner: str) -> float:
    """Return the seconds of 10 000 admissions of one subject."""
    connection = await asyncpg.connect(owner)
    found = await connection.fetch(
        "SELECT participant, study_grade FROM olympiads.result WHERE subject = 'physics' LIMIT $1",
        ADMISSIONS,
    )
    await connection.close()
    items = [dict(row) for row in found]
    body = {"season": SEASON, "subject": "physics", "items": items}
    print(f"admissions asked for: {len(items)}")
    return await timed(client, "POST", "/v1/olympiads/eligibility", body)


async def settled(owner: str) -> None:
    """Wait until the service has no job left, so that nothing runs next to what is measured."""
    connection = await asyncpg.connect(owner)
    busy = "SELECT count(*) FROM olympiads.job WHERE state IN ('queued', 'running')"
    while await connection.fetchval(busy):  # noqa: ASYNC110 -- the job runs in another process.
        await asyncio.sleep(0.2)
    await connection.close()


async def measure(owner: str, client: httpx.AsyncClient, root: int, rows: int) -> bool:
    """Measure everything and print it; tell whether the limits hold."""
    groups = made_groups(rows, SEED)
    small = file_of(made_groups(rows // SMALL_SHARE, SEED))
    _, count, low = await peak_while(client, small, root)
    print(f"small file: {count:,} rows, {len(small) >> 20} MiB, peak memory {low >> 20} MiB")
    await settled(owner)
    await truncate(owner)
    seconds, peaks, sent = 0.0, [], 0
    for part in split(groups):
        body = file_of(part)
        took, count, peak = await peak_while(client, body, root)
        print(f"{count:,} rows, {len(body) >> 20} MiB: {took:.1f} s, peak {peak >> 20} MiB")
        seconds, sent = seconds + took, sent + count
        peaks.append(peak)
        await settled(owner)
    copy, stored = await copied(owner)
    print(f"import {sent:,} rows in {seconds:.1f} s ({sent / seconds:,.0f}/s)")
    print(f"sorted binary COPY {stored:,} rows in {copy:.1f} s; ratio {copy / seconds:.2f}")
    print(f"memory: large {max(peaks) >> 20} MiB against small {low >> 20} MiB")
    solving = await quotas_of(client)
    print(f"72 quotas solved on {stored:,} results: {solving:.2f} s")
    deciding = await admissions_of(client, owner)
    print(f"admissions of one batch: {deciding:.2f} s")
    return solving <= QUOTAS_LIMIT and deciding <= ADMISSIONS_LIMIT


async def truncate(owner: str) -> None:
    """Empty the table of results."""
    connection = await asyncpg.connect(owner)
    await connection.execute("TRUNCATE olympiads.result")
    await connection.close()


async def against(owner: str, folder: Path, port: int, system: int, rows: int) -> bool:
    """Measure against a running system."""
    demo = json.loads((folder / "demo-client.json").read_text())
    form = {"grant_type": "client_credentials"}
    secret = (demo["client_id"], demo["client_secret"])

    async with httpx.AsyncClient(timeout=60) as door:
        answer = await door.post(demo["token_url"], data=form, auth=secret)
    headers = {"authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}
    base = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=900) as client:
        return await measure(owner, client, service_process(system), rows)


def service_process(system: int) -> int:
    """Return the process of the olympiads below the supervisor."""
    for child in Path(f"/proc/{system}/task/{system}/children").read_text().split():
        if "olympiads" in Path(f"/proc/{child}/cmdline").read_text():
            return int(child)
    raise RuntimeError("the service has no process of its own")


def main() -> int:
    """Run and print; the exit status says whether the limits hold."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with scratch_folder() as folder:
        return 0 if measure_in(folder, rows) else 1


def measure_in(folder: Path, rows: int) -> bool:
    """Measure on a system of its own and stop it; tell whether the limits hold."""
    ports = {name: free_port() for name in PORTS}
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
        port = ports["OLYMPIADS_PORT"]
        holds = asyncio.run(against(owner, folder, port, system.pid, rows))
    finally:
        system.send_signal(signal.SIGTERM)
        system.wait()
        server.stop()
    return holds


if __name__ == "__main__":
    sys.exit(main())
