"""Any valid table of any template is the same rows in every format, and one bad cell is named."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.olympiads.app import EVERY_KIND as OLYMPIADS
from services.ratings.usecases.import_types import KINDS as RATINGS
from services.training.usecases.import_types import KINDS as TRAINING
from shared.imports.blocks import Block
from shared.imports.cell_values import canonical
from shared.imports.checks import examine
from shared.imports.columns import ROW, Column, Layout, Type
from shared.imports.csv_reader import read_csv
from shared.imports.json_reader import read_json, read_ndjson
from shared.imports.xlsx_reader import read_xlsx

LAYOUTS = {
    f"{service}/{kind.code}": kind.layout
    for service, kinds in (("ratings", RATINGS), ("olympiads", OLYMPIADS), ("training", TRAINING))
    for kind in kinds
}
DAY = date(2022, 1, 1)
LETTERS = "абвёЯ xyzZ0189№«»—-.,;:\"'|()"
"""What free texts are made of: whatever cp1251 has and separators of tables."""
SPOILED = "?!"
PROPERTY = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))

Row = Mapping[str, str | None]


FORMS: dict[Type, st.SearchStrategy[str]] = {
    Type.FIGURE: st.decimals(0, 100, places=2).map(lambda number: f"{number:f}"),
    Type.DECIMAL: st.integers(0, 100).map(str),
    Type.BOOLEAN: st.sampled_from(["true", "false"]),
    Type.DATE: st.integers(0, 3000).map(lambda days: (DAY + timedelta(days)).isoformat()),
    Type.DAY_OR_MONTH: st.integers(0, 3000).map(lambda days: (DAY + timedelta(days)).isoformat()),
    Type.TEXT: st.text(LETTERS, min_size=1, max_size=30).map(lambda text: f"т{text}т"),
}


def texts(column: Column) -> st.SearchStrategy[str]:
    """Give canonical texts of a column."""
    if column.choices:
        return st.sampled_from(column.choices)
    if column.type is Type.INTEGER:
        return st.integers(int(column.low or 0), int(column.high or 1000)).map(str)
    bound = column.registry is not None or (
        column.pattern is not None and column.type is not Type.DECIMAL
    )
    if column.type in FORMS and not bound:
        return FORMS[column.type]
    return st.just(canonical(pl.Series([column.example]), column)[0] or column.example)


@st.composite
def tables(draw: st.DrawFn, layout: Layout) -> list[Row]:
    """Give some rows; only what may be blank is."""
    count = draw(st.integers(1, 4))
    return [
        {
            column.stored: None
            if not column.required and (draw(st.booleans()) or not column.example)
            else draw(texts(column))
            for column in layout.columns
        }
        for _ in range(count)
    ]


def grid(layout: Layout, rows: Sequence[Row]) -> list[list[str]]:
    heading = [column.title for column in layout.columns]
    return [heading, *([row[c.stored] or "" for c in layout.columns] for row in rows)]


def as_csv(separator: str, encoding: str, end: str, quoting: int) -> Callable[..., bytes]:
    def write(layout: Layout, rows: Sequence[Row]) -> bytes:
        content = io.StringIO(newline="")
        writer = csv.writer(content, delimiter=separator, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]  # One of csv's constants.
        writer.writerows(grid(layout, rows))
        return content.getvalue().encode(encoding)

    return write


def by_xlsxwriter(layout: Layout, rows: Sequence[Row]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    shapes = {n: book.add_format({"num_format": f"0.{'0' * n}"}) for n in range(1, 4)}
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    for number, cells in enumerate(grid(layout, rows)):
        for place, (column, text) in enumerate(zip(layout.columns, cells, strict=True)):
            decimals = len(text.partition(".")[2])
            if text == SPOILED:
                sheet.write_string(number, place, text)
            elif number and text and column.type is Type.FIGURE and decimals:
                sheet.write_number(number, place, float(text), shapes[decimals])
            elif number and text and column.type in (Type.DATE, Type.DAY_OR_MONTH):
                sheet.write_datetime(number, place, date.fromisoformat(text), day)
            elif text:
                sheet.write_string(number, place, text)
    book.close()
    return content.getvalue()


def by_openpyxl(layout: Layout, rows: Sequence[Row]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, cells in enumerate(grid(layout, rows), 1):
        for place, (column, text) in enumerate(zip(layout.columns, cells, strict=True), 1):
            cell = sheet.cell(number, place)
            if text == SPOILED:
                cell.value = text
            elif number > 1 and text and column.type is Type.INTEGER:
                cell.value = int(text)
            elif number > 1 and text and column.type is Type.BOOLEAN:
                cell.value = text == "true"
            elif text:
                cell.value = text
                cell.data_type = "s"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_object(layout: Layout, row: Row) -> dict[str, object]:
    found: dict[str, object] = {}
    for column in layout.columns:
        text = row[column.stored]
        value: object = text
        if text is not None and column.type in (Type.LIST, Type.OBJECT, Type.SPANS):
            value = json.loads(text)
        outer, _, inner = column.name.partition(".")
        if not inner:
            found[outer] = value
            continue
        members = found.setdefault(outer, {})
        assert isinstance(members, dict)
        members[inner] = value
    return found


def as_json(layout: Layout, rows: Sequence[Row]) -> bytes:
    return json.dumps({"rows": [as_object(layout, row) for row in rows]}).encode()


def as_ndjson(layout: Layout, rows: Sequence[Row]) -> bytes:
    return "\n".join(json.dumps(as_object(layout, row)) for row in rows).encode()


def csv_blocks(content: bytes, layout: Layout) -> Iterator[Block]:
    return read_csv([content], layout, None)


Read = Callable[[bytes, Layout], Iterator[Block]]
FORMATS: dict[str, tuple[Callable[..., bytes], Read]] = {
    "semicolons": (as_csv(";", "utf-8-sig", "\r\n", csv.QUOTE_MINIMAL), csv_blocks),
    "cp1251": (as_csv(";", "cp1251", "\n", csv.QUOTE_ALL), csv_blocks),
    "commas": (as_csv(",", "utf-8", "\n", csv.QUOTE_MINIMAL), csv_blocks),
    "tabs": (as_csv("\t", "utf-16", "\r\n", csv.QUOTE_MINIMAL), csv_blocks),
    "xlsxwriter": (by_xlsxwriter, lambda content, layout: read_xlsx([content], layout)),
    "openpyxl": (by_openpyxl, lambda content, layout: read_xlsx([content], layout)),
    "json": (as_json, lambda content, layout: read_json([content], layout, {})),
    "ndjson": (as_ndjson, lambda content, layout: read_ndjson([content], layout)),
}


def canonical_rows(blocks: Iterator[Block], layout: Layout) -> list[Row]:
    """Return the canonical texts of a file's rows; each must be readable."""
    found: list[Row] = []
    for block in blocks:
        assert not block.unread, block.unread
        assert not block.faults, block.faults
        bare = block.frame.with_columns(
            pl.col(c.stored).str.strip_chars().replace("", None) for c in layout.columns
        )
        read = bare.with_columns(canonical(bare[c.stored], c) for c in layout.columns)
        found += read.drop(ROW).rows(named=True)
    return found


