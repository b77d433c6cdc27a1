"""Workbooks as people have them: what is seen is read, or refused with words that mend."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from shared.imports.blocks import Block
from shared.imports.columns import Column, Layout, Type
from shared.imports.defects import FileRefused
from shared.imports.xlsx_reader import read_xlsx

LAYOUT = Layout(
    columns=(
        Column(name="code", title="Код"),
        Column(name="value", title="Значение", type=Type.FIGURE, required=False),
        Column(name="day", title="День", type=Type.DATE, required=False),
        Column(name="from", title="Начало", type=Type.DAY_OR_MONTH, required=False),
        Column(name="note", title="Примечание", required=False),
    ),
    key=("code",),
)
HEADINGS = ["Код", "Значение", "День", "Начало", "Примечание"]
SHEET = "xl/worksheets/sheet1.xml"


def book(fill: Callable[[Worksheet], None], headings: list[str] | None = None) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    if headings is None:
        sheet.append(HEADINGS)
    fill(sheet)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def patched(content: bytes, changes: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """Return the archive with members changed; a change may rename by «old>new»."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changes[name](part) if name in changes else part)
    return made.getvalue()


def renamed(content: bytes, rename: Callable[[str], str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(rename(name), old.read(name))
    return made.getvalue()


def read(content: bytes, sheet: str | None = None) -> Block:
    (block,) = read_xlsx([content], LAYOUT, sheet)
    return block


def cells(block: Block) -> list[tuple[str | None, ...]]:
    return [row[1:] for row in block.frame.rows()]


def code_of(content: bytes, sheet: str | None = None) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        list(read_xlsx([content], LAYOUT, sheet))
    return refused.value


@pytest.mark.parametrize("column", ["B", "C", "E"])
def test_a_formula_without_its_result_is_a_fault_of_its_cell(column: str) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A2"] = "a"
        sheet[f"{column}2"] = "=ROUND(97.6,0)"

    block = read(book(fill))
    assert [(f.row, f.code) for f in block.faults] == [(2, "FORMULA_NOT_CALCULATED")]


def test_a_formula_that_its_writer_did_not_calculate_is_no_zero() -> None:
    content = io.BytesIO()
    made = xlsxwriter.Workbook(content)
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, ["a"])
    sheet.write_formula("B2", "=1+1")
    sheet.write_row(2, 0, ["b"])
    sheet.write_formula("B3", "=1+1", None, 2)
    made.close()
    block = read(content.getvalue())
    assert [(f.row, f.code) for f in block.faults] == [(2, "FORMULA_NOT_CALCULATED")]
    assert cells(block)[1][1] == "2"


def test_a_formula_with_its_result_is_read() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["a", "=98-1"])
        sheet.append(["b", '=""'])

    results = {
        b"<f>98-1</f><v></v>": b"<f>98-1</f><v>97</v>",
        b"<f>98-1</f><v/>": b"<f>98-1</f><v>97</v>",
        b"<f>98-1</f><v />": b"<f>98-1</f><v>97</v>",
    }

    def calculate(part: bytes) -> bytes:
        for empty, whole in results.items():
            part = part.replace(empty, whole)
        return re.sub(
            rb'r="B3"([^>]*)><f>[^<]*</f><v ?/?>(</v>)?',
            rb'r="B3" t="str"\1><f>""</f><v></v>',
            part,
        )

    block = read(patched(book(fill), {SHEET: calculate}))
    assert not block.faults
    assert [row[1] for row in cells(block)] == ["97", None]


def test_error_values_are_faults_in_their_russian_names() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["a", "#N/A"])
        sheet.append(["b", "#DIV/0!"])
        sheet.append(["c", 5, None, None, "#REF!"])

    block = read(book(fill))
    assert [(f.row, f.code) for f in block.faults] == [(n, "CELL_ERROR") for n in (2, 3, 4)]
    assert "#Н/Д" in block.faults[0].detail
    assert "#ССЫЛКА!" in block.faults[2].detail


