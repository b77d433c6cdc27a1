"""What a request meets first: its address, its conditions, the origin of its page."""

import asyncio
from urllib.parse import urlsplit

import httpx
import pytest

from tests.services.gateway.conftest import House, until
from tests.services.gateway.test_documents_flow import CONTENT, TABLE, served


async def ask_raw(house: House, target: str, *fields: str, method: str = "GET") -> tuple[int, str]:
    """Send a target as it is written, which clients would tidy up; return status and head."""
    port = urlsplit(house.url).port or 80
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"{method} {target} HTTP/1.1", "host: gateway", "connection: close", *fields]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = (await reader.read()).decode()
    writer.close()
    return int(answer.split(" ", 2)[1]), answer


async def ready(house: House) -> bool:
    return (await house.http.get("/v1/territories")).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "/v1/ratings/../../metrics",
        "/v1/ratings/%2e%2e/%2e%2e/metrics",
        "/v1/ratings/rum%2f2022",
        "/v1/ratings/rum%2F2022?excel=1",
        "/v1/ratings/rum%5c2022",
        "/v1/training/routes/%2e%2e/imports",
        "/v1/ratings/rum/2022%00",
    ],
)
async def test_an_ambiguous_path_goes_nowhere(quiet: House, target: str) -> None:
    status, answer = await ask_raw(quiet, target)
    assert status == 400
    assert '"PATH_AMBIGUOUS"' in answer
    assert "x-request-id: " in answer
    status, _ = await ask_raw(quiet, target, "content-length: 0", method="POST")
    assert status == 400
    assert all(publisher.seen == [] for publisher in quiet.publishers.values())


async def test_a_published_document_is_not_read_by_another_spelling(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    assert (await ask_raw(house, "/v1/ratings/rum%2f2022"))[0] == 400
    assert (await ask_raw(house, "/v1/ratings/r%75m/2022"))[0] == 200


async def test_parameters_of_links_change_nothing(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    plain = await served(house, TABLE)
    for query in ("_=1700000000", "utm_source=mail&utm_medium=x", "yclid=1&fbclid=2"):
        answer = await house.http.get(f"{TABLE}?{query}")
        assert (answer.status_code, answer.content) == (200, plain.content), query

    async def listing() -> httpx.Response | None:
        answer = await house.http.get("/v1/territories?limit=1&utm_source=mail")
        return answer if "link" in answer.headers else None

    listed = await until(listing)
    assert "utm_source" not in listed.headers["link"]
    refused = await house.http.get("/v1/territories?limitt=1&_=2")
    assert (refused.status_code, refused.json()["code"]) == (422, "UNKNOWN_PARAMETER")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/query/limitt"]
    assert all(word in refused.json()["detail"] for word in ("cursor", "excel", "limit"))


async def test_a_condition_is_compared_with_the_representation_asked_for(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    tag = (await served(house, TABLE)).headers["etag"]
    await until(lambda: ready(house))
    for path, accept in (
        (TABLE, "text/csv"),
        (f"{TABLE}?excel=1", "*/*"),
        (TABLE, "application/vnd.json-stat+json"),
        ("/v1/territories", "text/csv"),
    ):
        known = tag if path.startswith(TABLE) else (await house.http.get(path)).headers["etag"]
        headers = {"accept": accept, "if-none-match": known}
        other = await house.http.get(path, headers=headers)
        assert other.status_code == 200, path
        own = {"accept": accept, "if-none-match": other.headers["etag"]}
        assert (await house.http.get(path, headers=own)).status_code == 304, path


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if-modified-since": "Thu, 01 Dec 2022 00:00:00 GMT"}, 304),
        ({"if-modified-since": "Wed, 30 Nov 2022 23:59:59 GMT"}, 200),
        ({"if-modified-since": "Thu, 01 Dec 2022 00:00:00 GMT", "if-none-match": '"x"'}, 200),
        ({"if-match": '"x"'}, 412),
        ({"if-match": "*"}, 200),
        ({"if-unmodified-since": "Wed, 30 Nov 2022 23:59:59 GMT"}, 412),
    ],
)
async def test_dates_and_if_match_are_conditions_of_reads(
    house: House, headers: dict[str, str], status: int
) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    answer = await house.http.get(TABLE, headers=headers)
    assert answer.status_code == status
    if status == 304:
        assert answer.content == b""


async def test_the_lines_of_if_none_match_are_joined(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    tag = (await served(house, TABLE)).headers["etag"]
    answer = await house.http.get(TABLE, headers=[("if-none-match", '"x"'), ("if-none-match", tag)])
    assert answer.status_code == 304


async def test_a_page_of_any_origin_may_read(house: House) -> None:
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    origin = {"origin": "https://app.example"}
    for path in (TABLE, f"{TABLE}?excel=1", "/v1/territories", "/v1/nothing", "/openapi.json"):
        answer = await house.http.get(path, headers=origin)
        assert answer.headers.get_list("access-control-allow-origin") == ["*"], path
        assert "ETag" in answer.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in answer.headers
    asked = {**origin, "access-control-request-method": "GET"}
    allowed = await house.http.options(
        TABLE, headers={**asked, "access-control-request-headers": "If-None-Match, accept"}
    )
    assert (allowed.status_code, allowed.content) == (204, b"")
    assert allowed.headers["access-control-allow-origin"] == "*"


async def test_a_page_of_another_origin_may_neither_write_nor_send_a_token(house: House) -> None:
    origin = {"origin": "https://app.example"}
    for asked in (
        {"access-control-request-method": "POST"},
        {
            "access-control-request-method": "GET",
            "access-control-request-headers": "authorization",
        },
    ):
        answer = await house.http.options("/v1/webhooks", headers={**origin, **asked})
        assert "access-control-allow-origin" not in answer.headers
    written: httpx.Response = await house.http.post("/v1/webhooks", headers=origin, json={})
    assert "access-control-allow-origin" not in written.headers
    own = await house.http.get("/v1/webhooks", headers={**origin, **await house.bearer()})
    assert (own.status_code, "access-control-allow-origin" in own.headers) == (200, False)
