from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.olympiads.domain.maxima import (
    candidate_maxima,
    common_maxima,
    derived_percent,
    percent_of,
    percent_of_maximum,
)


def candidates(score: str, percent: str) -> tuple[int, ...]:
    return candidate_maxima(Decimal(score), percent_of(percent))


def test_fourteen_points_of_28_per_cent_are_out_of_fifty() -> None:
    assert candidates("14", "28") == (50,)
    assert candidates("14", "24") == (58, 59)


def test_english_is_out_of_85() -> None:
    assert candidates("51", "60") == (85,)


def test_economics_has_ninety_alone_in_common() -> None:
    cells = [candidates("31", "34"), candidates("34", "38"), candidates("30", "33")]
    assert cells == [(90, 91, 92), (89, 90), (90, 91, 92)]
    assert common_maxima(cells) == (90,)


def test_printed_digits_narrow_the_candidates() -> None:
    assert candidates("51", "60.0") == (85,)
    assert candidates("51", "60.1") == ()


def test_a_hundred_per_cent_is_clipped_to_the_score() -> None:
    assert candidates("50", "100") == (50,)
    assert candidates("200", "100") == (200, 201)


def test_nothing_follows_from_a_zero() -> None:
    assert candidates("0", "0") == ()
    assert candidates("1", "0") == ()
    assert common_maxima([(), ()]) == ()
    assert common_maxima([(), (5, 6)]) == (5, 6)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 2))
def test_the_true_maximum_is_always_among_the_candidates(a: int, b: int, digits: int) -> None:
    score, maximum = min(a, b), max(a, b)
    printed = percent_of_maximum(Decimal(score), Decimal(maximum), digits)
    found = candidate_maxima(Decimal(score), percent_of(str(printed)))
    if printed * 10**digits >= 1:
        assert maximum in found
    for m in found:
        assert percent_of_maximum(Decimal(score), Decimal(m), digits) == printed
        assert m >= score
    assert list(found) == sorted(set(found))


@given(st.integers(1, 60), st.integers(5, 100))
def test_no_candidate_is_left_out(score: int, percent: int) -> None:
    every = [
        m
        for m in range(score, 40 * score + 1)
        if (2 * percent - 1) * m <= 200 * score < (2 * percent + 1) * m
    ]
    assert list(candidates(str(score), str(percent))) == every


def test_a_derived_per_cent_needs_a_maximum_from_elsewhere() -> None:
    assert derived_percent(Decimal(14), Decimal(50), (), 0) == Decimal(28)
    assert derived_percent(Decimal(14), Decimal(50), (), 1) == Decimal("28.0")
    assert derived_percent(Decimal(14), None, (), 0) is None
    assert derived_percent(Decimal(51), None, (85,), 0) == Decimal(60)
    assert derived_percent(Decimal(14), None, (58, 59), 0) == Decimal(24)
    assert derived_percent(Decimal(14), None, (50, 59), 0) is None
