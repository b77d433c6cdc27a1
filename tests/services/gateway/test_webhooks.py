import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook

from services.gateway.settings import Settings
from services.gateway.store.deliveries import MATCHING
from services.gateway.webhooks.addresses import AddressRefused, check_url, is_public, resolve
from services.gateway.webhooks.delivery import ATTEMPTS, PAUSES, Deliverer, next_attempt
from services.gateway.webhooks.http_post import post
from services.gateway.webhooks.signing import living, new_secret, rotated, sign
from services.gateway.webhooks.types import audience_of
from shared.worker import JobContext
from tests.services.gateway.conftest import House, until
from tests.services.gateway.publisher import listening

NOW = datetime(2022, 12, 1, tzinfo=UTC)
TABLE = "/v1/ratings/rum/2022"
OPEN = "ratings.revision_published.v1"
RIGHTS = text("UPDATE client SET scopes = :scopes, enabled = :enabled WHERE id = :id")


@dataclass
class Receiver:
    """Somebody's server: answers with the next of its statuses and remembers what came."""

    statuses: list[int] = field(default_factory=list)
    location: str | None = None
    pause: float = 0
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        await asyncio.sleep(self.pause)
        self.taken.append((headers, message["body"]))
        status = self.statuses.pop(0) if self.statuses else 204
        fields = [(b"location", self.location.encode())] if self.location else []
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    async with listening(receiver) as port:
        yield f"http://127.0.0.1:{port}/hook"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 -- an address to be refused.
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2002:7f00:1::",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2001::1",
    ],
)
def test_addresses_that_lead_inside_are_no_public_ones(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://user:pass@example.org/x",
        "https://example.org/x#y",
        "https://example.org:0/x",
        "https://example.org:99999/x",
        "ftp://example.org/x",
        "https:///x",
        "https://example.org/\r\nx: y",
        "https://пример.рф/",
        "https://localhost/x",
        "https://localhost./x",
        "https://vault.internal/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://0300.0250.1.1/x",
        "https://intranet/x",
    ],
)
def test_urls_that_are_not_plainly_public_https_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, private_allowed=False)


async def test_a_name_with_a_private_address_is_refused_and_pinned_otherwise() -> None:
    with pytest.raises(AddressRefused):
        await resolve("localhost", 443, private_allowed=False)
    assert await resolve("127.0.0.1", 443, private_allowed=True) == "127.0.0.1"


def test_ten_attempts_are_made_over_75_hours() -> None:
    assert ATTEMPTS == 10
    assert timedelta(hours=75) <= sum(PAUSES, timedelta()) < timedelta(hours=76)
    at, latest = NOW, NOW
    for number in range(1, 10):
        planned = next_attempt(number, at, lambda: 0.999)
        unhurried = next_attempt(number, latest, lambda: 0.0)
        assert planned is not None
        assert unhurried is not None
        at, latest = planned, unhurried
    assert at < latest
    assert next_attempt(10, at, lambda: 0.0) is None


def test_both_secrets_sign_while_one_replaces_the_other() -> None:
    first = [new_secret(NOW)]
    both = rotated(first, NOW)
    at = NOW + timedelta(hours=1)
    headers = sign(both, "msg_1", at, b"{}")
    signatures = headers["webhook-signature"].split(" ")
    assert len(signatures) == 2
    for record, signature in zip(both, signatures, strict=True):
        key = base64.b64decode(record["secret"].removeprefix("whsec_"))
        signed = f"msg_1.{int(at.timestamp())}.{{}}".encode()
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert signature == f"v1,{expected}"
    assert living(both, NOW + timedelta(hours=25)) == both[:1]


async def test_a_redirect_is_not_followed() -> None:
    target = Receiver()
    async with receiving(target) as inside, receiving(Receiver([307], location=inside)) as url:
        posted = await post(url, b"{}", {}, private_allowed=True)
    assert (posted.status, posted.delivered) == (307, False)
    assert target.taken == []


async def test_a_slow_receiver_costs_only_its_deadline() -> None:
    async with receiving(Receiver(pause=5)) as url:
        posted = await post(url, b"{}", {}, private_allowed=True, timeout_seconds=0.2)
    assert posted.status is None
    assert posted.error is not None
    assert posted.milliseconds < 2000


async def test_a_private_receiver_is_refused_at_the_time_of_sending_too() -> None:
    receiver = Receiver()
    async with receiving(receiver) as url:
        posted = await post(url.replace("http", "https"), b"{}", {}, private_allowed=False)
    assert posted.status is None
    assert receiver.taken == []


async def subscribe(house: House, url: str, **body: Any) -> dict[str, Any]:
    answer = await house.http.post(
        "/v1/webhooks", json={"url": url, **body}, headers=await house.bearer()
    )
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "etag": answer.headers["etag"]}


async def count(house: House, statement: str) -> int:
    async with house.db.reading() as session:
        return int((await session.execute(text(statement))).scalar_one())


