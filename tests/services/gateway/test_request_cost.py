"""The limit by cost: the table, the window, what a caller gets and is refused."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue import NAMES
from services.gateway.domain.request_cost import ORDINARY, OperationCost, SlidingWindow
from services.gateway.openapi.costs import read_costs
from tests.harness.service import ServiceUnderTest, application
from tests.services.gateway.conftest import House, until
from tests.services.gateway.test_bound_clients import bearer_of, client

PREVIEW = "/v1/ratings/preview"
CONTRACT = {
    "openapi": "3.1.0",
    "paths": {PREVIEW: {"post": {"operationId": "preview", "responses": {}}}},
}
UNITS, PER_KIB = 10, 4


def test_a_body_counts_by_its_exact_size_rounded_up() -> None:
    cost = OperationCost(10, Decimal("0.3"))
    assert [cost.of(size) for size in (0, 1, 1024, 10 * 1024, 13_700_000)] == [
        10,
        11,
        11,
        13,
        4024,
    ]
    assert ORDINARY.of(10**9) == 1


@pytest.mark.parametrize(
    "rows",
    [
        "POST,/x,1,0\nPOST,/x,2,0\n",
        "POST,/x,0,0\n",
        "POST,/x,1,-1\n",
        "POST,/x,many,0\n",
    ],
)
def test_a_table_without_sense_is_refused(tmp_path: Path, rows: str) -> None:
    file = tmp_path / "costs.csv"
    file.write_text("method,template,units,units_per_kib\n" + rows)
    with pytest.raises(ValueError, match=r"not a cost|invalid literal"):
        read_costs(file)


@given(
    before=st.integers(0, 1000),
    before_left=st.floats(0, 60),
    current=st.integers(0, 1000),
    turned=st.floats(60, 120),
    cost=st.integers(2, 1000),
)
def test_after_the_stated_wait_the_cost_fits(
    before: int, before_left: float, current: int, turned: float, cost: int
) -> None:
    """What the limiter weighs: the part of the minute before that is left, and the current one."""
    amount, minute = 1000, 60
    window = SlidingWindow(before, before_left, current, turned)
    wait = window.seconds_until(cost, amount, minute)
    assert 1 <= wait <= 121
    if wait < turned - minute:
        taken = before * max(0.0, before_left - wait) / minute + current
    else:
        taken = current * max(0.0, turned - wait) / minute
    assert taken + cost <= amount + 1e-6


def test_every_costly_operation_is_one_of_the_services(database: Any, valkey: str) -> None:
    known = set()
    for name in set(NAMES) - {"gateway"}:
        settings = ServiceUnderTest(name, "").settings(database, valkey)
        for path, item in application(name, settings).openapi()["paths"].items():
            known |= {(method.upper(), path) for method in item}
    assert set(read_costs()) <= known


async def expensive(house: House, headers: dict[str, str], kib: int) -> Any:
    content = json.dumps("x" * (kib * 1024 - 2)).encode()
    return await house.http.post(
        PREVIEW, content=content, headers={**headers, "content-type": "application/json"}
    )


async def priced(house: House) -> None:
    """Wait until the gateway knows the operations of the service."""
    app: Any = house.door.app

    async def known() -> bool:
        return "ratings" in app.state.loader.catalogue.routings

    await until(known)


async def test_a_caller_over_its_units_waits_and_others_do_not(house: House) -> None:
    house.ratings.openapi = CONTRACT
    await house.ring("ratings")
    await priced(house)
    made = await client(house, cost_units_per_minute=UNITS + 100 * PER_KIB)
    assert made["cost_units_per_minute"] == 410
    own = await bearer_of(house, made)
    first = await expensive(house, own, 60)
    assert first.status_code == 201
    assert '"cost";q=410;w=60' in first.headers["ratelimit-policy"]
    refused = await expensive(house, own, 60)
    assert (refused.status_code, refused.json()["code"]) == (429, "COST_LIMITED")
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    me = (await house.http.get("/v1/clients/me", headers=own)).json()
    assert me["quota"]["cost_units_per_minute"] == 410
    assert 410 - 250 <= me["cost"]["units_left"] < 410
    other = await bearer_of(house, await client(house))
    assert (await expensive(house, other, 60)).status_code == 201
    small = await house.http.get("/v1/clients/me", headers=own)
    assert small.status_code == 200


async def test_a_request_over_a_whole_minute_is_taken_when_nothing_else_was(house: House) -> None:
    house.ratings.openapi = CONTRACT
    await house.ring("ratings")
    await priced(house)
    own = await bearer_of(house, await client(house, cost_units_per_minute=50))
    assert (await expensive(house, own, 100)).status_code == 201
    assert (await expensive(house, own, 1)).status_code == 429


async def test_a_client_reads_its_own_requests_and_no_others(house: House) -> None:
    house.ratings.openapi = CONTRACT
    await house.ring("ratings")
    await priced(house)
    own = await bearer_of(house, await client(house))
    other = await bearer_of(house, await client(house))
    for number in range(3):
        await expensive(house, {**own, "x-request-id": f"own-{number}"}, 1)
    await expensive(house, {**other, "x-request-id": "other"}, 1)
    await house.http.get("/v1/documents?limit=7", headers=own)

    async def listed() -> list[dict[str, Any]]:
        answer = await house.http.get("/v1/clients/me/requests?limit=1000", headers=own)
        assert answer.status_code == 200
        rows: list[dict[str, Any]] = answer.json()["items"]
        return rows if sum(row["route"] == PREVIEW for row in rows) == 3 else []

    rows = await until(listed)
    assert not [row for row in rows if row["request_id"] == "other"]
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    previews = [row for row in rows if row["route"] == PREVIEW]
    assert {(row["method"], row["status"], row["cost"]) for row in previews} == {
        ("POST", 201, UNITS + PER_KIB)
    }
    assert {row["request_id"] for row in previews} == {"own-0", "own-1", "own-2"}
    (read,) = [row for row in rows if row["route"] == "/v1/documents"]
    assert (read["cost"], "limit" in json.dumps(read)) == (1, False)


async def test_pages_of_own_requests_join_without_gap_or_repeat(quiet: House) -> None:
    own = await bearer_of(quiet, await client(quiet))
    for number in range(5):
        given = {**own, "x-request-id": f"page-{number}"}
        await quiet.http.get("/v1/webhooks", headers=given)

    async def complete() -> bool:
        rows = (await quiet.http.get("/v1/clients/me/requests?limit=9", headers=own)).json()
        ids = [str(row["request_id"]) for row in rows["items"]]
        return sum(one.startswith("page-") for one in ids) == 5

    await until(complete)
    found: list[str] = []
    following: str | None = ""
    while following is not None and len(found) < 50:
        answer = await quiet.http.get(f"/v1/clients/me/requests?limit=2{following}", headers=own)
        page = answer.json()
        found += [row["request_id"] for row in page["items"]]
        following = None if page["next"] is None else f"&cursor={page['next']}"
    assert sorted(one for one in found if one.startswith("page-")) == [
        f"page-{number}" for number in range(5)
    ]
    assert (await quiet.http.get("/v1/clients/me/requests")).status_code == 401


async def test_a_quota_of_its_own_is_given_and_taken_back(quiet: House) -> None:
    made = await client(quiet)
    assert made["cost_units_per_minute"] is None
    path, admin = f"/v1/admin/clients/{made['id']}", await quiet.bearer("admin")
    for body, expected in (({"cost_units_per_minute": 5}, 5), ({"title": "Т"}, 5)):
        changed = await patched(quiet, path, body, admin)
        assert changed["cost_units_per_minute"] == expected
    cleared = await patched(quiet, path, {"cost_units_per_minute": None}, admin)
    assert cleared["cost_units_per_minute"] is None


async def patched(house: House, path: str, body: object, admin: dict[str, str]) -> Any:
    tag = (await house.http.get(path, headers=admin)).headers["etag"]
    answer = await house.http.patch(path, json=body, headers={**admin, "if-match": tag})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_streams_of_one_caller_are_bounded(quiet: House) -> None:
    app: Any = quiet.door.app
    app.state.settings = quiet.settings.model_copy(update={"streams_per_caller": 2})
    async with asyncio.timeout(30):
        async with quiet.http.stream("GET", "/v1/events") as one:
            async with quiet.http.stream("GET", "/v1/events") as two:
                third = await quiet.http.get("/v1/events")
                assert (one.status_code, two.status_code) == (200, 200)
                assert (third.status_code, third.json()["code"]) == (429, "STREAMS_EXCEEDED")
                own = {**await quiet.bearer()}
                async with quiet.http.stream("GET", "/v1/events", headers=own) as other:
                    assert other.status_code == 200

            async def left() -> bool:
                async with quiet.http.stream("GET", "/v1/events") as again:
                    return again.status_code == 200

            await until(left)
