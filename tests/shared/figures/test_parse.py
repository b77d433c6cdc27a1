from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.parse import (
    Compound,
    Defect,
    Figure,
    FigureRange,
    Mark,
    parse_compound,
    parse_figure,
    parse_place,
    parse_range,
)
from shared.figures.places import Place


@pytest.mark.parametrize(
    ("raw", "value", "digits"),
    [
        ("68,3", "68.3", 1),
        ("90 %", "90", 0),
        ("90%", "90", 0),
        ("90\u00a0%", "90", 0),
        ("1 006", "1006", 0),
        ("1\u00a0006", "1006", 0),
        ("1\u202f006,50", "1006.50", 2),
        ("1 234 567", "1234567", 0),
        ("-2,5", "-2.5", 1),
        ("−2.5", "-2.5", 1),
        (" 14 ", "14", 0),
        ("0", "0", 0),
        ("12,50", "12.50", 2),
        ("5687 чел", "5687", 0),
        ("110 чел.", "110", 0),
        ("867 баллов", "867", 0),
        ("68,3 балла", "68.3", 1),
        ("83 процента", "83", 0),
        ("220 человек", "220", 0),
    ],
)
def test_numbers_read_as_printed(raw: str, value: str, digits: int) -> None:
    figure = parse_figure(raw)
    assert isinstance(figure, Figure)
    assert figure.value == Decimal(value)
    assert (figure.raw, figure.digits, figure.mark) == (raw, digits, None)


@pytest.mark.parametrize("raw", ["-", "–", "—", "−", " - "])
def test_a_dash_is_not_applicable_and_never_zero(raw: str) -> None:
    figure = parse_figure(raw)
    assert figure == Figure(raw, None, 0, Mark.NOT_APPLICABLE)


@pytest.mark.parametrize("raw", ["", " ", "\u00a0", "\t"])
def test_a_blank_is_missing(raw: str) -> None:
    assert parse_figure(raw) == Figure(raw, None, 0, Mark.MISSING)


@pytest.mark.parametrize(
    "raw",
    [
        "1e5",
        "NaN",
        "inf",
        "12 34",
        "1 0006",
        "1,2,3",
        "68,",
        ",3",
        "--",
        "abc",
        "٣",
        "1_000",
        "90 % 10 место",
        "28-39",
        "9" * 1000,
        "+-1",
        "5 %%",
    ],
)
def test_what_cannot_be_parsed_is_a_named_defect_with_its_text(raw: str) -> None:
    assert parse_figure(raw) == Defect("not_a_number", raw)


def test_a_figure_on_the_wire() -> None:
    figure, mark = parse_figure("68,3"), parse_figure("-")
    assert isinstance(figure, Figure)
    assert isinstance(mark, Figure)
    assert figure.wire() == {"raw": "68,3", "value": "68.3", "digits": 1}
    assert mark.wire() == {"raw": "-", "value": None, "digits": None}


@pytest.mark.parametrize(
    ("raw", "low", "high"),
    [
        ("28-39 место по РФ", 28, 39),
        ("33 -35", 33, 35),
        ("41 -42", 41, 42),
        ("24–25", 24, 25),
        ("24 — 25", 24, 25),
        ("4 место", 4, 4),
        ("4 место по ДФО", 4, 4),
        ("37 место", 37, 37),
        ("10", 10, 10),
        ("23 - 25", 23, 25),
        ("12-е место", 12, 12),
        ("1 место в рейтинге РФ", 1, 1),
        ("28-39 места среди регионов", 28, 39),
    ],
)
def test_places_read_as_printed(raw: str, low: int, high: int) -> None:
    assert parse_place(raw) == Place(low, high)


def test_a_place_may_say_how_many_are_ranked() -> None:
    assert parse_place("12 из 85") == Place(12, 12, 85)
    assert parse_place("28-39 место из 85") == Place(28, 39, 85)
    assert parse_place("90 из 85") == Defect("not_a_place", "90 из 85")


@pytest.mark.parametrize("raw", ["0", "39-28", "0-4", "4,5", "место", "1-2-3", "четвёртое"])
def test_what_is_no_place_is_a_defect(raw: str) -> None:
    assert parse_place(raw) == Defect("not_a_place", raw)


def test_an_absent_place_keeps_its_mark() -> None:
    assert parse_place("") == Figure("", None, 0, Mark.MISSING)
    assert parse_place("–") == Figure("–", None, 0, Mark.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("raw", "index", "place"),
    [
        ("90 % 10 место", 90, Place(10, 10)),
        ("70 % 41 -42", 70, Place(41, 42)),
        ("58 % 40 -41 место", 58, Place(40, 41)),
        ("45 % 52 - 55", 45, Place(52, 55)),
        ("55 % 44-47", 55, Place(44, 47)),
    ],
)
def test_a_compound_cell_is_two_figures(raw: str, index: int, place: Place) -> None:
    cell = parse_compound(raw)
    assert isinstance(cell, Compound)
    assert (cell.index.value, cell.place) == (Decimal(index), place)


@pytest.mark.parametrize("raw", ["99 %", "90 10 место", "90 % место", "90 % 5-2"])
def test_a_cell_with_one_figure_is_no_compound(raw: str) -> None:
    assert parse_compound(raw) == Defect("not_a_compound", raw)


def test_a_range_keeps_its_printed_order() -> None:
    found = parse_range("867 - 856")
    assert isinstance(found, FigureRange)
    assert (found.first.value, found.last.value) == (Decimal(867), Decimal(856))
    assert isinstance(parse_range("39-12"), FigureRange)
    in_per_cent = parse_range("10 %–20 %")
    assert isinstance(in_per_cent, FigureRange)
    assert (in_per_cent.first.value, in_per_cent.last.value) == (Decimal(10), Decimal(20))
    assert parse_range("39") == Defect("not_a_range", "39")


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9
    )
)
def test_a_printed_decimal_comes_back(value: Decimal) -> None:
    figure = parse_figure(f"{value:f}".replace(".", ","))
    assert isinstance(figure, Figure)
    assert (figure.value, figure.digits) == (value, 3)


@given(st.text(max_size=40))
def test_any_text_is_a_figure_a_mark_or_a_defect(raw: str) -> None:
    for outcome in (parse_figure(raw), parse_place(raw), parse_range(raw), parse_compound(raw)):
        if isinstance(outcome, Defect):
            assert outcome.raw == raw
        elif isinstance(outcome, Figure):
            assert (outcome.value is None) == (outcome.mark is not None)
