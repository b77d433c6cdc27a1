"""CSV as Excel and 1C write it: the same rows whatever the dialect, and no line swallowed."""

import pytest

from shared.imports.blocks import Block
from shared.imports.checks import examine
from shared.imports.columns import Column, Layout, Type
from shared.imports.csv_reader import read_csv
from shared.imports.defects import FileRefused

LAYOUT = Layout(
    columns=(
        Column(name="code", title="Код"),
        Column(name="value", title="Значение", type=Type.FIGURE, required=False),
        Column(name="note", title="Примечание", required=False),
        Column(name="story", title="Описание", required=False, multiline=True),
    ),
    key=("code",),
)
HEAD = "Код;Значение;Примечание;Описание\n"
BODY = "08000000;98,5;Приказ № 1;\n08603000;79;;\n"
ROWS = [(2, "08000000", "98.5", "Приказ № 1", None), (3, "08603000", "79", None, None)]


def read(content: bytes, charset: str | None = None) -> list[Block]:
    return list(read_csv([content], LAYOUT, charset))


def rows(content: bytes, charset: str | None = None) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for block in read(content, charset):
        examined = examine(block.frame, LAYOUT, {}, {}, block.faults)
        assert not block.unread, block.unread
        assert not examined.rejected, examined.rejected
        found += examined.good.select("import_row", "code", "value", "note", "story").rows()
    return found


TEXT = HEAD + BODY
DIALECTS = {
    "utf-8": TEXT.encode(),
    "utf-8 with a mark": TEXT.encode("utf-8-sig"),
    "utf-16": TEXT.encode("utf-16"),
    "utf-16 big-endian": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "utf-16 without a mark": TEXT.encode("utf-16-le"),
    "utf-16 of Excel with tabs": TEXT.replace(";", "\t").encode("utf-16"),
    "cp1251": TEXT.encode("cp1251"),
    "feeds of Windows": TEXT.replace("\n", "\r\n").encode("cp1251"),
    "feeds of old Macs": TEXT.replace("\n", "\r").encode(),
    "commas": TEXT.replace("98,5", "98.5").replace(";", ",").encode(),
    "tabs": TEXT.replace(";", "\t").encode(),
    "a line sep=": b"sep=;\r\n" + TEXT.encode("cp1251"),
    "a line sep= of tabs": b"sep=\t\n" + TEXT.replace(";", "\t").encode(),
    "a quoted line sep=": b'"sep=;"\n' + TEXT.encode(),
    "surplus columns": TEXT.replace("\n", ";;;\n").encode(),
    "surplus cells of rows": (HEAD + BODY.replace("\n", ";;;;\n")).encode(),
    "surplus cells of one row": (HEAD + BODY.replace("79;;", "79;; ;;")).encode(),
    "surplus rows": (TEXT + ";;;\n;;;\n\n").encode(),
    "a code kept as text": TEXT.replace("08000000", '="08000000"').encode(),
    "all quoted": (
        '"Код";"Значение";"Примечание";"Описание"\n'
        '"08000000";"98,5";"Приказ № 1";""\n"08603000";"79";;\n'
    ).encode(),
    "a DOS end of file": TEXT.encode("cp1251") + b"\x1a",
    "a DOS end of file on its line": TEXT.encode() + b"\r\n\x1a\r\n",
}


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_gives_the_same_rows(name: str) -> None:
    assert rows(DIALECTS[name]) == ROWS


def test_titles_above_the_headings_are_passed_over() -> None:
    content = "Сведения о показателях\n\n" + TEXT
    assert [row[0] for row in rows(content.encode())] == [4, 5]


def test_a_quote_astray_swallows_no_line_silently() -> None:
    content = HEAD + '1;5;"Школа;\n2;6;;\n3;7;"Лицей";\n4;8;;\n'
    (block,) = read(content.encode())
    examined = examine(block.frame, LAYOUT, {}, {}, block.faults)
    codes = {d.code for row in (*block.unread, *examined.rejected) for d in row.defects}
    assert codes & {"LINE_BREAK", "MALFORMED_ROW"}
    assert "2" not in examined.good["code"].to_list()


def test_a_line_break_in_a_column_of_one_line_names_both_lines() -> None:
    content = HEAD + '1;5;"два\nслова";\n2;6;;"две\nстроки"\n3;7;"три\n\nслова";\n'
    (block,) = read(content.encode())
    assert [(f.row, f.column, f.code) for f in block.faults] == [
        (2, "note", "LINE_BREAK"),
        (4, "note", "LINE_BREAK"),
    ]
    assert "в строке 2 и закрыта в строке 3" in block.faults[0].detail
    assert "в строке 6 и закрыта в строке 8" in block.faults[1].detail
    examined = examine(block.frame, LAYOUT, {}, {}, block.faults)
    assert examined.good["story"].to_list() == ["две\nстроки"]


def test_a_quote_inside_a_field_is_text() -> None:
    content = HEAD + '1;5;Школа 3" и 4;\n2;6;;\n'
    assert rows(content.encode()) == [
        (2, "1", "5", 'Школа 3" и 4', None),
        (3, "2", "6", None, None),
    ]


def test_a_surplus_text_is_shown_as_the_fault() -> None:
    (block,) = read((HEAD + "1;5;;;;лишнее\n2;6;;\n").encode())
    (row,) = block.unread
    assert (row.row, row.defects[0].code, row.defects[0].raw) == (2, "TOO_MANY_CELLS", "лишнее")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04" + bytes(100), "WORKBOOK_AS_TEXT"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "OLD_XLS"),
        (b"<table><tr><td>", "HTML_TABLE"),
        (b"\x1f\x8b\x08", "PACKED_FILE"),
        (b"sep=;\n", "EMPTY_FILE"),
        ("Код;Значение\n".encode("utf-16")[:-1], "ENCODING"),
    ],
)
def test_what_is_no_text_is_named(content: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(content)
    assert refused.value.code == code
