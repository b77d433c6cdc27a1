import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import jsonstat_validator
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.openapi.examples import known_examples
from services.gateway.representations.jsonstat import to_jsonstat
from services.gateway.representations.kinds import CSV, JSON_STAT, XLSX, TableKind, kind_of
from services.gateway.representations.render import render
from services.gateway.representations.sheet import flatten, lay_out, neutral
from services.gateway.representations.spreadsheets import to_csv

AT = datetime(2022, 12, 1, tzinfo=UTC)
RATING = "/v1/ratings/rum/2022"
THRESHOLDS = "/v1/olympiads/2022-2023/thresholds"

RUM: dict[str, Any] = {
    "programme": "rum",
    "period": "2022",
    "revision": 3,
    "methodology": "2022",
    "source_time": "2022-12-01T00:00:00Z",
    "citation": "РУМ 2022",
    "nodes": [
        {"code": "total", "title": "Итог", "parent": None},
        {"code": "1.1", "title": "Качество подготовки", "parent": "total"},
    ],
    "rows": [
        {
            "territory": "08000000",
            "title": "Хабаровский край",
            "group": "dfo",
            "nodes": {
                "total": {
                    "score": 79.375,
                    "place": None,
                    "declared": {
                        "score": None,
                        "place": {"from": 12, "to": 12, "label": "12", "of": 85},
                    },
                },
                "1.1": {
                    "score": 99.0,
                    "place": None,
                    "declared": {
                        "score": {"raw": "99 %", "value": "99", "digits": 0},
                        "place": None,
                    },
                },
            },
        }
    ],
}
PHYSICS: dict[str, Any] = {
    "season": "2022-2023",
    "revision": 1,
    "rows": [
        {
            "subject": "physics",
            "title": "Физика",
            "grade": grade,
            "score": "14",
            "percent": {"declared": declared, "derived": None},
            "max": {"given": None, "candidates": [50]},
            "previous": {"score": "20", "delta": "-6"},
        }
        for grade, declared in ((9, "28"), (10, "24"), (11, "28"))
    ],
}


def kind(path: str) -> TableKind:
    found = kind_of(path)
    assert found is not None
    return found


def rows_of_csv(path: str, document: dict[str, Any]) -> list[list[str]]:
    content = to_csv(lay_out(kind(path), document, path)).decode()
    return list(csv.reader(io.StringIO(content)))


def test_a_rating_is_laid_out_by_node_with_russian_headings() -> None:
    head, row = rows_of_csv(RATING, RUM)
    by_heading = dict(zip(head, row, strict=True))
    assert by_heading["ОКТМО"] == "08000000"
    assert by_heading["total Итог: Балл"] == "79.375"
    assert by_heading["total Итог: Место по документу с"] == "12"
    assert by_heading["1.1 Качество подготовки: Балл"] == "99.0"
    assert by_heading["1.1 Качество подготовки: Балл по документу"] == "99"


def test_exact_decimals_stay_exact_in_csv() -> None:
    head, first, *_ = rows_of_csv(THRESHOLDS, PHYSICS)
    row = dict(zip(head, first, strict=True))
    assert (row["Балл"], row["Процент (объявлен)"]) == ("14", "28")
    assert row["Изменение"] == "-6"
    assert row["Возможные максимумы"] == "50"


def test_excel_gets_a_mark_and_otherwise_the_same_bytes() -> None:
    sheet = lay_out(kind(THRESHOLDS), PHYSICS, THRESHOLDS)
    assert to_csv(sheet, excel=True) == b"\xef\xbb\xbf" + to_csv(sheet)


def test_a_workbook_has_typed_cells_and_a_footer() -> None:
    content = render(kind(RATING), XLSX, RATING, json.dumps(RUM).encode(), AT)
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page is not None
    values = list(page.values)
    head, row = values[0], values[1]
    cells = dict(zip(head, row, strict=True))
    assert cells["ОКТМО"] == "08000000"
    assert cells["total Итог: Балл"] == 79.375
    footer = {line[0]: line[1] for line in values[3:]}
    assert footer["Методика"] == "2022"
    assert footer["Редакция"] == "3"
    assert footer["Ссылка для цитирования"] == "РУМ 2022"
    assert footer["Постоянный адрес"] == f"{RATING}?revision=3"


def test_the_same_content_gives_the_same_workbook() -> None:
    body = json.dumps(RUM).encode()
    first = render(kind(RATING), XLSX, RATING, body, AT)
    assert render(kind(RATING), XLSX, RATING, body, AT) == first


@pytest.mark.parametrize(("path", "document"), [(RATING, RUM), (THRESHOLDS, PHYSICS)])
def test_json_stat_is_valid(path: str, document: dict[str, Any]) -> None:
    content = render(kind(path), JSON_STAT, path, json.dumps(document).encode(), AT)
    assert jsonstat_validator.validate_jsonstat(json.loads(content))


