"""Receivers as they are: interim answers, pleas to wait, Cyrillic names, long failure."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.gateway.store import deliveries
from services.gateway.store.deliveries import FAILURES_BEFORE_PAUSE
from services.gateway.webhooks.addresses import AddressRefused, check_url, normalise_url
from services.gateway.webhooks.delivery import Deliverer
from services.gateway.webhooks.http_post import Posted, post, retry_after_of
from shared.worker import JobContext
from tests.services.gateway.conftest import House

NOW = datetime(2022, 12, 1, tzinfo=UTC)
# The codec of the standard library (RFC 3490) writes these names as UTS 46 does.
LABELS, SHORT = ("приём.хабкрай.рф".encode("idna").decode(), "приём.рф".encode("idna").decode())
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


@asynccontextmanager
async def answering(answer: bytes, taken: list[bytes] | None = None) -> AsyncIterator[str]:
    """Answer every connection with these bytes, whatever is asked."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        if taken is not None:
            taken.append(asked)
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


async def posted(answer: bytes) -> Posted:
    async with answering(answer) as url:
        return await post(url, b"{}", {}, private_allowed=True, timeout_seconds=5)


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\nlink: </a>\n\n",
    ],
)
async def test_interim_answers_are_read_past(interim: bytes) -> None:
    assert (await posted(interim + OK)).status == 200
    refused = await posted(interim + b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\n\r\n")
    assert (refused.status, refused.retry_after, refused.delivered) == (503, 7.0, False)


async def test_another_protocol_is_no_delivery() -> None:
    answer = await posted(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n" + OK)
    assert (answer.status, answer.delivered) == (101, False)


async def test_endless_interim_answers_are_an_error() -> None:
    answer = await posted(b"HTTP/1.1 102 Processing\r\n\r\n" * 100 + OK)
    assert answer.status is None
    assert answer.error is not None


async def test_a_final_answer_with_long_fields_is_delivered() -> None:
    assert (await posted(b"HTTP/1.1 204 Ok\r\nx: " + b"a" * 100_000 + b"\r\n\r\n")).status == 204


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Thu, 01 Dec 2022 00:02:00 GMT", 120.0),
        ("Wed, 30 Nov 2022 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_of({"retry-after": value}, NOW) == seconds


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://приём.хабкрай.рф/hook", f"https://{LABELS}/hook"),
        (
            "https://example.org/приём?a=б&c=d",
            "https://example.org/%D0%BF%D1%80%D0%B8%D1%91%D0%BC?a=%D0%B1&c=d",
        ),
        ("https://приём.рф:8443/a%20b", f"https://{SHORT}:8443/a%20b"),
        ("https://example.org/hook", "https://example.org/hook"),
    ],
)
def test_a_name_in_any_script_is_written_in_ascii(url: str, written: str) -> None:
    assert normalise_url(url) == written
    check_url(written, private_allowed=False)


@pytest.mark.parametrize("url", ["https://при ём.рф/", "https://-ё-.рф/", "https://ё@пример.рф/"])
def test_a_name_that_is_none_is_refused_with_the_way_out(url: str) -> None:
    with pytest.raises(AddressRefused):
        normalise_url(url)


@pytest.mark.parametrize(
    "url", ["https://１２７.0.0.1/", "https://127。0。0。1/", "https://ｌocalhost/"]
)
def test_other_digits_and_dots_hide_no_private_address(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(normalise_url(url), private_allowed=False)


async def subscribe(house: House, url: str) -> dict[str, Any]:
    made = await house.http.post("/v1/webhooks", json={"url": url}, headers=await house.bearer())
    assert made.status_code == 201, made.text
    answer: dict[str, Any] = made.json()
    return answer


async def test_a_client_has_at_most_twenty_subscriptions(quiet: House) -> None:
    for number in range(20):
        await subscribe(quiet, f"https://example.org/{number}")
    headers = await quiet.bearer()
    body = {"url": "https://example.org/more"}
    refused = await quiet.http.post("/v1/webhooks", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "WEBHOOK_LIMIT")


async def test_one_ping_is_under_way_at_a_time(quiet: House) -> None:
    hook = await subscribe(quiet, "https://example.org/hook")
    ping, headers = f"/v1/webhooks/{hook['id']}/ping", await quiet.bearer()
    answers = [await quiet.http.post(ping, headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 409, 409]
    assert answers[1].json()["code"] == "PING_WAITING"
    async with quiet.db.transaction() as session:
        later = text("UPDATE delivery SET next_at = next_at + interval '1 hour'")
        await session.execute(later)
    assert (await quiet.http.post(ping, headers=headers)).status_code == 202
    log = (await quiet.http.get(f"/v1/webhooks/{hook['id']}/deliveries", headers=headers)).json()
    assert sorted(item["state"] for item in log["items"]) == ["failed", "waiting"]


class Clock:
    """The deliverer's time, put forward by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) + timedelta(minutes=1)

    def __call__(self) -> datetime:
        return self.now


def context_of(house: House) -> JobContext:
    return JobContext(house.db, house.settings, {}, None)  # type: ignore[arg-type]  # no notifier.


async def attempt(deliverer: Deliverer, context: JobContext) -> None:
    await deliverer.look(context)
    await deliverer.settled()


async def queue(house: House, hook: str, count: int) -> None:
    async with house.db.transaction() as session:
        for number in range(count):
            message = f"msg_{number}"
            await deliveries.add(session, UUID(hook), message, "ratings.changed.v1", b"{}")


async def state_of(house: House, hook: str) -> dict[str, Any]:
    answer = await house.http.get(f"/v1/webhooks/{hook}", headers=await house.bearer())
    found: dict[str, Any] = answer.json()
    return found


async def test_a_receiver_that_keeps_failing_is_paused_and_its_owner_told(quiet: House) -> None:
    clock, taken = Clock(), list[bytes]()
    deliverer, context = Deliverer(clock), context_of(quiet)
    async with answering(b"HTTP/1.1 500 No\r\n\r\n", taken) as url:
        hook = (await subscribe(quiet, url))["id"]
        await queue(quiet, hook, 12)
        await attempt(deliverer, context)
        assert len(taken) == FAILURES_BEFORE_PAUSE
        told = await state_of(quiet, hook)
        assert told["failures"] == FAILURES_BEFORE_PAUSE
        paused = datetime.fromisoformat(told["paused_until"]) - clock.now
        assert timedelta(seconds=55) < paused <= timedelta(seconds=61)
        await attempt(deliverer, context)
        assert len(taken) == FAILURES_BEFORE_PAUSE
        clock.now += timedelta(seconds=61)
        await attempt(deliverer, context)
        assert len(taken) == FAILURES_BEFORE_PAUSE + 1
        longer = datetime.fromisoformat((await state_of(quiet, hook))["paused_until"]) - clock.now
        assert longer > timedelta(seconds=115)


async def test_a_receiver_that_answers_again_is_not_paused_any_more(quiet: House) -> None:
    clock = Clock()
    deliverer, context = Deliverer(clock), context_of(quiet)
    async with answering(OK) as url:
        hook = (await subscribe(quiet, url))["id"]
        await queue(quiet, hook, 1)
        async with quiet.db.transaction() as session:
            await session.execute(text("UPDATE webhook SET failures = 9"))
        await attempt(deliverer, context)
    told = await state_of(quiet, hook)
    assert (told["failures"], told["paused_until"]) == (0, None)


async def test_a_plea_to_wait_puts_the_next_attempt_off(quiet: House) -> None:
    clock = Clock()
    deliverer, context = Deliverer(clock), context_of(quiet)
    async with answering(b"HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\n\r\n") as url:
        hook = (await subscribe(quiet, url))["id"]
        await queue(quiet, hook, 1)
        await attempt(deliverer, context)
    headers = await quiet.bearer()
    log = (await quiet.http.get(f"/v1/webhooks/{hook}/deliveries", headers=headers)).json()
    waits = datetime.fromisoformat(log["items"][0]["next_at"]) - clock.now
    assert waits >= timedelta(seconds=3599)


async def test_a_claim_of_a_dead_deliverer_is_free_within_fifteen_seconds(quiet: House) -> None:
    hook = (await subscribe(quiet, "https://example.org/hook"))["id"]
    await queue(quiet, hook, 1)
    clock = Clock()
    async with quiet.db.transaction() as session:
        claimed = await Deliverer(clock)._claim(quiet.db, UUID(hook))
        assert claimed is not None
        assert await deliveries.due_subscriptions(session, clock.now) == []
        soon = clock.now + timedelta(seconds=15)
        assert await deliveries.due_subscriptions(session, soon) == [UUID(hook)]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/hook", "http://localhost:9000", "https://[::1]/"]
)
def test_a_receiver_on_this_machine_is_taken_where_that_is_allowed(url: str) -> None:
    check_url(url, private_allowed=False, loopback_allowed=True)
    with pytest.raises(AddressRefused):
        check_url(url, private_allowed=False)


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "https://192.168.1.4/", "http://example.org/", "https://a.internal/"],
)
def test_loopback_opens_no_other_network(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, private_allowed=False, loopback_allowed=True)
