"""The what-if answer in the format of the wire, and the bodies it refuses."""

import json
import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ratings.domain.preview import preview
from shared.errors import Invalid
from tests.harness.properties import examples
from tests.services.ratings.domain.documents import body, document, group, leaf, problems

SOURCE = document(group("total", [leaf("x", {"method": "minmax"}), leaf("y")]))


def refused(given: object) -> tuple[str, list[tuple[str, str]]]:
    with pytest.raises(Invalid) as refusal:
        preview(given)
    told = [(error.pointer, error.code) for error in refusal.value.errors]
    return refusal.value.code, told


def test_the_answer_is_exactly_that_of_the_wire() -> None:
    rows: list[list[float | None]] = [[10.0, 30.0], [20.0, 40.0], [None, 70.0], [10.0, 30.0]]
    answer = preview(body(SOURCE, rows, "aab"))
    assert answer == {
        "units": [
            unit("u0", 15.0, 1.0, (3, 4, "3-4", 4), (2, 2, "2", 2)),
            unit("u1", 70.0, 1.0, (1, 2, "1-2", 4), (1, 1, "1", 2)),
            unit("u2", 70.0, 0.5, (1, 2, "1-2", 4), (1, 1, "1", 1), known=1),
            unit("u3", 15.0, 1.0, (3, 4, "3-4", 4), None),
        ],
        "normalised": {"x": [0.0, 100.0, None, 0.0], "y": [30.0, 40.0, 70.0, 30.0]},
    }
    json.dumps(answer, allow_nan=False)


def unit(
    code: str, score: float, coverage: float, place: Any, group_place: Any, *, known: int = 2
) -> Any:
    total = {
        "score": score,
        "place": wire(place),
        "group_place": wire(group_place),
        "coverage": coverage,
        "leaves": {"known": known, "of": 2},
        "incomplete": known < 2,
        "place_if_known": None,
        "level": None,
        "level_note": None,
    }
    return {"code": code, "nodes": {"total": total}}


def wire(place: Any) -> Any:
    return None if place is None else dict(zip(("from", "to", "label", "of"), place, strict=True))


def test_a_null_score_has_neither_place_nor_level() -> None:
    answer: Any = preview(body(SOURCE, [[None, None], [1.0, 1.0]]))
    node = answer["units"][0]["nodes"]["total"]
    assert node == {
        "score": None,
        "place": None,
        "group_place": None,
        "coverage": 0.0,
        "leaves": {"known": 0, "of": 2},
        "incomplete": True,
        "place_if_known": None,
        "level": None,
        "level_note": None,
    }


def test_a_missing_value_gives_the_places_its_domain_allows() -> None:
    source = document(group("total", [leaf("x", domain=[0, 100]), leaf("y", domain=[0, 100])]))
    rows: list[list[float | None]] = [[60.0, 60.0], [90.0, None], [80.0, 80.0], [None, 100.0]]
    answer: Any = preview(body(source, rows))
    nodes = [one["nodes"]["total"] for one in answer["units"]]
    assert [node["place"]["label"] for node in nodes] == ["4", "2", "3", "1"]
    assert [node["incomplete"] for node in nodes] == [False, True, False, True]
    # 45…95 among 60, 80 and 100; 50…100 among 60, 90 and 80.
    assert nodes[1]["place_if_known"] == wire((2, 4, "2-4", 4))
    assert nodes[3]["place_if_known"] == wire((1, 4, "1-4", 4))
    assert nodes[0]["place_if_known"] is None


def test_an_open_domain_leaves_the_possible_places_unknown() -> None:
    for domain in ([0, None], [None, 100], None):
        source = document(group("total", [leaf("x"), leaf("y", domain=domain)]))
        answer: Any = preview(body(source, [[60.0, 60.0], [90.0, None]]))
        assert answer["units"][1]["nodes"]["total"]["place_if_known"] is None


def test_places_of_complete_units_only() -> None:
    leaves = [leaf("x", domain=[0, 100]), leaf("y", domain=[0, 100])]
    missing = {"policy": "skip", "places": "complete_only"}
    source = document(group("total", leaves), missing=missing)
    rows: list[list[float | None]] = [[60.0, 60.0], [90.0, None], [80.0, 80.0]]
    answer: Any = preview(body(source, rows, "aaa"))
    nodes = [one["nodes"]["total"] for one in answer["units"]]
    assert [node["place"] for node in nodes] == [wire((2, 2, "2", 2)), None, wire((1, 1, "1", 2))]
    assert [node["group_place"] is None for node in nodes] == [False, True, False]
    assert nodes[1]["score"] == 90
    assert nodes[1]["place_if_known"] == wire((1, 3, "1-3", 3))


