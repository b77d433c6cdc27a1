from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.tiers import TIER_SHARES, apportion, tier_sizes


@pytest.mark.parametrize(
    ("headcount", "sizes"),
    [
        (747, (75, 635, 37)),
        (218, (22, 185, 11)),
        (211, (21, 179, 11)),
        (230, (23, 196, 11)),
        (161, (16, 137, 8)),
        (0, (0, 0, 0)),
    ],
)
def test_the_tiers_of_the_programme(headcount: int, sizes: tuple[int, int, int]) -> None:
    assert tier_sizes(headcount) == dict(
        zip(("profile", "subject", "olympiad"), sizes, strict=True)
    )


@given(st.integers(0, 100_000))
def test_parts_sum_to_the_whole_and_stay_within_one_of_their_quota(headcount: int) -> None:
    sizes = tier_sizes(headcount)
    assert sum(sizes.values()) == headcount
    for code, share in TIER_SHARES.items():
        assert abs(sizes[code] - headcount * share) < 1


def test_a_tie_of_remainders_goes_to_the_larger_share() -> None:
    shares = {"small": Fraction(1, 4), "large": Fraction(3, 4)}
    assert apportion(2, shares) == {"small": 0, "large": 2}


def test_equal_shares_and_remainders_go_by_code() -> None:
    shares = {"b": Fraction(1, 2), "a": Fraction(1, 2)}
    assert apportion(1, shares) == {"b": 0, "a": 1}


def test_shares_must_sum_to_one_and_people_are_not_negative() -> None:
    with pytest.raises(ValueError, match="sum to one"):
        apportion(1, {"a": Fraction(1, 2)})
    with pytest.raises(ValueError, match="never negative"):
        apportion(-1, TIER_SHARES)
