"""Each row of the normalisation table, worked by hand."""

import math

import numpy as np
import pytest

from services.ratings.domain.methodology import Direction, Method, Normalisation
from services.ratings.domain.normalise import ColumnFault, normalise, values_outside

NULL = math.nan
HIGHER, LOWER = Direction.HIGHER, Direction.LOWER


def made(
    values: list[float], rule: Normalisation, direction: Direction = HIGHER
) -> tuple[list[float], ColumnFault | None]:
    column, fault = normalise(np.array(values, dtype=np.float64), rule, direction)
    return [float(value) for value in column], fault


# The column 2, 4, null, 10 has n = 3, min 2, max 10, mean 16/3 and sample variance 52/3.
SPREAD = [2.0, 4.0, NULL, 10.0]
SD = math.sqrt(52 / 3)

WORKED = [
    (Normalisation(Method.NONE), HIGHER, [2, 4, NULL, 10]),
    (Normalisation(Method.PERCENT_OF_MAX, maximum=16), HIGHER, [12.5, 25, NULL, 62.5]),
    (Normalisation(Method.PERCENT_OF_MAX, maximum=16), LOWER, [87.5, 75, NULL, 37.5]),
    (Normalisation(Method.MINMAX), HIGHER, [0, 25, NULL, 100]),
    (Normalisation(Method.MINMAX), LOWER, [100, 75, NULL, 0]),
    (Normalisation(Method.MINMAX, low=1, high=5), HIGHER, [1, 2, NULL, 5]),
    (Normalisation(Method.GOALPOSTS, low=3, high=5), HIGHER, [0, 50, NULL, 100]),
    (Normalisation(Method.GOALPOSTS, low=3, high=8), LOWER, [100, 80, NULL, 0]),
    (
        Normalisation(Method.ZSCORE),
        HIGHER,
        [-10 / 3 / SD, -4 / 3 / SD, NULL, 14 / 3 / SD],
    ),
    (
        Normalisation(Method.ZSCORE, mean=100, sd=3),
        LOWER,
        [100 + 10 / SD, 100 + 4 / SD, NULL, 100 - 14 / SD],
    ),
    (Normalisation(Method.RANK), HIGHER, [1, 2, NULL, 3]),
    (Normalisation(Method.RANK), LOWER, [3, 2, NULL, 1]),
    (Normalisation(Method.PERCENTILE_RANK), HIGHER, [0, 50, NULL, 100]),
    (Normalisation(Method.BORDA), LOWER, [2, 1, NULL, 0]),
    (Normalisation(Method.DISTANCE_TO_BEST), HIGHER, [0, 25, NULL, 100]),
    (Normalisation(Method.DISTANCE_TO_BEST), LOWER, [100, 75, NULL, 0]),
    (Normalisation(Method.DISTANCE_TO_TARGET, target=6), HIGHER, [0, 50, NULL, 200]),
    (Normalisation(Method.DISTANCE_TO_TARGET, target=6, cap=True), HIGHER, [0, 50, NULL, 100]),
    (Normalisation(Method.DISTANCE_TO_TARGET, target=6), LOWER, [200, 150, NULL, 0]),
    (Normalisation(Method.DISTANCE_TO_TARGET, target=6, cap=True), LOWER, [100, 100, NULL, 0]),
    (Normalisation(Method.BEST_OF_PEERS), HIGHER, [20, 40, NULL, 100]),
    (Normalisation(Method.BEST_OF_PEERS), LOWER, [100, 50, NULL, 20]),
]


@pytest.mark.parametrize(("rule", "direction", "expected"), WORKED)
def test_each_rule_gives_the_figures_worked_by_hand(
    rule: Normalisation, direction: Direction, expected: list[float]
) -> None:
    column, fault = made(SPREAD, rule, direction)
    assert column == pytest.approx(expected, abs=1e-12, nan_ok=True)
    assert fault is None


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("values", [[0.1, 0.1, NULL, 0.1], [7.0], [7.0, NULL]])
def test_a_column_without_spread_is_null_where_the_rule_needs_spread(
    values: list[float], direction: Direction
) -> None:
    for method in (Method.MINMAX, Method.ZSCORE, Method.DISTANCE_TO_BEST):
        column, fault = made(values, Normalisation(method), direction)
        assert all(math.isnan(value) for value in column)
        assert fault is (ColumnFault.NO_SPREAD if method is Method.MINMAX else None)


