"""The pure readers: every format gives the same rows, however the file is cut."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.imports import csv_reader, json_reader
from shared.imports.annotated import neutral
from shared.imports.blocks import Block
from shared.imports.cell_values import canonical
from shared.imports.checks import BLANK, examine
from shared.imports.columns import Column, Layout, Type
from shared.imports.csv_reader import read_csv
from shared.imports.defects import FileRefused, HeadingMismatch
from shared.imports.headings import match_headings
from shared.imports.json_reader import read_json, read_ndjson
from shared.imports.ordering import in_key_order
from shared.imports.templates import template_csv, template_xlsx
from shared.imports.xlsx_reader import read_xlsx
from tests.harness.properties import examples

LAYOUT = Layout(
    columns=(
        Column(name="code", title="Код", explanation="=код", example="=1+1"),
        Column(name="note", title="Примечание", required=False),
        Column(name="source.document", title="Документ", required=False),
        Column(name="source.line", title="Строка", type=Type.INTEGER, required=False),
    ),
    key=("code",),
    extras=("groups",),
)
printable = st.text(
    st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from('\n",;\\{}[]'), max_size=12
)
words = printable.map(str.strip).map(lambda s: s.strip(BLANK))
codes = words.filter(lambda s: bool(s) and not s.startswith("#"))
records = st.lists(
    st.tuples(codes, words, words, st.none() | st.integers(-999, 10**12)), max_size=12
)
Rows = list[tuple[str, str, str, int | None]]


def cut(content: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def objects(rows: Rows) -> list[dict[str, object]]:
    return [
        {"code": code, "note": note or None, "source": {"document": document, "line": line}}
        for code, note, document, line in rows
    ]


def read_out(blocks: Iterator[Block]) -> list[tuple[str | None, ...]]:
    taken = list(blocks)
    assert not [unread for block in taken for unread in block.unread]
    good = [examine(block.frame, LAYOUT, {}, {}).good for block in taken]
    rows = pl.concat(good).drop("import_row") if good else pl.DataFrame()
    return [tuple(row) for row in rows.rows()]


def expected(rows: Rows) -> list[tuple[str | None, ...]]:
    return [(c, n or None, d or None, None if x is None else str(x)) for c, n, d, x in rows]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "BLOCK_BYTES", 64)
    monkeypatch.setattr(json_reader, "BLOCK_BYTES", 64)


sizes = st.integers(1, 40)


@given(records, sizes, st.sampled_from([",", ";"]), st.booleans())
@examples(150)
def test_csv_gives_back_what_was_written(
    rows: Rows, size: int, separator: str, marked: bool
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(["code", "note", "source.document", "source.line"])
    writer.writerows(rows)
    content = text.getvalue().encode("utf-8-sig" if marked else "utf-8")
    assert read_out(read_csv(cut(content, size), LAYOUT, "utf-8")) == expected(rows)


@given(st.text("абвЯё№ x", min_size=1, max_size=20).filter(str.strip), sizes)
@examples(150)
def test_cp1251_and_utf8_are_told_apart_however_the_file_is_cut(text: str, size: int) -> None:
    for encoding in ("utf-8", "cp1251"):
        content = f"code;note\nлеса;{text}\n".encode(encoding)
        assert read_out(read_csv(cut(content, size), LAYOUT, None))[0][1] == text.strip()


@given(records.filter(bool), sizes)
@examples(150)
def test_ndjson_gives_back_what_was_written(rows: Rows, size: int) -> None:
    content = "\n".join(json.dumps(o, ensure_ascii=False) for o in objects(rows)).encode()
    assert read_out(read_ndjson(cut(content, size), LAYOUT)) == expected(rows)


@given(records, sizes, st.booleans(), st.sampled_from([None, 1]))
@examples(200)
def test_json_gives_back_what_was_written(
    rows: Rows, size: int, wrapped: bool, indent: int | None
) -> None:
    found: dict[str, object] = {}
    body: object = {"rows": objects(rows), "groups": {"g": ["]"]}} if wrapped else objects(rows)
    content = json.dumps(body, ensure_ascii=size % 2 == 0, indent=indent).encode()
    assert read_out(read_json(cut(content, size), LAYOUT, found)) == expected(rows)
    assert found == ({"groups": {"g": ["]"]}} if wrapped else {})


@pytest.mark.parametrize("before", ["", '"groups": {"g": []}, '])
@pytest.mark.parametrize("name", ["rows", "claims"])
def test_the_rows_may_stand_under_either_name(name: str, before: str) -> None:
    layout = replace(LAYOUT, rows_member="claims")
    content = f'{{{before}"{name}": [{{"code": "a"}}]}}'.encode()
    assert read_out(read_json([content], layout, {})) == [("a", None, None, None)]
    with pytest.raises(FileRefused):
        list(read_json([content.replace(b"]}", b'], "rows": [], "claims": []}')], layout, {}))


@given(records.filter(bool), st.data())
@examples(100)
def test_a_json_cut_short_is_never_taken(rows: Rows, data: st.DataObject) -> None:
    content = json.dumps(objects(rows)).encode()
    length = data.draw(st.integers(1, len(content) - 1))
    with pytest.raises(FileRefused):
        list(read_json(cut(content[:length], 7), LAYOUT, {}))


@given(st.binary(max_size=300), sizes)
@examples(200)
def test_any_bytes_are_read_or_refused(content: bytes, size: int) -> None:
    files = (
        read_csv(cut(b"code;note\n" + content, size), LAYOUT, None),
        read_csv(cut(content, size), LAYOUT, None),
        read_json(cut(content, size), LAYOUT, {}),
        read_ndjson(cut(content, size), LAYOUT),
        read_xlsx(cut(content, size), LAYOUT),
    )
    for blocks in files:
        with suppress(FileRefused):
            for block in blocks:
                examine(block.frame, LAYOUT, {}, {})


@pytest.mark.parametrize("size", [3, 1000])
@pytest.mark.parametrize("rows_member", ["rows", "lines"])
@pytest.mark.parametrize("rows_first", [True, False])
def test_an_object_may_say_once_what_every_row_would_say(
    rows_first: bool, rows_member: str, size: int
) -> None:
    layout = replace(LAYOUT, rows_member="lines", shared_members=("code", "note"))
    rows: list[object] = [{"note": "own"}, {"code": "b"}, {}]
    beside = {"code": {"code": "a"}, "note": "said", "groups": [1]}
    both = [(rows_member, rows), *beside.items()]
    content = json.dumps(dict(both if rows_first else both[::-1])).encode()
    extras: dict[str, object] = {}
    frame = pl.concat(block.frame for block in read_json(cut(content, size), layout, extras))
    assert frame.select("code", "note").rows() == [("a", "own"), ("b", "said"), ("a", "said")]
    assert extras == {"groups": [1]}
    faulty = json.dumps({rows_member: [{"code": "a", "more": 1}, {}], "code": "c"}).encode()
    (block,) = read_json(cut(faulty, size), layout, {})
    assert block.frame["code"].to_list() == ["c"]
    assert [row.row for row in block.unread] == [1]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_byte_order_mark_is_no_part_of_the_file(size: int) -> None:
    mark = b"\xef\xbb\xbf"
    assert read_out(read_csv(cut(mark + b"code\na\n", size), LAYOUT, None))[0][0] == "a"
    assert read_out(read_ndjson(cut(mark + b'{"code":"a"}', size), LAYOUT))[0][0] == "a"
    assert read_out(read_json(cut(mark + b'[{"code":"a"}]', size), LAYOUT, {}))[0][0] == "a"


def test_rows_are_numbered_as_a_person_counts_them() -> None:
    table = "code;note\n# пояснение\na;1\n\nb;2\n".encode()
    (block,) = read_csv([table], LAYOUT, None)
    assert block.frame["import_row"].to_list() == [3, 5]
    lines = b'{"code":"a"}\n\n{"code":"b"}\n'
    numbers = [n for block in read_ndjson([lines], LAYOUT) for n in block.frame["import_row"]]
    assert numbers == [1, 3]


@pytest.mark.parametrize("size", [1, 3, 10, 100])
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_may_end_as_on_any_machine(size: int, end: str) -> None:
    table = end.join(["code;note;source.line", "я;б;1", "# пояснение;;", "#REF!;в;2", ""]).encode()
    blocks = list(read_csv(cut(table, size), LAYOUT, None))
    rows = [row for block in blocks for row in block.frame.select("code", "note").iter_rows()]
    assert rows == [("я", "б"), ("#REF!", "в")]


def test_headings_may_be_names_titles_or_a_whole_object() -> None:
    assert match_headings(["code", "note"], LAYOUT) == ["code", "note"]
    assert match_headings(["Код", " СТРОКА "], LAYOUT) == ["code", "source_line"]
    assert match_headings(["code", "source"], LAYOUT) == ["code", "source"]
    assert match_headings(["Код", "Ошибки"], LAYOUT) == ["code", None]
    for wrong in (["note"], ["note", "code"], ["code", "code"], ["code", "x"], []):
        with pytest.raises(HeadingMismatch) as mismatch:
            match_headings(wrong, LAYOUT)
        assert len(mismatch.value.fields) == max(4, len(wrong))


CELLS: dict[Type, dict[str, str | None]] = {
    Type.FIGURE: {
        "68,30": "68.30",
        "90 %": "90",
        "1 006": "1006",
        "-": "-",
        "–": "-",
        "+5": "5",
        "−2": "-2",
        "nan": None,
    },
    Type.DECIMAL: {"2,50": "2.50", "1 006.5": "1006.5", "-1": "-1", "-": None, "5 %": None},
    Type.INTEGER: {"12": "12", "12.0": "12", "12,5": None, "1 006": "1006", "+7": "7", "x": None},
    Type.DATE: {
        "2023-03-01": "2023-03-01",
        "01.03.2023": "2023-03-01",
        "1.3.2023": "2023-03-01",
        "2023-02-30": None,
        "03/01/2023": None,
    },
    Type.BOOLEAN: {"да": "true", "Нет": "false", "TRUE": "true", "0": "false", "maybe": None},
    Type.OBJECT: {
        '{"b":1,"a":2}': '{"a":2,"b":1}',
        "b=1; a=2": '{"a":"2","b":"1"}',
        "b=1;b=2": None,
        "[1]": None,
    },
    Type.LIST: {"[1]": "[1]", "x| y |": '["x","y"]', "{}": '["{}"]'},
}


@pytest.mark.parametrize("kind", CELLS)
def test_cells_become_canonical(kind: Type) -> None:
    wanted = CELLS[kind]
    found = canonical(pl.Series(list(wanted)), Column(name="x", title="X", type=kind)).to_list()
    assert dict(zip(wanted, found, strict=True)) == wanted


@given(st.text(max_size=8))
@examples(200)
def test_no_text_given_back_is_a_formula(text: str) -> None:
    shown = neutral(text)
    harmless = shown[:1] not in tuple("=+-@\t\r\n")
    assert (
        harmless
        or shown.lstrip("+-").replace(",", ".").replace(".", "", 1).isdigit()
        or (shown == "-")
    )


@pytest.mark.parametrize("excel", [True, False])
def test_a_template_can_be_sent_as_it_is(excel: bool) -> None:
    assert read_out(read_csv([template_csv(LAYOUT, excel=excel)], LAYOUT, None)) == []
    assert read_out(read_xlsx([template_xlsx(LAYOUT)], LAYOUT)) == []
    filled = template_csv(LAYOUT) + b"a;b;c;5\r\n"
    assert read_out(read_csv([filled], LAYOUT, None)) == [("a", "b", "c", "5")]


numbers = st.integers(-(2**62), 2**62) | st.integers(-5, 5)


@given(st.lists(st.tuples(numbers, st.integers(-3, 3)), max_size=30))
@examples(200)
def test_rows_are_put_in_the_order_of_their_key(keys: list[tuple[int, int]]) -> None:
    shape = {"a": pl.Int64, "b": pl.Int32}
    frame = pl.DataFrame(keys, schema=shape, orient="row")
    assert in_key_order(frame, ("a", "b")).rows() == sorted(keys)
    assert in_key_order(frame, ("b",))["b"].to_list() == sorted(b for _, b in keys)
    texts = frame.cast(pl.String)
    assert in_key_order(texts, ("a", "b")).rows() == sorted(texts.rows())
