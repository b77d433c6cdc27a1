"""Stability: draws against the engine, indices against known ones, quantiles by hand."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ratings.domain import sobol
from services.ratings.domain.engine import Observed, Result, calculate
from services.ratings.domain.jackknife import leave_one_out
from services.ratings.domain.methodology import (
    Aggregate,
    Mean,
    Method,
    Normalisation,
)
from services.ratings.domain.methodology_document import read_methodology
from services.ratings.domain.stability import check_size, stability
from services.ratings.domain.uncertainty import (
    AS_IS,
    Choices,
    draw_scores,
    first_places,
    weights_of,
)
from shared.errors import Invalid
from tests.harness.properties import examples
from tests.services.ratings.domain.documents import (
    codes_of,
    document,
    group,
    leaf,
    methodology,
    problems,
)

ONLY_WEIGHTS = Choices(0.5, (AS_IS,), (AS_IS,))


def observed(rows: list[list[float | None]]) -> Observed:
    table = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float64)
    units = tuple(f"u{row}" for row in range(len(rows)))
    return Observed(units, (None,) * len(rows), np.asfortranarray(table))


def result_of(source: Any, rows: list[list[float | None]]) -> Result:
    return calculate(methodology(source), observed(rows))


def two(**more: Any) -> Any:
    return document(group("total", [leaf("x"), leaf("y")]), **more)


LEVELS = {
    "node": "total",
    "on": "published",
    "domain": [0, 100],
    "step": 1,
    "bands": [{"code": "low", "from": 0, "to": 49}, {"code": "high", "from": 50, "to": 100}],
}


@examples(60)
@given(problems(), st.integers(0, 2**32 - 1))
def test_a_draw_is_what_the_engine_calculates_with_the_drawn_weights(
    problem: Any, seed: int
) -> None:
    source, rows = problem
    rng = np.random.default_rng(seed)
    result = result_of(source, rows)
    weights = rng.random((2, weights_of(result)))
    drawn = draw_scores(result, ONLY_WEIGHTS, weights, np.zeros(2, int), np.zeros(2, int))
    for draw in range(2):
        numbers = iter(weights[draw])
        redrawn = with_weights(source["tree"], numbers, ONLY_WEIGHTS.spread)
        again = result_of(source | {"tree": redrawn}, rows)
        np.testing.assert_allclose(drawn.root[draw], again.scores[:, 0], rtol=1e-12, atol=1e-12)
    places = first_places(result, drawn.root)
    expected = np.where(again.places.first[:, 0] > 0, again.places.first[:, 0], np.nan)
    np.testing.assert_array_equal(places[1], expected)


def with_weights(node: Any, numbers: Any, spread: float) -> Any:
    """Rebuild a tree with the drawn weights, parents before children."""
    if "children" not in node:
        return node
    children = []
    for child in node["children"]:
        factor = 1 + spread * (2 * float(next(numbers)) - 1)
        children.append(with_weights(child | {"weight": child["weight"] * factor}, numbers, spread))
    return node | {"children": children}


@examples(40)
@given(problems())
def test_alternatives_are_the_engine_with_other_rules(problem: Any) -> None:
    source, rows = problem
    result = result_of(source, rows)
    choices = Choices(0.0, (AS_IS, Normalisation(Method.RANK)), (AS_IS, Aggregate(Mean.MINIMUM)))
    half = np.full((4, weights_of(result)), 0.5)
    drawn = draw_scores(result, choices, half, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    np.testing.assert_array_equal(drawn.root[0], result.scores[:, 0])
    for draw, (rank, least) in enumerate(itertools.product((False, True), repeat=2)):
        tree = other_rules(source["tree"], rank=rank, least=least)
        again = result_of(source | {"tree": tree}, rows)
        np.testing.assert_allclose(drawn.root[draw], again.scores[:, 0], rtol=1e-12, atol=1e-12)


def other_rules(node: Any, *, rank: bool, least: bool) -> Any:
    if "children" not in node:
        return node | {"normalise": {"method": "rank"}} if rank else node
    children = [other_rules(child, rank=rank, least=least) for child in node["children"]]
    changed = {"aggregate": {"method": "minimum"}} if least else {}
    return node | {"children": children} | changed


def test_the_same_seed_gives_the_same_answer_and_another_seed_another() -> None:
    rows: list[list[float | None]] = [[10.0, 90.0], [50.0, 51.0], [90.0, 10.0], [49.0, 52.0]]
    result = result_of(two(), rows)
    one, same, other = (
        stability(result, Choices(), draws=200, seed=seed, samples=50) for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_a_unit_better_in_everything_leads_in_every_draw() -> None:
    rows: list[list[float | None]] = [[90.0, 80.0], [10.0, 70.0], [60.0, 20.0]]
    first, *_ = stability(result_of(two(), rows), ONLY_WEIGHTS, draws=300, seed=7).units
    assert (first.nominal, first.low, first.median, first.high) == (1, 1, 1, 1)
    assert first.ranked == 1


def test_a_tie_that_weights_decide_is_shared_evenly() -> None:
    rows: list[list[float | None]] = [[40.0, 60.0], [60.0, 40.0]]
    answer = stability(result_of(two(), rows), ONLY_WEIGHTS, draws=4000, seed=7)
    # The nominal tie 1-2 is broken by every draw: half the places are 1, half are 2.
    assert answer.mean_shift == pytest.approx(0.5, abs=0.03)
    assert [unit.nominal for unit in answer.units] == [1, 1]


def test_levels_have_the_share_of_draws_they_should() -> None:
    # The total is (40 w₁ + 60 w₂)/(w₁ + w₂): at least 49.5 with probability a little over ½.
    rows: list[list[float | None]] = [[40.0, 60.0], [0.0, 0.0], [None, None]]
    units = stability(result_of(two(levels=LEVELS), rows), ONLY_WEIGHTS, draws=20_000, seed=7).units
    assert units[0].levels is not None
    shares = dict(units[0].levels)
    # w₁/(w₁+w₂) ≤ 0.525 with w uniform on 0.5…1.5: 1 − P(w₂ < w₁·0.475/0.525), by the integral.
    ratio = 0.475 / 0.525
    below = ((1.5 * ratio) - 0.5) ** 2 / (2 * ratio)
    assert shares["high"] == pytest.approx(1 - below, abs=0.015)
    assert sum(shares.values()) == pytest.approx(1)
    assert units[1].levels == (("low", 1.0), ("high", 0.0))
    assert units[2].levels is None
    assert (units[2].nominal, units[2].median, units[2].ranked) == (None, None, 0)


def test_levels_are_told_only_on_the_methodologys_own_scale() -> None:
    result = result_of(two(levels=LEVELS), [[40.0, 60.0], [0.0, 1.0]])
    ranks_only = Choices(0.5, (Normalisation(Method.RANK),), (AS_IS,))
    answer = stability(result, ranks_only, draws=50, seed=1)
    assert [unit.levels for unit in answer.units] == [None, None]


def test_indices_of_an_additive_function_are_its_shares_of_variance() -> None:
    rng = np.random.default_rng(3)
    slopes = np.array([3.0, 2.0, 1.0])
    a, b = rng.random((20_000, 3)), rng.random((20_000, 3))
    mixed = []
    for factor in range(3):
        point = a.copy()
        point[:, factor] = b[:, factor]
        mixed.append((point @ slopes)[:, None])
    found = sobol.indices((a @ slopes)[:, None], (b @ slopes)[:, None], mixed)
    for factor, expected in enumerate(slopes**2 / (slopes**2).sum()):
        (index,) = found[factor]
        assert index.first == pytest.approx(expected, abs=0.03)
        assert index.total == pytest.approx(expected, abs=0.03)


def test_indices_of_a_pure_interaction_are_zero_first_and_whole_in_total() -> None:
    rng = np.random.default_rng(3)
    a, b = rng.choice([-1.0, 1.0], (20_000, 2)), rng.choice([-1.0, 1.0], (20_000, 2))
    product = [np.stack([b[:, 0], a[:, 1]]), np.stack([a[:, 0], b[:, 1]])]
    mixed = [pair.prod(axis=0)[:, None] for pair in product]
    found = sobol.indices(a.prod(axis=1)[:, None], b.prod(axis=1)[:, None], mixed)
    for (index,) in found:
        assert index.first == pytest.approx(0, abs=0.03)
        assert index.total == pytest.approx(1, abs=0.03)


def test_a_constant_output_has_no_indices() -> None:
    rows: list[list[float | None]] = [[90.0, 80.0], [10.0, 70.0], [60.0, 20.0]]
    answer = stability(result_of(two(), rows), ONLY_WEIGHTS, draws=10, seed=7, samples=100)
    assert [factor.factor for factor in answer.factors] == ["weights", "normalisation", "mean"]
    for factor in answer.factors:
        assert factor.units[0] == sobol.Index(None, None)


def test_a_factor_that_cannot_vary_explains_nothing() -> None:
    rows: list[list[float | None]] = [[40.0, 60.0], [60.0, 40.0], [50.0, 51.0]]
    answer = stability(result_of(two(), rows), ONLY_WEIGHTS, draws=10, seed=7, samples=1000)
    weights, normalisation, mean = answer.factors
    for index in (normalisation.mean_shift, mean.mean_shift, *normalisation.units, *mean.units):
        assert index == sobol.Index(0, 0)
    for index in weights.units:
        assert index.total == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("choices", "draws", "code"),
    [
        (Choices(1.0), 10, "SPREAD_OUT_OF_RANGE"),
        (Choices(0.1, ()), 10, "NO_ALTERNATIVES"),
        (Choices(), 0, "DRAWS_OUT_OF_RANGE"),
        (Choices(), 10**9, "DRAWS_OUT_OF_RANGE"),
        (Choices(0.1, (Normalisation(Method.NONE),)), 10, "NONE_LOWER"),
    ],
)
def test_choices_without_a_meaning_are_refused(choices: Choices, draws: int, code: str) -> None:
    tree = group("total", [leaf("x", {"method": "rank"}, direction="lower")])
    with pytest.raises(Invalid) as refusal:
        stability(result_of(document(tree), [[1.0], [2.0]]), choices, draws=draws, seed=1)
    assert refusal.value.code == code


@examples(60)
@given(problems())
def test_leaving_out_an_indicator_is_the_engine_on_the_smaller_tree(problem: Any) -> None:
    source, rows = problem
    result = result_of(source, rows)
    codes = codes_of(source["tree"])
    for index, left in enumerate(leave_one_out(result)):
        assert left.indicator == codes[index]
        tree = pruned(source["tree"], codes[index])
        if tree is None:
            assert set(left.places) == {None}
            continue
        kept = [[x for at, x in enumerate(row) if at != index] for row in rows]
        read, _ = read_methodology(source | {"tree": tree})
        if read is not None:
            again = calculate(read, observed(kept)).places.first[:, 0]
            assert [place or 0 for place in left.places] == list(again)


def pruned(node: Any, code: str) -> Any:
    """Remove a leaf and the groups it leaves empty; None if nothing is left."""
    if "children" not in node:
        return None if node["code"] == code else node
    children = [kept for child in node["children"] if (kept := pruned(child, code)) is not None]
    return node | {"children": children} if children else None


def test_more_calculations_than_are_held_at_once_are_refused() -> None:
    check_size(250, 40_000)
    for calculations in (0, 251):
        with pytest.raises(Invalid) as refusal:
            check_size(calculations, 40_000)
        assert refusal.value.code == "DRAWS_OUT_OF_RANGE"


def test_shifts_without_an_indicator_by_hand() -> None:
    rows: list[list[float | None]] = [[90.0, 10.0], [30.0, 60.0], [None, 0.0]]
    x, y = leave_one_out(result_of(two(), rows))
    # With both: 50, 45, 0. Without x: 10, 60, 0. Without y: 90, 30, nobody.
    assert (x.places, x.shifts) == ((2, 1, 3), (-1, 1, 0))
    assert x.mean_shift == pytest.approx(2 / 3)
    assert (y.places, y.shifts, y.mean_shift) == ((1, 2, None), (0, 0, None), 0)


def test_without_weighty_indicators_nobody_is_ranked() -> None:
    source = document(group("total", [leaf("x"), leaf("y", weight=0)]))
    x, y = leave_one_out(result_of(source, [[1.0, 2.0], [3.0, 4.0]]))
    assert (x.places, x.mean_shift) == ((None, None), None)
    assert y.places == (2, 1)


def test_quantiles_are_of_type_7() -> None:
    # The first unit is 1st on the raw values and 2nd on ranks, where it leads in one of three.
    rows: list[list[float | None]] = [[100.0, 1.0, 1.0], [2.0, 2.0, 2.0]]
    source = document(group("total", [leaf("x"), leaf("y"), leaf("z")]))
    choices = Choices(0.0, (AS_IS, Normalisation(Method.RANK)), (AS_IS,))
    unit = stability(result_of(source, rows), choices, draws=2, seed=1).units[0]
    assert [unit.low, unit.median, unit.high] == pytest.approx([1.05, 1.5, 1.95])
