"""Comparisons of calculations and of periods: who moved, by how much, why."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from services.ratings.domain.comparison import Comparison, Facet, Move, changed_facets, compare, mix
from services.ratings.domain.dynamics import Standing, steps
from services.ratings.domain.engine import Observed, Result, calculate
from shared.figures.places import Place
from tests.harness.properties import examples
from tests.services.ratings.domain.documents import (
    document,
    group,
    leaf,
    methodology,
    problems,
)


def result_of(source: Any, rows: list[list[float | None]], units: str = "") -> Result:
    table = np.array([[np.nan if x is None else x for x in row] for row in rows], dtype=np.float64)
    names = tuple(units) or tuple(f"u{row}" for row in range(len(rows)))
    return calculate(methodology(source), Observed(names, (None,) * len(rows), table))


def two(x: Any = 1, y: Any = 1, method: Any = None, **more: Any) -> Any:
    return document(group("total", [leaf("x", weight=x), leaf("y", weight=y)], method), **more)


def move_of(comparison: Comparison, unit: str) -> Move:
    (found,) = comparison.moves([unit])
    return found


ROWS: list[list[float | None]] = [[10.0, 90.0], [60.0, 50.0], [45.0, 46.0]]


def test_nothing_different_moves_nobody() -> None:
    comparison = compare(result_of(two(), ROWS), result_of(two(), ROWS))
    assert comparison.facets == ()
    assert [move.shift for move in comparison.moves(comparison.units)] == [0, 0, 0]
    assert [move.causes for move in comparison.moves(comparison.units)] == [(), (), ()]


def test_one_different_facet_is_the_whole_cause() -> None:
    # Totals 50, 55, 45.5; with y three times heavier 70, 52.5, 45.75.
    comparison = compare(result_of(two(), ROWS), result_of(two(y=3), ROWS))
    assert comparison.facets == (Facet.WEIGHTS,)
    move = move_of(comparison, "u0")
    assert (move.before, move.after) == (Place(2, 2, 3), Place(1, 1, 3))
    assert move.shift == 1
    assert move.causes is not None
    assert [(cause.facet, cause.shift) for cause in move.causes] == [(Facet.WEIGHTS, 1)]
    assert move.score == pytest.approx(20)
    assert move.indicators is not None
    assert [part.gap for part in move.indicators] == pytest.approx([-2.5, 22.5])


def test_several_causes_share_a_shift_fairly() -> None:
    # u0 is last before; new values alone make it second, new weights alone leave it last, both
    # make it first: values (1 + 2)/2, weights (0 + 1)/2.
    before: list[list[float | None]] = [[10.0, 30.0], [60.0, 50.0], [40.0, 40.0]]
    after: list[list[float | None]] = [[10.0, 90.0], [60.0, 50.0], [40.0, 40.0]]
    comparison = compare(result_of(two(), before), result_of(two(y=3), after))
    assert comparison.facets == (Facet.VALUES, Facet.WEIGHTS)
    causes = move_of(comparison, "u0").causes
    assert causes is not None
    assert [cause.shift for cause in causes] == pytest.approx([1.5, 0.5])


def test_other_nodes_are_one_cause() -> None:
    other = document(group("total", [leaf("x"), leaf("z")]))
    comparison = compare(result_of(two(), ROWS), result_of(other, ROWS))
    assert comparison.facets == (Facet.TREE,)
    assert all(move.indicators is None for move in comparison.moves(comparison.units))


def test_who_stands_on_one_side_only_has_no_change() -> None:
    comparison = compare(result_of(two(), ROWS, "abc"), result_of(two(), ROWS, "bcd"))
    assert [move.unit for move in comparison.moves(comparison.units)] == ["a", "b", "c", "d"]
    gone, new = move_of(comparison, "a"), move_of(comparison, "d")
    assert (gone.after, gone.change, gone.shift, gone.causes) == (None, None, None, None)
    assert (new.before, new.change, new.shift, new.causes) == (None, None, None, None)


def test_a_mixture_takes_each_facet_from_the_side_it_is_told() -> None:
    one = methodology(two())
    other = methodology(
        two(
            x=5,
            method={"method": "minimum"},
            missing={"policy": "zero"},
            rank_on="published",
            rounding={"mode": "floor", "digits": 1},
        )
    )
    assert changed_facets(calculated(one), calculated(other)) == (
        Facet.WEIGHTS,
        Facet.MEANS,
        Facet.MISSING,
        Facet.RANKING,
    )
    whole = frozenset(Facet)
    assert replace(mix(one, other, whole), levels=None) == replace(other, levels=None)
    assert mix(one, other, frozenset()) == one


def calculated(rule: Any) -> Result:
    return calculate(rule, Observed(("a",), (None,), np.array([[1.0, 2.0]])))


@examples(40)
@given(problems(), problems())
def test_causes_sum_to_the_shift(one: Any, other: Any) -> None:
    source, rows = one
    changed = source | {"missing": other[0]["missing"], "rank_on": "published"}
    moved = [[None if x is None else 128.0 - x for x in row] for row in rows]
    comparison = compare(result_of(source, rows), result_of(changed, moved))
    for move in comparison.moves(comparison.units):
        if move.causes is not None:
            assert move.shift is not None
            total = sum(cause.shift for cause in move.causes)
            assert total == pytest.approx(move.shift if comparison.facets else 0)


def standing(period: str, place: int, score: float, methodology_code: str = "m") -> Standing:
    return Standing(period, methodology_code, Place(place, place, 85), score, None)


def test_steps_between_periods_of_one_methodology() -> None:
    (step,) = steps([standing("2022", 12, 79.375), standing("2021", 40, 70.0)])
    assert (step.before, step.after, step.comparable) == ("2021", "2022", True)
    assert step.place is not None
    assert (step.place.low, step.place.high, step.place.label) == (28, 28, "improved")
    assert step.score == pytest.approx(9.375)


def test_a_change_of_methodology_is_not_comparable() -> None:
    (step,) = steps([standing("2021", 40, 70.0, "old"), standing("2022", 12, 79.0, "new")])
    assert (step.comparable, step.place, step.score, step.level) == (False, None, None, None)


def test_fewer_than_two_periods_have_no_step() -> None:
    assert steps([]) == ()
    assert steps([standing("2022", 1, 1.0)]) == ()