@pytest.mark.parametrize("name", LAYOUTS)
@PROPERTY
@given(data=st.data())
def test_a_table_is_the_same_rows_in_every_format(name: str, data: st.DataObject) -> None:
    layout = LAYOUTS[name]
    rows = data.draw(tables(layout))
    for label, (write, read) in FORMATS.items():
        assert canonical_rows(read(write(layout, rows), layout), layout) == rows, label


@pytest.mark.parametrize("name", LAYOUTS)
@PROPERTY
@given(data=st.data())
def test_one_spoiled_cell_is_named_at_its_row_and_heading(name: str, data: st.DataObject) -> None:
    layout = replace(
        LAYOUTS[name], checks=None, resolve=None, row_rule=None, derive=None, key=("x",)
    )
    rows = [dict(row) for row in data.draw(tables(layout))]
    spoilable = [
        c for c in layout.columns if c.type not in (Type.TEXT, Type.CODE, Type.LOCATOR, Type.LIST)
    ]
    spoilable += [c for c in layout.columns if c.choices or c.pattern]
    if not spoilable:
        return
    column, at = data.draw(st.sampled_from(spoilable)), data.draw(st.integers(0, len(rows) - 1))
    rows[at][column.stored] = SPOILED
    for label in ("semicolons", "tabs", "openpyxl", "xlsxwriter"):
        write, read = FORMATS[label]
        (block,) = read(write(layout, rows), layout)
        (rejected,) = examine(block.frame, layout, {}, {}, block.faults).rejected
        assert rejected.row == at + 2, label
        assert {d.column for d in rejected.defects} == {column.name}, label
        assert block.headings[column.name] == column.title, label
