"""Each reason for a weak spot, at its edge."""

from typing import Any

import numpy as np
import pytest

from services.ratings.domain.engine import Observed, Result, calculate
from services.ratings.domain.weak_spots import Weakness, weak_spots
from tests.services.ratings.domain.documents import document, group, leaf, methodology

LEVELS = {
    "node": "total",
    "on": "published",
    "domain": [0, 100],
    "step": 1,
    "bands": [{"code": "low", "from": 0, "to": 40}, {"code": "high", "from": 41, "to": 100}],
}


def column(*values: float | None) -> Any:
    return np.array([[np.nan if value is None else value] for value in values], dtype=np.float64)


def rated(indicator: Any, values: Any, **more: Any) -> Result:
    units = tuple(f"u{row}" for row in range(len(values)))
    source = document(group("total", [indicator]), **more)
    return calculate(methodology(source), Observed(units, (None,) * len(units), values))


def found(result: Result, reason: Weakness, previous: Any = None) -> list[str]:
    return [spot.unit for spot in weak_spots(result, previous) if spot.reason is reason]


def test_the_lowest_band_of_the_programmes_scale() -> None:
    indicator = leaf("x", domain=[0, 100], topics=["direction:1.1"])
    result = rated(indicator, column(40, 40.4, 40.5, 41, None), levels=LEVELS)
    assert found(result, Weakness.LOWEST_BAND) == ["u0", "u1"]
    assert weak_spots(result)[0].topics == ("direction:1.1",)


@pytest.mark.parametrize(
    "indicator",
    [leaf("x"), leaf("x", domain=[0, 10]), leaf("x", {"method": "minmax"}, domain=[0, 100])],
)
def test_bands_are_not_read_on_another_scale(indicator: Any) -> None:
    result = rated(indicator, column(1, 9), levels=LEVELS)
    assert found(result, Weakness.LOWEST_BAND) == []


def test_below_the_target_in_the_direction_of_the_indicator() -> None:
    values = column(4.9, 5, 5.1, None)
    higher = rated(leaf("x", target=5), values)
    assert found(higher, Weakness.BELOW_TARGET) == ["u0"]
    lower = rated(leaf("x", {"method": "rank"}, direction="lower", target=5), values)
    assert found(lower, Weakness.BELOW_TARGET) == ["u2"]
    scaled = rated(leaf("x", {"method": "distance_to_target", "target": 5}), values)
    assert found(scaled, Weakness.BELOW_TARGET) == ["u0"]


def test_a_fall_of_one_printed_unit_counts_and_less_does_not() -> None:
    indicator = leaf("x", digits=1)
    result = rated(indicator, column(10.2, 10.2, 10.2, 10.2, None))
    before = column(10.3, 10.2, 10.1, None, 10.3)
    assert found(result, Weakness.FALLEN, before) == ["u0"]
    assert found(rated(leaf("x", digits=0), column(10.2)), Weakness.FALLEN, column(10.3)) == []


def test_less_is_better_falls_upwards() -> None:
    result = rated(leaf("x", {"method": "rank"}, direction="lower", digits=0), column(7, 5))
    assert found(result, Weakness.FALLEN, column(6, 6)) == ["u0"]


@pytest.mark.parametrize(
    ("values", "weak"),
    [
        ((1, 2, 3), []),
        ((1, 2, 3, None), []),
        ((1, 2, 3, 4), ["u0"]),
        ((1, 1, 3, 4), []),
        ((1, 2, 3, 4, 5, 6, 7, 8), ["u0", "u1"]),
        ((1, 1, 3, 4, 5, 6, 7, 8), ["u0", "u1"]),
        ((5, 5, 5, 5), []),
    ],
)
def test_the_bottom_quarter_of_at_least_four_peers(values: Any, weak: list[str]) -> None:
    assert found(rated(leaf("x"), column(*values)), Weakness.BOTTOM_QUARTER) == weak


def test_spots_stand_unit_by_unit_then_by_indicator_then_by_reason() -> None:
    indicator = leaf("x", domain=[0, 100], target=50)
    result = rated(indicator, column(90, 80, 70, 10), levels=LEVELS)
    assert [(spot.unit, spot.reason) for spot in weak_spots(result)] == [
        ("u3", Weakness.LOWEST_BAND),
        ("u3", Weakness.BELOW_TARGET),
        ("u3", Weakness.BOTTOM_QUARTER),
    ]
