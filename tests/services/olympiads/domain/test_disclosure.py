"""Means and quantiles of few people, and an attacker who solves for their scores."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.olympiads.domain.disclosure import (
    Bin,
    Note,
    bins_as_json,
    bins_from_json,
    changed_people,
    equivalent,
    group_scores,
    leaves_scores_open,
    quantile,
    rank_of,
    tally_as_json,
    tally_from_json,
)
from services.olympiads.domain.performers import count_performers
from services.olympiads.domain.public_counts import PublicCounts
from services.olympiads.domain.statistics_table import Stage, distribution
from tests.harness.properties import examples

CELL = ("physics", 9)
MAXIMUM = Decimal(50)
STEP = Decimal("0.5")
K, LEAST = 3, 10

steps = st.integers(0, 100)
scores = st.lists(steps.map(lambda n: n * STEP), min_size=1, max_size=40)


def tally_of(values: list[Decimal]) -> dict[Decimal, int]:
    return dict(Counter(values))


def published(values: list[Decimal], *earlier: list[Decimal]) -> Mapping[str, Any]:
    """What the public table says of the scores of one cell none of whose counts is hidden."""
    tally = tally_of(values)
    strong = count_performers(tally, MAXIMUM) or 0
    shown: dict[tuple[str, ...], int] = {
        ("n", "physics", "9"): len(values),
        ("a", "physics", "9"): strong,
    }
    counts = PublicCounts(shown, frozenset(), withheld=False)
    stage = Stage(
        titles={},
        sort={},
        maxima={CELL: MAXIMUM},
        declared={},
        tallies={CELL: tally},
        k=K,
        least=LEAST,
        earlier={CELL: [tally_of(values) for values in earlier]},
    )
    return distribution(counts, stage, CELL)


# The first is the case by which three scores were read off their quartiles.
@pytest.mark.parametrize(
    "values",
    [
        ["40.5", "43", "47.5"],
        ["12", "30", "31", "44", "50"],
        ["7"] * 9,
        ["0.5", "1", "2", "3", "4", "5", "40", "41", "42"],
    ],
)
def test_below_ten_people_there_is_neither_mean_nor_quartile(values: list[str]) -> None:
    found = published([Decimal(value) for value in values])
    assert (found["mean"], found["quartiles"], found["histogram"]) == (None, None, None)
    assert found["distribution_note"] == Note.FEW_PARTICIPANTS


def test_ten_people_have_a_mean_and_quartiles_that_are_nobody_s_score() -> None:
    values = [Decimal(n) for n in (13, 14, 16, 18, 19, 21, 22, 23, 24, 24)]
    found = published(values)
    assert found["mean"] == "19.4"
    assert found["distribution_note"] is None
    # Bins of at least three people by hand: [12.5, 17.5) 3, [17.5, 22.5) 4, [22.5, 25) 3.
    assert found["quartiles"] == ["16.7", "20.0", "22.9"]


@pytest.mark.parametrize("score", ["7.5", "9.5", "20"])
def test_one_score_at_the_edge_of_its_bin_is_not_told_by_the_mean(score: str) -> None:
    assert published([Decimal(score)] * 10)["distribution_note"] == Note.SUPPRESSED


def test_a_bin_of_one_possible_score_is_not_told() -> None:
    tally = {Decimal(2): 10}
    assert not leaves_scores_open(tally, Decimal(5), group_scores(tally, Decimal(5), 3))


def test_everybody_at_the_top_is_not_told_by_a_mean() -> None:
    assert published([MAXIMUM] * 12)["distribution_note"] == Note.SUPPRESSED
    assert published([Decimal(0)] * 12)["distribution_note"] == Note.SUPPRESSED


@pytest.mark.parametrize(
    ("changed", "note"),
    [(0, None), (1, Note.FEW_CHANGES), (2, Note.FEW_CHANGES), (3, None), (10, None)],
)
def test_two_means_of_nearly_the_same_people_are_not_both_published(
    changed: int, note: Note | None
) -> None:
    values = [Decimal(20 + n % 5) for n in range(12)]
    later = [value - 4 if place < changed else value for place, value in enumerate(values)]
    assert published(later, values)["distribution_note"] == note


def test_one_more_person_is_a_change_of_one() -> None:
    values = [Decimal(20 + n % 5) for n in range(12)]
    assert published([*values, Decimal(15)], values)["distribution_note"] == Note.FEW_CHANGES
    assert published(values[:-1], values)["distribution_note"] == Note.FEW_CHANGES


def test_the_difference_is_asked_of_every_earlier_revision() -> None:
    first = [Decimal(20 + n % 5) for n in range(12)]
    second = [Decimal(14 + n % 5) for n in range(12)]
    assert published(first, first, second)["distribution_note"] is None
    assert published([*first, Decimal(22)], first, second)["distribution_note"] == Note.FEW_CHANGES


crowds = st.tuples(st.integers(0, 80), st.lists(st.integers(0, 20), min_size=10, max_size=24)).map(
    lambda crowd: [(crowd[0] + n) * STEP for n in crowd[1]]
)


@examples(30)
@given(crowds)
def test_an_attacker_finds_two_scores_for_everybody(values: list[Decimal]) -> None:
    found = published(values)
    assume(found["distribution_note"] is None)
    everybody = range(len(values))
    for place in everybody:
        assert any(
            published(moved(values, move)) == found for move in moves(values, place, everybody)
        ), values[place]


Move = Mapping[int, Decimal]


def moves(values: list[Decimal], place: int, partners: Iterable[int]) -> Iterator[Move]:
    """Yield changes of one score, alone or balanced by another's, that stay on the scale."""
    for change in (STEP, -STEP):
        for move in (
            {place: change},
            *({place: change, n: -change} for n in partners if n != place),
        ):
            if all(0 <= values[n] + c <= MAXIMUM for n, c in move.items()):
                yield move


