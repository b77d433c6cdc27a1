"""What is done while processes die: each flow ends acknowledged and says what must hold then."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from tests.faults.receiver import Receiver
from tests.journeys.live import LiveSystem

AMBIGUOUS = frozenset({409, 429, 502, 503, 504})
PATIENCE_SECONDS = 90
PADDING = " " * (1 << 20)
PHYSICS = "/v1/olympiads/2022-2023/thresholds"
ANNOUNCED = """
    SELECT 'msg_' || replace(id::text, '-', '') FROM gateway.change
    WHERE type = 'ratings.revision_published.v1' ORDER BY seq DESC LIMIT 1
"""
_half = count(1)


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow, the processes that take part in it, in the order of their work."""

    name: str
    run: Callable[[LiveSystem, Receiver], Awaitable[list[str]]]
    victims: tuple[str, ...]


async def acknowledged(
    live: LiveSystem, method: str, path: str, *, key: bool = True, **given: Any
) -> httpx.Response:
    """Send a request until its answer is definite, always with the same key."""
    headers = dict(given.pop("headers", {}))
    if key:
        headers["idempotency-key"] = uuid4().hex
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                answer = await live.client.request(method, path, headers=headers, **given)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code not in AMBIGUOUS:
                return answer
            await asyncio.sleep(0.1)


def observation(value: str) -> Mapping[str, object]:
    return {
        "programme": "rum",
        "period": "2022",
        "territory": "08000000",
        "indicator": "1.1",
        "value": value,
        "status": None,
        "source": None,
    }


async def table(live: LiveSystem) -> httpx.Response:
    """Return the published table, also while a process is being restarted."""
    return await acknowledged(live, "GET", "/v1/ratings/rum/2022", key=False)


def shown_value(answer: httpx.Response) -> str:
    (row,) = [row for row in answer.json()["rows"] if row["territory"] == "08000000"]
    return f"{float(row['nodes']['1.1']['score']):.1f}"


async def send_import(live: LiveSystem, value: str, padding: str = "") -> list[str]:
    """Import one value; it is there once, and the published table shows it."""
    before = await live.ask("SELECT count(*) FROM ratings.import_run")
    answer = await acknowledged(
        live,
        "POST",
        "/v1/ratings/imports?kind=observations",
        content=json.dumps([observation(value)]) + padding,
        headers={"content-type": "application/json"},
    )
    faults = [] if answer.status_code in (200, 202) else [f"import: {answer.status_code}"]
    await live.settle(PATIENCE_SECONDS)
    runs = await live.ask("SELECT count(*) FROM ratings.import_run") - before
    shown = shown_value(await table(live))
    if (runs, shown) != (1, value):
        faults.append(f"import of {value}: {runs} runs, the table shows {shown}")
    return faults


async def import_small(live: LiveSystem, _receiver: Receiver) -> list[str]:
    return await send_import(live, live.new_value())


async def import_by_job(live: LiveSystem, _receiver: Receiver) -> list[str]:
    return await send_import(live, live.new_value(), PADDING)


async def publish(live: LiveSystem, _receiver: Receiver) -> list[str]:
    """Change a value; one new revision is published and announced."""
    question = "SELECT max(number) FROM ratings.rating_revision"
    before = await live.ask(question)
    faults = await send_import(live, live.new_value())
    made = await live.ask(question) - before
    return faults if made == 1 else [*faults, f"publication: {made} revisions instead of 1"]


async def refresh(live: LiveSystem, _receiver: Receiver) -> list[str]:
    """Change a value; the gateway's entity tag changes and stays."""
    before = (await table(live)).headers["etag"]
    faults = await send_import(live, live.new_value())
    after = (await table(live)).headers["etag"]
    return faults if after != before else [*faults, "the document did not change"]


async def webhook(live: LiveSystem, receiver: Receiver) -> list[str]:
    """Change a value; the receiver is notified of the revision."""
    receiver.messages.clear()
    faults = await send_import(live, live.new_value())
    announced = await live.ask(ANNOUNCED)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while announced not in receiver.messages:
            await asyncio.sleep(0.05)
    return faults


async def plan(live: LiveSystem, _receiver: Receiver) -> list[str]:
    """Propose and solve a plan; it has one revision."""
    half = next(_half) % 2 + 1
    created = await acknowledged(
        live, "POST", "/v1/training/plans", json={"year": "2023", "half": half}
    )
    if created.status_code != 201:
        return [f"plan: {created.status_code} {created.text[:200]}"]
    number = created.json()["id"]
    solving = await acknowledged(live, "POST", f"/v1/training/plans/{number}/solve")
    await live.settle(PATIENCE_SECONDS)
    question = "SELECT count(*) FROM training.plan_revision WHERE plan::text = $1"
    made = await live.ask(question, number)
    done = solving.status_code == 202 and made == 1
    return [] if done else [f"plan {number}: {solving.status_code}, {made} revisions"]


async def threshold(live: LiveSystem, _receiver: Receiver) -> list[str]:
    """Draft, approve and publish a threshold; each step is taken once."""
    body = {"subject": "physics", "grade": 9, "score": "14", "percent": "28"}
    state = (await acknowledged(live, "POST", PHYSICS, json=body)).json()
    for verb, given in (("approve", None), ("publish", {"basis": {"document": "Протокол № 3"}})):
        answer = await acknowledged(
            live,
            "POST",
            f"{PHYSICS}/{state['id']}/{verb}",
            json=given,
            headers={"if-match": state["etag"]},
        )
        if answer.status_code != 200:
            return [f"threshold {verb}: {answer.status_code} {answer.text[:200]}"]
        state = answer.json()
    await live.settle(PATIENCE_SECONDS)
    return []


async def token(live: LiveSystem, _receiver: Receiver) -> list[str]:
    """Ask for a token; it opens what it is for."""
    answer = await acknowledged(
        live,
        "POST",
        "/oauth/token",
        key=False,
        data={"grant_type": "client_credentials"},
        auth=(live.demo["client_id"], live.demo["client_secret"]),
    )
    if answer.status_code != 200:
        return [f"token: {answer.status_code} {answer.text[:200]}"]
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
    me = await acknowledged(live, "GET", "/v1/clients/me", key=False, headers=bearer)
    return [] if me.status_code == 200 else [f"token: refused, {me.status_code}"]


FLOWS = (
    Flow("import", import_small, ("ratings-web",)),
    Flow("job", import_by_job, ("ratings-worker", "ratings-web")),
    Flow("publication", publish, ("ratings-worker",)),
    Flow("document refresh", refresh, ("gateway-worker", "gateway-web")),
    Flow("webhook", webhook, ("gateway-worker",)),
    Flow("plan", plan, ("training-worker", "training-web")),
    Flow("threshold", threshold, ("olympiads-web", "olympiads-worker")),
    Flow("token", token, ("gateway-web",)),
)
