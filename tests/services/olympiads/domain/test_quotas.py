from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.olympiads.domain.quotas import (
    TOP_GROUP_EXCEEDS_QUOTA,
    Answer,
    count_scores,
    drop_below_floor,
    places_for_scores,
    solve,
    solve_shared,
)

scores = st.lists(st.integers(0, 12).map(lambda half: Decimal(half) / 2), max_size=40)


def decimals(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts]


def reached(values: list[Decimal], threshold: Decimal | Fraction | None) -> int:
    return 0 if threshold is None else sum(1 for value in values if value >= threshold)


def test_a_tied_group_on_the_edge_is_rejected_by_h_and_admitted_by_l() -> None:
    answer = solve(count_scores(decimals("40", "31", "30", "30", "30", "12")), 3)
    assert answer.high == Answer(Decimal(31), 2, 1, 0)
    assert answer.low == Answer(Decimal(30), 5, 0, 2)
    assert answer.tied_group == 3


def test_a_quota_that_falls_between_groups_has_one_answer() -> None:
    answer = solve(count_scores(decimals("5", "4", "4", "3")), 3)
    assert answer.high == answer.low == Answer(Decimal(4), 3, 0, 0)


def test_a_top_group_larger_than_the_quota_leaves_h_empty_with_its_reason() -> None:
    answer = solve(count_scores(decimals("50", "50", "50", "10")), 2)
    assert answer.high == Answer(None, 0, 2, 0, TOP_GROUP_EXCEEDS_QUOTA)
    assert answer.low == Answer(Decimal(50), 3, 0, 1)
    assert answer.tied_group == 3


def test_no_more_people_than_places_admits_everybody() -> None:
    answer = solve(count_scores(decimals("7", "3")), 5)
    assert answer.high == answer.low == Answer(Decimal(3), 2, 3, 0)
    assert solve(count_scores(decimals("7", "3")), 2).high == Answer(Decimal(3), 2, 0, 0)


@pytest.mark.parametrize(("values", "places"), [([], 3), (["7"], 0), ([], 0)])
def test_no_places_or_no_people_admit_nobody(values: list[str], places: int) -> None:
    answer = solve(count_scores(decimals(*values)), places, outside=4)
    assert answer.high == answer.low == Answer(None, 0, places, 0)
    assert (answer.total_high, answer.total_low, answer.tied_group) == (4, 4, 0)


def test_scores_are_compared_by_exact_value() -> None:
    answer = solve(count_scores(decimals("2.857", "2.8569999", "2.50", "2.5")), 1)
    assert answer.high.threshold == Decimal("2.857")
    assert answer.low.admitted == 1
    assert count_scores(decimals("2.50", "2.5")) == {Decimal("2.5"): 2}
    long = Decimal("0." + "1" * 40)
    longer = Decimal("0." + "1" * 40 + "1")
    assert solve(count_scores([long, longer]), 1).high.threshold == longer


def test_the_floor_is_inclusive_and_exact() -> None:
    counts = count_scores(decimals("25", "24.99", "25.01"))
    kept = drop_below_floor(counts, Decimal(50), Decimal(50))
    assert set(kept) == set(decimals("25", "25.01"))
    thirds = drop_below_floor(
        count_scores(decimals("16.665", "16.6649999999999999999999999999999999")),
        Decimal(50),
        Decimal("33.33"),
    )
    assert set(thirds) == {Decimal("16.665")}
    with pytest.raises(ValueError, match="maximum"):
        drop_below_floor(counts, None, Decimal(50))


def test_diploma_holders_stand_beside_the_quota_unless_told_otherwise() -> None:
    assert places_for_scores(10, 3, outside_counts=False) == 10
    assert places_for_scores(10, 3, outside_counts=True) == 7
    assert places_for_scores(2, 3, outside_counts=True) == 0


@given(scores, st.integers(0, 45), st.integers(0, 5))
def test_both_answers_bracket_the_quota(values: list[Decimal], places: int, outside: int) -> None:
    answer = solve(count_scores(values), places, outside)
    high, low = answer.high, answer.low
    everybody = len(values) <= places
    assert high.admitted == reached(values, high.threshold)
    assert low.admitted == reached(values, low.threshold)
    assert high.admitted <= places
    if places and values:
        assert low.admitted >= min(places, len(values))
        assert low.admitted == len(values) if everybody else low.admitted >= places
        assert high.threshold is None or low.threshold is not None
    if high.threshold is not None and low.threshold is not None:
        assert low.threshold <= high.threshold
    assert high.unused == places - high.admitted
    assert low.overflow == max(0, low.admitted - places)
    assert answer.tied_group == low.admitted - high.admitted
    assert answer.total_low - answer.total_high == answer.tied_group
    assert answer.total_high == high.admitted + outside


@given(scores.filter(bool), st.integers(1, 45))
def test_the_thresholds_are_the_lowest_and_the_highest_possible(
    values: list[Decimal], places: int
) -> None:
    answer = solve(count_scores(values), places)
    if len(values) <= places:
        return
    fits = [t for t in values if reached(values, t) <= places]
    fills = [t for t in values if reached(values, t) >= places]
    assert answer.high.threshold == min(fits, default=None)
    assert answer.low.threshold == max(fills)


@given(scores, st.integers(0, 45), st.randoms())
def test_the_order_of_people_does_not_matter(
    values: list[Decimal], places: int, chance: "object"
) -> None:
    shuffled = list(values)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random.
    assert solve(count_scores(values), places) == solve(count_scores(shuffled), places)


def test_one_quota_over_grades_compares_shares_of_the_maximum() -> None:
    grades = {
        9: count_scores(decimals("20", "10")),
        10: count_scores(decimals("60", "45")),
        11: count_scores(decimals("1")),
    }
    maxima = {9: Decimal(40), 10: Decimal(90), 11: Decimal(100)}
    answer = solve_shared(grades, maxima, 2)
    assert answer.solution.high.admitted == 1
    assert answer.solution.low.admitted == 3
    assert answer.high == {9: None, 10: Decimal(60), 11: None}
    assert answer.low == {9: Decimal(20), 10: Decimal(45), 11: None}
    empty = solve_shared(grades, maxima, 0)
    assert empty.high == empty.low == {9: None, 10: None, 11: None}