def test_ranks_of_ties_take_the_smallest() -> None:
    values = [5.0, 3.0, 5.0, 1.0, 3.0]
    assert made(values, Normalisation(Method.RANK))[0] == [4, 2, 4, 1, 2]
    assert made(values, Normalisation(Method.RANK), LOWER)[0] == [1, 3, 1, 5, 3]
    assert made(values, Normalisation(Method.PERCENTILE_RANK))[0] == [75, 25, 75, 0, 25]


def test_one_unit_has_a_rank_but_no_percentile() -> None:
    assert made([7.0], Normalisation(Method.RANK))[0] == [1]
    assert made([7.0], Normalisation(Method.BORDA))[0] == [0]
    assert math.isnan(made([7.0], Normalisation(Method.PERCENTILE_RANK))[0][0])


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("direction", list(Direction))
def test_a_column_of_nulls_stays_null_without_a_fault(method: Method, direction: Direction) -> None:
    for values in ([], [NULL], [NULL, NULL]):
        column, fault = made(values, Normalisation(method, target=1), direction)
        assert all(math.isnan(value) for value in column)
        assert fault is None


@pytest.mark.parametrize(
    ("target", "direction"), [(2.0, HIGHER), (1.0, HIGHER), (10.0, LOWER), (11.0, LOWER)]
)
def test_a_target_reached_by_the_worst_makes_the_column_null(
    target: float, direction: Direction
) -> None:
    column, fault = made(SPREAD, Normalisation(Method.DISTANCE_TO_TARGET, target=target), direction)
    assert all(math.isnan(value) for value in column)
    assert fault is ColumnFault.TARGET_REACHED_BY_ALL


def test_a_share_of_the_best_needs_values_that_are_not_negative() -> None:
    rule = Normalisation(Method.BEST_OF_PEERS)
    for direction in Direction:
        column, fault = made([-1.0, 5.0, NULL], rule, direction)
        assert all(math.isnan(value) for value in column)
        assert fault is ColumnFault.NEGATIVE_VALUE
    column, fault = made([0.0, 0.0, NULL], rule)
    assert all(math.isnan(value) for value in column)
    assert fault is ColumnFault.BEST_IS_ZERO


def test_where_the_best_is_zero_and_less_is_better_only_zero_counts() -> None:
    column, fault = made([0.0, 3.0, NULL, 0.0], Normalisation(Method.BEST_OF_PEERS), LOWER)
    assert column == pytest.approx([100, 0, NULL, 100], nan_ok=True)
    assert fault is None


def test_goalposts_are_held_at_both_ends() -> None:
    rule = Normalisation(Method.GOALPOSTS, low=0, high=10)
    assert made([-5.0, 0.0, 10.0, 1e308], rule)[0] == [0, 0, 100, 100]
    assert made([-5.0, 0.0, 10.0, 1e308], rule, LOWER)[0] == [100, 100, 0, 0]


def test_percent_of_max_names_the_values_it_cannot_take() -> None:
    values = np.array([-0.1, 0.0, 5.0, 5.1, NULL])
    rule = Normalisation(Method.PERCENT_OF_MAX, maximum=5)
    assert values_outside(values, rule).tolist() == [True, False, False, True, False]
    assert not values_outside(values, Normalisation(Method.NONE)).any()


@pytest.mark.parametrize("scale", [2.0**1022, 2.0**-1060])
def test_the_ends_of_the_floats_do_not_break_the_scale(scale: float) -> None:
    values = [-scale, 0.0, scale]
    assert made(values, Normalisation(Method.MINMAX))[0] == [0, 50, 100]
    assert made(values, Normalisation(Method.DISTANCE_TO_BEST), LOWER)[0] == [100, 50, 0]
    assert made(values, Normalisation(Method.ZSCORE))[0] == pytest.approx([-1, 0, 1])


def test_a_small_spread_on_a_large_level_keeps_its_digits() -> None:
    values = [1e9, 1e9 + 1, 1e9 + 2]
    assert made(values, Normalisation(Method.ZSCORE))[0] == pytest.approx([-1, 0, 1], abs=1e-12)
