from decimal import Decimal
from fractions import Fraction

import pytest

from services.olympiads.domain.canonical import plain, rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("12.50"), "12.5"),
        (Decimal(100), "100"),
        (Decimal("1E+2"), "100"),
        (Decimal("-0.0"), "0"),
        (Decimal("-6.00"), "-6"),
        (Decimal("0." + "1" * 40), "0." + "1" * 40),
        (Fraction(1, 8), "0.125"),
        (None, None),
    ],
)
def test_a_decimal_is_written_plainly_and_whole(
    value: Decimal | Fraction | None, text: str | None
) -> None:
    assert plain(value) == text


def test_a_fraction_is_rounded_half_up_and_keeps_its_digits() -> None:
    assert rounded(Fraction(5, 2), 0) == "3"
    assert rounded(Fraction(2), 1) == "2.0"
    assert rounded(Fraction(-1, 8)) == "-0.12"
    assert rounded(None) is None
