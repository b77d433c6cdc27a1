from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.decimals import RoundingMode, decimal_text, exact, round_to, unit_of
from shared.figures.intervals import Interval, intersection, mean, rounding_interval

MODES = list(RoundingMode)
VALUES = st.fractions(min_value=-1000, max_value=1000, max_denominator=10**4)
DIGITS = st.integers(min_value=-2, max_value=4)


@pytest.mark.parametrize(
    ("x", "up", "even", "ceiling", "down"),
    [
        ("-2.5", -2, -2, -2, -3),
        ("-3.5", -3, -4, -3, -4),
        ("2.5", 3, 2, 3, 2),
        ("3.5", 4, 4, 4, 3),
        ("-0.5", 0, 0, 0, -1),
        ("79.375", 79, 79, 80, 79),
        ("7", 7, 7, 7, 7),
    ],
)
def test_the_four_rounding_rules(x: str, up: int, even: int, ceiling: int, down: int) -> None:
    got = [round_to(Fraction(x), 0, mode) for mode in MODES]
    assert got == [up, even, ceiling, down]


def test_the_interval_of_each_rule() -> None:
    half = Fraction(1, 2)
    assert rounding_interval(79, 0, RoundingMode.HALF_UP) == Interval(
        79 - half, 79 + half, low_open=False, high_open=True
    )
    assert rounding_interval(80, 0, RoundingMode.HALF_EVEN) == Interval(80 - half, 80 + half)
    assert rounding_interval(79, 0, RoundingMode.HALF_EVEN) == Interval(
        79 - half, 79 + half, low_open=True, high_open=True
    )
    assert rounding_interval(-3, 0, RoundingMode.HALF_EVEN).low_open
    assert rounding_interval(79, 0, RoundingMode.CEIL) == Interval(
        Fraction(78), Fraction(79), low_open=True
    )
    assert rounding_interval(79, 0, RoundingMode.FLOOR) == Interval(
        Fraction(79), Fraction(80), high_open=True
    )


def test_the_domain_clips() -> None:
    domain = (Fraction(0), Fraction(100))
    assert rounding_interval(100, 0, RoundingMode.HALF_UP, domain) == Interval(
        Fraction("99.5"), Fraction(100)
    )
    assert rounding_interval(0, 0, RoundingMode.CEIL, domain) == Interval(Fraction(0), Fraction(0))
    assert rounding_interval(101, 0, RoundingMode.FLOOR, domain).empty
    assert rounding_interval(100, 0, RoundingMode.HALF_UP, (None, Fraction(100))).high == 100


def test_a_value_with_more_decimals_than_said_is_refused() -> None:
    with pytest.raises(ValueError, match="not printed to"):
        rounding_interval(Decimal("68.3"), 0, RoundingMode.HALF_UP)


@given(VALUES, DIGITS, st.sampled_from(MODES))
def test_a_value_lies_in_the_interval_of_what_it_prints(
    x: Fraction, digits: int, mode: RoundingMode
) -> None:
    printed = round_to(x, digits, mode)
    assert rounding_interval(printed, digits, mode).holds(x)


@given(VALUES, st.integers(-500, 500), DIGITS, st.sampled_from(MODES))
def test_no_other_value_lies_there(
    x: Fraction, steps: int, digits: int, mode: RoundingMode
) -> None:
    printed = steps * unit_of(digits)
    holds = rounding_interval(printed, digits, mode).holds(x)
    assert holds == (round_to(x, digits, mode) == printed)


@given(st.integers(-50, 50), DIGITS, st.sampled_from(MODES))
def test_the_ends_decide_exactly(steps: int, digits: int, mode: RoundingMode) -> None:
    printed = steps * unit_of(digits)
    interval = rounding_interval(printed, digits, mode)
    for end in (interval.low, interval.high):
        assert interval.holds(end) == (round_to(end, digits, mode) == printed)


def intervals() -> st.SearchStrategy[Interval]:
    ends = st.integers(-4, 4).map(Fraction)
    return st.builds(Interval, ends, ends, st.booleans(), st.booleans())


@given(intervals(), intervals(), st.fractions(-5, 5, max_denominator=4))
def test_the_meet_holds_what_both_hold(a: Interval, b: Interval, x: Fraction) -> None:
    assert a.meet(b).holds(x) == (a.holds(x) and b.holds(x))
    assert intersection([a, b]) == a.meet(b)


@given(intervals(), st.fractions(-5, 5, max_denominator=8))
def test_an_empty_interval_holds_nothing(a: Interval, x: Fraction) -> None:
    assert not (a.empty and a.holds(x))
    if not a.empty:
        assert a.holds((a.low + a.high) / 2)


@given(intervals(), st.integers(-5, 5))
def test_the_whole_numbers_inside(a: Interval, n: int) -> None:
    assert (n in a.integers()) == a.holds(Fraction(n))


@given(intervals(), st.fractions(-3, 3), st.fractions(-5, 5, max_denominator=4))
def test_scaling_moves_membership(a: Interval, factor: Fraction, x: Fraction) -> None:
    if factor != 0:
        assert a.times(factor).holds(x * factor) == a.holds(x)


def test_the_mean_of_the_first_block() -> None:
    inputs = [rounding_interval(v, 0, RoundingMode.HALF_UP) for v in (99, 79, 85, 69)]
    assert mean(inputs) == Interval(Fraction("82.5"), Fraction("83.5"), high_open=True)


def test_the_feasible_total_of_the_programme() -> None:
    directions = (99, 79, 85, 69, 82, 76, 61, 84)
    total = mean(rounding_interval(v, 0, RoundingMode.HALF_UP) for v in directions)
    assert total == Interval(Fraction("78.875"), Fraction("79.875"), high_open=True)
    assert total.wire() == {
        "low": "78.875",
        "high": "79.875",
        "low_open": False,
        "high_open": True,
    }


def test_decimals_are_printed_plainly() -> None:
    assert decimal_text(Fraction(1000)) == "1000"
    assert decimal_text(Fraction("-0.5")) == "-0.5"
    assert decimal_text(Decimal("1E+3")) == "1000"
    assert decimal_text(Fraction(0), 2) == "0.00"
    assert decimal_text(Fraction(1, 3)) == "0.333333333333"
    with pytest.raises(ValueError, match="more than 1 decimals"):
        decimal_text(Fraction("0.25"), 1)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**6), max_value=10**6
    )
)
def test_a_decimal_survives_its_text(value: Decimal) -> None:
    assert Decimal(decimal_text(value)) == value


def test_an_engine_float_is_read_as_published() -> None:
    assert exact(0.1 + 0.2) == Fraction("0.3")
    assert exact(79.375) == Fraction("79.375")
    for x in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not a finite number"):
            exact(x)
