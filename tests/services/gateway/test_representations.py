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

from services.gateway.errors import FormWithoutTable
from services.gateway.openapi.examples import known_examples
from services.gateway.representations.jsonstat import to_jsonstat
from services.gateway.representations.kinds import CSV, JSON_STAT, XLSX, TableKind, kind_of
from services.gateway.representations.long_form import lay_out_long
from services.gateway.representations.render import (
    CSV_EXCEL,
    content_type,
    render,
    wanted_media,
)
from services.gateway.representations.sheet import (
    Publication,
    flatten,
    lay_out,
    neutral,
    sources_of,
    tail_of,
)
from services.gateway.representations.spreadsheets import to_csv
from shared.errors import Problem

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


def excel_of(path: str, document: dict[str, Any]) -> list[list[str]]:
    content = render(kind(path), CSV_EXCEL, path, json.dumps(document).encode(), AT)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


def test_excel_in_russian_gets_semicolons_decimal_commas_and_codes_as_text() -> None:
    head, row = excel_of(RATING, RUM)
    cells = dict(zip(head, row, strict=True))
    assert cells["total Итог: Балл"] == "79,375"
    assert cells["ОКТМО"] == '="08000000"'
    assert cells["Группа"] == "Дальневосточный федеральный округ"
    assert cells["1.1 Качество подготовки: Балл по документу"] == "99"


def test_excel_keeps_what_it_would_take_for_a_date() -> None:
    altered = ("1.1", "28-39", "1/2", "007", "123456789012", "9:30", "1E5", "март 2023", "1 янв")
    for text in altered:
        _, row = excel_of("/v1/territories", {"items": [{"code": text}]})
        assert row == [f'="{text}"']
    for text in ("79", "a1.1", "Хабаровск", "1.1.1.1", "Мартыново", "11:5:2023"):
        _, row = excel_of("/v1/territories", {"items": [{"code": text}]})
        assert row == [text]


def test_a_column_of_codes_has_one_type_in_excel() -> None:
    items = {"items": [{"code": "08000000"}, {"code": "98000000"}]}
    assert [row for (row,) in excel_of("/v1/territories", items)[1:]] == [
        '="08000000"',
        '="98000000"',
    ]


def long_form(media: str, document: dict[str, Any]) -> Any:
    return render(kind(RATING), f"{media}; long", RATING, json.dumps(document).encode(), AT)


def test_a_wide_table_is_offered_long_with_a_row_for_each_indicator() -> None:
    lines = long_form(CSV, RUM).decode().splitlines()
    total, first = (
        dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]
    )
    assert (total["Код показателя"], total["Балл"]) == ("total", "79.375")
    assert (first["ОКТМО"], first["Показатель"]) == ("08000000", "Качество подготовки")
    assert (first["Балл"], first["Балл по документу"]) == ("99.0", "99")
    page = openpyxl.load_workbook(io.BytesIO(long_form(XLSX, RUM))).active
    assert page is not None
    head = [cell.value for cell in page[1]]
    assert [page.cell(line, head.index("Балл") + 1).value for line in (2, 3)] == [79.375, 99]
    excel = long_form(CSV_EXCEL, RUM).decode("utf-8-sig")
    assert '"=""1.1"""' in excel
    assert ";99,0;" in excel


def test_the_long_form_has_every_value_of_the_wide_one() -> None:
    wide = lay_out(kind(RATING), RUM, RATING)
    long = lay_out_long(kind(RATING), RUM, RATING)
    (row,) = wide.rows
    by_node = {str(line[long.columns.index("node")]): line for line in long.rows}
    for name, cell in zip(wide.columns, row, strict=True):
        node, tail = tail_of(name, by_node)
        if node is not None:
            line = dict(zip(long.columns, by_node[node], strict=True))
            assert line.get(tail) == cell


