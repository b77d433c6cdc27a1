"""What `…/validate` warns about, and what it leaves alone."""

from typing import Any

import pytest

from services.ratings.domain.methodology_warnings import warnings_of
from tests.services.ratings.domain.documents import document, group, leaf, methodology


def codes(source: Any) -> list[tuple[str, str | None]]:
    return [(warning.code, warning.node) for warning in warnings_of(methodology(source))]


GEOMETRIC = {"method": "geometric"}


@pytest.mark.parametrize("mean", [GEOMETRIC, {"method": "harmonic"}, {"method": "power", "p": -1}])
def test_min_max_from_zero_under_a_mean_that_refuses_zero(mean: Any) -> None:
    tree = group("total", [leaf("x", {"method": "minmax"}), leaf("y")], mean)
    assert codes(document(tree)) == [("ZERO_UNDER_GEOMETRIC", "x")]


@pytest.mark.parametrize(
    "mean", [{"method": "arithmetic"}, {"method": "power", "p": 2}, {"method": "minimum"}]
)
def test_other_means_take_zero(mean: Any) -> None:
    assert codes(document(group("total", [leaf("x", {"method": "minmax"})], mean))) == []


def test_a_scale_above_zero_is_no_reason_to_warn() -> None:
    rules: list[Any] = [
        {"method": "minmax", "low": 1},
        {"method": "rank"},
        {"method": "zscore", "mean": 100},
    ]
    children = [leaf(f"x{index}", rule) for index, rule in enumerate(rules)]
    assert codes(document(group("total", children, GEOMETRIC))) == []


def test_zero_comes_through_a_minimum_and_not_through_a_mean() -> None:
    low = [leaf("a", {"method": "minmax"}), leaf("b")]
    block = group("block", low, {"method": "minimum"})
    assert codes(document(group("total", [block], GEOMETRIC))) == [
        ("ZERO_UNDER_GEOMETRIC", "block")
    ]
    mean = group("block", low)
    assert codes(document(group("total", [mean], GEOMETRIC))) == []


def test_a_child_without_weight_is_named_and_feeds_nothing() -> None:
    children = [leaf("x", {"method": "minmax"}, weight=0), leaf("y")]
    assert codes(document(group("total", children, GEOMETRIC))) == [("ZERO_WEIGHT", "x")]


def test_missing_values_as_zero_under_a_mean_that_refuses_zero() -> None:
    source = document(group("total", [leaf("x")], GEOMETRIC), missing={"policy": "zero"})
    assert codes(source) == [("MISSING_UNDER_GEOMETRIC", "total")]


@pytest.mark.parametrize(
    ("on", "digits", "warned"),
    [("published", 0, False), ("published", 1, True), ("unrounded", 0, True)],
)
def test_scores_finer_than_the_step_of_the_levels(on: str, digits: int, warned: bool) -> None:
    levels = {
        "node": "total",
        "on": on,
        "domain": [0, 100],
        "step": 1,
        "bands": [{"code": "all", "from": 0, "to": 100}],
    }
    rounding = {"mode": "half_up", "digits": digits}
    source = document(group("total", [leaf("x")]), levels=levels, rounding=rounding)
    assert codes(source) == ([("LEVELS_FINER_THAN_STEP", "total")] if warned else [])
