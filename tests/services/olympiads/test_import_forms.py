"""Files as people have them, through the door of the olympiads: per cent cells, names, undo."""

import io
from typing import Any

import openpyxl

from services.olympiads.parsers.layouts import DRAFTS, RESULTS
from tests.services.olympiads.service import Service

IMPORTS = "/v1/olympiads/imports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def post(service: Service, kind: str, content: bytes, media: str = "text/csv") -> Any:
    answer = await service.http.post(
        IMPORTS, params={"kind": kind}, content=content, headers={"content-type": media}
    )
    found = answer.json()
    return found if answer.status_code == 200 else found["report"]


def draft_book(percent: float | str, shape: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([column.title for column in DRAFTS.columns])
    sheet.append(
        ["2022-2023", "региональный", "Физика", 9, "14 баллов", None, None, "№ 1701", None]
    )
    cell = sheet.cell(2, 6)
    cell.value, cell.number_format = percent, shape
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def test_a_per_cent_is_read_in_each_of_its_forms(service: Service) -> None:
    first = await post(service, "threshold_drafts", draft_book(0.28, "0%"), XLSX)
    assert first["counts"]["inserted"] == 1, first["errors"]
    (change,) = (await service.get(first["changes"])).json()["items"]
    assert (change["new"]["subject"], change["new"]["stage"]) == ("physics", "regional")
    assert (float(change["new"]["percent"]), float(change["new"]["score"])) == (28, 14)
    for percent, shape in (("28 %", "@"), (28, "0"), (28, '0" %"')):
        again = await post(service, "threshold_drafts", draft_book(percent, shape), XLSX)
        assert again["counts"]["unchanged"] == 1, (percent, shape, again)


async def test_results_name_stages_subjects_and_statuses_in_russian(service: Service) -> None:
    heading = ";".join(column.title for column in RESULTS.columns)
    rows = (
        f"{heading}\n"
        "2022/2023;муниципальный;Физика;p-1;9;9;08701000;s-1;31,5 балла;призёр;окончательный;да\n"
        "2022-2023;Муниципальный этап;Химия;p-2;9;9;08709000;s-1;20;Победитель;final;нет\n"
    )
    report = await post(service, "results", rows.encode("cp1251"))
    assert report["counts"]["inserted"] == 2, report["errors"]
    wrong = rows.replace("Физика", "Фисика").replace("08709000", "99999999").replace("p-", "q-")
    refused = await post(service, "results", wrong.encode())
    assert {(e["row"], e["column"], e["code"]) for e in refused["errors"]} == {
        (2, "Предмет", "SUBJECT_UNKNOWN"),
        (3, "Муниципалитет", "TERRITORY_UNKNOWN"),
    }
    assert "Физика" in next(e for e in refused["errors"] if e["row"] == 2)["suggestions"]
    undone = await service.http.post(f"{IMPORTS}/{report['id']}/revert")
    assert (undone.status_code, undone.json()["closed"]) == (200, 2)


async def test_a_published_threshold_is_not_taken_back_by_its_import(service: Service) -> None:
    done = await post(service, "threshold_drafts", draft_book(28, "0"), XLSX)
    refused = await service.http.post(f"{IMPORTS}/{done['id']}/revert")
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_REVERTIBLE")
