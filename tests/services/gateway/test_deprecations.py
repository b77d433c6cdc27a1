import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.gateway.app import create_app
from services.gateway.domain.deprecations import Deprecation, Registry
from services.gateway.openapi.deprecations import mark, read_deprecations
from tests.services.gateway.conftest import House, until
from tests.services.gateway.publisher import Publisher, listening
from tests.services.gateway.test_documents_flow import CONTENT, TABLE, served
from tests.services.gateway.test_openapi_merge import operation

TABLES = "/v1/ratings/{programme}/{period}"
FINDINGS = "/v1/findings"
LITERAL = "/v1/ratings/programmes/list"
OLD = Deprecation("GET", TABLES, date(2026, 12, 1), date(2027, 12, 1), "/v2/t/{period}/{programme}")
UNDATED = Deprecation("GET", FINDINGS, date(1970, 1, 2))
REGISTRY: Registry = {(one.method, one.template): one for one in (OLD, UNDATED)}
SINCE = "@1796083200"
SUNSET = "Wed, 01 Dec 2027 00:00:00 GMT"
SUCCESSOR = '</v2/t/2022/rum>; rel="successor-version"'
HEADER = "method,template,since,sunset,successor\n"


def told(answer: httpx.Response) -> tuple[str | None, str | None, str | None]:
    fields = answer.headers
    return fields.get("deprecation"), fields.get("sunset"), fields.get("link")


def marked_in(paths: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (method, path)
        for path, item in paths.items()
        for method, one in item.items()
        if isinstance(one, dict) and one.get("deprecated")
    }


@pytest.fixture
def publishers(publishers: dict[str, Publisher]) -> dict[str, Publisher]:
    publishers["ratings"].openapi = {
        "openapi": "3.1.0",
        "info": {"title": "ratings", "version": "1.0.0"},
        "paths": {
            TABLES: {"get": operation("ratings_table"), "post": operation("ratings_post")},
            LITERAL: {"get": operation("ratings_list")},
        },
    }
    return publishers


@pytest.fixture
async def announcing(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A second gateway on the same store, some of whose operations are on their way out."""
    house.ratings.publish(TABLE, 1, CONTENT)
    await served(house, TABLE)
    async with (
        listening(create_app(house.settings, REGISTRY), lifespan="on") as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as http,
    ):

        async def loaded() -> bool:
            routed = (await http.get("/openapi.json")).json().get("paths", {})
            return TABLES in routed and (await http.get(TABLE)).status_code == 200

        await until(loaded)
        yield http


async def test_every_answer_of_a_deprecated_operation_says_so(
    announcing: httpx.AsyncClient,
) -> None:
    hot = await announcing.get(TABLE)
    csv = await announcing.get(TABLE, headers={"accept": "text/csv"})
    known = await announcing.get(TABLE, headers={"if-none-match": hot.headers["etag"]})
    head = await announcing.head(TABLE)
    forged = await announcing.get(TABLE, headers={"authorization": "Bearer x"})
    answers = (hot, csv, known, head, forged)
    assert [answer.status_code for answer in answers] == [200, 200, 304, 200, 401]
    assert [told(answer) for answer in answers] == [(SINCE, SUNSET, SUCCESSOR)] * len(answers)
    assert hot.json() == CONTENT


async def test_what_is_undecided_is_not_said(announcing: httpx.AsyncClient) -> None:
    assert told(await announcing.get(FINDINGS)) == ("@86400", None, None)


async def test_nothing_else_is_announced(house: House, announcing: httpx.AsyncClient) -> None:
    others = await asyncio.gather(
        announcing.post(TABLE),
        announcing.get(LITERAL),
        announcing.get("/v1/changes"),
        announcing.get("/v1/unknown"),
        house.http.get(TABLE),
    )
    assert [(told(one)[:2], "successor" in (told(one)[2] or "")) for one in others] == [
        ((None, None), False)
    ] * len(others)


async def test_the_document_marks_what_is_deprecated(
    house: House, announcing: httpx.AsyncClient
) -> None:
    paths = (await announcing.get("/openapi.json")).json()["paths"]
    assert marked_in(paths) == {("get", TABLES), ("get", FINDINGS)}
    fields = paths[TABLES]["get"]["responses"]["200"]["headers"]
    assert {"Deprecation", "Sunset"} <= set(fields)
    assert "Sunset" not in paths[FINDINGS]["get"]["responses"]["200"]["headers"]
    assert marked_in((await house.http.get("/openapi.json")).json()["paths"]) == set()


def test_marking_leaves_other_operations_alone() -> None:
    document: dict[str, Any] = {"paths": {FINDINGS: {"post": operation("x")}}}
    assert mark(document, REGISTRY) == {"paths": {FINDINGS: {"post": operation("x")}}}


def test_the_registry_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "deprecations.csv"
    file.write_text(
        f"{HEADER}GET,{TABLES},2026-12-01,2027-12-01,{OLD.successor}\nGET,{FINDINGS},1970-01-02,,\n"
    )
    assert read_deprecations(file) == REGISTRY


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("FETCH,/v1/x,2026-12-01,,", id="no such method"),
        pytest.param("GET,v1/x,2026-12-01,,", id="not a path"),
        pytest.param("GET,/v1/x,soon,,", id="not a date"),
        pytest.param("GET,/v1/x,2026-12-01,2026-11-30,", id="ends before it is deprecated"),
        pytest.param("GET,/v1/{a},2026-12-01,,/v2/{b}", id="parameter from nowhere"),
        pytest.param("GET,/v1/x,2026-12-01,,https://other.example", id="successor elsewhere"),
        pytest.param("GET,/v1/x,2026-12-01,,\nGET,/v1/x,2026-12-02,,", id="twice"),
    ],
)
def test_a_row_without_sense_is_refused(tmp_path: Path, row: str) -> None:
    file = tmp_path / "deprecations.csv"
    file.write_text(f"{HEADER}{row}\n")
    with pytest.raises(ValueError, match=r"."):
        read_deprecations(file)


def test_a_successor_is_written_for_the_path_asked() -> None:
    assert (b"link", b'</v2/t/a%20b/rum>; rel="successor-version"') in OLD.fields(
        "/v1/ratings/rum/a b"
    )
