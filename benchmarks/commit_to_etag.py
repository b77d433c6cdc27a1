"""From the commit of new regional data to the new entity tag at the gateway, on an idle system.

Starts the whole system in a data folder of its own (`python -m services up`), posts one changed
observation of `rum` 2022 after another through the public import, and asks the gateway for the
rating until its tag changes. The clock starts when the import's answer arrives, which is after its
commit; the time from sending the import is reported with it. The ratio is to the cost of one
round trip of the import itself.

    python -m benchmarks.commit_to_etag [--times 30]
"""

import argparse
import asyncio
import base64
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from shared.http import ServiceClient

ROOT = Path(__file__).parent.parent

TABLE = "/v1/ratings/rum/2022"
PATIENCE = 300.0


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def start(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the system in `folder` on free ports; return it and the gateway's address."""
    ports = {
        f"{name}_PORT": str(free_port()) for name in ("GATEWAY", "RATINGS", "OLYMPIADS", "TRAINING")
    }
    inherited = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    environment = {**inherited, **ports, "DATA_DIR": str(folder)}
    log = (folder / "up.log").open("wb")
    command = [sys.executable, "-m", "services", "up"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    return process, f"http://127.0.0.1:{ports['GATEWAY_PORT']}"


def wait_ready(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the programme's data are published."""
    ends = time.monotonic() + PATIENCE
    while "Ready at" not in (folder / "up.log").read_text():
        if process.poll() is not None or time.monotonic() > ends:
            raise SystemExit((folder / "up.log").read_text()[-2000:])
        time.sleep(0.5)


async def bearer(gateway: ServiceClient, folder: Path) -> dict[str, str]:
    """Return the header of a fresh token of the demo client."""
    client = json.loads((folder / "demo-client.json").read_text())
    proof = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    headers = {
        "authorization": f"Basic {proof}",
        "content-type": "application/x-www-form-urlencoded",
    }
    form = b"grant_type=client_credentials"
    answer = await gateway.request("POST", "/oauth/token", headers=headers, content=form)
    return {"authorization": f"Bearer {answer.json()['access_token']}"}


async def once(gateway: ServiceClient, token: dict[str, str], value: str) -> tuple[float, float]:
    """Post one changed value; return ms from its answer to the new tag, and of the import."""
    before = (await gateway.get(TABLE)).headers["etag"]
    row = {
        "programme": "rum",
        "period": "2022",
        "territory": "08000000",
        "indicator": "1.1",
        "value": value,
        "status": None,
        "source": None,
    }
    sent = time.perf_counter()
    answer = await gateway.request(
        "POST",
        "/v1/ratings/imports",
        headers={**token, "content-type": "application/json"},
        content=json.dumps([row]).encode(),
        params="kind=observations",
    )
    answered = time.perf_counter()
    if answer.status != 200:
        raise SystemExit(answer.body.decode())
    while (await gateway.get(TABLE)).headers["etag"] == before:
        if time.perf_counter() - answered > PATIENCE:
            raise SystemExit("The tag never changed.")
        await asyncio.sleep(0.01)
    return (time.perf_counter() - answered) * 1000, (answered - sent) * 1000


async def measure(url: str, folder: Path, times: int) -> None:
    """Print median and 95th percentile."""
    gateway = ServiceClient("gateway", url)
    token = await bearer(gateway, folder)
    await once(gateway, token, "50")
    runs = []
    for number in range(times):
        # The system comes to rest between two imports.
        await asyncio.sleep(1)
        runs.append(await once(gateway, token, str(51 + number % 40)))
    await gateway.close()
    delays, imports = sorted(one for one, _ in runs), [one for _, one in runs]
    late = delays[min(len(delays) - 1, int(0.95 * len(delays)))]
    print(f"commit → new tag: median {statistics.median(delays):.0f} ms, p95 {late:.0f} ms", end="")
    print(f" (asked: median ≤ 150); the import itself: median {statistics.median(imports):.0f} ms")


def main() -> None:
    """Measure on a system of its own and stop it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=30)
    given = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kachestvo-bench-"))
    process, url = start(folder)
    try:
        wait_ready(folder, process)
        asyncio.run(measure(url, folder, given.times))
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
