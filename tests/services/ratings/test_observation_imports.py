"""Observations at the door: every format, every mode, and rubbish."""

import asyncio
import json
import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import httpx
from openpyxl import Workbook, load_workbook

from services.ratings.usecases.recalculate import recalculate
from shared.db import Database
from tests.services.ratings.service import Service, bearer

PATH = "/v1/ratings/imports"
NAMES = (
    "programme",
    "period",
    "territory",
    "indicator",
    "value",
    "status",
    "source.document",
    "source.locator",
)
HEADING = ",".join(NAMES)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GOOD = "rum,2022,08000000,1.1,99,,,"


async def recalculated(db: Database, programme: str, period: str) -> Mapping[str, object]:
    async with db.transaction() as session:
        return await recalculate(session, programme, period, asyncio.to_thread)


def csv(*rows: str, heading: str = HEADING) -> bytes:
    return "\n".join([heading, *rows, ""]).encode()


async def send(
    service: Service, content: bytes, media: str = "text/csv", **query: str
) -> httpx.Response:
    return await service.http.post(
        PATH,
        params={"kind": "observations", **query},
        content=content,
        headers={"content-type": media},
    )


async def counted(service: Service, content: bytes, media: str = "text/csv", **query: str) -> Any:
    answer = await send(service, content, media, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(service: Service, content: bytes, media: str = "text/csv", **query: str) -> Any:
    answer = await send(service, content, media, **query)
    assert answer.status_code == 422, answer.text
    return answer.json()["report"]


async def stored(database_of: Database) -> int:
    async with database_of.reading() as session:
        connection = await session.connection()
        count = await connection.exec_driver_sql("SELECT count(*) FROM observation")
        return int(count.scalar_one())


def row(**changes: object) -> dict[str, object]:
    return {
        "programme": "rum",
        "period": "2022",
        "territory": "08000000",
        "indicator": "1.1",
        "value": "99",
        "status": None,
        "source": {"document": "programme-407", "locator": "98:3"},
        **changes,
    }


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, file = Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for cells in (NAMES, *rows):
        sheet.append(list(cells))
    book.save(file)
    return file.getvalue()


async def test_the_same_rows_in_every_format_are_the_same_rows(quiet: Service) -> None:
    first = await counted(quiet, csv("rum,2022,08000000,1.1,99,,programme-407,98:3"))
    assert first["counts"]["inserted"] == 1
    excel = workbook(("rum", "2022", "08000000", "1.1", "99", None, "programme-407", "98:3"))
    formats = {
        "application/json": json.dumps([row()]).encode(),
        "application/x-ndjson": json.dumps(row()).encode() + b"\n",
        XLSX: excel,
        "text/csv": csv("rum;2022;08000000;1.1;99;;programme-407;98:3").replace(b",", b";"),
    }
    for media, content in formats.items():
        report = await counted(quiet, content, media)
        assert report["counts"]["unchanged"] == 1, (media, report)
        assert report["revision"] is None, media


async def test_a_source_may_be_written_in_each_of_its_ways(quiet: Service) -> None:
    await counted(quiet, json.dumps([row()]).encode(), "application/json")
    heading = "programme,period,territory,indicator,value,status,source"
    together = csv("rum,2022,08000000,1.1,99,,programme-407#98:3", heading=heading)
    assert (await counted(quiet, together))["counts"]["unchanged"] == 1
    at = {"line": 98, "cell": 3}
    placed = {"document": "programme-407", "locator": at}
    for rows in ([row(source=placed)], [row(source=placed), row(indicator="1.2", extra=1)]):
        report = await counted(quiet, json.dumps(rows).encode(), "application/json", atomic="false")
        assert report["counts"]["unchanged"] == 1, "the same source, whatever stands beside it"
    named = row(source={**placed, "locator": {**at, "table": "Направление"}})
    report = await counted(quiet, json.dumps([named]).encode(), "application/json")
    assert report["counts"]["updated"] == 1


async def test_windows_files_with_decimal_commas_are_read(quiet: Service) -> None:
    text = f"{HEADING.replace(',', ';')}\nrum;2022;Хабаровский край;1.1;68,5;;;\n"
    report = await counted(quiet, text.encode("cp1251"))
    assert report["counts"]["inserted"] == 1
    again = await counted(quiet, csv("rum,2022,08000000,1.1,68.5,,,"))
    assert again["counts"]["unchanged"] == 1


async def test_a_territory_may_be_named_as_people_write_it(quiet: Service) -> None:
    report = await counted(quiet, csv("rum,2022,ЕАО,1.1,50,,,", "rum,2022,г. Москва,1.1,60,,,"))
    assert report["counts"]["inserted"] == 2
    codes = csv("rum,2022,99000000,1.1,50,,,", "rum,2022,45000000,1.1,60,,,")
    assert (await counted(quiet, codes))["counts"]["unchanged"] == 2


async def test_the_printed_precision_is_part_of_a_value(quiet: Service) -> None:
    await counted(quiet, csv("rum,2022,08000000,1.1,99,,,"))
    report = await counted(quiet, csv("rum,2022,08000000,1.1,99.0,,,"))
    assert report["counts"]["updated"] == 1


WRONG = (
    ("nobody,2022,08000000,1.1,99,,,", "programme", "PROGRAMME_UNKNOWN"),
    ("rum,22,08000000,1.1,99,,,", "period", "PATTERN"),
    ("rum,2022,00000001,1.1,99,,,", "territory", "TERRITORY_UNKNOWN"),
    ("rum,2022,08000000,9.9,99,,,", "indicator", "INDICATOR_UNKNOWN"),
    ("rum,2022,08000000,1.1,NaN,,,", "value", "NOT_A_FIGURE"),
    ("rum,2022,08000000,1.1,inf,,,", "value", "NOT_A_FIGURE"),
    ("rum,2022,08000000,1.1,1e5,,,", "value", "NOT_A_FIGURE"),
    ("rum,2022,08000000,1.1,=1+1,,,", "value", "NOT_A_FIGURE"),
    ("rum,2022,08000000,1.1,101,,,", "value", "OUT_OF_DOMAIN"),
    ("rum,2022,08000000,1.1,-1,,,", "value", "OUT_OF_DOMAIN"),
    ("rum,2022,08000000,1.1,1.2345678901234567,,,", "value", "TOO_MANY_DIGITS"),
    ("rum,2022,08000000,1.1,99,missing,,", "status", "VALUE_WITH_STATUS"),
    ("rum,2022,08000000,1.1,,absent,,", "status", "CHOICE"),
    (",2022,08000000,1.1,99,,,", "programme", "REQUIRED"),
    ("rum,2022,08000000,1.1,99,,,,x", None, "TOO_MANY_CELLS"),
    (f"rum,2022,{'0' * 300},1.1,99,,,", "territory", "TOO_LONG"),
)


async def test_each_wrong_row_is_told_and_nothing_is_stored(
    quiet: Service, database_of: Database
) -> None:
    for line, column, code in WRONG:
        report = await refused(quiet, csv(GOOD, line))
        assert report["status"] == "rejected", line
        assert report["counts"]["rejected"] == 1, line
        told = {(error["column"], error["code"]) for error in report["errors"]}
        assert (column, code) in told, (line, told)
        assert all(error["row"] == 3 for error in report["errors"]), line
    assert await stored(database_of) == 0


async def test_good_rows_are_kept_where_that_was_asked(
    quiet: Service, database_of: Database
) -> None:
    content = csv(GOOD, "rum,2022,08000000,9.9,99,,,")
    report = await counted(quiet, content, atomic="false")
    assert (report["counts"]["inserted"], report["counts"]["rejected"]) == (1, 1)
    assert await stored(database_of) == 1


async def test_a_key_that_stands_twice_names_both_rows(
    quiet: Service, database_of: Database
) -> None:
    report = await refused(quiet, csv(GOOD, "rum,2022,Хабаровский край,1.1,98,,,"))
    duplicates = [e for e in report["errors"] if e["code"] == "DUPLICATE_KEY"]
    assert {error["row"] for error in duplicates} == {2, 3}
    assert all("2, 3" in error["detail"] for error in duplicates)
    assert await stored(database_of) == 0


async def test_a_dry_run_checks_everything_and_stores_nothing(
    quiet: Service, database_of: Database
) -> None:
    report = await counted(quiet, csv(GOOD), dry_run="true")
    assert (report["dry_run"], report["counts"]["inserted"]) == (True, 1)
    assert await stored(database_of) == 0


async def test_wrong_headings_are_compared_column_by_column(quiet: Service) -> None:
    answer = await send(quiet, csv(GOOD, heading=HEADING.replace("period", "год")))
    assert (answer.status_code, answer.json()["code"]) == (422, "HEADING_MISMATCH")
    assert len(answer.json()["errors"]) == len(NAMES)


async def test_a_slice_is_replaced_as_a_whole(quiet: Service, database_of: Database) -> None:
    await counted(
        quiet,
        csv(GOOD, "rum,2022,08000000,1.2,79,,,", "rum,2021,08000000,1.1,90,,,"),
    )
    part = {"mode": "replace_slice", "programme": "rum", "period": "2022"}
    report = await counted(quiet, csv(GOOD), **part)
    assert report["counts"]["unchanged"] == 1
    outcome = await recalculated(database_of, "rum", "2022")
    assert outcome["status"] == "published"
    table = (await quiet.get("/v1/ratings/rum/2022")).json()
    nodes = table["rows"][0]["nodes"]
    assert (nodes["1.1"]["score"], nodes["1.2"]["score"]) == (99.0, None)
    foreign = await refused(quiet, csv("rum,2021,08000000,1.1,90,,,"), **part)
    assert foreign["error_counts"] == {"OUTSIDE_SLICE": 1}
    unknown = await send(quiet, csv(GOOD), **{**part, "programme": "nobody"})
    assert unknown.status_code in {404, 422}


async def test_a_repeated_key_imports_once(quiet: Service) -> None:
    async def once(content: bytes) -> httpx.Response:
        return await quiet.http.post(
            PATH,
            params={"kind": "observations"},
            content=content,
            headers={"content-type": "text/csv", "idempotency-key": "december"},
        )

    first, again = await once(csv(GOOD)), await once(csv(GOOD))
    assert first.json()["counts"]["inserted"] == 1
    assert again.json() == first.json()
    other = await once(csv("rum,2022,08000000,1.1,98,,,"))
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_MISMATCH")


async def test_only_those_who_may_write_import(quiet: Service, database_of: Database) -> None:
    strangers = (
        (bearer("ratings:read"), 403),
        (bearer("olympiads:write"), 403),
        ({"authorization": "Bearer nonsense"}, 401),
        ({"authorization": ""}, 401),
    )
    for headers, status in strangers:
        for dry_run in ("true", "false"):
            answer = await quiet.http.post(
                PATH,
                params={"kind": "observations", "dry_run": dry_run},
                content=csv(GOOD),
                headers={"content-type": "text/csv", **headers},
            )
            assert answer.status_code == status, headers
    assert await stored(database_of) == 0


async def test_a_cell_of_ten_million_characters_is_refused(
    service: Service, database_of: Database
) -> None:
    answer = await send(service, csv(f"rum,2022,08000000,1.1,{'9' * 10_000_000},,,"))
    report = answer.json()
    if answer.status_code == 202:
        found = await service.eventually(
            answer.headers["location"],
            lambda told: told.json()["status"] not in {"accepted", "running"},
        )
        report = found.json()
        assert report["status"] in {"rejected", "failed"}
    else:
        assert answer.status_code in {413, 422}
    assert await stored(database_of) == 0
    assert (await counted(service, csv(GOOD)))["counts"]["inserted"] == 1


def bomb() -> bytes:
    """A workbook whose only sheet unpacks to 200 MB of nothing."""
    source = load_workbook(BytesIO(workbook(("rum",))))
    file = BytesIO()
    source.save(file)
    packed = BytesIO()
    with (
        zipfile.ZipFile(file) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, b" " * 200_000_000 if name.endswith("sheet1.xml") else content)
    return packed.getvalue()


async def test_a_file_that_is_no_file_gets_a_code_and_the_service_lives(
    quiet: Service, database_of: Database
) -> None:
    rubbish = (
        ("truncated", workbook(("rum", "2022"))[:-200], XLSX),
        ("no workbook", b"PK\x03\x04rubbish", XLSX),
        ("bomb", bomb(), XLSX),
        ("no json", b'{"rows": [', "application/json"),
        ("text", b"\x00\x01\x02\xff\xfe", "text/csv"),
        ("empty", b"", "text/csv"),
        ("other type", b"<rows/>", "application/xml"),
    )
    for name, content, media in rubbish:
        answer = await send(quiet, content, media)
        assert answer.status_code in {400, 413, 415, 422}, (name, answer.text[:300])
        assert answer.json()["code"], name
    assert await stored(database_of) == 0
    assert (await counted(quiet, csv(GOOD)))["counts"]["inserted"] == 1


async def test_a_blank_cell_takes_no_figure_away_and_an_explicit_mark_is_told(
    quiet: Service,
) -> None:
    await counted(quiet, csv(GOOD, "rum,2022,08000000,1.2,79,,,"))
    report = await refused(quiet, csv("rum,2022,08000000,1.1,,,,"))
    assert report["error_counts"] == {"VALUE_MISSING": 1}
    for absent in ("rum,2022,08000000,1.1,н/д,,,", "rum,2022,08000000,1.1,,missing,,"):
        dry = await counted(quiet, csv(absent), dry_run="true")
        assert (dry["cleared"], dry["counts"]["updated"]) == (1, 1)
        (warning,) = dry["warnings"]
        assert (warning["row"], warning["column"], warning["code"]) == (2, "value", "VALUE_CLEARED")
        assert "99," in warning["detail"]
        (change,) = (await quiet.get(dry["changes"])).json()["items"]
        assert (change["old"]["value"], change["new"]["value"]) == ("99", None)
        assert (change["new"]["status"], change["new"]["territory"]) == ("missing", "08000000")
    done = await counted(quiet, csv("rum,2022,08000000,1.1,неприменимо,,,"))
    assert done["cleared"] == 1
    again = await counted(quiet, csv("rum,2022,08000000,1.1,,not_applicable,,"))
    assert (again["cleared"], again["counts"]["unchanged"]) == (0, 1)


async def test_a_newcomer_mends_a_file_and_takes_it_back(
    quiet: Service, database_of: Database
) -> None:
    template = (await quiet.get(f"{PATH}/templates/observations")).text.splitlines()
    good = ["rum;2022;Хабаровский край;1.1;98,0;;;", "rum;2022;08000000;1.2;79;;;"]
    bad = [
        "rum;2022;Хабаровская область;2.1;80;;;",
        "rum;2022;08000000;01.янв;80;;;",
        "rum;2022;08000000;2.2;180;;;",
        "rum;2022;08000000;1.3;;;;",
        "рум;2022;08000000;1.4;80;;;",
    ]
    await counted(quiet, csv(GOOD, "rum,2022,08000000,1.2,60,,,"))
    await recalculated(database_of, "rum", "2022")
    before = (await quiet.get("/v1/ratings/rum/2022")).json()
    sent = "\r\n".join([*template, *good, *bad, ""]).encode("cp1251")
    report = await refused(quiet, sent)
    told = {error["row"]: error for error in report["errors"]}
    assert sorted(told) == [6, 7, 8, 9, 10]
    assert told[6]["column"] == "Территория"
    assert "Хабаровский край" in told[6]["suggestions"]
    assert told[7]["suggestions"] == ["1.1"]
    assert "от 0 до 100" in told[8]["detail"]
    assert "н/д" in told[9]["detail"]
    back = (await quiet.get(report["annotated"])).content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[-2] for line in back[1:]] == ["6", "7", "8", "9", "10"]
    taken = await counted(quiet, "\r\n".join([*template, *good, ""]).encode("cp1251"))
    assert (taken["counts"]["updated"], taken["cleared"]) == (2, 0)
    await recalculated(database_of, "rum", "2022")
    after = (await quiet.get("/v1/ratings/rum/2022")).json()
    assert after["rows"][0]["nodes"]["1.2"]["score"] == 79.0
    undone = await quiet.http.post(f"{PATH}/{taken['id']}/revert")
    assert undone.status_code == 200, undone.text
    await recalculated(database_of, "rum", "2022")
    again = (await quiet.get("/v1/ratings/rum/2022")).json()
    assert again["rows"] == before["rows"]
    assert again["revision"] > after["revision"] > before["revision"]


