"""Growth points against a search that recalculates everything at every printed value."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ratings.domain.engine import Observed, Result, calculate
from services.ratings.domain.growth import GrowthPoint, growth_point, growth_points
from services.ratings.domain.methodology import Direction, Methodology
from tests.harness.properties import examples
from tests.services.ratings.domain.documents import (
    EVERY_MEAN,
    EVERY_NORMALISATION,
    document,
    group,
    leaf,
    methodology,
)

LEVELS = {
    "node": "total",
    "on": "unrounded",
    "domain": [-10, 1000],
    "step": None,
    "bands": [
        {"code": "low", "from": -10, "to": 20},
        {"code": "middle", "from": 20, "to": 60},
        {"code": "high", "from": 60, "to": 1000},
    ],
}


def observed(rows: list[list[float | None]]) -> Observed:
    table = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float64)
    units = tuple(f"u{row}" for row in range(len(rows)))
    return Observed(units, (None,) * len(rows), np.asfortranarray(table))


def with_value(result: Result, row: int, indicator: int, value: Fraction) -> Result:
    values = result.observed.values.copy()
    values[row, indicator] = float(value)
    return calculate(result.methodology, replace(result.observed, values=values))


def grid(rule: Methodology, result: Result, row: int, indicator: int) -> list[Fraction]:
    """Return the printed values on the better side of today's, nearest first."""
    node = rule.indicators[indicator]
    unit = Fraction(1, 10 ** (node.digits or 0))
    low, high = (Fraction(end) for end in node.domain if end is not None)
    today = Fraction(str(result.observed.values[row, indicator]))
    points = [low + step * unit for step in range(int((high - low) / unit) + 1)]
    if node.direction is Direction.HIGHER:
        return [x for x in points if x > today]
    return [x for x in reversed(points) if x < today]


def searched(
    rule: Methodology, result: Result, row: int, indicator: int
) -> tuple[Fraction | None, Fraction | None]:
    """Return the first values that gain the place and the level, by recalculating everything."""
    place = level = None
    assert result.grades is not None
    for value in grid(rule, result, row, indicator):
        after = with_value(result, row, indicator, value)
        assert after.grades is not None
        if place is None and 0 < after.places.first[row, 0] < result.places.first[row, 0]:
            place = value
        if level is None and after.grades.band[row] > result.grades.band[row]:
            level = value
    return place, level


@st.composite
def cases(draw: st.DrawFn) -> tuple[Any, list[list[float | None]]]:
    """Draw two levels, any rules, digits 0 or 1 over a domain of 0…24."""

    def indicator(code: str) -> Any:
        rule = draw(st.sampled_from(EVERY_NORMALISATION))
        if rule["method"] == "distance_to_target":
            rule = rule | {"target": draw(st.sampled_from([10, 20]))}
        way = "higher" if rule["method"] == "none" else draw(st.sampled_from(["higher", "lower"]))
        digits = draw(st.sampled_from([0, 0, 1]))
        weight = draw(st.sampled_from([0.5, 1, 2]))
        return leaf(code, rule, direction=way, digits=digits, domain=[0, 24], weight=weight)

    block = group("block", [indicator("b"), indicator("c")], draw(st.sampled_from(EVERY_MEAN)))
    tree = group("total", [indicator("a"), block], draw(st.sampled_from(EVERY_MEAN)))
    ranked = draw(st.sampled_from(["unrounded", "published"]))
    policy = draw(st.sampled_from(["skip", "zero"]))
    value = st.one_of(st.none(), st.integers(0, 24).map(float), st.integers(0, 24).map(float))
    row = st.lists(value, min_size=3, max_size=3)
    rows = draw(st.lists(row, min_size=1, max_size=6))
    missing = {"policy": policy, "min_coverage": 0.5}
    return document(tree, rank_on=ranked, levels=LEVELS, missing=missing), rows


@examples(60)
@given(cases())
def test_a_growth_point_is_the_first_printed_value_that_gains(case: Any) -> None:
    source, rows = case
    rule = methodology(source)
    result = calculate(rule, observed(rows))
    for indicator in range(3):
        found = growth_point(result, 0, indicator)
        assert not found.exhausted
        if rows[0][indicator] is None or np.isnan(result.scores[0, 0]):
            assert (found.place, found.level) == (None, None)
            continue
        place, level = searched(rule, result, 0, indicator)
        assert (value_of(found, "place"), value_of(found, "level")) == (place, level)


def value_of(point: GrowthPoint, kind: str) -> Fraction | None:
    gain = point.place if kind == "place" else point.level
    return None if gain is None else Fraction(gain.value)


def plain(**more: Any) -> Any:
    return document(group("total", [leaf("x", **more), leaf("y")]))


def test_a_gain_by_hand() -> None:
    rule = methodology(plain(digits=1, domain=[0, 100]))
    result = calculate(rule, observed([[50.0, 50.0], [60.0, 60.0], [55.0, 40.0]]))
    x, y = growth_points(result, 0)
    # The first total is 50, the leader's 60: x must reach 70, which ties the lead.
    assert x.place is not None
    assert (x.place.value, x.place.change) == (Decimal(70), Decimal(20))
    assert x.place.place.label == "1-2"
    assert x.unit == Decimal("0.1")
    assert x.level is None
    assert y.place is not None
    assert y.place.value == Decimal(70)


def test_the_domain_bounds_what_is_possible() -> None:
    rule = methodology(plain(digits=0, domain=[0, 69]))
    result = calculate(rule, observed([[50.0, 50.0], [60.0, 60.0]]))
    assert growth_points(result, 0)[0].place is None


def test_without_bounds_the_search_still_ends() -> None:
    rule = methodology(document(group("total", [leaf("x", {"method": "zscore"}), leaf("y")])))
    result = calculate(rule, observed([[5.0, 1.0], [6.0, 90.0], [7.0, 90.0]]))
    assert growth_points(result, 0)[0].place is None


def test_the_leader_has_nothing_to_gain() -> None:
    result = calculate(methodology(plain(domain=[0, 100])), observed([[9.0, 9.0], [1.0, 1.0]]))
    assert growth_points(result, 0)[0].place is None


def test_a_value_printed_finer_than_the_unit_moves_to_the_next_multiple() -> None:
    rule = methodology(plain(digits=0, domain=[0, 100]))
    result = calculate(rule, observed([[50.25, 50.0], [51.0, 50.0]]))
    gain = growth_points(result, 0)[0].place
    assert gain is not None
    assert (gain.value, gain.change) == (Decimal(51), Decimal("0.75"))


@pytest.mark.slow
@pytest.mark.parametrize("digits", [0, 1, 2])
def test_a_z_score_far_from_its_peers_is_searched_exactly(digits: int) -> None:
    source = document(
        group(
            "total",
            [leaf("x", {"method": "zscore"}, digits=digits, domain=[0, 1000]), leaf("y", weight=2)],
        )
    )
    rows: list[list[float | None]] = [[10, 0], [20, 0.5], [30, 0.8], [990, 0.4], [15, 0.1]]
    rule = methodology(source)
    result = calculate(rule, observed(rows))
    gain = growth_point(result, 0, 0).place
    assert gain is not None
    value, unit = Fraction(gain.value), Fraction(1, 10**digits)
    assert with_value(result, 0, 0, value).places.first[0, 0] < result.places.first[0, 0]
    step = Fraction(10) + unit
    while step < value:
        now = with_value(result, 0, 0, step).places.first[0, 0]
        assert now >= result.places.first[0, 0]
        step += unit
