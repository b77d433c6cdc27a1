import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.figures.decimals import RoundingMode, round_to
from shared.figures.intervals import Interval
from shared.figures.levels import (
    Band,
    BandDefect,
    BandSet,
    Level,
    LevelOn,
    least_score,
    level_of,
    nearest_band,
    prove_partition,
)

PRINTED = ((80, 94), (61, 79), (41, 57), (12, 39))
CLOSED = ((80, 100), (61, 79), (41, 60), (0, 40))
HALF_OPEN = ((80, 100), (61, 80), (41, 61), (0, 41))
CODES = ("optimal", "acceptable", "third", "critical")


def band_set(
    ranges: tuple[tuple[int, int], ...],
    step: int | None = 1,
    on: LevelOn = LevelOn.PUBLISHED,
    domain: tuple[int, int] = (0, 100),
) -> BandSet:
    codes = CODES if len(ranges) == len(CODES) else tuple(f"b{i}" for i in range(len(ranges)))
    bands = tuple(
        Band(code, None, None, Fraction(low), Fraction(high))
        for code, (low, high) in zip(codes, ranges, strict=True)
    )
    return BandSet(
        "total",
        on,
        Fraction(domain[0]),
        Fraction(domain[1]),
        None if step is None else Fraction(step),
        bands,
    )


def graded(bands: BandSet, value: Fraction, **more: Any) -> Level:
    level = level_of(bands, value, **more)
    assert level is not None
    return level


def told(defects: list[BandDefect]) -> list[tuple[str, str]]:
    return [(defect.code.value, defect.label) for defect in defects]


def test_the_bands_as_printed_have_four_gaps() -> None:
    assert told(prove_partition(band_set(PRINTED))) == [
        ("BAND_GAP", "0–11"),
        ("BAND_GAP", "40"),
        ("BAND_GAP", "58–60"),
        ("BAND_GAP", "95–100"),
    ]


def test_with_the_gaps_closed_the_set_is_a_partition() -> None:
    assert prove_partition(band_set(CLOSED)) == []
    assert prove_partition(band_set(HALF_OPEN, None)) == []


def test_overlaps_are_told_pair_by_pair() -> None:
    assert told(prove_partition(band_set(((0, 50), (50, 100))))) == [("BAND_OVERLAP", "50")]
    assert told(prove_partition(band_set(((0, 60), (40, 100)), None))) == [
        ("BAND_OVERLAP", "40–60")
    ]
    assert told(prove_partition(band_set(((0, 100), (20, 30))))) == [("BAND_OVERLAP", "20–30")]


def test_wrong_ends() -> None:
    assert told(prove_partition(band_set(((0, 101),)))) == [("BAND_END", "0–101")]
    assert told(prove_partition(band_set(((-5, 100),)))) == [("BAND_END", "-5–100")]
    assert ("BAND_END", "60–50") in told(prove_partition(band_set(((0, 100), (60, 50)))))
    off = prove_partition(band_set(((0, 10), (13, 30)), step=10, domain=(0, 30)))
    assert told(off)[-1] == ("BAND_END", "13–30")


def test_no_bands_leave_the_whole_domain_uncovered() -> None:
    assert told(prove_partition(band_set(()))) == [("BAND_GAP", "0–100")]
    assert told(prove_partition(band_set((), None))) == [("BAND_GAP", "0–100")]


def test_a_senseless_domain_or_step_is_one_wrong_end() -> None:
    assert told(prove_partition(band_set(CLOSED, domain=(100, 0)))) == [("BAND_END", "100–0")]
    assert told(prove_partition(band_set(CLOSED, step=0))) == [("BAND_END", "0–100")]


def test_a_point_band_may_close_a_continuous_domain() -> None:
    assert prove_partition(band_set(((0, 100), (100, 100)), None)) == []
    assert told(prove_partition(band_set(((0, 50), (50, 50), (50, 100)), None)))[-1] == (
        "BAND_END",
        "50",
    )


def test_a_continuous_gap_between_touching_whole_ranges() -> None:
    assert told(prove_partition(band_set(((0, 40), (41, 100)), None))) == [("BAND_GAP", "40–41")]


@given(st.lists(st.tuples(st.integers(-2, 12), st.integers(-2, 12)), max_size=5))
@example([(0, 9), (11, 11)])
def test_the_proof_agrees_with_counting_every_value(ranges: list[tuple[int, int]]) -> None:
    """On a whole scale every value is tried: told gaps and overlaps are exactly those found."""
    bands = band_set(tuple(ranges), domain=(0, 10))
    covers = {v: sum(low <= v <= high for low, high in ranges) for v in range(11)}
    gaps = {v for v, times in covers.items() if times == 0}
    shared = {v for v, times in covers.items() if times > 1}
    defects = prove_partition(bands)
    for fault, expected in (("BAND_GAP", gaps), ("BAND_OVERLAP", shared)):
        ranges_told = [d for d in defects if d.code == fault]
        values = {v for d in ranges_told for v in range(int(d.low), int(d.high) + 1)}
        assert values & set(range(11)) == expected
    wrong = [low < 0 or high > 10 or low > high for low, high in ranges]
    assert any(d.code == "BAND_END" for d in defects) == any(wrong)


@given(st.lists(st.integers(1, 99), unique=True, min_size=1, max_size=6).map(sorted))
def test_any_cut_of_the_domain_is_a_partition(cuts: list[int]) -> None:
    edges = [0, *cuts, 100]
    continuous = tuple(itertools.pairwise(edges))
    assert prove_partition(band_set(continuous, None)) == []
    ends = [*[edge - 1 for edge in edges[1:-1]], 100]
    assert prove_partition(band_set(tuple(zip(edges[:-1], ends, strict=True)))) == []


