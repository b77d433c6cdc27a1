"""Clients generated from the contract, unedited, do what an integrator does first."""

import asyncio
import json
import os
import shutil
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tests.journeys.live import LiveSystem
from tests.services.gateway.publisher import listening

CLIENTS = Path(__file__).parent / "clients"
Taken = list[tuple[dict[str, str], bytes]]
Run = Callable[[str, str], Awaitable[str]]


async def run(folder: Path, *command: str) -> str:
    """Run a program that must succeed, the project's own tools in its path; return what it said."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = await create_subprocess_exec(
        *command, cwd=folder, env={**os.environ, "PATH": path}, stdout=PIPE, stderr=STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@asynccontextmanager
async def receiving(taken: Taken) -> AsyncIterator[str]:
    """Listen to webhooks on loopback and keep what comes."""

    async def receiver(scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        taken.append(({k.decode(): v.decode() for k, v in scope["headers"]}, body))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with listening(receiver) as port:
        yield f"http://127.0.0.1:{port}/hook"


async def drive(live: LiveSystem, runs: Run) -> None:
    """Let a client make its journey and verify what it says and the webhook it ordered."""
    taken: Taken = []
    value = live.new_value()
    async with receiving(taken) as hook:
        told = json.loads((await runs(hook, value)).splitlines()[-1])
        secret = told.pop("secret")
        assert told == {
            "job": "done",
            "rehearsed": 9000,
            "updated": 1,
            "score": float(value),
            "passport": "Хабаровский край",
        }
        async with asyncio.timeout(60):
            while not taken:
                await asyncio.sleep(0.1)
    headers, body = taken[0]
    message = Webhook(secret).verify(body, headers)
    assert message["type"] == "ratings.revision_published.v1"
    assert message["specversion"] == "1.0"
    with pytest.raises(Exception, match="signature"):
        Webhook(secret).verify(body + b" ", headers)
    await live.settle()


async def contract(live: LiveSystem, folder: Path) -> Path:
    given = folder / "openapi.json"
    given.write_bytes((await live.client.get("/openapi.json")).content)
    return given


async def test_a_python_client_goes_from_a_token_to_a_webhook(
    live: LiveSystem, tmp_path: Path
) -> None:
    given, folder = await contract(live, tmp_path), tmp_path / "client"
    told = await run(
        tmp_path,
        *("openapi-python-client", "generate"),
        *("--path", str(given), "--output-path", str(folder)),
    )
    # It leaves bodies and pictures it has no types for, but no operation and no schema.
    assert "will not be generated" not in told
    assert "Unable to parse" not in told
    script = folder / "journey.py"
    shutil.copy(CLIENTS / "journey.py", script)

    async def runs(hook: str, value: str) -> str:
        demo = live.demo
        arguments = (live.url, demo["client_id"], demo["client_secret"], hook, value)
        return await run(folder, sys.executable, str(script), *arguments)

    await drive(live, runs)


@pytest.mark.skipif(
    shutil.which("npm") is None and "CI" not in os.environ,
    reason="Node.js with npm is not installed; in CI that is a failure, not a skip",
)
async def test_a_typescript_client_goes_from_a_token_to_a_webhook(
    live: LiveSystem, tmp_path: Path
) -> None:
    given = await contract(live, tmp_path)
    for name in ("package.json", "package-lock.json", "tsconfig.json", "journey.ts"):
        shutil.copy(CLIENTS / name, tmp_path)
    await run(tmp_path, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    await run(tmp_path, "npx", "--no-install", "openapi-typescript", str(given), "-o", "api.d.ts")
    await run(tmp_path, "npx", "--no-install", "tsc", "--project", ".")

    async def runs(hook: str, value: str) -> str:
        demo = live.demo
        arguments = (live.url, demo["client_id"], demo["client_secret"], hook, value)
        return await run(tmp_path, "node", "out/journey.js", *arguments)

    await drive(live, runs)
