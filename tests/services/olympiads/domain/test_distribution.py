from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.olympiads.domain.distribution import (
    admitted_at,
    equivalent,
    histogram,
    percentile_rank,
    seats_left,
    summarise,
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


def test_the_equivalent_of_a_threshold_by_hand() -> None:
    last = tally(s10=5, s20=3, s30=2)
    now = tally(s1=5, s2=3, s4=2)
    assert equivalent(last, now, Decimal(20)) == 2
    assert equivalent(last, now, Decimal(25)) == 2 + Fraction(2) * Fraction(15, 25)
    assert equivalent(last, now, Decimal(99)) == 4
    assert equivalent(last, now, Decimal(0)) == 1
    assert equivalent({}, now, Decimal(20)) is None
    assert equivalent(last, {}, Decimal(20)) is None


@given(tallies, st.integers(1, 5), st.integers(-20, 20))
def test_equating_undoes_a_change_of_scale(
    counts: dict[Decimal, int], factor: int, shift: int
) -> None:
    scaled = {factor * score + shift: number for score, number in counts.items()}
    for score in counts:
        assert equivalent(counts, scaled, score) == factor * score + shift


@given(tallies)
def test_quartiles_are_type_seven(counts: dict[Decimal, int]) -> None:
    found = summarise(counts)
    assert found is not None
    values = [float(s) for s, n in counts.items() for _ in range(n)]
    assert [float(q) for q in found.quartiles] == pytest.approx(
        list(np.quantile(values, [0.25, 0.5, 0.75]))
    )
    assert float(found.mean) == pytest.approx(float(np.mean(values)))
    assert found.participants == len(values)


def test_nobody_has_no_summary() -> None:
    assert summarise({}) is None


@given(tallies)
def test_the_last_quarter_is_those_who_performed(counts: dict[Decimal, int]) -> None:
    bins = histogram(counts, Decimal(40))
    assert sum(bins) == sum(counts.values())
    assert bins[-1] == count_performers(counts, Decimal(40)) == admitted_at(counts, Decimal(30))


def test_seventy_five_per_cent_is_exact() -> None:
    assert performed(Decimal("37.5"), Decimal(50))
    assert not performed(Decimal("37.4999999999999999999999999999999"), Decimal(50))
    assert count_performers({Decimal(1): 3}, None) is None
