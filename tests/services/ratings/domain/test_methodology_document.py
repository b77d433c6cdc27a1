"""Reading a methodology: every rule that refuses one, each at its pointer, and the defaults."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.ratings.domain.methodology import Method, Methodology, Publication
from services.ratings.domain.methodology_document import read_methodology
from tests.services.ratings.domain.documents import document, group, leaf

ROOT = Path(__file__).parents[4]


def refused(source: object) -> list[tuple[str, str]]:
    read, faults = read_methodology(source)
    assert read is None
    return [(fault.pointer, fault.code) for fault in faults]


def tree_of(*children: Any, **aggregate: Any) -> Any:
    return document(group("total", list(children), aggregate or None))


def test_the_programmes_own_methodology_is_read_whole() -> None:
    path = ROOT / "services/ratings/data/methodologies/rum-2022.json"
    read, faults = read_methodology(json.loads(path.read_text(encoding="utf-8")))
    assert faults == ()
    assert isinstance(read, Methodology)
    assert [indicator.code for indicator in read.indicators] == [
        f"{block}.{number}" for block in (1, 2) for number in (1, 2, 3, 4)
    ]
    assert read.levels is not None
    assert [band.code for band in read.levels.ordered][-1] == "optimal"


def test_what_may_be_omitted_takes_its_default() -> None:
    source = tree_of(leaf("x"))
    source["peers"] = {"kind": "region"}
    read, faults = read_methodology(source)
    assert faults == ()
    assert isinstance(read, Methodology)
    assert (read.peers.group, read.levels, read.publication) == (None, None, Publication.AUTOMATIC)
    (indicator,) = read.indicators
    assert (indicator.unit, indicator.digits, indicator.topics) == (None, None, ())
    assert indicator.domain == (None, None)


def test_parameters_have_the_defaults_of_the_table() -> None:
    read, _ = read_methodology(
        tree_of(leaf("a", {"method": "minmax"}), leaf("b", {"method": "zscore"}))
    )
    assert read is not None
    minmax, zscore = (indicator.normalise for indicator in read.indicators)
    assert (minmax.low, minmax.high) == (0, 100)
    assert (zscore.mean, zscore.sd) == (0, 1)


@pytest.mark.parametrize(
    ("child", "pointer", "code"),
    [
        (leaf("x", direction="lower"), "/normalise/method", "NONE_LOWER"),
        (
            leaf("x", {"method": "goalposts", "low": 5, "high": 5}),
            "/normalise/low",
            "GOALPOSTS_ORDER",
        ),
        (
            leaf("x", {"method": "goalposts", "low": 6, "high": 5}),
            "/normalise/low",
            "GOALPOSTS_ORDER",
        ),
        (leaf("x", {"method": "goalposts", "low": 6}), "/normalise/high", "REQUIRED"),
        (leaf("x", {"method": "minmax", "low": 9, "high": 1}), "/normalise/low", "SCALE_ORDER"),
        (leaf("x", {"method": "percent_of_max"}), "/normalise/max", "REQUIRED"),
        (leaf("x", {"method": "percent_of_max", "max": 0}), "/normalise/max", "OUT_OF_RANGE"),
        (leaf("x", {"method": "zscore", "sd": 0}), "/normalise/sd", "OUT_OF_RANGE"),
        (leaf("x", {"method": "distance_to_target"}), "/normalise/target", "REQUIRED"),
        (
            leaf("x", {"method": "distance_to_target", "target": 1, "cap": 1}),
            "/normalise/cap",
            "TYPE",
        ),
        (leaf("x", {"method": "rank", "low": 1}), "/normalise/low", "UNKNOWN_FIELD"),
        (leaf("x", {"method": "softmax"}), "/normalise/method", "UNKNOWN_VALUE"),
        (leaf("x", direction="up"), "/direction", "UNKNOWN_VALUE"),
        (leaf("x", weight="1"), "/weight", "NUMBER"),
        (leaf("x", weight=True), "/weight", "NUMBER"),
        (leaf("x", weight=float("nan")), "/weight", "NUMBER"),
        (leaf("x", weight=10**400), "/weight", "NUMBER"),
        (leaf("x", digits=-1), "/digits", "WHOLE_NUMBER"),
        (leaf("x", domain=[5, 1]), "/domain", "DOMAIN"),
        (leaf("x", domain=[1]), "/domain", "DOMAIN"),
        (leaf("x", domain="0-100"), "/domain", "TYPE"),
        (leaf("x", colour="red"), "/colour", "UNKNOWN_FIELD"),
        (group("x", []), "/children", "EMPTY_GROUP"),
        (group("x", [leaf("y")], {"method": "power"}), "/aggregate/p", "REQUIRED"),
        (group("x", [leaf("y")], {"method": "power", "p": 0}), "/aggregate/p", "ZERO_POWER"),
        (group("x", [leaf("y")], {"method": "median"}), "/aggregate/method", "UNKNOWN_VALUE"),
    ],
)
def test_a_fault_of_a_node_is_told_at_its_place(child: Any, pointer: str, code: str) -> None:
    assert refused(tree_of(leaf("other"), child)) == [(f"/tree/children/1{pointer}", code)]


def test_weights_of_a_group_are_not_negative_and_not_all_zero() -> None:
    negative = tree_of(leaf("a", weight=-1), leaf("b"))
    assert refused(negative) == [("/tree/children/0/weight", "NEGATIVE_WEIGHT")]
    nothing = tree_of(leaf("a", weight=0), leaf("b", weight=0))
    assert refused(nothing) == [("/tree/children", "ZERO_WEIGHTS")]


def test_a_code_names_one_node_of_the_whole_tree() -> None:
    assert refused(tree_of(leaf("a"), group("g", [leaf("a")]))) == [("/tree", "DUPLICATE_CODE")]
    assert refused(tree_of(leaf("total"))) == [("/tree", "DUPLICATE_CODE")]


def test_the_root_is_a_group() -> None:
    assert refused(document(leaf("x"))) == [("/tree", "ROOT_IS_INDICATOR")]


@pytest.mark.parametrize(
    "name", ["programme", "version", "peers", "tree", "missing", "rounding", "rank_on"]
)
def test_what_a_methodology_must_say_is_required(name: str) -> None:
    source = tree_of(leaf("x"))
    del source[name]
    assert refused(source) == [(f"/{name}", "REQUIRED")]


@pytest.mark.parametrize("rubbish", [None, [], "text", 5, True])
def test_rubbish_is_one_clear_fault(rubbish: object) -> None:
    assert refused(rubbish) == [("", "TYPE")]


def test_a_tree_of_a_thousand_levels_is_refused() -> None:
    node = leaf("x")
    for depth in range(1000):
        node = group(f"g{depth}", [node])
    assert ("TOO_DEEP") in [code for _, code in refused(document(node))]


def test_all_faults_are_told_at_once_and_pointers_follow_the_larger_body() -> None:
    source = tree_of(leaf("a", weight=-1), leaf("b", direction="lower"))
    source["rank_on"] = "both"
    _, faults = read_methodology(source, "/methodology")
    assert sorted(fault.pointer for fault in faults) == [
        "/methodology/rank_on",
        "/methodology/tree/children/0/weight",
        "/methodology/tree/children/1/normalise/method",
    ]


def bands(*ranges: tuple[float, float], **more: Any) -> Any:
    base = {"node": "total", "on": "published", "domain": [0, 100], "step": 1}
    listed = [
        {"code": f"b{i}", "title": None, "colour": "#fff", "from": low, "to": high}
        for i, (low, high) in enumerate(ranges)
    ]
    source = tree_of(leaf("x"))
    source["levels"] = base | {"bands": listed} | more
    return source


def test_the_bands_as_printed_in_the_programme_are_refused_with_their_gaps() -> None:
    _, faults = read_methodology(bands((80, 94), (61, 79), (41, 57), (12, 39)))
    assert [fault.code for fault in faults] == ["BAND_GAP"] * 4
    told = [fault.detail.split(":")[0] for fault in faults]
    assert told == ["0–11", "40", "58–60", "95–100"]


def test_the_bands_with_closed_gaps_are_accepted() -> None:
    read, faults = read_methodology(bands((80, 100), (61, 79), (41, 60), (0, 40)))
    assert faults == ()
    assert read is not None


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        (bands((0, 50), (50, 100)), ["BAND_OVERLAP"]),
        (bands((0, 50), (51, 101)), ["BAND_END"]),
        (bands((0, 50), (50, 100), step=None), []),
        (bands((0, 50), (51, 100), step=None), ["BAND_GAP"]),
        (bands((0, 100), node="x"), ["UNKNOWN_NODE"]),
        (bands((0, 100), node="nobody"), ["UNKNOWN_NODE"]),
        (bands((0, 100), domain=[0]), ["DOMAIN"]),
    ],
)
def test_a_level_set_is_proved(source: Any, codes: list[str]) -> None:
    _, faults = read_methodology(source)
    assert [fault.code for fault in faults] == codes


def test_numbers_are_read_as_they_were_printed() -> None:
    read, faults = read_methodology(tree_of(leaf("x", domain=[0.1, None], target=0.3)))
    assert faults == ()
    assert read is not None
    assert read.indicators[0].domain == (Decimal("0.1"), None)
    assert read.indicators[0].target == Decimal("0.3")


def test_a_method_without_parameters_reads_none() -> None:
    read, _ = read_methodology(tree_of(leaf("x", {"method": "borda"})))
    assert read is not None
    assert read.indicators[0].normalise.method is Method.BORDA