def test_a_table_that_is_long_already_stays_as_it_is() -> None:
    body = json.dumps(PHYSICS).encode()
    made = [render(kind(THRESHOLDS), m, THRESHOLDS, body, AT) for m in (CSV, f"{CSV}; long")]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("accept", "query", "media"),
    [
        ("*/*", {"form": "long"}, f"{CSV}; long"),
        (None, {"form": "long", "format": "xlsx"}, f"{XLSX}; long"),
        (XLSX, {"form": "long"}, f"{XLSX}; long"),
        ("*/*", {"form": "long", "excel": "1"}, f"{CSV_EXCEL}; long"),
        ("*/*", {"form": "wide", "format": "csv"}, CSV),
        ("application/json", {"form": "wide"}, "application/json"),
    ],
)
def test_a_form_is_named_in_a_link(accept: str | None, query: dict[str, str], media: str) -> None:
    assert wanted_media(accept, kind(RATING).offers, query) == media
    assert content_type(media).startswith(media.partition(";")[0])


@pytest.mark.parametrize(
    ("accept", "query"),
    [
        ("application/json", {"form": "long"}),
        (None, {"form": "long", "format": "json"}),
        (None, {"form": "long", "format": "jsonstat"}),
        (None, {"form": "tall"}),
    ],
)
def test_a_form_without_a_table_is_refused(accept: str | None, query: dict[str, str]) -> None:
    with pytest.raises(FormWithoutTable):
        wanted_media(accept, kind(RATING).offers, query)


def test_a_citation_names_the_source_documents_of_a_table() -> None:
    source = {
        "document": "programme-407",
        "title": "Программа",
        "tables": ["Светофор"],
        "lines": {"from": 93, "to": 121},
    }
    told = "Программа (programme-407), таблица «Светофор», строки 93–121"
    footer = dict(lay_out(kind(THRESHOLDS), {**PHYSICS, "sources": [source]}, THRESHOLDS).footer)
    assert footer["Источник"] == told
    assert footer["Ссылка для цитирования"].endswith(f"Источник: {told}")
    found = {"items": [{"evidence": [{"document": "b"}, {"document": "a"}]}]}
    assert sources_of(kind("/v1/findings"), found) == ["a", "b"]
    assert sources_of(kind("/v1/territories"), {"items": []}) == [
        "Общероссийский классификатор территорий муниципальных образований (ОКТМО)"
    ]


def test_a_table_of_statistics_has_its_cells() -> None:
    path = "/v1/olympiads/2022-2023/statistics"
    document = {"cells": [{"subject": "physics", "grade": 9, "mean": "12.5"}]}
    assert rows_of_csv(path, document)[1] == ["physics", "9", "12.5"]


def test_people_read_words_for_codes_and_counts_for_identifiers() -> None:
    level = {"code": "acceptable", "title": "Допустимый", "possible": ["acceptable", "optimal"]}
    higher = {"code": "optimal", "title": "Оптимальный", "possible": ["optimal"]}
    rows = [
        {
            "territory": f"0{n}000000",
            "nodes": {"total": {"place_note": "PEERS_MISSING", "level": one}},
        }
        for n, one in enumerate((level, higher))
    ]
    document = {"nodes": [{"code": "total", "title": "Итог"}], "rows": rows}
    head, row, _ = excel_of(RATING, document)
    cells = dict(zip(head, row, strict=True))
    assert cells["total Итог: Почему места нет"] == "известны баллы не всех участников"
    assert cells["total Итог: Возможные уровни"] == "Допустимый; Оптимальный"
    assert not any("код" in title for title in head)
    coverage = {
        "subject": "physics",
        "title": "Физика",
        "tier": "profile",
        "assumptions": ["a" * 32] * 2,
    }
    head, row = excel_of("/v1/training/2023/coverage", {"rows": [coverage]})
    assert dict(zip(head, row, strict=True)) == {
        "Название": "Физика",
        "Категория": "профильное и углублённое изучение",
        "Допущения": "2",
    }
    assert rows_of_csv("/v1/training/2023/coverage", {"rows": [coverage]})[1][0] == "physics"


