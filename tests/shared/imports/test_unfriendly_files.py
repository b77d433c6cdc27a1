"""Files as an office has them: each is read as it looks, or refused where and why is said."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from services.ratings.parsers.observation_layout import LAYOUT
from shared.imports.checks import examine
from shared.imports.columns import Context, registry_of
from shared.imports.csv_reader import read_csv
from shared.imports.defects import FileRefused
from shared.imports.xlsx_reader import read_xlsx

TERRITORIES = {
    "08000000": "Хабаровский край",
    "05000000": "Приморский край",
    "33000000": "Орёл-город",
    "98000000": "Республика Саха (Якутия)",
    "123456789012": "Длинный код",
}
INDICATORS = ("1.1", "1.2", "1.10")
CONTEXT: Context = {
    "registries": {
        "programme": registry_of({"rum": "РУМ"}, "PROGRAMME_UNKNOWN", "Программы нет."),
        "territory": registry_of(TERRITORIES, "TERRITORY_UNKNOWN", "Территории нет."),
    },
    "programmes": {"rum": 1},
    "territories": {code: number for number, code in enumerate(TERRITORIES, 1)},
    "indicators": {f"rum {code}": number for number, code in enumerate(INDICATORS, 1)},
    "domains": ([1, 2, 3], [0.0] * 3, [10_000.0] * 3),
    "validity": [
        ("98000000", None, date(2021, 6, 30), ("08000000",)),
        ("33000000", date(2022, 10, 5), None, ()),
    ],
}
TITLES = ("Программа", "Период", "Территория", "Показатель", "Значение")
HEAD = ";".join(TITLES)
ROW = "rum;2022;08000000;1.1;99"
GOOD = ("rum", 2022, "08000000", "1.1", 99)
READ = ["2022 1.1 08000000 99"]

Fault = tuple[int, str | None, str]
Expected = Sequence[str] | Sequence[Fault] | str
"""Values as read; else faults as row, column and code; else the code the file is refused with."""


def outcome(content: bytes, *, workbook: bool) -> Expected:
    """Return what an import of observations would make of a file."""
    read = read_xlsx([content], LAYOUT) if workbook else read_csv([content], LAYOUT, None)
    values: list[str] = []
    faults: list[Fault] = []
    try:
        for block in read:
            examined = examine(block.frame, LAYOUT, CONTEXT, {}, block.faults)
            values += [_shown(row) for row in examined.good.iter_rows(named=True)]
            rejected = [*examined.rejected, *block.unread]
            faults += [(d.row, d.column, d.code) for one in rejected for d in one.defects]
    except FileRefused as refused:
        return refused.code
    return faults or values


def _shown(row: dict[str, object]) -> str:
    scaled, digits = int(str(row["scaled"])), int(str(row["digits"]))
    value = f"{scaled / 10**digits:.{digits}f}" if row["status"] == 0 else f"- {row['status']}"
    indicator = INDICATORS[int(str(row["indicator_id"])) - 1]
    territory = list(TERRITORIES)[int(str(row["territory_id"])) - 1]
    return f"{row['period']} {indicator} {territory} {value}"


def value(text: str) -> bytes:
    return f"{HEAD}\nrum;2022;08000000;1.1;{text}\n".encode()


def cell(column: str, text: str) -> bytes:
    cells = dict(zip(TITLES, ROW.split(";"), strict=True)) | {column: text}
    return f"{HEAD}\n{';'.join(cells.values())}\n".encode()


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("98,5", "98.5"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234,5", "1234.5"),
        ("1\u202f234,5", "1234.5"),
        ("98,5 %", "98.5"),
        ("98,5\u200b", "98.5"),
        ("\u200e98,5", "98.5"),
        ("0", "0"),
        ("98 баллов", "98"),
        ("-", "- 2"),
        ("—", "- 2"),
        ("н/д", "- 1"),
        ("НД", "- 1"),
        ("неприменимо", "- 2"),
    ],
)
def test_a_value_is_read_as_it_looks(text: str, stored: str) -> None:
    assert outcome(value(text), workbook=False) == [f"2022 1.1 08000000 {stored}"]


@pytest.mark.parametrize(
    "text",
    [
        *("1.234,5", "1,234.5", "12.345.678", "1'234,5", "1 23", "98 5", "98, 5", "5-6", "~98"),
        *("<5", "12 тыс.", "1/2", "1e2", "1,23E+11", "1О", "98.5.", "98,5 (оценка)", "#Н/Д"),
        *("=1+1", "01.янв", "2023-01-05", "NaN", "inf", "ИСТИНА", "98‑5", "98,5 руб.", "прочерк"),
    ],
)
def test_a_value_that_reads_two_ways_is_refused(text: str) -> None:
    assert outcome(value(text), workbook=False) == [(2, "value", "NOT_A_FIGURE")]


def test_a_blank_value_is_no_absence() -> None:
    for blank in ("", "  ", "\u00a0", "\u200b"):
        assert outcome(value(blank), workbook=False) == [(2, "value", "VALUE_MISSING")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("хабаровский  край", "08000000"),
        ("Хабаровский\u00a0край", "08000000"),
        ("Хабаровский край\u200b", "08000000"),
        ("Хабаров\u00adский край", "08000000"),
        ("Xaбapoвcкий край", "08000000"),
        ("ХАБАРОВСКИЙ КРАЙ", "08000000"),
        ("«Хабаровский край»", "08000000"),
        ("8000000", "08000000"),
        ("'08000000", "08000000"),
        ('"=""08000000"""', "08000000"),
        ("Орел-город", "33000000"),
        ("Орёл‑город", "33000000"),
        ("Орел – город", "33000000"),
    ],
)
def test_a_name_is_known_by_how_it_looks(text: str, code: str) -> None:
    assert outcome(cell("Территория", text), workbook=False) == [f"2022 1.1 {code} 99"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Хабаровская область", "Возможно: «Хабаровский край»"),
        ("8000000.0", "Возможно: «Хабаровский край»"),
        ("08 000 000", "Возможно: «Хабаровский край»"),
        ("О8000000", "Возможно: «Хабаровский край»"),
        ("1,23457E+11", "степенью числа"),
        ("Всего", "строку итогов"),
        ("Итого по краю", "строку итогов"),
    ],
)
def test_an_unknown_territory_says_what_was_meant(text: str, said: str) -> None:
    (block,) = read_csv([cell("Территория", text)], LAYOUT, None)
    examined = examine(block.frame, LAYOUT, CONTEXT, {}, block.faults)
    (defect,) = examined.rejected[0].defects
    assert (defect.row, defect.column, defect.code) == (2, "territory", "TERRITORY_UNKNOWN")
    assert said in defect.detail