def moved(values: list[Decimal], move: Move) -> list[Decimal]:
    return [value + move.get(place, 0) for place, value in enumerate(values)]


@given(scores, st.integers(1, 8))
def test_bins_hold_everybody_and_nobody_alone(values: list[Decimal], least: int) -> None:
    bins = group_scores(tally_of(values), MAXIMUM, least)
    assert sum(part.people for part in bins) == len(values)
    for quarter in range(4):
        low, high = quarter * MAXIMUM / 4, (quarter + 1) * MAXIMUM / 4
        inside = [part for part in bins if low <= part.low and part.high <= high]
        assert all(part.people >= least for part in inside) or len(inside) == 1
    for before, after in pairwise(bins):
        assert before.low < before.high <= after.low
    for value in values:
        own = [b for b in bins if b.low <= value < b.high or value == b.high == MAXIMUM]
        assert len(own) == 1


@given(scores, st.fractions(0, 1))
def test_a_quantile_lies_within_a_bin_and_grows(values: list[Decimal], share: Fraction) -> None:
    bins = group_scores(tally_of(values), MAXIMUM, K)
    found = quantile(bins, share)
    assert any(part.low <= found <= part.high for part in bins)
    assert quantile(bins, share / 2) <= found


def test_rank_and_quantile_by_hand() -> None:
    bins = (Bin(Fraction(0), Fraction(10), 4), Bin(Fraction(20), Fraction(30), 6))
    assert rank_of(bins, Decimal(5)) == 20
    assert rank_of(bins, Decimal(15)) == 40
    assert rank_of(bins, Decimal(99)) == 100
    assert quantile(bins, Fraction(1, 5)) == 5
    assert quantile(bins, Fraction(7, 10)) == 25
    assert quantile(bins, Fraction(1)) == 30
    with pytest.raises(ValueError, match="nobody"):
        quantile((), Fraction(1, 2))


@given(scores, steps)
def test_a_threshold_is_its_own_equivalent_where_somebody_has_it(
    values: list[Decimal], step: int
) -> None:
    bins = group_scores(tally_of(values), MAXIMUM, K)
    score = step * STEP
    if any(part.low < score < part.high for part in bins):
        assert equivalent(bins, bins, score) == score


@given(scores)
def test_what_is_remembered_comes_back(values: list[Decimal]) -> None:
    tally = tally_of(values)
    bins = group_scores(tally, MAXIMUM, K)
    assert bins_from_json(bins_as_json(bins)) == bins  # type: ignore[arg-type]  # JSON is untyped.
    assert tally_from_json(tally_as_json(tally)) == tally


def test_changed_people_are_counted_once() -> None:
    before = {Decimal(1): 2, Decimal(2): 1}
    assert changed_people(before, before) == 0
    assert changed_people(before, {Decimal(1): 1, Decimal(2): 2}) == 1
    assert changed_people(before, {Decimal(1): 2}) == 1
    assert changed_people({}, before) == 3