def test_a_part_of_a_list_says_so_in_its_first_line() -> None:
    part = {"items": [{"code": "a"}], "next": "cursor"}
    (note,), head, _ = excel_of("/v1/territories", part)
    assert note.startswith("Показана не вся таблица")
    assert head == ["Код"]
    content = render(
        kind("/v1/territories"), XLSX, "/v1/territories", json.dumps(part).encode(), AT
    )
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page is not None
    assert str(page["A1"].value).startswith("Показана не вся таблица")
    assert page.auto_filter.ref == "A2:A3"


def test_sums_of_binary_fractions_show_no_noise() -> None:
    noisy = {"rows": [{"subject": "physics", "grade": 9, "score": 73.92500000000001}]}
    assert rows_of_csv(THRESHOLDS, noisy)[1][2] == "73.925"
    assert excel_of(THRESHOLDS, noisy)[1][2] == "73,925"
    body = json.dumps(noisy).encode()
    page = openpyxl.load_workbook(io.BytesIO(render(kind(THRESHOLDS), XLSX, THRESHOLDS, body, AT)))
    assert page.active is not None
    assert page.active["C2"].value == 73.925
    assert to_jsonstat(kind(THRESHOLDS), noisy)["value"] == [73.925]


def test_a_workbook_is_ready_to_read_and_print() -> None:
    page = openpyxl.load_workbook(
        io.BytesIO(render(kind(RATING), XLSX, RATING, json.dumps(RUM).encode(), AT))
    ).active
    assert page is not None
    assert (page.freeze_panes, page.page_setup.orientation) == ("A2", "landscape")
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
    assert page.auto_filter.ref is not None
    assert page.print_title_rows == "$1:$1"
    head = [cell.value for cell in page[1]]
    assert page.cell(2, head.index("total Итог: Балл") + 1).number_format == "0.000"


def test_a_citation_names_publisher_and_permanent_address() -> None:
    publication = Publication("Министерство", "https://open.example/")
    footer = dict(lay_out(kind(RATING), RUM, RATING, AT, publication).footer)
    address = f"https://open.example{RATING}?revision=3"
    assert footer["Издатель"] == "Министерство"
    assert footer["Постоянный адрес"] == address
    assert footer["Ссылка для цитирования"] == f"Министерство. РУМ 2022. {address}"
    dataset = to_jsonstat(kind(RATING), RUM, RATING, AT, publication)
    assert (dataset["href"], dataset["label"]) == (address, "Рейтинг rum 2022")
    assert dataset["note"] == ["Методика: 2022"]
    assert jsonstat_validator.validate_jsonstat(dataset)


@pytest.mark.parametrize(
    ("query", "media"),
    [
        ({"format": "csv"}, CSV),
        ({"format": "xlsx"}, XLSX),
        ({"format": "json"}, "application/json"),
        ({"format": "jsonstat"}, JSON_STAT),
        ({"format": "csv", "excel": "1"}, CSV_EXCEL),
        ({"excel": "1"}, CSV_EXCEL),
        ({"excel": "0"}, "application/json"),
    ],
)
def test_a_link_names_a_representation_by_itself(query: dict[str, str], media: str) -> None:
    assert wanted_media("*/*", kind(RATING).offers, query) == media


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"format": "pdf"}, "FORMAT_UNKNOWN"),
        ({"format": "xlsx", "excel": "1"}, "EXCEL_WITHOUT_CSV"),
        ({"excel": "yes"}, "EXCEL_WITHOUT_CSV"),
        ({"format": "jsonstat"}, "NOT_ACCEPTABLE"),
    ],
)
def test_a_representation_that_is_none_is_refused(query: dict[str, str], code: str) -> None:
    with pytest.raises(Problem) as refused:
        wanted_media(None, kind("/v1/findings").offers, query)
    assert refused.value.code == code


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