@pytest.mark.parametrize("text", ["1,1", "01.янв", "01.01.2023", "2023-01-01 0:00:00", "1.20", "1"])
def test_an_indicator_that_excel_changed_is_refused(text: str) -> None:
    assert outcome(cell("Показатель", text), workbook=False) == [
        (2, "indicator", "INDICATOR_UNKNOWN")
    ]


@pytest.mark.parametrize(
    ("text", "period"), [("2022/2023", "20222023"), ("2022–2023", "20222023"), (" 2022 ", "2022")]
)
def test_a_period_is_a_year_or_two(text: str, period: str) -> None:
    assert outcome(cell("Период", text), workbook=False) == [f"{period} 1.1 08000000 99"]


@pytest.mark.parametrize(
    "text", ["2022-2024", "2023-2022", "2022-2022", "0000", "0022", "22", "2022 г.", "2 022"]
)
def test_a_period_that_is_none_is_refused(text: str) -> None:
    assert outcome(cell("Период", text), workbook=False) == [(2, "period", "PATTERN")]


@pytest.mark.parametrize(
    ("period", "territory", "codes"),
    [
        ("2021", "33000000", ["TERRITORY_NOT_IN_PERIOD"]),
        ("2021-2022", "33000000", ["TERRITORY_PART_OF_PERIOD"]),
        ("2022", "Орёл-город", ["TERRITORY_PART_OF_PERIOD"]),
        ("2023", "33000000", []),
        ("2022", "98000000", ["TERRITORY_NOT_IN_PERIOD"]),
        ("2021", "98000000", []),
        ("2021-2022", "98000000", []),
        ("2022", "08000000", []),
    ],
)
def test_a_territory_is_one_of_the_period(period: str, territory: str, codes: list[str]) -> None:
    (block,) = read_csv([f"{HEAD}\nrum;{period};{territory};1.1;99\n".encode()], LAYOUT, None)
    examined = examine(block.frame, LAYOUT, CONTEXT, {}, block.faults)
    faults = [d for one in examined.rejected for d in one.defects]
    assert [d.code for d in faults] + [n.code for n in examined.notices] == codes
    if (period, territory) == ("2022", "98000000"):
        assert faults[0].detail.endswith("существует по 30.06.2021. Преемники: 08000000.")