def test_dates_are_read_in_the_precision_they_are_shown() -> None:
    def fill(sheet: Worksheet) -> None:
        for row, shape in enumerate(("[$-419]mmmm yyyy", "mm.yyyy", "dd.mm.yyyy", "mmm-yy"), 2):
            sheet.cell(row, 1, f"c{row}")
            sheet.cell(row, 4, date(2023, 3, 1)).number_format = shape
        sheet.cell(6, 1, "c6")
        sheet.cell(6, 5, date(2023, 3, 1)).number_format = "[$-419]d mmmm yyyy"

    block = read(book(fill))
    assert [row[3] for row in cells(block)] == ["2023-03", "2023-03", "2023-03-01", "2023-03", None]
    assert cells(block)[4][4] == "1 март 2023"


def test_escapes_rich_text_and_booleans_are_what_a_person_sees() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["a", None, None, None, "край_x000D_"])
        sheet.append(["b", None, None, None, "_x005F_x0041_"])
        sheet.append(["c", None, None, None, True])

    rich = b"<r><t>rich </t></r><r><t>text</t></r><rPh><t>hint</t></rPh>"

    def enrich(part: bytes) -> bytes:
        return part.replace(b"<t>c</t>", rich)

    content = patched(book(fill), {"xl/sharedStrings.xml": enrich, SHEET: enrich})
    block = read(content)
    assert [row[4] for row in cells(block)] == ["край\r", "_x0041_", "ИСТИНА"]
    assert cells(block)[2][0] == "rich text"


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: name.replace("sharedStrings", "SharedStrings"),
        lambda name: name.replace("[Content_Types]", "[content_types]"),
        lambda name: name.replace("/", "\\"),
        str.upper,
    ],
)
def test_part_names_differ_by_case_or_slash(rename: Callable[[str], str]) -> None:
    content = renamed(book(lambda sheet: sheet.append(["a", 98])), rename)
    assert cells(read(content)) == [("a", "98", None, None, None)]


STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def test_strict_open_xml_is_read() -> None:
    def strict(part: bytes) -> bytes:
        for old, new in STRICT.items():
            part = part.replace(old, new)
        return part

    content = book(lambda sheet: sheet.append(["a", 98]))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    assert cells(read(patched(content, dict.fromkeys(names, strict)))) == [
        ("a", "98", None, None, None)
    ]


@pytest.mark.parametrize("styles", [b"", b"<styleSheet/>", b"<styleSheet><cellXfs/></styleSheet>"])
def test_empty_styles_and_odd_properties_do_not_matter(styles: bytes) -> None:
    content = patched(
        book(lambda sheet: sheet.append(["a", 98])),
        {
            "xl/styles.xml": lambda _: styles,
            "docProps/core.xml": lambda _: b"not xml",
            "docProps/app.xml": lambda _: b"",
        },
    )
    assert cells(read(content)) == [("a", "98", None, None, None)]


def two_sheets(titles: tuple[str, str], second: list[str], *, hidden: bool = False) -> bytes:
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    first.title = titles[0]
    first.append(HEADINGS)
    first.append(["a", 1])
    other = made.create_sheet(titles[1])
    other.append(second)
    other.append(["b", 2])
    if hidden:
        other.sheet_state = "hidden"
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def test_several_fitting_sheets_are_named_and_one_can_be_asked_for() -> None:
    content = two_sheets(("Блок I", "Блок II"), HEADINGS)
    refused = code_of(content)
    assert refused.code == "SEVERAL_SHEETS"
    assert "«Блок I», «Блок II»" in refused.detail
    assert cells(read(content, "блок ii"))[0][0] == "b"
    assert cells(read(content, "1"))[0][0] == "a"
    assert code_of(content, "Блок III").code == "SHEET_UNKNOWN"