async def test_a_published_fact_reaches_the_subscriber_signed(house: House) -> None:
    receiver = Receiver([500])
    async with receiving(receiver) as url:
        hook = await subscribe(house, url, types=["ratings.revision_published.v1"])
        house.ratings.publish(TABLE, 1, {"rows": []})

        async def twice() -> bool:
            return len(receiver.taken) >= 2

        await until(twice, 40)
    (first, body), (second, again) = receiver.taken[:2]
    assert body == again
    assert first["webhook-id"] == second["webhook-id"]
    verified = Webhook(hook["secret"]).verify(body.decode(), second)
    assert verified["specversion"] == "1.0"
    assert verified["type"] == "ratings.revision_published.v1"
    assert verified["data"]["documents"] == [TABLE]
    assert second["content-type"] == "application/cloudevents+json"
    log = await house.http.get(
        f"/v1/webhooks/{hook['id']}/deliveries", headers=await house.bearer()
    )
    [delivery] = log.json()["items"]
    assert delivery["state"] == "delivered"
    assert [attempt["status"] for attempt in delivery["log"]] == [500, 204]


class Clock:
    def __init__(self) -> None:
        self.present = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.present


Look = Callable[[], Awaitable[None]]


async def test_75_hours_of_a_dead_receiver_lose_nothing_and_then_give_up(
    lonely: tuple[House, Clock, Look],
) -> None:
    house, clock, look = lonely
    receiver = Receiver([503] * 9)
    async with receiving(receiver) as url:
        hook = await subscribe(house, url)
        await house.http.post(f"/v1/webhooks/{hook['id']}/ping", headers=await house.bearer())
        started = clock.present
        for _ in range(11):
            await look()
            clock.present += timedelta(hours=25)
        assert len(receiver.taken) == 10
        assert len({headers["webhook-id"] for headers, _ in receiver.taken}) == 1
    for headers, body in receiver.taken:
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
        key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
        signature = base64.b64encode(
            hmac.new(key, content.encode(), hashlib.sha256).digest()
        ).decode()
        assert headers["webhook-signature"] == f"v1,{signature}"
    assert clock.present - started > timedelta(days=10)
    assert await count(house, "SELECT count(*) FROM delivery WHERE state = 'delivered'") == 1


async def test_a_gone_receiver_disables_its_subscription(
    lonely: tuple[House, Clock, Look],
) -> None:
    house, clock, look = lonely
    async with receiving(Receiver([410])) as url:
        hook = await subscribe(house, url)
        for _ in range(2):
            await house.http.post(f"/v1/webhooks/{hook['id']}/ping", headers=await house.bearer())
        clock.present += timedelta(minutes=1)
        await look()
    answer = await house.http.get(f"/v1/webhooks/{hook['id']}", headers=await house.bearer())
    assert answer.json()["state"] == "disabled"
    assert "410" in answer.json()["reason"]
    assert await count(house, "SELECT count(*) FROM delivery_attempt") == 1


@pytest.fixture
async def lonely(quiet: House) -> tuple[House, Clock, Look]:
    """A house where no worker delivers: the test does, by a clock of its own."""
    clock = Clock()
    deliverer = Deliverer(clock)
    settings: Settings = quiet.settings
    context = JobContext(quiet.db, settings, {}, None)  # type: ignore[arg-type]  # rings nobody.

    async def look() -> None:
        await deliverer.look(context)
        await deliverer.settled()

    return quiet, clock, look


async def test_subscriptions_are_changed_only_by_who_knows_their_version(house: House) -> None:
    hook = await subscribe(house, "https://example.org/x")
    bearer = await house.bearer()
    path = f"/v1/webhooks/{hook['id']}"
    blind = await house.http.patch(path, json={"state": "disabled"}, headers=bearer)
    assert blind.status_code == 428
    tagged = {**bearer, "if-match": hook["etag"]}
    changed = await house.http.patch(path, json={"state": "disabled"}, headers=tagged)
    assert (changed.status_code, changed.json()["state"]) == (200, "disabled")
    stale = await house.http.delete(path, headers=tagged)
    assert stale.status_code == 412
    fresh = await house.http.delete(path, headers={**bearer, "if-match": changed.headers["etag"]})
    assert fresh.status_code == 204
    assert (await house.http.get(path, headers=bearer)).status_code == 404


async def test_a_client_that_lost_the_right_is_told_nothing_more(house: House) -> None:
    closed = "training.route_changed.v1"
    hook = await subscribe(house, "https://example.org/x", types=[closed, OPEN])

    async def told(scopes: list[str], *, enabled: bool, fact: str) -> bool:
        row = {"id": house.demo["client_id"], "scopes": scopes, "enabled": enabled}
        async with house.db.transaction() as session:
            await session.execute(RIGHTS, row)
            wanted = {"type": fact, "scope": audience_of(fact)}
            found = list((await session.execute(MATCHING, wanted)).scalars())
        return [str(one) for one in found] == [hook["id"]]

    assert await told(["training:read"], enabled=True, fact=closed)
    assert not await told(["ratings:read"], enabled=True, fact=closed)
    assert await told(["ratings:read"], enabled=True, fact=OPEN)
    assert not await told(["training:read"], enabled=False, fact=OPEN)


async def test_the_secret_is_shown_once(house: House) -> None:
    hook = await subscribe(house, "https://example.org/x")
    assert hook["secret"].startswith("whsec_")
    bearer = await house.bearer()
    again = await house.http.get(f"/v1/webhooks/{hook['id']}", headers=bearer)
    assert again.json()["secret"] is None
    assert hook["secret"] not in json.dumps(
        (await house.http.get("/v1/webhooks", headers=bearer)).json()
    )