BLANKS: list[Fault] = [(3, name, "REQUIRED") for name in ("period", "territory", "indicator")]
MISPLACED = HEAD.replace("Период;Территория", "Территория;Период")
TEXTS: dict[str, tuple[bytes, Expected]] = {
    "1C, all quoted, cp1251": (
        '"Программа";"Период";"Территория";"Показатель";"Значение"\r\n'
        '"rum";"2022";"Хабаровский край";"1.1";"1\u00a0234,50"\r\n'.encode("cp1251"),
        ["2022 1.1 08000000 1234.50"],
    ),
    "utf-16 with tabs": (f"{HEAD}\n{ROW}\n".replace(";", "\t").encode("utf-16"), READ),
    "decimal comma in a file of commas": (
        f"{HEAD}\n{ROW},5\n".replace(";", ",").encode(),
        [(2, None, "TOO_MANY_CELLS")],
    ),
    "the same quoted": (
        f'{HEAD};\nrum;2022;08000000;1.1;"98,5"\n'.replace(";", ",").encode(),
        ["2022 1.1 08000000 98.5"],
    ),
    "row of column numbers": (f"{HEAD}\n1;2;3;4;5\n{ROW}\n".encode(), READ),
    "row of totals": (
        f"{HEAD}\n{ROW}\nИтого;;;;99\n".encode(),
        [
            *BLANKS,
            (3, "programme", "PROGRAMME_UNKNOWN"),
        ],
    ),
    "row of an average": (
        f"{HEAD}\n{ROW}\n;;;;99\n".encode(),
        [
            (3, "programme", "REQUIRED"),
            *BLANKS,
        ],
    ),
    "title rows": (f"Сведения за 2022 год;;;;\n;;;;\n{HEAD}\n{ROW}\n".encode(), READ),
    "blank lines": (f"{HEAD}\n\n;;;;\n{ROW}\n".encode(), READ),
    "heading with a Latin letter": (
        f"{HEAD}\n{ROW}\n".replace("Программа", "Пpограмма").encode(),
        READ,
    ),
    "heading with signs": (
        f"{HEAD}\n{ROW}\n".replace("Период", "Период:").replace("Значение", "Значение *").encode(),
        READ,
    ),
    "heading of other units": (f"{HEAD}, тыс.\n{ROW}\n".encode(), "HEADING_MISMATCH"),
    "heading twice": (f"{HEAD};Значение\n{ROW};98\n".encode(), "HEADING_MISMATCH"),
    "columns in another order": (f"{MISPLACED}\n{ROW}\n".encode(), "HEADING_MISMATCH"),
    "blank column": (
        f"{HEAD}\n{ROW}\n".replace("Территория;", "Территория;;").replace("000;", "000;;").encode(),
        READ,
    ),
    "text under no heading": (
        f"{HEAD}\n{ROW}\n".replace("Территория;", "Территория;;").replace("00;", "00;?;").encode(),
        [(2, None, "TOO_MANY_CELLS")],
    ),
    "cp866": (f"{HEAD}\n{ROW}\n".encode("cp866"), "ENCODING"),
    "koi8-r": (f"{HEAD}\n{ROW}\n".encode("koi8-r"), "ENCODING"),
    "utf-8 taken for cp1251": (
        f"{HEAD}\n{ROW}\n".encode().decode("cp1251", errors="ignore").encode(),
        "ENCODING",
    ),
    "broken byte of utf-8": (f"{HEAD}\n{ROW}\n".encode() + b"rum;2022;\xff", "ENCODING"),
    "broken byte under wire names": (
        b"programme,period,territory,indicator,value,source.document\n"
        + "rum,2022,08000000,1.1,99,Приказ № 5\n".encode()
        + "rum,2022,05000000,1.1,99,Приказ".encode()[:-1]
        + b",\n",
        "ENCODING",
    ),
    "bars between cells": (f"{HEAD}\n{ROW}\n".replace(";", "|").encode(), "HEADING_MISMATCH"),
    "nothing": (b"", "EMPTY_FILE"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_as_it_looks(name: str) -> None:
    content, expected = TEXTS[name]
    assert outcome(content, workbook=False) == expected


def book(*rows: Sequence[object], fill: Callable[[Worksheet], None] | None = None) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if fill is not None:
        fill(sheet)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


Held = bool | float | str | datetime | time


def formatted(place: str, code: str, held: Held) -> bytes:
    def fill(sheet: Worksheet) -> None:
        sheet[place] = held
        sheet[place].number_format = code

    return book(TITLES, GOOD, fill=fill)


@pytest.mark.parametrize(
    ("place", "code", "held", "expected"),
    [
        ("E2", "0.0%", 0.985, ["2022 1.1 08000000 98.5"]),
        ("E2", "#,##0.00", 1234.5, ["2022 1.1 08000000 1234.50"]),
        ("E2", "General", 0.1 + 0.2, ["2022 1.1 08000000 0.3"]),
        ("E2", "General", " 98,5 ", ["2022 1.1 08000000 98.5"]),
        ("E2", ";;;", 5, [(2, "value", "VALUE_HIDDEN")]),
        ("E2", '0;-0;"-"', 0, [(2, "value", "VALUE_HIDDEN")]),
        ("E2", '0" ₽"', 5, [(2, "value", "NOT_A_FIGURE")]),
        ("E2", "yyyy-mm-dd", datetime(2023, 1, 5), [(2, "value", "NOT_A_FIGURE")]),  # noqa: DTZ001 -- Excel knows no zones.
        ("E2", "h:mm", time(1, 30), [(2, "value", "NOT_A_FIGURE")]),
        ("E2", "General", True, [(2, "value", "NOT_A_FIGURE")]),
        ("E2", "General", 1e21, [(2, "value", "NOT_A_FIGURE")]),
        ("E2", "General", "=97+2", [(2, "value", "FORMULA_NOT_CALCULATED")]),
        ("D2", "General", 1.1, READ),
        ("D2", "0.00", 1.1, ["2022 1.10 08000000 99"]),
        ("D2", "d-mmm", datetime(2023, 1, 1), [(2, "indicator", "INDICATOR_UNKNOWN")]),  # noqa: DTZ001 -- as above.
        ("C2", "00000000", 8000000, READ),
        ("C2", "0", 123456789012, ["2022 1.1 123456789012 99"]),
        ("C2", "General", 123456789012, [(2, "territory", "TERRITORY_UNKNOWN")]),
        ("B2", "yyyy", datetime(2022, 3, 1), READ),  # noqa: DTZ001 -- as above.
        ("B2", "#,##0", 2022, [(2, "period", "PATTERN")]),
    ],
)
def test_a_cell_is_what_it_shows(place: str, code: str, held: Held, expected: Expected) -> None:
    assert outcome(formatted(place, code, held), workbook=True) == expected


def two_rows_of_headings(sheet: Worksheet) -> None:
    for column in "ABCD":
        sheet.merge_cells(f"{column}1:{column}2")


def blank_text_far_away(sheet: Worksheet) -> None:
    sheet["J2"] = " "


def second_sheet(*rows: Sequence[object]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        assert sheet.parent is not None
        other = sheet.parent.create_sheet("Другой")
        for row in rows:
            other.append(list(row))

    return fill


def merged(*ranges: str) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for one in ranges:
            sheet.merge_cells(one)

    return fill


def hidden_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[3].hidden = True


def sum_below(sheet: Worksheet) -> None:
    sheet.append((None, None, None, "Итого", "=SUM(E2:E2)"))


OTHER = ("rum", 2022, "05000000", "1.1", 98)
NO_KEYS: list[Fault] = [(3, name, "REQUIRED") for name in ("programme", "period", "territory")]
BOOKS: dict[str, tuple[bytes, Expected]] = {
    "title rows": (book(("Сведения",), (), ("Утверждаю",), TITLES, GOOD), READ),
    "merged title": (book(("Сведения",), TITLES, GOOD, fill=merged("A1:E1")), READ),
    "column numbers": (book(TITLES, (1, 2, 3, 4, 5), GOOD), READ),
    "two rows of headings, an optional one below": (
        book((*TITLES[:4], None), (*[None] * 4, "Значение"), GOOD, fill=two_rows_of_headings),
        READ,
    ),
    "blank first column": (book((None, *TITLES), (None, *GOOD)), READ),
    "text in a column without a heading": (
        book((None, *TITLES), ("?", *GOOD)),
        [(2, None, "TOO_MANY_CELLS")],
    ),
    "blank text far away": (book(TITLES, GOOD, fill=blank_text_far_away), READ),
    "an empty copy of the form": (book(TITLES, GOOD, fill=second_sheet(TITLES)), READ),
    "a form with an explanation": (
        book(TITLES, GOOD, fill=second_sheet(TITLES, ("# Код программы",))),
        READ,
    ),
    "two filled forms": (
        book(TITLES, GOOD, fill=second_sheet(TITLES, OTHER)),
        "SEVERAL_SHEETS",
    ),
    "a list of codes": (book(TITLES, GOOD, fill=second_sheet(("Код", "Название"))), READ),
    "hidden row": (book(TITLES, GOOD, OTHER, fill=hidden_row), READ),
    "names merged over rows": (
        book(
            TITLES,
            GOOD,
            (None, None, None, "1.2", 98),
            fill=merged("A2:A3", "B2:B3", "C2:C3"),
        ),
        [*READ, "2022 1.2 08000000 98"],
    ),
    "names given once without a merge": (
        book(TITLES, GOOD, (None, None, None, "1.2", 98)),
        NO_KEYS,
    ),
    "value merged over rows": (
        book(TITLES, GOOD, (*OTHER[:4], None), fill=merged("E2:E3")),
        [(2, "value", "MERGED_CELL"), (3, "value", "MERGED_CELL")],
    ),
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_is_read_as_it_looks(name: str) -> None:
    content, expected = BOOKS[name]
    assert outcome(content, workbook=True) == expected


def test_a_sum_below_the_rows_is_refused_as_one() -> None:
    found = outcome(book(TITLES, GOOD, fill=sum_below), workbook=True)
    assert (3, "value", "FORMULA_NOT_CALCULATED") in found
    assert (3, "territory", "REQUIRED") in found


def calculated(held: object) -> bytes:
    content = io.BytesIO()
    made = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, TITLES)
    sheet.write_row(1, 0, GOOD[:4])
    sheet.write_formula(1, 4, "=97.6+1", None, held)
    made.close()
    return content.getvalue()


def test_a_formula_is_its_stored_result() -> None:
    assert outcome(calculated(98.6), workbook=True) == ["2022 1.1 08000000 98.6"]
    for uncalculated in (0, ""):
        assert outcome(calculated(uncalculated), workbook=True) == [
            (2, "value", "FORMULA_NOT_CALCULATED")
        ]


def archive(**members: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in members.items():
            made.writestr(name.replace("__", "/"), part)
    return content.getvalue()


FOREIGN = {
    "OLD_XLS": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "PASSWORD_PROTECTED": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + "EncryptedPackage".encode("utf-16-le"),
    "HTML_TABLE": b"<html><table><tr><td>98</td></tr></table></html>",
    "ODS_FILE": archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
    "MALFORMED_XLSX": f"{HEAD}\n{ROW}\n".encode("cp1251"),
    "PDF_FILE": b"%PDF-1.7",
}


@pytest.mark.parametrize("code", FOREIGN)
def test_what_is_no_workbook_is_named(code: str) -> None:
    assert outcome(FOREIGN[code], workbook=True) == code