def test_other_and_hidden_sheets_are_named() -> None:
    cover = read(two_sheets(("Данные", "Титул"), ["Отчёт"]))
    assert [n.code for n in cover.notices] == ["SHEET_NOT_READ"]
    hidden = read(two_sheets(("Данные", "Черновик"), HEADINGS, hidden=True))
    assert [(n.code, "Черновик" in n.detail) for n in hidden.notices] == [("HIDDEN_SHEET", True)]
    assert cells(hidden)[0][0] == "a"


def test_hidden_rows_and_columns_are_named() -> None:
    def fill(sheet: Worksheet) -> None:
        for code in "abcd":
            sheet.append([code, 1])
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[4].hidden = True
        sheet.column_dimensions["B"].hidden = True

    block = read(book(fill))
    assert [row[0] for row in cells(block)] == ["a", "d"]
    details = {notice.code: notice.detail for notice in block.notices}
    assert set(details) == {"HIDDEN_ROWS", "HIDDEN_COLUMN"}
    assert "3-4" in details["HIDDEN_ROWS"]
    assert "Значение" in details["HIDDEN_COLUMN"]


def test_titles_above_and_two_rows_of_headings_are_found() -> None:
    def titled(sheet: Worksheet) -> None:
        sheet.append(["Сведения за 2023 год"])
        sheet.append([])
        sheet.append(HEADINGS)
        sheet.append(["a", 1])

    assert read(book(titled, [])).frame.rows() == [(4, "a", "1", None, None, None)]

    def grouped(sheet: Worksheet) -> None:
        sheet.append(["Код", "Значение", "Сроки", None, "Примечание"])
        sheet.append([None, None, "День", "Начало", None])
        sheet.merge_cells("C1:D1")
        sheet.append(["a", 1])

    assert read(book(grouped, [])).frame.rows() == [(3, "a", "1", None, None, None)]

    def wrong(sheet: Worksheet) -> None:
        sheet.append(["Сведения за 2023 год"])
        sheet.append(["Код", "Значения", "День"])

    refused = code_of(book(wrong, []))
    assert refused.code == "HEADING_MISMATCH"
    assert "строка 2" in refused.detail


def test_a_text_merged_over_rows_stands_in_each_and_a_number_is_a_fault() -> None:
    def fill(sheet: Worksheet) -> None:
        for code in "abc":
            sheet.append([code, None, None, None, None])
        sheet["E2"] = "Приказ"
        sheet.merge_cells("E2:E4")
        sheet["B2"] = 5
        sheet.merge_cells("B2:B3")

    block = read(book(fill))
    assert [row[4] for row in cells(block)] == ["Приказ"] * 3
    assert [(f.row, f.code) for f in block.faults] == [(2, "MERGED_CELL"), (3, "MERGED_CELL")]


OTHERS = {
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "OLD_XLS"),
    "locked": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "PASSWORD_PROTECTED",
    ),
    "html": (b"<html><body><table><tr><td>1</td></tr></table>", "HTML_TABLE"),
    "xml": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "XML_SPREADSHEET",
    ),
    "pdf": (b"%PDF-1.7\n", "PDF_FILE"),
    "text": ("Код;Значение\na;1\n".encode("cp1251"), "MALFORMED_XLSX"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_format_is_named_with_what_to_do(name: str) -> None:
    content, code = OTHERS[name]
    refused = code_of(content)
    assert refused.code == code
    assert re.search("сохраните|снимите|принимаются|пришлите", refused.detail)


@pytest.mark.parametrize(
    ("member", "code"),
    [
        (("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), "ODS_FILE"),
        (("xl/workbook.bin", b"\x01"), "XLSB_FILE"),
        (("word/document.xml", b"<w/>"), "WORD_FILE"),
    ],
)
def test_another_archive_is_named(member: tuple[str, bytes], code: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(*member)
    assert code_of(content.getvalue()).code == code