def sheet_of(*cells: tuple[str, object, str]) -> bytes:
    """Return a workbook of one observation whose cells have values and formats of their own."""
    book = load_workbook(BytesIO(workbook(("rum", "2022", "08000000", "1.1", "98"))))
    for reference, value, shape in cells:
        book.worksheets[0][reference].value = value
        book.worksheets[0][reference].number_format = shape
    content = BytesIO()
    book.save(content)
    return content.getvalue()


async def test_a_workbook_is_read_as_a_person_sees_it(
    quiet: Service, database_of: Database
) -> None:
    kept = await counted(quiet, sheet_of(("C2", 8000000, "00000000")), XLSX)
    assert kept["counts"]["inserted"] == 1, kept
    for cells in (
        (("E2", 0.98, "0%"),),
        (("E2", 98.4, "0"),),
        (("B2", 44562, "yyyy"),),
        (("A2", "rum_x000D_", "@"),),
        (("C2", "Хабаровский\u00a0край", "@"),),
    ):
        same = await counted(quiet, sheet_of(*cells), XLSX)
        assert same["counts"]["unchanged"] == 1, (cells, same)
    for cell, code in (
        (("E2", "=ROUND(97.6,0)", "General"), "FORMULA_NOT_CALCULATED"),
        (("E2", 98, ";;;"), "VALUE_HIDDEN"),
        (("E2", 98.5, "# ?/?"), "FORMAT_UNSUPPORTED"),
        (("D2", date(2023, 1, 1), "d.mmm"), "INDICATOR_UNKNOWN"),
    ):
        report = await refused(quiet, sheet_of(cell), XLSX)
        assert list(report["error_counts"]) == [code]
    assert await stored(database_of) == 1