def test_a_zero_for_a_missing_value_is_not_a_known_value() -> None:
    source = document(
        group("total", [leaf("x", domain=[0, 100]), leaf("y")]), missing={"policy": "zero"}
    )
    answer: Any = preview(body(source, [[None, 50.0], [40.0, 40.0]]))
    node = answer["units"][0]["nodes"]["total"]
    assert (node["score"], node["leaves"]) == (25, {"known": 1, "of": 2})
    assert node["place_if_known"] == wire((1, 2, "1-2", 2))


def test_a_column_that_the_rules_leave_out_is_known_where_it_is_observed() -> None:
    source = document(group("total", [leaf("x", {"method": "minmax"}), leaf("y")]))
    answer: Any = preview(body(source, [[5.0, 50.0], [5.0, 40.0]]))
    assert answer["normalised"]["x"] == [None, None]
    assert [one["nodes"]["total"]["incomplete"] for one in answer["units"]] == [False, False]


def test_no_units_is_an_empty_answer() -> None:
    assert preview(body(SOURCE, [])) == {"units": [], "normalised": {"x": [], "y": []}}


def test_columns_stand_in_the_bodys_order_and_others_are_ignored() -> None:
    given = body(SOURCE, [[1.0, 2.0], [3.0, 5.0]])
    turned = given | {"indicators": ["extra", "y", "x"], "values": [[9, 2, 1], [None, 5, 3]]}
    assert preview(turned) == preview(given)


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"units": [{"code": "a"}, {"code": "a"}]}, [("/units", "DUPLICATE_CODE")]),
        ({"units": [{"code": "a"}]}, [("/values", "SHAPE")]),
        ({"units": "ab"}, [("/units", "TYPE"), ("/values", "SHAPE")]),
        ({"units": [{"code": "a"}, {}]}, [("/units/1/code", "REQUIRED")]),
        ({"units": [{"code": "a"}, {"code": "b", "x": 1}]}, [("/units/1/x", "UNKNOWN_FIELD")]),
        ({"values": [[1, 2], [3]]}, [("/values/1", "SHAPE")]),
        ({"values": [[1, 2], "ab"]}, [("/values/1", "TYPE")]),
        ({"values": [[1, 2], [3, "4"]]}, [("/values/1/1", "NUMBER")]),
        ({"values": [[1, 2], [3, True]]}, [("/values/1/1", "NUMBER")]),
        ({"values": [[1, 2], [3, math.inf]]}, [("/values/1/1", "NUMBER")]),
        ({"values": [[math.nan, 2], [3, 4]]}, [("/values/0/0", "NUMBER")]),
        ({"values": [[math.nan, None], [3.0, 4.0]]}, [("/values/0/0", "NUMBER")]),
        (
            {"values": [[1e101, 2.0], [3.0, -1e101]]},
            [("/values/0/0", "NUMBER"), ("/values/1/1", "NUMBER")],
        ),
        ({"indicators": ["x", "z"]}, [("/indicators", "INDICATOR_ABSENT")]),
        (
            {"indicators": ["x", "\ud800"]},
            [("/indicators/1", "TEXT"), ("/indicators", "INDICATOR_ABSENT")],
        ),
        ({"surprise": 1}, [("/surprise", "UNKNOWN_FIELD")]),
        ({"methodology": None}, [("/methodology", "REQUIRED")]),
        ({"methodology": {"programme": 1}}, None),
    ],
)
def test_a_faulty_body_is_refused_at_its_place(change: Any, errors: Any) -> None:
    code, told = refused(body(SOURCE, [[1.0, 2.0], [3.0, 4.0]]) | change)
    assert code == "PREVIEW_INVALID"
    assert told
    assert errors is None or sorted(told) == sorted(errors)


@pytest.mark.parametrize("rubbish", [None, [], 5, "text"])
def test_a_body_that_is_no_object_is_refused(rubbish: object) -> None:
    assert refused(rubbish) == ("PREVIEW_INVALID", [("", "TYPE")])


def test_a_name_no_text_can_hold_is_written_by_its_escape() -> None:
    _, told = refused({"\ud800": 1})
    assert ("/\\ud800", "UNKNOWN_FIELD") in told


def test_missing_values_under_fail_are_listed_cell_by_cell() -> None:
    source = SOURCE | {"missing": {"policy": "fail"}}
    turned = body(source, [[1.0, 2.0], [3.0, 4.0]])
    turned |= {"indicators": ["y", "x"], "values": [[None, 1], [4, None]]}
    assert refused(turned) == (
        "VALUE_MISSING",
        [("/values/0/0", "VALUE_MISSING"), ("/values/1/1", "VALUE_MISSING")],
    )


def test_values_outside_the_maximum_are_listed_cell_by_cell() -> None:
    source = document(group("total", [leaf("x", {"method": "percent_of_max", "max": 50})]))
    given = body(source, [[50.0], [50.1], [-0.1], [None], [0.0]])
    assert refused(given) == (
        "VALUE_OUT_OF_RANGE",
        [("/values/1/0", "VALUE_OUT_OF_RANGE"), ("/values/2/0", "VALUE_OUT_OF_RANGE")],
    )


