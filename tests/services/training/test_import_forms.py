"""Files as people have them, through the door of training: months, days, names, references."""

import io
from datetime import date
from typing import Any

import httpx
import openpyxl
import pytest

from services.training.parsers.programme_layouts import EVENTS
from tests.services.training.sending import send_rows, teacher

IMPORTS = "/v1/training/imports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = [column.title for column in EVENTS.columns]


async def post(
    client: httpx.AsyncClient, kind: str, content: bytes, media: str, **query: str
) -> Any:
    answer = await client.post(
        IMPORTS,
        params={"kind": kind, **query},
        content=content,
        headers={"content-type": media},
    )
    found = answer.json()
    return found if answer.status_code == 200 else found["report"]


def event_book(shape: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADINGS)
    cells = {"Код": "real-2", "Год циклограммы": 2023, "Название": "КПК", "Вид": "КПК"}
    cells |= {"Предмет": "Математика", "Состояние": "запланировано", "Уровни": "профильный"}
    sheet.append([cells.get(title) for title in HEADINGS])
    for title, day in (("Начало", date(2023, 3, 1)), ("Окончание", date(2023, 4, 1))):
        cell = sheet.cell(2, HEADINGS.index(title) + 1)
        cell.value, cell.number_format = day, shape
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("shape", "begins", "ends"),
    [
        ("[$-419]mmmm yyyy", "2023-03", "2023-04"),
        ("mm.yyyy", "2023-03", "2023-04"),
        ("dd.mm.yyyy", "2023-03-01", "2023-04-01"),
        ("dd.mm.yyyy h:mm", "2023-03-01", "2023-04-01"),
    ],
)
async def test_an_event_lasts_as_long_as_its_cells_show(
    client: httpx.AsyncClient, shape: str, begins: str, ends: str
) -> None:
    report = await post(client, "events", event_book(shape), XLSX)
    assert report["status"] == "done", report["errors"]
    (change,) = (await client.get(report["changes"])).json()["items"]
    assert (change["new"]["from"], change["new"]["to"]) == (begins, ends)
    assert (change["new"]["subject"], change["new"]["kind"]) == ("mathematics", "kpk")
    assert change["new"]["tiers"] == ["profile"]


async def test_a_date_shown_by_its_month_first_is_refused(client: httpx.AsyncClient) -> None:
    report = await post(client, "events", event_book("m/d/yyyy"), XLSX)
    faults = [(e["row"], e["column"], e["code"]) for e in report["errors"]]
    assert faults == [(2, "Начало", "MONTH_FIRST"), (2, "Окончание", "MONTH_FIRST")]


async def test_teachers_of_unknown_subjects_and_municipalities_are_refused(
    client: httpx.AsyncClient,
) -> None:
    rows = (
        "Учитель;Муниципалитет (ОКТМО);Школа;Предметы;Уровень;Стаж, лет;Занят\n"
        "t-r1;08709000;;математика;профильный;12 лет;с 01.03.2023 по 10.03.2023\n"
        "t-r2;99999999;;mathematics;profile;;\n"
        "t-r3;08709000;;матиматика;profile;;\n"
        "t-r4;8709000;;mathematics;profile;;\n"
    )
    report = await post(client, "teachers", rows.encode("cp1251"), "text/csv")
    faults = {(e["row"], e["column"], e["code"]) for e in report["errors"]}
    assert faults == {
        (3, "Муниципалитет (ОКТМО)", "TERRITORY_UNKNOWN"),
        (4, "Предметы", "SUBJECT_UNKNOWN"),
        (5, "Муниципалитет (ОКТМО)", "TERRITORY_UNKNOWN"),
    }
    offered = {e["row"]: e["suggestions"] for e in report["errors"]}
    assert offered[5] == ["08709000"]
    good = "\n".join(rows.splitlines()[:2]).encode()
    done = await post(client, "teachers", good, "text/csv")
    (change,) = (await client.get(done["changes"])).json()["items"]
    assert change["new"]["subjects"] == ["mathematics"]
    assert change["new"]["busy"] == ["2023-03-01..2023-03-10"]
    assert change["new"]["experience"] == 12


async def test_an_import_of_teachers_is_taken_back(client: httpx.AsyncClient) -> None:
    await send_rows(client, "teachers", [teacher("t1"), teacher("t2")])
    changed = await send_rows(client, "teachers", [teacher("t1", tier="subject"), teacher("t3")])
    undone = await client.post(f"{IMPORTS}/{changed['id']}/revert")
    assert undone.status_code == 200, undone.text
    again = await send_rows(client, "teachers", [teacher("t1"), teacher("t2")])
    assert again["counts"]["unchanged"] == 2
    third = await send_rows(client, "teachers", [teacher("t3")])
    assert third["counts"]["inserted"] == 1
