"""Tables in SDMX 3.0 are read back by pysdmx into exactly the table."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pysdmx.io import get_datasets, read_sdmx
from pysdmx.model import Codelist, Dataflow, DataStructureDefinition, DataType

from services.gateway.openapi.examples import known_examples
from services.gateway.representations.cube import Cube, cube_of
from services.gateway.representations.kinds import SDMX_CSV, SDMX_STRUCTURE, TableKind, kind_of
from services.gateway.representations.render import content_type, file_name, render, wanted_media
from services.gateway.representations.sheet import as_number
from tests.services.gateway.test_representations import PHYSICS, RATING, RUM, THRESHOLDS

AT = datetime(2022, 12, 1, tzinfo=UTC)
COVERAGE = "/v1/training/2023/coverage"
TABLES = {
    RATING: RUM,
    THRESHOLDS: PHYSICS,
    COVERAGE: known_examples()["training_get_coverage"],
}


def kind(path: str) -> TableKind:
    found = kind_of(path)
    assert found is not None
    return found


def sent(path: str, document: dict[str, Any], media: str) -> str:
    return render(kind(path), media, path, json.dumps(document).encode(), AT).decode()


def expected(cube: Cube) -> list[dict[str, str]]:
    return [
        {one.id: plain(record.get(one.column)) for one in cube.components}
        for record in cube.records
    ]


def plain(cell: object) -> str:
    if isinstance(cell, float):
        return str(as_number(cell))
    return "" if cell is None else str(cell)


def same(read: str, told: str) -> bool:
    """Numbers are compared as numbers: the reader drops zeros at their ends."""
    try:
        return Decimal(read) == Decimal(told)
    except ArithmeticError:
        return read == told


@pytest.mark.parametrize("path", TABLES)
def test_pysdmx_reads_every_cell_back(path: str) -> None:
    document = TABLES[path]
    (dataset,) = get_datasets(
        sent(path, document, SDMX_CSV), sent(path, document, SDMX_STRUCTURE), validate=False
    )
    told = expected(cube_of(kind(path), document, path))
    read = dataset.data.to_dict("records")
    assert len(read) == len(told) > 0
    for row, wanted in zip(read, told, strict=True):
        assert row.keys() == wanted.keys()
        assert all(same(plain(row[name]), wanted[name]) for name in wanted), (row, wanted)


def test_codes_keep_their_zeros_and_names() -> None:
    (dataset,) = get_datasets(sent(RATING, RUM, SDMX_CSV), validate=False)
    assert set(dataset.data["TERRITORY"]) == {"08000000"}
    structures = read_sdmx(sent(RATING, RUM, SDMX_STRUCTURE), validate=False).structures
    assert structures is not None
    (codes,) = [one for one in structures if isinstance(one, Codelist)]
    assert [(code.id, code.name) for code in codes] == [("08000000", "Хабаровский край")]


def test_the_structure_says_what_each_column_is() -> None:
    structures = read_sdmx(sent(RATING, RUM, SDMX_STRUCTURE), validate=False).structures
    assert structures is not None
    (structure,) = [one for one in structures if isinstance(one, DataStructureDefinition)]
    (flow,) = [one for one in structures if isinstance(one, Dataflow)]
    assert (flow.id, flow.version, flow.name) == (
        "DF_RATINGS_RUM_2022",
        "3.0.0",
        "Рейтинг rum 2022",
    )
    components = structure.components
    assert [one.id for one in components.dimensions] == [
        "PROGRAMME",
        "TERRITORY",
        "NODE",
        "TIME_PERIOD",
    ]
    types = {one.id: one.dtype for one in components.measures}
    assert types["SCORE"] is DataType.DECIMAL
    assert types["DECLARED_PLACE_FROM"] is DataType.LONG
    assert {one.id for one in components.attributes} >= {"TITLE", "GROUP"}


def test_years_of_two_are_no_time_period() -> None:
    document = {**RUM, "period": "2022-2023"}
    cube = cube_of(kind(RATING), document, RATING)
    assert [one.id for one in cube.components if one.role == "time"] == []
    assert "PERIOD" in {one.id for one in cube.components if one.role == "dimension"}


def test_columns_of_one_identifier_stay_two() -> None:
    rows = [{"subject": "physics", "grade": 9, "a": {"b": 1}, "a_b": 2}]
    cube = cube_of(kind(THRESHOLDS), {"season": "2022-2023", "rows": rows}, THRESHOLDS)
    assert {one.id: one.column for one in cube.components if one.role == "measure"} == {
        "A_B": "a.b",
        "A_B_2": "a_b",
    }


def test_fields_of_a_row_and_of_its_node_stay_apart() -> None:
    row = {"territory": "1", "doubts": ["x"], "nodes": {"total": {"doubts": ["y"]}}}
    cube = cube_of(kind(RATING), {"rows": [row]}, RATING)
    (record,) = cube.records
    assert (record["doubts"], record["node.doubts"]) == ("x", "y")


def test_codes_that_sdmx_does_not_take_stay_plain_text() -> None:
    rows = [{"subject": "Физика 1", "title": "Физика", "grade": 9, "score": "14"}]
    cube = cube_of(kind(THRESHOLDS), {"rows": rows}, THRESHOLDS)
    (subject,) = [one for one in cube.components if one.column == "subject"]
    assert not subject.codes


def test_an_empty_table_has_headings_and_a_structure() -> None:
    document = {**RUM, "rows": []}
    assert sent(RATING, document, SDMX_CSV).splitlines() == [
        "STRUCTURE,STRUCTURE_ID,ACTION,PROGRAMME,TIME_PERIOD,TERRITORY,NODE"
    ]
    told = json.loads(sent(RATING, document, SDMX_STRUCTURE))["data"]
    assert told["codelists"] == []


def test_links_and_accept_name_the_forms_of_sdmx() -> None:
    offers = kind(RATING).offers
    assert wanted_media(None, offers, {"format": "sdmx-csv"}) == SDMX_CSV
    assert wanted_media(f"{SDMX_CSV};version=2.0.0", offers, {}) == SDMX_CSV
    assert content_type(SDMX_CSV).startswith(f"{SDMX_CSV}; version=2.0.0; labels=both")
    assert file_name(RATING, SDMX_STRUCTURE) == "ratings-rum-2022.json"
    assert SDMX_CSV not in kind("/v1/findings").offers
