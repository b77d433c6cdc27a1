"""What every request passes, whoever answers it: HEAD, conditions, media types, bounds, quotas."""

import asyncio
from functools import partial
from typing import Any

import httpx

from services.gateway.http.rate_limits import RateLimiter
from tests.services.gateway.conftest import House, until
from tests.services.gateway.publisher import Publisher
from tests.services.gateway.test_documents_flow import CONTENT, TABLE, served

JSON_BODY = {"content": {"application/json": {"schema": {"type": "object"}}}}
OF_THE_MOMENT = ("x-request-id", "date", "age", "ratelimit")


async def routed(house: House, publisher: Publisher) -> None:
    """Let the service route a table and a preview, and wait until the gateway has learnt it."""
    answers = {"responses": {"200": {"description": "Ответ"}}}
    publisher.openapi = {
        "openapi": "3.1.0",
        "paths": {
            "/v1/ratings/{programme}/{period}": {"get": {"operationId": "table", **answers}},
            "/v1/ratings/preview": {
                "post": {"operationId": "preview", "requestBody": JSON_BODY, **answers}
            },
        },
    }
    publisher.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)

    async def known() -> bool:
        return "/v1/ratings/preview" in (await house.http.get("/openapi.json")).json()["paths"]

    await until(known, 90)


EVERYWHERE = (
    "/",
    "/docs",
    "/openapi.json",
    "/v1/documents",
    "/v1/changes",
    "/v1/findings?limit=2",
    "/.well-known/jwks.json",
    f"{TABLE}?revision=1",
    "/v1/territories/99999999/passport",
    "/v1/admin/clients",
)


def lasting(answer: httpx.Response) -> dict[str, str]:
    return {name: told for name, told in answer.headers.items() if name not in OF_THE_MOMENT}


async def is_alike(house: House, path: str) -> bool:
    asked, told = await house.http.get(path), await house.http.head(path)
    assert told.content == b"", path
    return told.status_code == asked.status_code and lasting(told) == lasting(asked)


async def test_a_head_is_its_get_without_the_body(house: House) -> None:
    await routed(house, house.ratings)
    for path in EVERYWHERE:
        # Something may be published between the two; then both are asked again.
        await until(partial(is_alike, house, path))
    stream = await asyncio.wait_for(house.http.head("/v1/events"), 10)
    assert stream.headers["content-type"].startswith("text/event-stream")


async def test_a_permalink_is_conditional_in_every_representation(house: House) -> None:
    await routed(house, house.ratings)
    path = f"{TABLE}?revision=1"
    plain = await house.http.get(path)
    sheet = await house.http.get(path, headers={"accept": "text/csv"})
    assert plain.headers["cache-control"] == "public, no-cache"
    assert plain.headers["etag"] != sheet.headers["etag"]
    for known, accept in (
        (plain.headers["etag"], "application/json"),
        ("W/" + sheet.headers["etag"], "text/csv"),
        (f'"other", {sheet.headers["etag"]}', "text/csv"),
        ("*", "application/json"),
    ):
        again = await house.http.get(path, headers={"if-none-match": known, "accept": accept})
        assert (again.status_code, again.content) == (304, b""), (known, accept)
        assert again.headers["last-modified"] == plain.headers["last-modified"]
        assert "content-type" not in again.headers
    other = await house.http.get(path, headers={"if-none-match": '"other"'})
    assert other.content == plain.content
    tag = {"if-none-match": plain.headers["etag"], "accept": "text/csv"}
    assert (await house.http.get(path, headers=tag)).content == sheet.content
    stale = await house.http.get(path, headers={"if-match": '"other"', "if-none-match": "*"})
    assert (stale.status_code, stale.json()["code"]) == (412, "PRECONDITION_FAILED")


async def test_a_body_of_another_type_is_refused_here(house: House) -> None:
    await routed(house, house.ratings)
    before = len(house.ratings.seen)
    refused = await house.http.post(
        "/v1/ratings/preview", content=b"a;b", headers={"content-type": "text/csv"}
    )
    assert (refused.status_code, refused.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert refused.headers["accept-post"] == "application/json"
    assert len(house.ratings.seen) == before
    own = await house.http.post(
        "/v1/webhooks", content=b"{}", headers={"content-type": "text/plain"}
    )
    assert own.status_code == 415
    taken = await house.http.post(
        "/v1/ratings/preview", content=b"{}", headers={"content-type": "application/json; x=1"}
    )
    assert taken.status_code == 201


BEYOND = (
    f"/v1/findings?document={'a' * 1025}",
    f"/v1/territories/{'1' * 1025}/passport",
    f"/v1/documents?limit={2**53}",
    f"/v1/documents?limit=-{2**53}",
    "/v1/findings?rule=%00",
)


async def test_what_the_contract_bounds_is_refused_beyond(house: House) -> None:
    for path in BEYOND:
        refused = await house.http.get(path)
        assert refused.status_code == 422, path
        assert refused.json()["errors"][0]["pointer"].startswith(("/query/", "/path"))
    for limit in (0, -7, 1001, 2**53 - 1):
        taken = await house.http.get("/v1/documents", params={"limit": limit})
        assert taken.status_code == 200, limit


async def test_the_gateways_own_operations_are_counted_too(house: House) -> None:
    app = house.door.app
    quotas: RateLimiter = app.state.quotas  # type: ignore[attr-defined]  # FastAPI's application.
    quotas.item = type(quotas.item)(5, namespace="own")
    answers = [await house.http.get("/v1/changes") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    left = [int(answer.headers["ratelimit"].split("r=")[1].split(";")[0]) for answer in answers]
    assert left == [4, 3, 2, 1, 0, 0]
    assert answers[-1].headers["ratelimit-policy"] == '"requests";q=5;w=60'
    assert int(answers[-1].headers["retry-after"]) >= 1


async def test_an_admin_finds_any_request_by_its_id(house: House) -> None:
    bearer = {**await house.bearer("admin"), "x-request-id": "asked-1"}
    made = await house.http.post(
        "/v1/webhooks", json={"url": "https://example.org/x", "types": []}, headers=bearer
    )
    assert (made.status_code, made.headers["x-request-id"]) == (201, "asked-1")
    erased = await house.http.post("/v1/admin/persons/pupil-7/erase", headers=bearer)
    assert erased.status_code == 200

    async def found() -> dict[str, Any] | None:
        answer = await house.http.get("/v1/admin/requests/asked-1", headers=bearer)
        content: dict[str, Any] = answer.json()
        return content if len(content.get("requests", [])) >= 2 else None

    trace = await until(found)
    first, second = trace["requests"][:2]
    assert (first["method"], first["path"], first["status"]) == ("POST", "/v1/webhooks", 201)
    assert (first["client"], first["scopes"]) == (house.demo["client_id"], ["admin"])
    assert first["milliseconds"] > 0
    assert second["path"] == "/v1/admin/persons/{ref}/erase"
    assert [one["action"] for one in trace["audit"]] == ["webhook_created", "person_erased"]
    assert "pupil-7" not in str(trace)
