"""The registry files agree with each other and with the source."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from shared.imports.names import fold_name

DATA = Path(__file__).parents[3] / "services" / "ratings" / "data"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


TERRITORIES = {row["code"]: row for row in rows_of("territories.csv")}


def test_there_are_89_regions_in_8_districts_and_19_municipalities() -> None:
    kinds = Counter(row["kind"] for row in TERRITORIES.values())
    assert kinds == {"country": 1, "federal_district": 8, "region": 89, "municipality": 19}


def test_four_regions_exist_since_october_2022_outside_the_districts() -> None:
    later = [row for row in TERRITORIES.values() if row["valid_from"]]
    assert {row["code"] for row in later} == {"21000000", "23000000", "43000000", "74000000"}
    assert {(row["kind"], row["parent"], row["valid_from"]) for row in later} == {
        ("region", "ru", "2022-10-05")
    }


def test_the_far_eastern_district_has_11_regions() -> None:
    assert sum(row["parent"] == "dfo" for row in TERRITORIES.values()) == 11


def test_eleven_municipal_codes_are_unconfirmed() -> None:
    unconfirmed = [
        code
        for code, row in TERRITORIES.items()
        if row["code_confirmed"] == "no" and row["kind"] == "municipality"
    ]
    assert len(unconfirmed) == 11
    assert all(TERRITORIES[code]["parent"] == "08000000" for code in unconfirmed)


def test_every_parent_stands_before_its_children() -> None:
    seen: set[str] = set()
    for code, row in TERRITORIES.items():
        assert not row["parent"] or row["parent"] in seen, row
        seen.add(code)


def test_no_two_territories_share_a_name() -> None:
    owners: dict[str, set[str]] = {}
    for code, row in TERRITORIES.items():
        for name in (row["title"], row["register_name"], *row["aliases"].split("|")):
            if name:
                owners.setdefault(fold_name(name), set()).add(code)
    assert {name: codes for name, codes in owners.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("99000000", "Еврейская автономная область"),
        ("45000000", "город Москва"),
        ("98000000", "Республика Саха (Якутия)"),
        ("90000000", "Республика Северная Осетия – Алания"),
        ("10000000", "Амурская область"),
    ],
)
def test_people_read_official_names(code: str, title: str) -> None:
    assert TERRITORIES[code]["title"] == title


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("Г.  Москва", "г Москва"),
        ("ХМАО — Югра", "ХМАО - Югра"),
        ("Орёл", "орел"),
        ("Городской округ «Город Хабаровск»", 'городской округ "Город Хабаровск"'),
        ("Амурская\u00a0обл.", "Амурская обл"),
    ],
)
def test_spelling_of_a_name_makes_no_difference(written: str, known: str) -> None:
    assert fold_name(written) == fold_name(known)


@pytest.mark.parametrize(
    ("one", "other"), [("Алтайский край", "Республика Алтай"), ("РС(Я)", "РСЯ")]
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize("period", ["2021", "2022"])
def test_the_methodology_has_two_blocks_of_four_directions(period: str) -> None:
    document = json.loads((DATA / "methodologies" / f"rum-{period}.json").read_text("utf-8"))
    blocks = document["tree"]["children"]
    assert [block["code"] for block in blocks] == ["I", "II"]
    leaves = [leaf["code"] for block in blocks for leaf in block["children"]]
    assert leaves == [f"{block}.{place}" for block in (1, 2) for place in (1, 2, 3, 4)]
    passports = {r["code"]: r for r in rows_of("indicators.csv") if r["programme"] == "rum"}
    assert set(leaves) == set(passports)


def test_directions_are_called_as_the_programme_prints_them() -> None:
    labels = {
        row["key"].removeprefix("indicator="): row["raw"]
        for row in rows_of("claims_rum_directions.csv")
        if row["concept"] == "label"
    }
    for passport in rows_of("indicators.csv"):
        if passport["programme"] == "rum":
            printed = labels[passport["code"]]
            assert printed.endswith(passport["title"]), printed


def test_every_observation_stands_in_the_claims_of_its_cell() -> None:
    printed = {
        f"{row['document']}#{row['line']}:{row['cell']}": row["raw"]
        for name in ("claims_rum_directions.csv", "claims_ege.csv")
        for row in rows_of(name)
        if row["concept"] in ("index", "count", "score")
    }
    for row in rows_of("observations.csv"):
        assert printed[row["source"]].startswith(row["value"].replace(".", ",")), row
