import compileall
import json
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

from tests.services.gateway.conftest import House

DRIVE = """
import sys
from kachestvo_api_client import AuthenticatedClient, Client
from kachestvo_api_client.api.admin import gateway_list_clients
from kachestvo_api_client.api.changes import gateway_list_changes
from kachestvo_api_client.api.webhooks import gateway_create_webhook
from kachestvo_api_client.models import WebhookBody

url, token = sys.argv[1:]
with Client(base_url=url) as client:
    feed = gateway_list_changes.sync(client=client)
    assert feed.items == [], feed
with AuthenticatedClient(base_url=url, token=token) as client:
    known = gateway_list_clients.sync(client=client)
    assert [one.id for one in known.items] == ["demo"], known
    body = WebhookBody(url="https://example.org/hook")
    made = gateway_create_webhook.sync_detailed(client=client, body=body)
    assert made.status_code == 201, made
    assert made.parsed.state == "active"
print("driven")
"""


async def test_a_generated_python_client_compiles_and_drives_the_api(
    house: House, tmp_path: Path
) -> None:
    document = (await house.http.get("/openapi.json")).json()
    given = tmp_path / "openapi.json"
    given.write_text(json.dumps(document))
    folder = tmp_path / "client"
    program = str(Path(sys.executable).parent / "openapi-python-client")
    told = await run(
        tmp_path, program, "generate", "--path", str(given), "--output-path", str(folder)
    )
    assert "WARNING" not in told, told
    assert compileall.compile_dir(folder, quiet=1)
    # A process of its own: this loop goes on serving it.
    driven = await run(folder, sys.executable, "-c", DRIVE, house.url, await house.token())
    assert driven == "driven\n"


async def run(folder: Path, *command: str) -> str:
    """Run a program that must succeed, the project's own tools in its path; return what it said."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = await create_subprocess_exec(
        *command, cwd=folder, env={**os.environ, "PATH": path}, stdout=PIPE, stderr=STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_operations_have_unique_ids_russian_summaries_and_told_failures(
    house: House,
) -> None:
    document = (await house.http.get("/openapi.json")).json()
    ids = []
    for item in document["paths"].values():
        for operation in item.values():
            ids.append(operation["operationId"])
            assert any("а" <= letter.lower() <= "я" for letter in operation["summary"])
            assert operation["tags"][0].isascii()
            for status, response in operation["responses"].items():
                if status.startswith(("4", "5")):
                    assert list(response["content"]) == ["application/problem+json"]
    assert len(ids) == len(set(ids)) > 30
    assert document["openapi"].startswith("3.1")
    assert "ratings_revision_published_v1" in document["webhooks"]
    displayed = {tag["name"]: tag["x-displayName"] for tag in document["tags"]}
    assert displayed["webhooks"] == "Вебхуки"
