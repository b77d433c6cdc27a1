"""The other doors of imports: templates, reports, lists, files given back, torn connections."""

import asyncio
import io
import json
from collections.abc import AsyncIterator

import httpx
import openpyxl
import pytest
import uvicorn

from tests.databases import fresh_database
from tests.shared.imports.sample_service import (
    OTHER,
    PATH,
    SCHEMA,
    WRITER,
    create_sample_tables,
    make_app,
    rows,
    serving,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BAD = {
    "programme": "rum",
    "period": "2022",
    "territory": "11111111",
    "indicator": "=1+1",
    "value": "-5",
    "status": None,
    "source": {"document": "@cmd", "locator": None},
}
TITLES = [
    "Программа",
    "Период",
    "Территория",
    "Показатель",
    "Значение",
    "Состояние",
    "Документ",
    "Место в документе",
]


@pytest.fixture(scope="module")
async def url(postgres: str) -> AsyncIterator[str]:
    async with fresh_database(postgres) as database:
        yield await create_sample_tables(database)


@pytest.fixture(scope="module")
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(url) as opened:
        yield opened


async def send(client: httpx.AsyncClient, media: str, body: bytes) -> httpx.Response:
    headers = {"content-type": media}
    return await client.post(PATH, params={"kind": "readings"}, content=body, headers=headers)


def cells(content: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [tuple(row) for row in sheet.iter_rows(values_only=True)]


async def test_a_template_comes_as_csv_or_as_a_workbook(client: httpx.AsyncClient) -> None:
    path = f"{PATH}/templates/readings"
    plain = await client.get(path)
    assert plain.headers["content-type"] == "text/csv; charset=utf-8"
    lines = plain.text.splitlines()
    assert lines[0].split(";") == TITLES
    assert lines[1].startswith('"# ') or lines[1].startswith("# ")
    assert "08000000" in lines[2]
    marked = await client.get(path, params={"excel": "true"})
    assert marked.content.startswith(b"\xef\xbb\xbf")
    book = await client.get(path, headers={"accept": XLSX})
    assert list(cells(book.content)[0]) == TITLES
    assert (await client.get(path, headers={"accept": "image/png"})).status_code == 406
    for accept, media in (
        (f"text/csv;q=0.1, {XLSX}", XLSX),
        (f"text/csv;q=0, {XLSX};q=0.001", XLSX),
        (f"{XLSX};q=0.5, text/*;q=0.9", "text/csv"),
    ):
        liked = await client.get(path, headers={"accept": accept})
        assert liked.headers["content-type"].split(";")[0] == media
    assert (await client.get(f"{PATH}/templates/dreams")).status_code == 404


async def test_rejected_rows_come_back_in_the_format_they_were_sent_in(
    client: httpx.AsyncClient,
) -> None:
    answer = await send(client, "application/json", json.dumps([BAD]).encode())
    report = answer.json()["report"]
    back = (await client.get(report["annotated"])).json()
    operation = (await client.get("/openapi.json")).json()["paths"][PATH + "/{import_id}/annotated"]
    schema = operation["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert (schema["type"], schema["required"]) == ("object", list(back))
    (row,) = back["rows"]
    assert {name: row[name] for name in BAD} == BAD
    assert [e["code"] for e in row["errors"]] == ["UNKNOWN_TERRITORY"]
    for mended in (back, {"rows": [row | {"territory": "08000000"}, row | {"period": 1}]}):
        again = await send(client, "application/json", json.dumps(mended).encode())
        told = again.json()
        assert "UNKNOWN_FIELD" not in told.get("report", told)["error_counts"]
    lines = json.dumps(BAD).encode() + b"\n{broken\n"
    report = (await send(client, "application/x-ndjson", lines)).json()["report"]
    first, second = (await client.get(report["annotated"])).text.splitlines()
    assert json.loads(first)["indicator"] == "=1+1"
    assert json.loads(second)["raw"] == "{broken"


async def test_a_mended_workbook_can_be_sent_back_and_runs_no_formula(
    client: httpx.AsyncClient, url: str
) -> None:
    sent = openpyxl.Workbook()
    assert sent.active is not None
    sent.active.append(TITLES)
    sent.active.append(["rum", "2023", "11111111", "1.1", "-5", None, "@cmd", None])
    held = io.BytesIO()
    sent.save(held)
    report = (await send(client, XLSX, held.getvalue())).json()["report"]
    back = (await client.get(report["annotated"])).content
    heading, row = cells(back)
    assert heading == (*TITLES, "Строка файла", "Ошибки")
    assert row[4] == "-5"
    assert row[6] == "'@cmd"
    assert row[8:] == ("2", "Территория: Нет такой территории.")
    mended = openpyxl.load_workbook(io.BytesIO(back))
    mended.worksheets[0]["C2"] = "44000000"
    held = io.BytesIO()
    mended.save(held)
    again = (await send(client, XLSX, held.getvalue())).json()
    assert again["counts"]["inserted"] == 1, again
    kept = await rows(url, "SELECT value FROM reading WHERE territory = '44000000'")
    assert kept == [{"value": "-5"}]


async def test_imports_are_listed_page_by_page_and_shown_to_their_sender(
    client: httpx.AsyncClient,
) -> None:
    reports = [
        (await send(client, "application/json", json.dumps([BAD]).encode())).json()["report"]["id"]
        for _ in range(3)
    ]
    seen: list[str] = []
    answer = await client.get(PATH, params={"limit": 2})
    while True:
        page = answer.json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        assert 'rel="next"' in answer.headers["link"]
        answer = await client.get(PATH, params={"limit": 2, "cursor": page["next"]})
    assert seen[:3] == reports[::-1]
    assert len(seen) == len(set(seen))
    mine = f"{PATH}/{reports[0]}"
    assert (await client.get(mine)).json()["id"] == reports[0]
    assert (await client.get(mine, headers=OTHER)).status_code == 403
    assert (await client.get(f"{mine[:-12]}000000000000")).status_code == 404
    nobody = httpx.AsyncClient(transport=client._transport, base_url="http://sample")
    assert (await nobody.get(mine)).status_code == 401
    refused = await nobody.post(PATH, params={"kind": "readings"}, content=b"x")
    assert refused.status_code == 401


async def test_a_sender_who_goes_away_leaves_nothing(url: str) -> None:
    server = uvicorn.Server(
        uvicorn.Config(make_app(url), port=0, host="127.0.0.1", log_config=None, ws="none")
    )
    serving_task = asyncio.create_task(server.serve())
    async with asyncio.timeout(60):
        while not server.started:
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    before = len(await rows(url, "SELECT 1 FROM import_run"))
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST {PATH}?kind=readings HTTP/1.1\r\nHost: sample\r\nContent-Type: text/csv\r\n"
        f"Authorization: {WRITER['authorization']}\r\nContent-Length: 20000000\r\n\r\n"
    )
    writer.write(head.encode() + b"x" * 9_000_000)
    await writer.drain()
    async with asyncio.timeout(60):
        while not await rows(url, "SELECT 1 FROM import_run WHERE status = 'receiving'"):
            await asyncio.sleep(0.05)
    writer.close()
    await writer.wait_closed()
    async with asyncio.timeout(60):
        while len(await rows(url, "SELECT 1 FROM import_run")) > before:
            await asyncio.sleep(0.05)
    assert await rows(url, "SELECT 1 FROM import_body") == []
    server.should_exit = True
    await serving_task


async def test_the_operation_says_its_limit_and_its_slices(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    operation = document["paths"][PATH]["post"]
    assert "209 715 200" in operation["description"]
    content = operation["requestBody"]["content"]
    assert content["text/csv"]["schema"]["maxLength"] == 200 << 20
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert {"kind", "mode", "dry_run", "atomic", "programme", "period"} <= names
    assert operation["operationId"] == f"{SCHEMA}_create_import"
    assert {"200", "202", "413", "422"} <= set(operation["responses"])
