"""Files no one should send: each gets a clear answer with a code, and the next good one passes."""

import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable

import httpx
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.databases import fresh_database
from tests.shared.imports.sample_service import PATH, create_sample_tables, rows, serving

HEAD = "programme;period;territory;indicator;value\n"
GOOD = "rum;2022;08000000;1.1;68,3\n"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
LINES = "application/x-ndjson"
NAMES = ["programme", "period", "territory", "indicator", "value"]


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


async def count(url: str, table: str) -> int:
    (found,) = await rows(url, f"SELECT count(*) AS n FROM {table}")  # noqa: S608 -- our own name.
    number: int = found["n"]
    return number


def workbook(fill: Callable[[Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(NAMES)
    fill(sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def good_workbook() -> bytes:
    return workbook(lambda sheet: sheet.append(["rum", 2022, "08000000", "1.1", 68.3]))


def with_member(name: str, content: bytes, sheet: bytes | None = None) -> bytes:
    """Return the good workbook with one more member in its archive."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(good_workbook())) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            replaced = sheet is not None and entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(entry, sheet if replaced and sheet else old.read(entry))
        new.writestr(name, content)
    return made.getvalue()


def far_cell() -> bytes:
    def fill(sheet: Worksheet) -> None:
        sheet["XFD1048576"] = 1

    return workbook(fill)


def billion_laughs() -> bytes:
    entities = "".join(
        f'<!ENTITY e{n} "{"".join(f"&e{n - 1};" for _ in range(10))}">' for n in range(1, 10)
    )
    sheet = f'<!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><worksheet>&e9;</worksheet>'
    return with_member("docProps/extra.xml", b"<x/>", sheet.encode())


def bomb() -> bytes:
    blank = b"<row/>" * (1 << 20)
    sheet = b"<worksheet><sheetData>" + blank * 20 + b"</sheetData></worksheet>"
    return with_member("docProps/extra.xml", b"<x/>", sheet)


REFUSED = {
    "nothing": ("text/csv", b"", "EMPTY_FILE"),
    "no json": (JSON, b"", "EMPTY_FILE"),
    "no lines": (LINES, b"", "EMPTY_FILE"),
    "blank lines": (LINES, b" \r\n\n", "EMPTY_FILE"),
    "a word": ("text/csv", b"hello", "HEADING_MISMATCH"),
    "half a json": (JSON, b'[{"programme": "rum"', "MALFORMED_JSON"),
    "json and a half": (JSON, b'[{"programme": "rum"}] []', "MALFORMED_JSON"),
    "a comma too many": (JSON, b'[{"programme": "rum"},]', "MALFORMED_JSON"),
    "no comma": (JSON, b'[{"programme": "rum"}{"programme": "rum"}]', "MALFORMED_JSON"),
    "a number": (JSON, b"42", "MALFORMED_JSON"),
    "rows that are no array": (JSON, b'{"rows": {}}', "ROWS_MISSING"),
    "no rows": (JSON, b"{}", "ROWS_MISSING"),
    "an unknown member": (JSON, b'{"rows": [], "colour": 1}', "UNKNOWN_FIELD"),
    "deep json": (JSON, b"[" * 500_000, "MALFORMED_JSON"),
    "deep json that closes": (
        JSON,
        b'[{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}]",
        "MALFORMED_JSON",
    ),
    "half a utf-16": ("text/csv", (HEAD + GOOD).encode("utf-16")[:-1], "ENCODING"),
    "a charset nobody uses": ("text/csv; charset=koi8-r", (HEAD + GOOD).encode(), "ENCODING"),
    "half a character": ("text/csv", (HEAD + "яя").encode()[:-1], "ENCODING"),
    "a text called xlsx": (XLSX, b"programme;period\n", "MALFORMED_XLSX"),
    "half a workbook": (XLSX, good_workbook()[:2000], "MALFORMED_XLSX"),
    "an archive of something else": (XLSX, b"", "MALFORMED_XLSX"),
    "macros": (XLSX, with_member("xl/vbaProject.bin", b"Sub Auto_Open()"), "MACROS"),
    "an embedded object": (XLSX, with_member("xl/embeddings/o.bin", b"x"), "MACROS"),
    "a bomb": (XLSX, bomb(), "OVER_EXPANDING"),
    "a bomb of entities": (XLSX, billion_laughs(), "MALFORMED_XLSX"),
    "a cell at the far end": (XLSX, far_cell(), "TOO_MANY_COLUMNS"),
    "json nan": (
        JSON,
        b'[{"programme":"rum","period":"2022","territory":"08000000","indicator":"1","value":NaN}]',
        "MALFORMED_JSON",
    ),
    "half a surrogate": (
        JSON,
        b'[{"programme":"\\ud800","period":"2022","territory":"08000000","indicator":"1"}]',
        "MALFORMED_JSON",
    ),
    "a heading never closed": ("text/csv", b'"programme;period\nx;y\n', "MALFORMED_CSV"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_file_that_cannot_be_read_is_refused_with_its_code(
    client: httpx.AsyncClient, url: str, name: str
) -> None:
    media, body, code = REFUSED[name]
    before = await count(url, "import_run")
    answer = await send(client, media, body)
    assert answer.status_code in (413, 422), answer.text
    assert answer.json()["code"] == code
    assert answer.headers["content-type"] == "application/problem+json"
    assert await count(url, "import_run") == before + 1
    report = answer.json()["report"]
    assert (report["status"], report["problem"]["code"]) == ("failed", code)
    assert (await client.get(f"{PATH}/{report['id']}")).json() == report
    after = await send(client, "text/csv", (HEAD + GOOD).encode())
    assert after.json()["counts"]["received"] == 1


BAD_ROWS = {
    "nan": ("text/csv", (HEAD + "rum;2022;08000000;1.1;nan\n").encode(), "NOT_A_FIGURE"),
    "inf": ("text/csv", (HEAD + "rum;2022;08000000;1.1;-inf\n").encode(), "NOT_A_FIGURE"),
    "exponent": ("text/csv", (HEAD + "rum;2022;08000000;1.1;1e5\n").encode(), "NOT_A_FIGURE"),
    "a number for text": (
        JSON,
        b'[{"programme":"rum","period":"2022","territory":"08000000","indicator":"1","value":9.0}]',
        "TYPE",
    ),
    "an unknown field": (LINES, b'{"programme":"rum","colour":"red"}', "UNKNOWN_FIELD"),
    "a torn line": (LINES, b'{"programme":"rum","per', "MALFORMED_ROW"),
    "a list for a row": (LINES, b'["rum"]', "MALFORMED_ROW"),
    "nul in csv": ("text/csv", (HEAD + "r\0m;2022;08000000;1.1;5\n").encode(), "CONTROL_CHARACTER"),
    "nul in json": (
        JSON,
        b'[{"programme":"r\\u0000m","period":"2022","territory":"08000000","indicator":"1"}]',
        "CONTROL_CHARACTER",
    ),
    "too many cells": (
        "text/csv",
        (HEAD + "rum;2022;08000000;1.1;5;6;7\n").encode(),
        "TOO_MANY_CELLS",
    ),
    "a stray quote": (
        "text/csv",
        (HEAD + 'rum;2022;"08"000000;1.1;5\n' + GOOD).encode(),
        "MALFORMED_ROW",
    ),
    "a quote never closed": (
        "text/csv",
        (HEAD + 'rum;2022;08000000;"1.1;5\n' + GOOD).encode(),
        "MALFORMED_ROW",
    ),
    "no value where one must be": (
        "text/csv",
        (HEAD + ";2022;08000000;1.1;5\n").encode(),
        "REQUIRED",
    ),
    "a territory without its zero": (
        "text/csv",
        (HEAD + "rum;2022;8000000;1.1;5\n").encode(),
        "PATTERN",
    ),
}


@pytest.mark.parametrize("name", BAD_ROWS)
async def test_a_bad_row_is_reported_with_its_code_and_nothing_is_stored(
    client: httpx.AsyncClient, url: str, name: str
) -> None:
    media, body, code = BAD_ROWS[name]
    before = await count(url, "reading")
    answer = await send(client, media, body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "IMPORT_REJECTED"
    report = answer.json()["report"]
    assert report["status"] == "rejected"
    assert code in report["error_counts"], report
    assert report["counts"]["inserted"] == 0
    assert await count(url, "reading") == before


async def test_a_cell_of_a_million_characters_is_a_fault_of_its_row(
    client: httpx.AsyncClient,
) -> None:
    small = json.dumps([{"programme": "rum", "indicator": "x" * 900_000}])
    report = (await send(client, JSON, small.encode())).json()["report"]
    faults = {(e["column"], e["code"]) for e in report["errors"]}
    assert ("indicator", "TOO_LONG") in faults
    assert all(len(e["raw"] or "") <= 200 for e in report["errors"])


async def test_cp1251_utf8_with_a_mark_and_both_separators_read_alike(
    client: httpx.AsyncClient, url: str
) -> None:
    russian = "Программа;Период;Территория;Показатель;Значение;Состояние;Документ\n"
    body = russian + "rum;2020;08000000;c.1;68,30;;Приказ № 407\n"
    first = (await send(client, "text/csv", body.encode())).json()
    assert first["counts"]["inserted"] == 1, first
    marked = body.encode("utf-8-sig")
    for same in (marked, body.encode("cp1251"), body.replace("\n", "\r\n").encode()):
        report = (await send(client, "text/csv", same)).json()
        assert report["counts"]["unchanged"] == 1, report
    commas = body.replace("68,30", '"68,30"').replace(";", ",")
    report = (await send(client, "text/csv; charset=utf-8", commas.encode())).json()
    assert report["counts"]["unchanged"] == 1, report
    stored = await rows(url, "SELECT value, source_document FROM reading WHERE indicator = 'c.1'")
    assert stored == [{"value": "68.30", "source_document": "Приказ № 407"}]


async def test_a_workbook_gives_numbers_as_they_are_shown(
    client: httpx.AsyncClient, url: str
) -> None:
    def fill(sheet: Worksheet) -> None:
        for number, (value, shape) in enumerate(
            [
                (68.3, "General"),
                (68.3, "0.00"),
                (0.9, "0%"),
                (99, "General"),
                (1006, "#,##0"),
                (0.1 + 0.2, "General"),
                (62.5, "0"),
                (2.345, "0.00"),
                (0.125, "0%"),
                (1e300, "0.00"),
            ],
            2,
        ):
            sheet.append(["rum", 2022, "08000000", f"x{number}", value])
            sheet.cell(number, 5).number_format = shape
        sheet.append([])
        sheet.append(["rum", 2022, "08000000", "x13", None])
        sheet.append(["#REF!", 2022, "08000000", "x14", 5])

    params = {"kind": "readings", "atomic": "false"}
    headers = {"content-type": XLSX}
    sent = await client.post(PATH, params=params, content=workbook(fill), headers=headers)
    report = sent.json()
    assert report["counts"]["inserted"] == 10, report
    faults = [(e["row"], e["code"]) for e in report["errors"]]
    assert faults == [(11, "NOT_A_FIGURE"), (14, "CELL_ERROR")]
    stored = await rows(
        url, "SELECT value, import_row FROM reading WHERE indicator LIKE 'x%' ORDER BY import_row"
    )
    assert [(r["value"], r["import_row"]) for r in stored] == [
        ("68.3", 2),
        ("68.30", 3),
        ("90", 4),
        ("99", 5),
        ("1006", 6),
        ("0.3", 7),
        ("63", 8),
        ("2.35", 9),
        ("13", 10),
        (None, 13),
    ]


async def test_wrong_media_types_and_codings_are_named(client: httpx.AsyncClient) -> None:
    wrong = await send(client, "application/pdf", b"%PDF")
    assert wrong.status_code == 415
    headers = {"content-type": "text/csv", "content-encoding": "gzip"}
    packed = await client.post(PATH, params={"kind": "readings"}, content=b"x", headers=headers)
    assert packed.status_code == 415
    unknown = await client.post(PATH, params={"kind": "dreams"}, content=b"x", headers=headers)
    assert unknown.status_code == 422
    assert unknown.json()["code"] == "KIND_UNKNOWN"
