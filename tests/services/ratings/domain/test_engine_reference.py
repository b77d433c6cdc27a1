"""The engine against the slow exact calculation, on any tree, rule and table."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.ratings.domain.preview import preview
from tests.harness.properties import examples
from tests.services.ratings.domain import reference
from tests.services.ratings.domain.documents import (
    body,
    exact_rows,
    gappy_problems,
    members_of,
    printed,
    problems,
)

GROUPS = "abab abba"


def close(found: float | None, exact: Fraction | None) -> bool:
    if found is None or exact is None:
        return found is None and exact is None
    return abs(Fraction(found) - exact) <= Fraction(1, 10**9) * max(Fraction(1), abs(exact))


@examples(200)
@given(problems())
def test_scores_coverage_and_places_are_those_of_exact_arithmetic(problem: Any) -> None:
    document, rows = problem
    answer: Any = preview(body(document, rows, GROUPS))
    exact = reference.calculate(document, exact_rows(rows))
    for leaf in reference.leaves(document["tree"]):
        column = answer["normalised"][leaf["code"]]
        for found, (expected, _) in zip(column, exact[leaf["code"]], strict=True):
            assert close(found, expected), leaf
    for group in reference.groups(document["tree"]):
        nodes = [unit["nodes"][group["code"]] for unit in answer["units"]]
        for node, (score, coverage) in zip(nodes, exact[group["code"]], strict=True):
            assert close(node["score"], score), group
            assert coverage is not None
            assert node["coverage"] == float(coverage)
        check_places(nodes, [score for score, _ in exact[group["code"]]])


@examples(300)
@given(gappy_problems(), st.sampled_from([None, ("half_up", 0), ("half_even", 1), ("ceil", 0)]))
def test_places_and_possible_places_of_incomplete_units_are_those_of_exact_arithmetic(
    problem: Any, rounding: tuple[str, int] | None
) -> None:
    source, rows = problem
    source = source if rounding is None else source | printed(*rounding)
    answer: Any = preview(body(source, rows, GROUPS))
    decimals = [[None if x is None else Fraction(str(x)) for x in row] for row in rows]
    exact = reference.calculate(source, decimals)
    order = reference.leaves(source["tree"])

    def ranked(scores: Any) -> Any:
        if rounding is None:
            return reference.places(scores)
        return reference.exact_places([reference.published(score, *rounding) for score in scores])

    for one in reference.groups(source["tree"]):
        under = [order.index(leaf) for leaf in reference.leaves(one)]
        taking_part = [
            score if reference.counts(source, decimals, unit, under) else None
            for unit, (score, _) in enumerate(exact[one["code"]])
        ]
        places = ranked(taking_part)
        for unit, row in enumerate(rows):
            node = answer["units"][unit]["nodes"][one["code"]]
            known = sum(row[index] is not None for index in under)
            assert node["leaves"] == {"known": known, "of": len(under)}
            assert node["incomplete"] == (known < len(under))
            assert triple(node["place"]) == places[unit]
            possible = reference.possible_place(
                source, decimals, unit, one, lambda scores, at: ranked(scores)[at]
            )
            assert triple(node["place_if_known"]) == possible, (one["code"], unit)


MODES = st.sampled_from(["half_up", "half_even", "ceil", "floor"])


@examples(200)
@given(problems(), MODES, st.integers(0, 9))
def test_published_places_compare_the_printed_scores_exactly(
    problem: Any, mode: str, digits: int
) -> None:
    source, rows = problem
    answer: Any = preview(body(source | printed(mode, digits), rows))
    decimals = [[None if x is None else Fraction(str(x)) for x in row] for row in rows]
    exact = reference.calculate(source, decimals)
    for one in reference.groups(source["tree"]):
        scores = [reference.published(score, mode, digits) for score, _ in exact[one["code"]]]
        places = [triple(unit["nodes"][one["code"]]["place"]) for unit in answer["units"]]
        assert places == reference.exact_places(scores), one


def check_places(nodes: list[Any], scores: list[Fraction | None]) -> None:
    assert [triple(node["place"]) for node in nodes] == reference.places(scores)
    for members in members_of(GROUPS, len(nodes)):
        expected = reference.places([scores[row] for row in members])
        assert [triple(nodes[row]["group_place"]) for row in members] == expected
    for row, node in enumerate(nodes):
        assert node["group_place"] is None or GROUPS[row] != " "


def triple(place: Any) -> tuple[int, int, int] | None:
    if place is None:
        return None
    low, high = place["from"], place["to"]
    assert place["label"] == (str(low) if low == high else f"{low}-{high}")
    return low, high, place["of"]
