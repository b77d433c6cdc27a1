from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.olympiads.domain.distribution import (
    admitted_at,
    histogram,
    mean_of,
    percentile_rank,
    seats_left,
)
from services.olympiads.domain.performers import count_performers, performed

tallies = st.dictionaries(st.integers(0, 40).map(Decimal), st.integers(1, 9), min_size=1)


def tally(**counts: int) -> dict[Decimal, int]:
    return {Decimal(score[1:]): number for score, number in counts.items()}


def test_refusals_free_seats() -> None:
    assert seats_left(10, 12, 3) == 1
    assert seats_left(10, 12, 0) == -2


def test_the_percentile_rank_of_a_tie_is_its_middle() -> None:
    assert percentile_rank(tally(s1=1, s2=2, s3=1), Decimal(2)) == 50
    assert percentile_rank(tally(s1=1, s2=3), Decimal(9)) == 100
    assert percentile_rank({}, Decimal(1)) is None


@given(tallies)
def test_the_mean_is_that_of_the_people(counts: dict[Decimal, int]) -> None:
    values = [Fraction(score) for score, people in counts.items() for _ in range(people)]
    assert mean_of(counts) == sum(values) / len(values)


def test_nobody_has_no_mean() -> None:
    assert mean_of({}) is None


@given(tallies)
def test_the_last_quarter_is_those_who_performed(counts: dict[Decimal, int]) -> None:
    bins = histogram(counts, Decimal(40))
    assert sum(bins) == sum(counts.values())
    assert bins[-1] == count_performers(counts, Decimal(40)) == admitted_at(counts, Decimal(30))


def test_seventy_five_per_cent_is_exact() -> None:
    assert performed(Decimal("37.5"), Decimal(50))
    assert not performed(Decimal("37.4999999999999999999999999999999"), Decimal(50))
    assert count_performers({Decimal(1): 3}, None) is None
