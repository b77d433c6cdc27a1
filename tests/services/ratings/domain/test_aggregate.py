"""Each mean, worked by hand, with missing children, zero weights and the values it refuses."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from services.ratings.domain.aggregate import Aggregated, aggregate
from services.ratings.domain.methodology import Aggregate, Mean

NULL = math.nan


def made(
    rows: list[list[float]], weights: list[float], mean: Mean, p: float = 1.0, least: float = 0.0
) -> Aggregated:
    table: NDArray[np.float64] = np.array(rows, dtype=np.float64)
    return aggregate(list(table.T), weights, Aggregate(mean, p), least)


def scores(
    rows: list[list[float]], weights: list[float], mean: Mean, p: float = 1.0, least: float = 0.0
) -> list[float]:
    return [float(value) for value in made(rows, weights, mean, p, least).score]


@pytest.mark.parametrize(
    ("mean", "p", "expected"),
    [
        (Mean.ARITHMETIC, 1, 6.5),  # (2 + 3·8) / 4
        (Mean.GEOMETRIC, 1, 2.0**2.5),  # (2·8³)^¼ = 2^(10/4)
        (Mean.HARMONIC, 1, 4 / (1 / 2 + 3 / 8)),
        (Mean.POWER, 1, 6.5),
        (Mean.POWER, 2, 7.0),  # √((4 + 3·64) / 4)
        (Mean.POWER, -1, 4 / (1 / 2 + 3 / 8)),
        (Mean.SUM, 1, 26.0),
        (Mean.MINIMUM, 1, 2.0),
    ],
)
def test_each_mean_gives_the_figure_worked_by_hand(mean: Mean, p: float, expected: float) -> None:
    assert scores([[2, 8]], [1, 3], mean, p) == pytest.approx([expected], abs=1e-12)


@pytest.mark.parametrize("mean", list(Mean))
def test_one_child_present_is_its_own_mean(mean: Mean) -> None:
    factor = 3 if mean is Mean.SUM else 1
    assert scores([[NULL, 8]], [1, 3], mean, 2.5) == pytest.approx([8 * factor])


@pytest.mark.parametrize("mean", list(Mean))
def test_without_a_weighty_value_there_is_no_score(mean: Mean) -> None:
    found = made([[NULL, NULL], [5, NULL]], [0, 1], mean)
    assert all(math.isnan(score) for score in found.score)
    assert found.coverage.tolist() == [0, 0.5]


@pytest.mark.parametrize("mean", list(Mean))
def test_a_child_of_no_weight_changes_no_score_and_counts_in_coverage(mean: Mean) -> None:
    found = made([[-4, 8], [NULL, 8]], [0, 1], mean)
    assert found.score.tolist() == pytest.approx([8, 8])
    assert found.coverage.tolist() == [1, 0.5]


@pytest.mark.parametrize("mean", [Mean.GEOMETRIC, Mean.HARMONIC])
def test_values_not_above_zero_make_a_geometric_or_harmonic_mean_null(mean: Mean) -> None:
    found = made([[0, 8], [-1, 8], [1, 1], [NULL, 8]], [1, 1], mean)
    assert found.score.tolist() == pytest.approx([NULL, NULL, 1, 8], nan_ok=True)
    assert found.non_positive is not None
    assert found.non_positive.tolist() == [True, True, False, False]


def test_a_power_mean_refuses_negative_values_and_zero_under_a_negative_power() -> None:
    rows: list[list[float]] = [[-1, 3], [0, 3], [0, 0]]
    assert scores(rows, [1, 1], Mean.POWER, 2) == pytest.approx(
        [NULL, math.sqrt(4.5), 0], nan_ok=True
    )
    assert scores(rows, [1, 1], Mean.POWER, -2) == pytest.approx([NULL, NULL, NULL], nan_ok=True)


def test_a_power_close_to_zero_comes_close_to_the_geometric_mean() -> None:
    for p in (1e-4, -1e-4, 1e-12):
        assert scores([[2, 8]], [1, 1], Mean.POWER, p) == pytest.approx([4], abs=1e-3)
    assert scores([[2, 8]], [1, 1], Mean.POWER, 1e-12) == pytest.approx([4], abs=1e-9)


def test_coverage_strictly_below_the_least_makes_null() -> None:
    rows: list[list[float]] = [[1, NULL, NULL], [1, 2, NULL], [1, 2, 3]]
    found = made(rows, [1, 1, 1], Mean.ARITHMETIC, least=2 / 3)
    assert found.score.tolist() == pytest.approx([NULL, 1.5, 2], nan_ok=True)
    assert found.coverage.tolist() == [1 / 3, 2 / 3, 1]


def test_huge_values_have_a_mean_and_an_impossible_sum_is_null() -> None:
    top = 1.7e308
    assert scores([[top, top]], [1, 1], Mean.ARITHMETIC) == [top]
    assert scores([[top, top]], [1, 1], Mean.POWER, 3) == pytest.approx([top])
    found = made([[top, top], [1, 2]], [1, 1], Mean.SUM)
    assert found.score.tolist() == pytest.approx([NULL, 3], nan_ok=True)
    assert found.overflow is not None
    assert found.overflow.tolist() == [True, False]
