"""The receiver of `docs/integrators.md` takes what the gateway signs and nothing else."""

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer

import httpx
import pytest

from services.gateway.webhooks.signing import new_secret, sign
from tests.house.sources import ROOT

NOW = datetime.now(UTC)
BODY = '{"type": "ratings.revision_published.v1"}'


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, object]]]:
    """Run the printed code on a free port; give its address and the secret it believes."""
    page = (ROOT / "docs" / "integrators.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (code,) = [block for block in blocks if "server" in block]
    secret = new_secret(NOW)
    monkeypatch.setenv("WEBHOOK_SECRET", str(secret["secret"]))
    monkeypatch.setenv("PORT", "0")
    names: dict[str, object] = {}
    exec(code.replace("server.serve_forever()", ""), names)  # noqa: S102 -- the documented code.
    server = names["server"]
    assert isinstance(server, HTTPServer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", secret
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("age", "body", "status"),
    [
        (timedelta(), BODY, 204),
        (timedelta(), BODY + " ", 401),
        (timedelta(minutes=10), BODY, 401),
    ],
    ids=["genuine", "altered", "old"],
)
def test_only_a_fresh_genuine_message_is_taken(
    receiver: tuple[str, dict[str, object]], age: timedelta, body: str, status: int
) -> None:
    url, secret = receiver
    fields = sign([secret], "msg_1", datetime.now(UTC) - age, BODY.encode())
    answer = httpx.post(url, content=body, headers=fields)
    assert answer.status_code == status


def test_a_second_signature_of_a_rotation_is_enough(
    receiver: tuple[str, dict[str, object]],
) -> None:
    url, secret = receiver
    fields = sign([new_secret(NOW), secret], "msg_1", datetime.now(UTC), BODY.encode())
    assert httpx.post(url, content=BODY, headers=fields).status_code == 204
