"""Explanations: sums of contributions, gaps to rivals, Shapley values worked by hand."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from services.ratings.domain.engine import Observed, Result, calculate
from services.ratings.domain.explain import (
    Explanation,
    Gap,
    Rival,
    effective_weights,
    explain,
    shapley,
)
from services.ratings.domain.methodology import Mean
from shared.errors import Invalid
from tests.harness.properties import examples
from tests.services.ratings.domain.documents import (
    document,
    group,
    leaf,
    methodology,
    problems,
)


def result_of(source: Any, rows: list[list[float | None]], groups: str = "") -> Result:
    table = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float64)
    named = groups.ljust(len(rows))[: len(rows)]
    return calculate(
        methodology(source),
        Observed(
            tuple(f"u{row}" for row in range(len(rows))),
            tuple(None if name == " " else name for name in named),
            np.asfortranarray(table),
        ),
    )


def gap_to(explanation: Explanation, rival: Rival) -> Gap:
    (found,) = [gap for gap in explanation.gaps if gap.rival is rival]
    return found


TWO_BLOCKS = document(
    group(
        "total",
        [
            group("I", [leaf("a"), leaf("b", weight=3)], weight=1),
            group("II", [leaf("c"), leaf("d")], weight=3),
        ],
    )
)


def test_contributions_worked_by_hand() -> None:
    result = result_of(TWO_BLOCKS, [[40.0, 80.0, 20.0, None]])
    explanation = explain(result, 0)
    # I = (40 + 3·80)/4 = 70, II = 20, total = (70 + 3·20)/4 = 32.5.
    assert explanation.score == pytest.approx(32.5)
    assert explanation.contributions is not None
    parts = [part.contribution for part in explanation.contributions]
    assert parts == pytest.approx([2.5, 15, 15, 0])
    weights = [part.weight for part in explanation.contributions]
    assert weights == [pytest.approx(1 / 16), pytest.approx(3 / 16), pytest.approx(3 / 4), None]


def test_gaps_to_the_next_the_leader_and_the_median_of_the_group() -> None:
    rows: list[list[float | None]] = [
        [10.0, 10, 10, 10],
        [20.0, 20, 20, 20],
        [50.0, 50, 50, 50],
        [30.0, 30, 30, 30],
    ]
    explanation = explain(result_of(TWO_BLOCKS, rows, "ggxg"), 0)
    assert [(gap.rival, gap.units) for gap in explanation.gaps] == [
        (Rival.NEXT, ("u1",)),
        (Rival.LEADER, ("u2",)),
        (Rival.GROUP_MEDIAN, ("u1",)),
    ]
    assert [gap.gap for gap in explanation.gaps] == pytest.approx([10, 40, 10])
    parts = gap_to(explanation, Rival.LEADER).indicators
    assert parts is not None
    assert [part.gap for part in parts] == pytest.approx([2.5, 7.5, 15, 15])


def test_an_even_median_is_the_mean_of_the_two_middle_units() -> None:
    rows: list[list[float | None]] = [[value] * 4 for value in (10.0, 20, 30, 60)]
    gap = gap_to(explain(result_of(TWO_BLOCKS, rows, "gggg"), 0), Rival.GROUP_MEDIAN)
    assert (gap.units, gap.score, gap.gap) == (("u1", "u2"), 25, 15)
    assert gap.indicators is not None
    assert sum(part.gap for part in gap.indicators) == pytest.approx(15)


def test_the_leader_and_a_unit_of_no_group_have_no_rivals() -> None:
    explanation = explain(result_of(TWO_BLOCKS, [[9.0] * 4, [1.0] * 4]), 0)
    assert explanation.gaps == ()


def test_a_null_score_has_nothing_to_explain() -> None:
    explanation = explain(result_of(TWO_BLOCKS, [[None] * 4, [1.0] * 4]), 0)
    assert (explanation.score, explanation.contributions, explanation.gaps) == (None, None, ())


def test_shapley_values_of_a_geometric_mean_by_hand() -> None:
    source = document(group("total", [leaf("a"), leaf("b")], {"method": "geometric"}))
    result = result_of(source, [[1.0, 4.0], [9.0, 16.0]])
    gap = gap_to(explain(result, 0), Rival.NEXT)
    # Scores 2, 12; with a alone from the other 6, with b alone 4.
    assert gap.nodes is not None
    assert gap.indicators is None
    (root,) = gap.nodes
    assert root.parts is not None
    assert [part.gap for part in root.parts] == pytest.approx([(4 + 8) / 2, (2 + 6) / 2])
    assert explain(result, 0).contributions is None


def by_orders(result: Result, own: Any, other: Any) -> list[float]:
    """Average the marginal effects over all orders in which children may join."""
    branch = result.layout.branches[-1]
    count = len(branch.children)
    effects = np.zeros(count)
    orders = list(itertools.permutations(range(count)))
    for order in orders:
        now = own.copy()
        for child in order:
            before = mean(result, now)
            now[child] = other[child]
            effects[child] += mean(result, now) - before
    return list(effects / len(orders))


def mean(result: Result, values: Any) -> float:
    source = result.methodology.tree.aggregate
    weights = result.layout.branches[-1].weights
    if source.mean is Mean.MINIMUM:
        return float(min(values))
    powers = float((weights * values**source.p).sum() / weights.sum())
    return float(powers ** (1 / source.p))


@pytest.mark.parametrize("method", [{"method": "power", "p": 3}, {"method": "minimum"}])
def test_shapley_values_are_the_average_over_all_orders(method: Any) -> None:
    children = [leaf("a"), leaf("b", weight=2), leaf("c", weight=0.5), leaf("d")]
    source = document(group("total", children, method))
    rows: list[list[float | None]] = [[5.0, 2, 7, 3], [4.0, 6, 9, 3]]
    result = result_of(source, rows)
    own, other = np.array(rows[0], dtype=float), np.array(rows[1], dtype=float)
    parts = shapley(result.layout.branches[-1], own, other)
    assert list(parts) == pytest.approx(by_orders(result, own, other), abs=1e-12)
    assert parts[3] == 0


def test_more_than_twelve_different_children_are_refused() -> None:
    children = [leaf(f"x{i}") for i in range(13)]
    source = document(group("total", children, {"method": "geometric"}))
    rows: list[list[float | None]] = [[1.0] * 13, [2.0] * 13]
    with pytest.raises(Invalid) as refusal:
        explain(result_of(source, rows), 0)
    assert refusal.value.code == "TOO_MANY_CHILDREN"
    twelve: list[list[float | None]] = [[1.0] * 13, [1.0, *[2.0] * 12]]
    assert gap_to(explain(result_of(source, twelve), 0), Rival.NEXT).gap > 0


@examples(150)
@given(problems())
def test_parts_sum_to_what_they_explain(problem: Any) -> None:
    source, rows = problem
    result = result_of(source, rows, "aabbabab ")
    for row in range(len(rows)):
        explanation = explain(result, row)
        if explanation.contributions is not None:
            assert explanation.score is not None
            total = sum(part.contribution for part in explanation.contributions)
            assert total == pytest.approx(explanation.score, abs=1e-9, rel=1e-9)
        for gap in explanation.gaps:
            check_gap(gap)


def check_gap(gap: Gap) -> None:
    if gap.indicators is not None:
        assert sum(part.gap for part in gap.indicators) == pytest.approx(
            gap.gap, abs=1e-9, rel=1e-9
        )
    for node in gap.nodes or ():
        if node.parts is not None:
            total = sum(part.gap for part in node.parts)
            assert total == pytest.approx(node.gap, abs=1e-9, rel=1e-9)


@examples(50)
@given(problems())
def test_effective_weights_of_means_sum_to_one(problem: Any) -> None:
    source, rows = problem
    only_means(source["tree"])
    result = result_of(source, rows)
    for row in range(len(rows)):
        if not np.isnan(result.scores[row, 0]):
            assert effective_weights(result, row).sum() == pytest.approx(1)


def only_means(node: Any) -> None:
    if "children" in node:
        node["aggregate"] = {"method": "arithmetic"}
        for child in node["children"]:
            only_means(child)
