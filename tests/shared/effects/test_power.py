import numpy as np
import pytest

from shared.effects.panel import Floats
from shared.effects.power import Plan, plan_power, residual_noise, shares
from tests.shared.effects.panels import noise


def plan(
    values: Floats,
    treated: int | tuple[str, ...],
    *,
    after: int = 1,
    strata: dict[str, str] | None = None,
) -> Plan:
    units = tuple(f"u{row}" for row in range(len(values)))
    return Plan(units, values, treated, after, strata, 0.05, 0.8)


def test_residuals_have_the_spread_and_memory_they_were_drawn_with() -> None:
    sd, rho = residual_noise(noise(np.random.default_rng(1), 400, 40, rho=0.5))
    assert sd == pytest.approx(3.0, rel=0.05)
    assert rho == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("values", [np.full((8, 1), 3.0), np.full((8, 4), 3.0)])
def test_without_a_spread_no_effect_is_promised(values: Floats) -> None:
    found = plan_power(plan(values, 4), seed=1)
    assert found.mde is None
    assert found.advice == ()
    assert found.least_p == pytest.approx(2 / 70)


def test_more_units_with_the_measure_show_smaller_effects() -> None:
    values = noise(np.random.default_rng(2), 20, 6)
    few, half = (plan_power(plan(values, count), seed=1) for count in (2, 10))
    assert few.mde is not None
    assert half.mde is not None
    assert half.mde < few.mde
    assert [count for count, _ in few.advice] == [5, 10]


def test_too_few_units_show_nothing_and_the_least_p_says_why() -> None:
    found = plan_power(plan(noise(np.random.default_rng(2), 12, 6), 1), seed=1)
    assert found.least_p == pytest.approx(1 / 12)
    assert found.mde is None


def test_a_draw_shares_the_places_among_strata_and_can_be_repeated() -> None:
    strata = {f"u{row}": "a" if row < 12 else "b" for row in range(16)}
    asked = plan(noise(np.random.default_rng(2), 16, 6), 4, strata=strata)
    drawn = plan_power(asked, seed=5).proposal
    assert sorted(strata[unit] for unit in drawn.treated) == ["a", "a", "a", "b"]
    assert plan_power(asked, seed=5).proposal == drawn
    assert plan_power(asked, seed=6).proposal.treated != drawn.treated


def test_named_units_are_kept() -> None:
    asked = plan(noise(np.random.default_rng(2), 12, 6), ("u3", "u9", "u1", "u2"))
    assert plan_power(asked, seed=1).proposal.treated == ("u3", "u9", "u1", "u2")


def test_a_history_shorter_than_the_measure_is_continued_by_its_noise() -> None:
    values = noise(np.random.default_rng(2), 20, 3)
    short = plan_power(plan(values, 10, after=3), seed=1).mde
    assert short is not None
    assert 0.5 < short < 12


@pytest.mark.parametrize(
    ("sizes", "places", "given"),
    [
        ({"a": 5, "b": 5}, 3, {"a": 2, "b": 1}),
        ({"a": 9, "b": 1}, 1, {"a": 1, "b": 0}),
        ({"a": 1, "b": 1, "c": 1}, 3, {"a": 1, "b": 1, "c": 1}),
    ],
)
def test_the_largest_remainders_get_the_rest(
    sizes: dict[str, int], places: int, given: dict[str, int]
) -> None:
    assert shares(sizes, places) == given
