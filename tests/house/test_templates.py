"""What a person reads in the template of any kind of data, and whether the example is a row."""

import re

import pytest

from services.olympiads.app import EVERY_KIND as OLYMPIADS
from services.ratings.usecases.import_types import KINDS as RATINGS
from services.training.usecases.import_types import KINDS as TRAINING
from shared.imports.csv_reader import read_csv
from shared.imports.import_types import ImportKind
from shared.imports.templates import template_csv, template_xlsx
from shared.imports.xlsx_reader import read_xlsx

KINDS = {
    f"{service}/{kind.code}": kind
    for service, kinds in (("ratings", RATINGS), ("olympiads", OLYMPIADS), ("training", TRAINING))
    for kind in kinds
}
RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_column_is_named_and_explained_in_russian(kind: ImportKind) -> None:
    for column in kind.layout.columns:
        assert RUSSIAN.search(column.title), column.name
        assert RUSSIAN.search(column.explanation), column.name
        assert column.example or not column.required, column.name


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_the_example_becomes_a_row_when_its_mark_is_taken_away(kind: ImportKind) -> None:
    layout = kind.layout
    template = template_csv(layout).decode()
    (block,) = read_csv([template.replace("# Пример: ", "").encode()], layout, None)
    assert not block.unread
    (row,) = block.frame.drop("import_row").rows()
    assert row == tuple(column.example or None for column in layout.columns)
    (sheet,) = read_xlsx([template_xlsx(layout)], layout)
    assert sheet.frame.is_empty()