def test_json_stat_values_stand_in_row_major_order() -> None:
    dataset = to_jsonstat(kind(THRESHOLDS), PHYSICS)
    assert dataset["id"] == ["subject", "grade", "measure"]
    assert dataset["dimension"]["grade"]["category"]["index"] == ["9", "10", "11"]
    measures = dataset["dimension"]["measure"]["category"]["index"]
    width = len(measures)
    percents = [dataset["value"][n * width + measures.index("percent.declared")] for n in range(3)]
    assert percents == [28, 24, 28]
    assert dataset["size"] == [1, 3, width]
    assert dataset["dimension"]["subject"]["category"]["label"] == {"physics": "Физика"}


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        ("+7 (4212)", "'+7 (4212)"),
        ("-6", "-6"),
        ("-", "-"),
        ("\tx", "'\tx"),
        ("Физика", "Физика"),
        (-6, -6),
        (None, None),
    ],
)
def test_formulas_are_made_harmless(cell: Any, written: Any) -> None:
    assert neutral(cell) == written


@given(st.text(max_size=30))
def test_no_text_cell_can_begin_a_formula(text: str) -> None:
    written = str(neutral(text))
    dangerous = written[:1] in {"=", "@", "\t", "\r"}
    signed = written[:1] in {"+", "-"} and len(written) > 1
    assert not dangerous
    if signed:
        assert float(written) is not None


def test_csv_takes_back_what_it_was_given() -> None:
    document = {"items": [{"code": 'a,"b"\nв', "kind": "region"}]}
    head, row = rows_of_csv("/v1/territories", document)
    assert row == ['a,"b"\nв', "region"]
    assert head == ["Код", "Вид"]


def test_flattening_keeps_columns_apart() -> None:
    assert flatten({"a": {"b": [{"half": "2023-1", "seats": 80}]}, "c": None}) == {
        "a.b": "2023-1: 80",
        "c": None,
    }


@pytest.mark.parametrize("media", [CSV, XLSX, JSON_STAT])
def test_an_empty_table_is_a_table_too(media: str) -> None:
    assert render(kind(THRESHOLDS), media, THRESHOLDS, b'{"rows": []}', AT)


def test_paths_that_are_no_tables_have_no_kind() -> None:
    assert kind_of("/v1/territories/08000000/passport") is None
    assert kind_of("/v1/ratings/rum/2022/08000000") is None


def test_every_column_of_the_open_tables_has_a_russian_heading() -> None:
    """Kept answers of the system stand for the tables; none may show an inner name to people."""
    kept = known_examples()
    tables = {
        RATING: kept["ratings_read_rating"],
        THRESHOLDS: kept["olympiads_read_thresholds"],
        "/v1/training/2023/coverage": kept["training_get_coverage"],
        "/v1/training/2023/cyclogram": kept["training_get_cyclogram"],
        "/v1/findings": kept["gateway_list_findings"],
        "/v1/territories": kept["gateway_list_territories"],
    }
    for path, document in tables.items():
        for title in lay_out(kind(path), document, path).titles:
            assert re.search("[А-Яа-я]", title.partition(": ")[2] or title), (path, title)


def test_an_object_missing_in_a_row_makes_no_column_of_its_own() -> None:
    ranked = {"territory": "05000000", "place": {"from": 1, "to": 2, "label": "1-2", "of": 85}}
    document = {"rows": [{"territory": "08000000", "place": None}, ranked]}
    sheet = lay_out(kind(RATING), document, RATING)
    assert sheet.columns == ("territory", "place.from", "place.to", "place.of")
    assert sheet.rows == (("08000000", None, None, None), ("05000000", 1, 2, 85))


def test_a_finding_is_told_in_one_cell_a_field() -> None:
    found = {"subject": {"territory": "08000000", "note": None}, "evidence": [{"raw": "a"}, 1]}
    sheet = lay_out(kind("/v1/findings"), {"items": [found]}, "/v1/findings")
    assert sheet.columns == ("subject", "evidence")
    assert sheet.rows == (("territory: 08000000", "raw: a | 1"),)


def test_a_table_without_its_own_words_is_cited_by_its_title_and_date() -> None:
    footer = dict(lay_out(kind(THRESHOLDS), PHYSICS, THRESHOLDS, AT).footer)
    assert footer["Ссылка для цитирования"] == (
        "Проходные баллы 2022-2023, редакция 1, данные на 01.12.2022"
    )
    assert footer["Время источника"] == "2022-12-01T00:00:00+00:00"
    assert footer["Методика"].startswith("Баллы и проценты объявлены")
    assert (
        to_jsonstat(kind(THRESHOLDS), PHYSICS, THRESHOLDS, AT)["source"]
        == (footer["Ссылка для цитирования"])
    )
