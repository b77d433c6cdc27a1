"""A territory is itself and everything beneath it, and nothing beside or above."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.territories import Territories, contains

REGION, DISTRICT, TOWN, SETTLEMENT = "08000000", "08624000", "08701000", "08624404"


@pytest.mark.parametrize(
    ("upper", "lower", "within"),
    [
        (REGION, REGION, True),
        (REGION, DISTRICT, True),
        (REGION, SETTLEMENT, True),
        (DISTRICT, SETTLEMENT, True),
        (DISTRICT, "08624404101", True),
        (SETTLEMENT, "08624404101", True),
        (DISTRICT, TOWN, False),
        (DISTRICT, REGION, False),
        (SETTLEMENT, DISTRICT, False),
        (REGION, "05000000", False),
        ("08624404101", "08624404101", True),
        ("08624404101", SETTLEMENT, False),
        ("71000000", "71701000", True),
        ("71000000", "71800000", False),
        ("71000000", "71876000", False),
        ("71800000", "71876000", True),
        ("71800000", "71900000", False),
        ("11000000", "11811000", False),
        ("71876000", "71876404", True),
    ],
)
def test_a_subtree_holds_its_parts_only(upper: str, lower: str, within: bool) -> None:
    assert contains(upper, lower) is within
    assert Territories.of([upper]).allow(lower) is within


def test_rows_of_no_oktmo_are_for_callers_bound_to_nothing() -> None:
    for code in (None, "ru", "pfo", ""):
        assert Territories.of(["*"]).allow(code)
        assert not Territories.of([REGION]).allow(code)
    assert not Territories().allow(REGION)


def test_a_cap_leaves_the_common_part() -> None:
    everywhere, region = Territories.of(["*"]), Territories.of([REGION])
    assert everywhere.meet(region) == region
    assert region.meet(everywhere) == region
    assert Territories.of([REGION, "05000000"]).meet(region) == region
    assert region.meet(Territories.of([DISTRICT, "05000000"])) == Territories.of([DISTRICT])
    assert region.meet(Territories()) == Territories()


CODES = st.from_regex(r"[0-9]{2}([0-9]{3}|000)([0-9]{3}|000)", fullmatch=True)


@given(CODES, CODES, CODES)
def test_containment_is_transitive_and_agrees_with_the_expression(a: str, b: str, c: str) -> None:
    assert contains(a, a)
    if contains(a, b) and contains(b, c):
        assert contains(a, c)
    territories = Territories.of([a, b])
    assert territories.allow(c) is bool(re.search(territories.regex(), c))


def test_the_expression_of_a_region_leaves_its_autonomous_districts_out() -> None:
    region = Territories.of(["71000000"]).regex()
    for code, within in (("71701000", True), ("71800000", False), ("71900000", False)):
        assert bool(re.search(region, code)) is within
    assert not re.search(region, "71701000-12")
    assert (Territories().regex(), Territories.of(["*"]).regex()) == ("", "^")


def test_a_set_covers_what_lies_within_it_whole() -> None:
    region, district = Territories.of([REGION]), Territories.of([DISTRICT])
    everywhere = Territories.of(["*"])
    assert region.cover(district)
    assert not district.cover(region)
    assert everywhere.cover(region)
    assert not region.cover(everywhere)
    assert not district.cover(Territories.of([DISTRICT, TOWN]))
