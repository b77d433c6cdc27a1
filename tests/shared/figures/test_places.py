from decimal import Decimal
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.places import (
    ChangeLabel,
    Place,
    change,
    group_places_exact,
    group_places_float,
    places_exact,
    places_float,
)

SMALL = st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=12)


def test_a_tie_shares_a_range_and_nulls_are_no_peers() -> None:
    values = [Decimal("2.50"), None, Decimal("2.5"), Decimal(3), Decimal(1)]
    assert places_exact(values) == [
        Place(2, 3, 4),
        None,
        Place(2, 3, 4),
        Place(1, 1, 4),
        Place(4, 4, 4),
    ]


def test_published_decimals_are_compared_exactly() -> None:
    assert places_exact([Decimal("2.857"), Decimal("2.8569999999999")]) == [
        Place(1, 1, 2),
        Place(2, 2, 2),
    ]


def test_the_label_and_the_wire() -> None:
    assert Place(28, 39, 85).wire() == {"from": 28, "to": 39, "label": "28-39", "of": 85}
    assert Place(12, 12).wire() == {"from": 12, "to": 12, "label": "12", "of": None}


@given(SMALL)
def test_the_definition_by_counting(values: list[int | None]) -> None:
    present = [v for v in values if v is not None]
    for value, place in zip(values, places_exact(values), strict=True):
        if value is None:
            assert place is None
        else:
            above = sum(x > value for x in present)
            assert place == Place(1 + above, sum(x >= value for x in present), len(present))


@given(SMALL)
def test_floats_rank_as_exact_values_do(values: list[int | None]) -> None:
    array = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    first, last, n = places_float(array)
    for i, place in enumerate(places_exact(values)):
        expected = (0, 0) if place is None else (place.low, place.high)
        assert (first[i], last[i]) == expected
    assert n == sum(v is not None for v in values)


@given(SMALL)
def test_groups_rank_their_own(values: list[int | None]) -> None:
    groups = [None if i % 5 == 4 else i % 3 for i in range(len(values))]
    array = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    codes = np.array([-1 if g is None else g for g in groups], dtype=np.int64)
    first, last, n = group_places_float(array, codes)
    for i, place in enumerate(group_places_exact(values, groups)):
        expected = (0, 0, 0) if place is None else (place.low, place.high, place.of)
        assert (first[i], last[i], n[i]) == expected


def test_columns_rank_apart() -> None:
    table = np.array([[1.0, 3.0], [2.0, np.nan], [2.0, 1.0]])
    first, last, n = places_float(table)
    assert first.tolist() == [[3, 1], [1, 0], [1, 2]]
    assert last.tolist() == [[3, 1], [2, 0], [2, 2]]
    assert n.tolist() == [3, 2]


def test_neighbours_within_the_tolerance_chain() -> None:
    chain = np.array([1.0 + i * 0.9e-9 for i in range(5)])
    first, last, _ = places_float(chain)
    assert first.tolist() == [1] * 5
    assert last.tolist() == [5] * 5
    apart = np.array([1.0, 1.0 + 1.2e-9])
    assert places_float(apart)[0].tolist() == [2, 1]


def test_the_tolerance_grows_with_the_values_and_not_below_one() -> None:
    assert places_float(np.array([1e6, 1e6 + 0.9e-3]))[0].tolist() == [1, 1]
    assert places_float(np.array([1e6, 1e6 + 1.2e-3]))[0].tolist() == [2, 1]
    assert places_float(np.array([0.0, 0.9e-9]))[0].tolist() == [1, 1]
    assert places_float(np.array([-1e6, -1e6 - 0.9e-3]))[0].tolist() == [1, 1]


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_units_does_not_matter(values: list[float], random: Random) -> None:
    order = list(range(len(values)))
    random.shuffle(order)
    array = np.array(values)
    first, last, _ = places_float(array)
    moved_first, moved_last, _ = places_float(array[order])
    assert moved_first.tolist() == first[order].tolist()
    assert moved_last.tolist() == last[order].tolist()


def test_no_units_one_unit_and_all_nulls() -> None:
    first, _, n = places_float(np.empty(0))
    assert (first.tolist(), int(n)) == ([], 0)
    first, last, n = places_float(np.array([7.0]))
    assert (first.tolist(), last.tolist(), int(n)) == ([1], [1], 1)
    first, _, n = places_float(np.array([np.nan, np.nan]))
    assert (first.tolist(), int(n)) == ([0, 0], 0)


def test_an_infinity_is_refused() -> None:
    with pytest.raises(ValueError, match="infinite"):
        places_float(np.array([1.0, np.inf]))


@pytest.mark.parametrize(
    ("before", "after", "low", "high", "label"),
    [
        (Place(31, 31), Place(12, 12), 19, 19, ChangeLabel.IMPROVED),
        (Place(28, 39), Place(34, 46), -18, 5, ChangeLabel.OVERLAPS),
        (Place(34, 46), Place(19, 20), 14, 27, ChangeLabel.IMPROVED),
        (Place(20, 27), Place(75, 81), -61, -48, ChangeLabel.WORSENED),
        (Place(7, 7), Place(7, 7), 0, 0, ChangeLabel.UNCHANGED),
        (Place(5, 6), Place(5, 6), -1, 1, ChangeLabel.OVERLAPS),
        (Place(5, 5), Place(4, 5), 0, 1, ChangeLabel.OVERLAPS),
    ],
)
def test_a_change_of_place_is_an_interval(
    before: Place, after: Place, low: int, high: int, label: ChangeLabel
) -> None:
    moved = change(before, after)
    assert (moved.low, moved.high, moved.label) == (low, high, label)


@given(*[st.integers(1, 30)] * 4)
def test_the_change_is_the_tightest_interval(a: int, b: int, c: int, d: int) -> None:
    before, after = Place(min(a, b), max(a, b)), Place(min(c, d), max(c, d))
    moves = [
        x - y for x in range(before.low, before.high + 1) for y in range(after.low, after.high + 1)
    ]
    assert (change(before, after).low, change(before, after).high) == (min(moves), max(moves))