def test_on_the_published_total_the_level_of_2022_is_undecidable() -> None:
    feasible = Interval(Fraction("78.875"), Fraction("79.875"), high_open=True)
    level = graded(band_set(CLOSED), Fraction("79.375"), feasible=feasible)
    assert (level.code, level.possible) == ("acceptable", ("acceptable", "optimal"))
    assert level.undecidable
    assert (level.up, level.down) == (Fraction(1, 8), Fraction("18.875"))


def test_on_the_unrounded_total_it_is_decidable() -> None:
    feasible = Interval(Fraction("78.875"), Fraction("79.875"), high_open=True)
    for bands in (
        band_set(CLOSED, 1, LevelOn.UNROUNDED),
        band_set(HALF_OPEN, None, LevelOn.UNROUNDED),
    ):
        level = graded(bands, Fraction("79.375"), feasible=feasible)
        assert (level.code, level.undecidable) == ("acceptable", False)
        assert (level.up, level.down) == (Fraction("0.625"), Fraction("18.375"))


def test_the_mean_of_the_printed_blocks_is_optimal() -> None:
    assert graded(band_set(CLOSED), Fraction("79.5")).code == "optimal"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, "critical"),
        (40, "critical"),
        (41, "third"),
        (60, "third"),
        (61, "acceptable"),
        (79, "acceptable"),
        (80, "optimal"),
        (100, "optimal"),
    ],
)
def test_both_ends_of_each_band(value: int, code: str) -> None:
    assert graded(band_set(CLOSED), Fraction(value)).code == code


def test_the_outer_bands_have_one_neighbour() -> None:
    assert graded(band_set(CLOSED), Fraction(100)).up is None
    assert graded(band_set(CLOSED), Fraction(0)).down is None


def test_an_open_end_does_not_reach_the_next_level() -> None:
    below = Interval(Fraction(79), Fraction(80), high_open=True)
    unrounded = band_set(HALF_OPEN, None, LevelOn.UNROUNDED)
    assert graded(unrounded, Fraction("79.5"), feasible=below).possible == ("acceptable",)
    closed = Interval(Fraction(79), Fraction(80))
    assert graded(unrounded, Fraction("79.5"), feasible=closed).possible == (
        "acceptable",
        "optimal",
    )
    up_to_half = Interval(Fraction(79), Fraction("79.5"), high_open=True)
    assert graded(band_set(CLOSED), Fraction(79), feasible=up_to_half).possible == ("acceptable",)


@example(
    low=Fraction(967, 16),
    width=Fraction(1),
    low_open=True,
    high_open=False,
    mode=RoundingMode.HALF_UP,
)
@given(
    st.fractions(0, 100, max_denominator=16),
    st.fractions(0, 3, max_denominator=16),
    st.booleans(),
    st.booleans(),
    st.sampled_from(list(RoundingMode)),
)
def test_possible_levels_are_those_of_the_feasible_values(
    low: Fraction, width: Fraction, low_open: bool, high_open: bool, mode: RoundingMode
) -> None:
    interval = Interval(low, low + width, low_open, high_open)
    samples = [low + width * Fraction(i, 64) for i in range(65)]
    bands = band_set(CLOSED)
    inside = [
        x for x in samples if interval.holds(x) and bands.low <= round_to(x, 0, mode) <= bands.high
    ]
    if not inside:
        return
    level = graded(bands, inside[0], rounding=(mode, 0), feasible=interval)
    reached = {graded(bands, round_to(x, 0, mode)).code for x in inside}
    assert reached <= set(level.possible)
    if width * 64 <= 1:
        assert reached == set(level.possible)


def test_the_level_on_the_wire() -> None:
    assert graded(band_set(CLOSED), Fraction(79)).wire() == {
        "code": "acceptable",
        "title": None,
        "on": "published",
        "distance": {"up": 0.5, "down": 18.5},
        "possible": ["acceptable"],
        "undecidable": False,
    }


def test_a_set_without_bands_has_no_levels() -> None:
    with pytest.raises(ValueError, match="without bands"):
        level_of(band_set(()), Fraction(1))


@pytest.mark.parametrize("value", ["-0.6", "100.5", "104", "-3"])
def test_a_value_printed_outside_the_domain_has_no_level(value: str) -> None:
    assert level_of(band_set(CLOSED), Fraction(value)) is None
    assert nearest_band(band_set(CLOSED), Fraction(value)).code in ("optimal", "critical")


@pytest.mark.parametrize(
    ("mode", "digits", "least"),
    [
        (RoundingMode.HALF_UP, 0, "79.5"),
        (RoundingMode.HALF_EVEN, 0, "79.5"),
        (RoundingMode.CEIL, 0, "79"),
        (RoundingMode.FLOOR, 0, "80"),
        (RoundingMode.HALF_UP, 1, "79.95"),
        (RoundingMode.CEIL, 2, "79.99"),
    ],
)
def test_the_least_score_of_a_band_on_the_published_total(
    mode: RoundingMode, digits: int, least: str
) -> None:
    bands = band_set(CLOSED)
    optimal = bands.ordered[-1]
    assert least_score(bands, optimal, (mode, digits)) == Fraction(least)
    unrounded = band_set(CLOSED, 1, LevelOn.UNROUNDED)
    assert least_score(unrounded, unrounded.ordered[-1], (mode, digits)) == 80


def test_a_boundary_off_the_printed_grid_is_reached_by_the_next_printed_value() -> None:
    bands = band_set(((50, 100), (0, 50)), None)
    high = Band("high", None, None, Fraction("50.25"), Fraction(100))
    assert least_score(bands, high, (RoundingMode.HALF_UP, 0)) == Fraction("50.5")
