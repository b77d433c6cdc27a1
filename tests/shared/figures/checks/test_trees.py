"""What codes, keys and facts say about who stands under whom, and what follows for the figures."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.figures.checks import check_document
from shared.figures.checks.trees import leaves_of_total, levels_below, tree_of_codes
from shared.figures.claims import Claim, Concept
from shared.figures.conventions import Tree
from shared.figures.decimals import RoundingMode
from shared.figures.document import Facts, Selector, SourceDocument
from shared.figures.rules.finding import Severity
from tests.harness.properties import examples
from tests.shared.figures.claim_builders import claim, printed_text

MODES = st.sampled_from(list(RoundingMode))


def means(*claims: Claim, facts: Facts | None = None) -> list[Severity]:
    found = check_document(SourceDocument("d", claims, facts or Facts()))
    return [f.severity for f in found if f.rule == "parent_equals_mean"]


def index(code: str, raw: str, concept: str = "index", parent: str | None = None) -> Claim:
    return claim(concept, raw, territory="08000000", indicator=code, period="2022", parent=parent)


def test_codes_say_the_tree() -> None:
    codes = ["I", "1.1", "1.2", "II", "2.1", "2.2", "total"]
    assert tree_of_codes(codes) == {"I": ["1.1", "1.2"], "II": ["2.1", "2.2"], "total": ["I", "II"]}
    assert tree_of_codes(["1", "1.1", "1.2", "1.1.1", "1.1.2"]) == {
        "1": ["1.1", "1.2"],
        "1.1": ["1.1.1", "1.1.2"],
    }
    assert tree_of_codes(["A", "A.1", "A.2"]) == {"A": ["A.1", "A.2"]}


def test_a_tree_with_a_hole_is_not_whole() -> None:
    assert tree_of_codes(["1", "1.1", "1.3"]) == {}
    assert tree_of_codes(["1", "1.2", "1.3"]) == {}
    assert tree_of_codes(["1", "1.1"]) == {}
    assert tree_of_codes(["russian.mean", "russian.takers"]) == {}


def test_roman_heads_are_read_with_their_own_children() -> None:
    assert tree_of_codes(["I", "I.1", "I.2", "II", "II.1", "II.2"]) == {
        "I": ["I.1", "I.2"],
        "II": ["II.1", "II.2"],
        "total": ["I", "II"],
    }


def test_blocks_without_directions_stand_under_the_total() -> None:
    assert tree_of_codes(["total", "II", "I"]) == {"total": ["I", "II"]}
    assert tree_of_codes(["1", "2", "3", "Итого"]) == {"Итого": ["1", "2", "3"]}
    assert tree_of_codes(["1", "3", "total"]) == {}
    assert tree_of_codes(["1", "2", "conditions", "total"]) == {}
    assert tree_of_codes(["russian", "physics", "total"]) == {}


def test_directions_without_blocks_stand_under_the_total() -> None:
    leaves = ["1.1", "1.2", "2.1", "2.2"]
    assert leaves_of_total([*leaves, "total"], {}) == {"total": leaves}
    for unequal_or_holed in (leaves[:3], ["1.1", "1.2", "3.1", "3.2"], ["1.1", "1.2"]):
        assert leaves_of_total([*unequal_or_holed, "total"], {}) == {}
    assert leaves_of_total([*leaves, "I", "total"], {}) == {}


def test_levels_replace_every_parent_at_once() -> None:
    tree = {"total": ["1", "2"], "1": ["1.1", "1.2"], "1.1": ["1.1.1", "1.1.2"]}
    assert levels_below(tree["total"], tree) == [
        ["1", "2"],
        ["1.1", "1.2", "2"],
        ["1.1.1", "1.1.2", "1.2", "2"],
    ]


@pytest.mark.parametrize(
    ("cells", "severity"),
    [
        ({"I": "83", "II": "76", "total": "80"}, Severity.CONSISTENT),
        ({"I": "83", "II": "76", "total": "90"}, Severity.IMPLAUSIBLE),
        ({"1.1": "80", "1.2": "60", "2.1": "70", "2.2": "50", "total": "65"}, Severity.CONSISTENT),
        ({"1.1": "80", "1.2": "60", "2.1": "70", "2.2": "50", "total": "67"},
         Severity.HAZARD),
        ({"I": "70", "I.1": "80", "I.2": "40"}, Severity.HAZARD),
    ],
)  # fmt: skip
def test_a_total_is_the_mean_of_what_is_printed_below_it(
    cells: dict[str, str], severity: Severity
) -> None:
    assert means(*(index(code, raw) for code, raw in cells.items())) == [severity]


def test_the_order_of_rounding_matters_though_no_total_is_printed() -> None:
    cells = {"I": "83", "1.1": "82", "1.2": "83", "II": "76", "2.1": "75", "2.2": "76"}
    claims = [index(code, raw) for code, raw in cells.items()]
    (found,) = [
        f
        for f in check_document(SourceDocument("d", tuple(claims)))
        if f.rule == "method_dependence"
    ]
    assert isinstance(found.recomputed, dict)
    assert found.recomputed["by_leaves"] == {
        "value": "79", "published": "79", "level": None, "possible": [],
    }  # fmt: skip
    assert found.severity is Severity.HAZARD


def test_a_score_printed_in_per_cent_is_an_index() -> None:
    cells = {"I": "70 %", "1.1": "80 %", "1.2": "40 %"}
    assert means(*(index(code, raw, "score") for code, raw in cells.items())) == [Severity.HAZARD]


def test_a_key_may_name_the_parent() -> None:
    below = [index("conditions", "40", parent="quality"), index("results", "60", parent="quality")]
    assert means(index("quality", "50"), *below) == [Severity.CONSISTENT]
    assert means(index("quality", "57"), *below) == [Severity.HAZARD]
    assert means(index("quality", "70"), *below) == [Severity.CONTRADICTION]


def test_a_registered_node_leaves_the_others_to_their_codes() -> None:
    cells = [index(c, raw) for c, raw in (("x", "5"), ("y", "5"), ("z", "5"))]
    block = [index(c, raw) for c, raw in (("1", "95"), ("1.1", "40"), ("1.2", "50"))]
    facts = Facts(trees=(Tree(Selector(Concept.INDEX), "x", ("y", "z")),))
    assert set(means(*cells, *block, facts=facts)) == {Severity.CONSISTENT, Severity.IMPLAUSIBLE}


@examples(100)
@given(
    blocks=st.lists(
        st.lists(st.integers(0, 100_000), min_size=2, max_size=4), min_size=2, max_size=3
    ),
    mode=MODES,
    shown=st.sets(st.sampled_from(["blocks", "leaves"]), min_size=1),
    by_leaves=st.booleans(),
)
def test_true_means_are_never_contradicted(
    blocks: list[list[int]], mode: RoundingMode, shown: set[str], by_leaves: bool
) -> None:
    """A total may be the mean of its blocks or of all directions; either is printed and holds."""
    leaves = [[Fraction(value, 1000) for value in block] for block in blocks]
    averages = [sum(block, Fraction(0)) / len(block) for block in leaves]
    several = [value for block in leaves for value in block]
    over = several if by_leaves and shown == {"leaves", "blocks"} else averages
    cells = {"total": sum(over, Fraction(0)) / len(over)}
    if "blocks" in shown:
        cells |= {("I", "II", "III")[i]: value for i, value in enumerate(averages)}
    if "leaves" in shown:
        cells |= {
            f"{i + 1}.{j + 1}": value
            for i, block in enumerate(leaves)
            for j, value in enumerate(block)
        }
    claims = [index(code, printed_text(value, 0, mode)) for code, value in cells.items()]
    assert Severity.CONTRADICTION not in means(*claims)
