"""Levels of all units at once against the exact rule for one, and against the programme's case."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ratings.domain.engine import Observed, Result, calculate
from services.ratings.domain.grading import Feasible, grade
from services.ratings.domain.methodology import Rounding
from shared.figures.intervals import Interval, RoundingMode, mean, rounding_interval
from shared.figures.levels import Band, BandSet, LevelOn, level_of
from tests.harness.properties import examples
from tests.services.ratings.domain.documents import document, group, leaf, methodology

ROOT = Path(__file__).parents[4]
KHABAROVSK_2022 = [99.0, 83, 75, 75, 72, 71, 84, 76]


def bands(on: LevelOn, step: int | None) -> BandSet:
    closed = ((0, 40), (41, 60), (61, 79), (80, 100))
    half_open = ((0, 41), (41, 61), (61, 80), (80, 100))
    made = tuple(
        Band(f"b{low}", None, None, Fraction(low), Fraction(high))
        for low, high in (closed if step else half_open)
    )
    size = None if step is None else Fraction(step)
    return BandSet("total", on, Fraction(0), Fraction(100), size, made)


SETS = st.sampled_from(
    [bands(LevelOn.PUBLISHED, 1), bands(LevelOn.UNROUNDED, None), bands(LevelOn.UNROUNDED, 1)]
)
SCORES = st.one_of(
    st.integers(-50, 1500).map(lambda tenth: Fraction(tenth, 10)),
    st.integers(0, 8).map(lambda eighth: Fraction(79) + Fraction(eighth, 8)),
    st.sampled_from([Fraction(121, 2), Fraction(61), Fraction(159, 2), Fraction(239, 3)]),
)


@examples(200)
@given(SETS, SCORES, st.sampled_from(list(RoundingMode)), st.integers(0, 2))
def test_a_level_is_that_of_the_exact_rule(
    levels: BandSet, score: Fraction, mode: RoundingMode, digits: int
) -> None:
    found = grade(np.array([float(score)]), levels, Rounding(mode, digits)).wire(0)
    level = level_of(levels, score, rounding=(mode, digits))
    if level is None or found is None:
        assert (found is None) == (level is None)
        return
    exact = level.wire()
    assert without_distance(found) == without_distance(exact)
    assert distances(found) == pytest.approx(distances(exact), nan_ok=True)


def without_distance(level: Any) -> Any:
    return {name: value for name, value in level.items() if name != "distance"}


def distances(level: Any) -> list[float]:
    found = (level["distance"]["up"], level["distance"]["down"])
    return [float("nan") if distance is None else float(distance) for distance in found]


@examples(200)
@given(SETS, SCORES, SCORES, st.booleans(), st.booleans(), st.sampled_from(list(RoundingMode)))
def test_possible_levels_are_those_of_the_exact_rule(
    levels: BandSet,
    one: Fraction,
    other: Fraction,
    low_open: bool,
    high_open: bool,
    mode: RoundingMode,
) -> None:
    check_possible(levels, *sorted((one, other)), low_open=low_open, high_open=high_open, mode=mode)


@pytest.mark.parametrize("mode", list(RoundingMode))
@pytest.mark.parametrize("end", [Fraction(239, 3), Fraction(159, 2), Fraction(79), Fraction(80)])
def test_an_open_end_excludes_only_itself(end: Fraction, mode: RoundingMode) -> None:
    """A wide interval that stops just under an end still holds everything below that end."""
    levels = bands(LevelOn.PUBLISHED, 1)
    check_possible(levels, Fraction(0), end, low_open=False, high_open=True, mode=mode)
    check_possible(levels, end, Fraction(100), low_open=True, high_open=False, mode=mode)


def check_possible(
    levels: BandSet,
    low: Fraction,
    high: Fraction,
    *,
    low_open: bool,
    high_open: bool,
    mode: RoundingMode,
) -> None:
    width = high - low
    interval = Interval(low, high, low_open and width > 0, high_open and width > 0)
    score = (low + high) / 2
    feasible = Feasible(
        np.array([float(low)]),
        np.array([float(high)]),
        np.array([interval.low_open]),
        np.array([interval.high_open]),
    )
    found = grade(np.array([float(score)]), levels, Rounding(mode, 0), feasible).wire(0)
    level = level_of(levels, score, rounding=(mode, 0), feasible=interval)
    if level is None or found is None:
        assert (found is None) == (level is None)
        return
    assert without_distance(found) == without_distance(level.wire())


def test_a_null_score_has_no_level() -> None:
    levels = bands(LevelOn.PUBLISHED, 1)
    assert grade(np.array([np.nan]), levels, Rounding(RoundingMode.HALF_UP, 0)).wire(0) is None


def test_a_score_outside_the_domain_has_no_level_and_says_so() -> None:
    scores = np.array([104, -3, 50, np.nan, 100.4, 100.5, -0.5, -0.51])
    half_up = Rounding(RoundingMode.HALF_UP, 0)
    unrounded = grade(scores, bands(LevelOn.UNROUNDED, None), half_up)
    outside = "OUTSIDE_DOMAIN"
    notes = [unrounded.note(row) for row in range(8)]
    assert notes == [outside, outside, None, None, outside, outside, outside, outside]
    assert [unrounded.wire(row) is None for row in range(4)] == [True, True, False, True]
    published = grade(scores, bands(LevelOn.PUBLISHED, 1), half_up)
    printed = [published.note(row) for row in range(4, 8)]
    assert printed == [None, outside, None, outside]  # 100, 101, 0 and -1 as printed.
    assert np.isnan(published.up[[0, 1, 3]]).all()
    assert np.isnan(published.down[[0, 1, 3]]).all()


def test_feasible_scores_outside_the_domain_add_no_level() -> None:
    levels, half_up = bands(LevelOn.UNROUNDED, None), Rounding(RoundingMode.HALF_UP, 0)
    closed = np.array([False])
    wide = Feasible(np.array([95.0]), np.array([105.0]), closed, closed)
    inside = grade(np.array([99.0]), levels, half_up, wide).wire(0)
    assert inside is not None
    assert inside["possible"] == ["b80"]
    assert grade(np.array([101.0]), levels, half_up, wide).wire(0) is None


@examples(300)
@given(SETS, SCORES, st.sampled_from(list(RoundingMode)), st.integers(0, 2))
def test_the_distance_up_is_the_least_that_reaches_the_next_level(
    levels: BandSet, score: Fraction, mode: RoundingMode, digits: int
) -> None:
    level = level_of(levels, score, rounding=(mode, digits))
    if level is None or level.up is None:
        return
    codes = [band.code for band in levels.ordered]
    hair = Fraction(1, 10**6)

    def reached(value: Fraction) -> int:
        found = level_of(levels, value, rounding=(mode, digits))
        assert found is not None
        return codes.index(found.code)

    assert level.up >= 0
    assert reached(score + level.up + hair) > codes.index(level.code)
    assert reached(max(score, score + level.up - hair)) == codes.index(level.code)


def test_a_boundary_reached_in_exact_arithmetic_is_reached() -> None:
    levels = bands(LevelOn.UNROUNDED, None)
    score = (0.1 + 0.2) * 10 + 77  # 79.99999999999999 or 80.00000000000001 in floats, 80 exactly.
    level = grade(np.array([score, 80 - 1e-13]), levels, Rounding(RoundingMode.HALF_UP, 0))
    assert level.band.tolist() == [3, 3]
    assert level.down.tolist() == [0, 0]


def khabarovsk(on: str) -> Result:
    path = ROOT / "services/ratings/data/methodologies/rum-2022.json"
    source = json.loads(path.read_text(encoding="utf-8"))
    source["levels"]["on"] = on
    table = np.array([KHABAROVSK_2022])
    observed = Observed(("08000000",), (None,), table, np.zeros(table.shape, dtype=np.int64))
    return calculate(methodology(source), observed)


def test_khabarovsk_2022_is_undecidable_on_the_published_total() -> None:
    result = khabarovsk("published")
    total, first, second = (result.layout.column(code) for code in ("total", "I", "II"))
    assert result.scores[0, [total, first, second]].tolist() == [79.375, 83, 75.75]
    assert result.grades is not None
    level = result.grades.wire(0)
    assert level is not None
    assert (level["code"], level["possible"], level["undecidable"]) == (
        "acceptable",
        ["acceptable", "optimal"],
        True,
    )
    assert level["distance"] == {"up": 0.125, "down": 18.875}


def test_khabarovsk_2022_is_decidable_on_the_unrounded_total() -> None:
    result = khabarovsk("unrounded")
    assert result.grades is not None
    level = result.grades.wire(0)
    assert level is not None
    assert (level["code"], level["possible"], level["undecidable"]) == (
        "acceptable",
        ["acceptable"],
        False,
    )
    assert level["distance"] == {"up": 0.625, "down": 18.375}


@examples(100)
@given(
    st.lists(st.integers(0, 1000), min_size=1, max_size=6),
    st.integers(0, 1),
    st.sampled_from(list(RoundingMode)),
)
def test_feasible_scores_of_a_plain_mean_are_exact(
    tenths: list[int], digits: int, mode: RoundingMode
) -> None:
    printed = [Fraction(tenth, 10) if digits else Fraction(tenth // 10) for tenth in tenths]
    domain = (Fraction(0), Fraction(100))
    exact = mean(rounding_interval(value, digits, mode, domain) for value in printed)
    levels = bands(LevelOn.PUBLISHED, 1)
    score = sum(printed, Fraction(0)) / len(printed)
    level = level_of(levels, score, rounding=(mode, 0), feasible=exact)
    assert level is not None
    expected = level.wire()
    result = one_unit(printed, digits, mode)
    assert result.grades is not None
    found = result.grades.wire(0)
    assert found is not None
    assert without_distance(found) == without_distance(expected)


def one_unit(printed: list[Fraction], digits: int, mode: RoundingMode) -> Result:
    ranges = [("b0", 0, 40), ("b41", 41, 60), ("b61", 61, 79), ("b80", 80, 100)]
    levels = {
        "node": "total",
        "on": "published",
        "domain": [0, 100],
        "step": 1,
        "bands": [{"code": code, "from": low, "to": high} for code, low, high in ranges],
    }
    leaves = [leaf(f"x{i}", domain=[0, 100]) for i in range(len(printed))]
    rounding = {"mode": mode.value, "digits": 0}
    source = document(group("total", leaves), levels=levels, rounding=rounding)
    table = np.array([[float(value) for value in printed]])
    known = np.full(table.shape, digits, dtype=np.int64)
    return calculate(methodology(source), Observed(("u",), (None,), table, known))


PEER_RULES: list[Any] = [
    {"method": "minmax"},
    {"method": "distance_to_best"},
    {"method": "rank"},
    {"method": "percentile_rank"},
    {"method": "best_of_peers"},
    {"method": "distance_to_target", "target": 120},
    {"method": "distance_to_target", "target": 60, "cap": True},
    {"method": "goalposts", "low": 20, "high": 80},
]


@examples(150)
@given(
    st.sampled_from(PEER_RULES),
    st.sampled_from(["higher", "lower"]),
    st.lists(st.integers(1, 100), min_size=2, max_size=5, unique=True),
    st.data(),
)
def test_true_values_inside_the_printed_ones_give_a_possible_level(
    rule: Any, direction: str, values: list[int], data: st.DataObject
) -> None:
    rounding = {"mode": "half_up", "digits": 0}
    levels = {
        "node": "total",
        "on": "unrounded",
        "domain": [-1000, 1000],
        "step": None,
        "bands": [
            {"code": f"{low}", "from": low, "to": high}
            for low, high in ((-1000, 2), (2, 3), (3, 30), (30, 50), (50, 75), (75, 1000))
        ],
    }
    source = document(group("total", [leaf("x", rule, direction=direction)]), levels=levels)
    checked = methodology(source | {"rounding": rounding})
    shift = st.integers(-499, 499).map(lambda thousandth: thousandth / 1000)
    true = [value + data.draw(shift) for value in values]
    printed = graded(checked, [float(value) for value in values], digits=0)
    inside = graded(checked, true, digits=None)
    for row in range(len(values)):
        found, level = printed.wire(row), inside.wire(row)
        if found is not None and level is not None:
            assert level["code"] in found["possible"]


def graded(checked: Any, values: list[float], digits: int | None) -> Any:
    table = np.array([[value] for value in values])
    known = None if digits is None else np.full(table.shape, digits, dtype=np.int64)
    units = tuple(f"u{row}" for row in range(len(values)))
    return calculate(checked, Observed(units, (None,) * len(values), table, known)).grades