def by_unit(answer: Any) -> Any:
    return {one["code"]: one["nodes"] for one in answer["units"]}


@examples(80)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_units_and_of_columns_changes_nothing(problem: Any, random: Any) -> None:
    source, rows = problem
    given = body(source, rows, "abab ab")
    order = list(range(len(rows)))
    columns = list(range(len(given["indicators"])))
    random.shuffle(order)
    random.shuffle(columns)
    turned = given | {
        "units": [given["units"][row] for row in order],
        "indicators": [given["indicators"][column] for column in columns],
        "values": [[rows[row][column] for column in columns] for row in order],
    }
    one, other = by_unit(preview(given)), by_unit(preview(turned))
    for code, nodes in one.items():
        for node, found in nodes.items():
            again = other[code][node]
            assert without_score(again) == without_score(found)
            assert same(again["score"], found["score"], 1e-12)


def same(one: float | None, other: float | None, tolerance: float) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= tolerance * max(1.0, abs(other))


def without_score(node: Any) -> Any:
    return {name: value for name, value in node.items() if name != "score"}


@examples(60)
@given(problems(), st.sampled_from([0.001, 7.0, 1e6]))
def test_weights_are_relative_where_there_is_no_sum(problem: Any, factor: float) -> None:
    source, rows = problem
    tree = heavier(source["tree"], factor)
    one = by_unit(preview(body(source | {"tree": heavier(source["tree"], 1)}, rows)))
    other = by_unit(preview(body(source | {"tree": tree}, rows)))
    for code, nodes in one.items():
        for node, found in nodes.items():
            assert without_score(other[code][node]) == without_score(found)
            assert same(other[code][node]["score"], found["score"], 1e-9)


def heavier(node: Any, factor: float) -> Any:
    """Multiply all weights; sums become means."""
    if "children" not in node:
        return node | {"weight": node["weight"] * factor}
    children = [heavier(child, factor) for child in node["children"]]
    mean = {"method": "arithmetic"} if node["aggregate"]["method"] == "sum" else node["aggregate"]
    return node | {
        "children": children,
        "weight": node["weight"] * factor,
        "aggregate": mean,
    }


MONOTONE = st.sampled_from(
    [
        {"method": "minmax"},
        {"method": "goalposts", "low": 10, "high": 90},
        {"method": "rank"},
        {"method": "distance_to_best"},
        {"method": "best_of_peers"},
        {"method": "none"},
    ]
)


@examples(80)
@given(
    MONOTONE,
    st.lists(
        st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=3, max_size=7, unique=True
    ),
    st.integers(1, 50),
)
def test_a_better_value_never_costs_a_place(rule: Any, pairs: Any, gain: int) -> None:
    source = document(group("total", [leaf("x", rule), leaf("y")]))
    rows: list[list[float | None]] = [[float(x), float(y)] for x, y in pairs]
    raised = float(pairs[0][0] + gain)
    better: list[list[float | None]] = [[raised, float(pairs[0][1])], *rows[1:]]
    if any(len({row[0] for row in table}) == 1 for table in (rows, better)):
        return
    before, after = (place_of_first(preview(body(source, table))) for table in (rows, better))
    assert after["from"] <= before["from"]


def place_of_first(answer: Any) -> Any:
    return answer["units"][0]["nodes"]["total"]["place"]


def test_places_on_published_scores_tie_what_print_does_not_tell_apart() -> None:
    source = document(group("total", [leaf("x")]))
    rows: list[list[float | None]] = [[79.4], [79.375], [78.5]]
    unrounded: Any = preview(body(source, rows))
    published: Any = preview(body(source | {"rank_on": "published"}, rows))
    labels = [
        [one["nodes"]["total"]["place"]["label"] for one in answer["units"]]
        for answer in (unrounded, published)
    ]
    assert labels == [["1", "2", "3"], ["1-3", "1-3", "1-3"]]
    assert published["units"][1]["nodes"]["total"]["score"] == 79.375


def test_neighbours_within_the_tolerance_are_chained() -> None:
    source = document(group("total", [leaf("x")]))
    step = 0.9e-9
    rows: list[list[float | None]] = [[1.0], [1.0 - step], [1.0 - 2 * step], [1.0 - 1e-8]]
    answer: Any = preview(body(source, rows))
    labels = [one["nodes"]["total"]["place"]["label"] for one in answer["units"]]
    assert labels == ["1-3", "1-3", "1-3", "4"]


def test_the_answer_survives_json_with_full_precision() -> None:
    rows: list[list[float | None]] = [[1.0, 0.1], [2.0, 0.2], [4.0, 1 / 3]]
    answer: Any = preview(body(SOURCE, rows))
    again = json.loads(json.dumps(answer, allow_nan=False))
    assert again == answer
    score = answer["units"][1]["nodes"]["total"]["score"]
    assert abs(Fraction(score) - (Fraction(100, 3) + Fraction("0.2")) / 2) < Fraction(1, 10**14)
