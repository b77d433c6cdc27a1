import csv
import re

import pytest

from shared import synthetic
from tests.house.sources import ROOT

REGISTER = ROOT / "services" / "ratings" / "data" / "territories.csv"
EXAMPLE = ROOT / "services" / "cli" / "example" / "data" / "territories.csv"


def codes(file: object, kind: str | None = None) -> list[str]:
    with open(str(file), encoding="utf-8", newline="") as stream:  # noqa: PTH123 -- one reader.
        return [row["code"] for row in csv.DictReader(stream) if kind in (None, row["kind"])]


def test_no_code_of_the_register_is_made_up() -> None:
    assert not [code for code in codes(REGISTER) if synthetic.is_synthetic_territory(code)]


def test_every_territory_of_the_example_is_made_up() -> None:
    known = codes(EXAMPLE)
    assert synthetic.REGION in known
    assert all(synthetic.is_synthetic_territory(code) for code in known)


def test_the_example_s_municipalities_are_the_only_ones_imports_take() -> None:
    own = codes(EXAMPLE, "municipality")
    assert len(own) == 12
    assert all(re.fullmatch(synthetic.MUNICIPALITY, code) for code in own)
    for other in ("00600000", "00613000", "00701000", "00601001"):
        assert not re.fullmatch(synthetic.MUNICIPALITY, other)


@pytest.mark.parametrize(
    ("path", "made_up"),
    [
        ("/v1/ratings/example-regions/2025", True),
        ("/v1/olympiads/2097-2098/thresholds", True),
        ("/v1/training/2098/coverage", True),
        ("/v1/territories/00601000/passport", True),
        ("rum/2022", False),
        ("/v1/olympiads/2022-2023/thresholds", False),
        ("/v1/territories/08000000/passport", False),
        ("", False),
        ("00601000-1b2c-4d3e-8f90-123456789abc", False),
        ("20981234-1b2c-4d3e-8f90-123456789abc", False),
        ("training/0012", False),
        ("examples/1", False),
    ],
)
def test_an_address_tells_whether_its_data_are_made_up(path: str, *, made_up: bool) -> None:
    assert synthetic.is_synthetic_path(path) is made_up


@pytest.mark.parametrize(
    ("finding", "made_up"),
    [
        ({"subject": {"territory": "00000000"}}, True),
        ({"subject": {"territories": ["08000000", "00601000"]}}, True),
        ({"subject": {}, "evidence": [{"document": "example-report"}]}, True),
        ({"subject": {"year": "2098"}}, True),
        ({"subject": {"territory": "08000000", "year": "2023"}}, False),
        ({"subject": {"route": "00601000-1b2c-4d3e-8f90-123456789abc"}}, False),
        ({"subject": {"codes": ["0012", "2098"]}}, False),
        ({"subject": None, "evidence": None}, False),
        ({}, False),
    ],
)
def test_a_finding_tells_whether_it_is_about_the_example(
    finding: dict[str, object], *, made_up: bool
) -> None:
    assert synthetic.is_synthetic_finding(finding) is made_up


def test_a_year_belongs_to_the_home_region_or_to_the_example() -> None:
    assert synthetic.region_of("2023", "08000000") == "08000000"
    assert synthetic.region_of("2022-2023", "08000000") == "08000000"
    assert synthetic.region_of("2098", "08000000") == synthetic.REGION
