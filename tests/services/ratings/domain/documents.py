"""Methodology documents and strategies that the domain's tests share."""

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from services.ratings.domain.methodology import Methodology
from services.ratings.domain.methodology_document import read_methodology

Document = dict[str, Any]

EVERY_NORMALISATION: tuple[Document, ...] = (
    {"method": "none"},
    {"method": "percent_of_max", "max": 128},
    {"method": "minmax"},
    {"method": "minmax", "low": 1, "high": 10},
    {"method": "goalposts", "low": 16, "high": 64},
    {"method": "zscore"},
    {"method": "zscore", "mean": 100, "sd": 10},
    {"method": "rank"},
    {"method": "percentile_rank"},
    {"method": "borda"},
    {"method": "distance_to_best"},
    {"method": "distance_to_target", "target": 80},
    {"method": "distance_to_target", "target": 40, "cap": True},
    {"method": "best_of_peers"},
)

EVERY_MEAN: tuple[Document, ...] = (
    {"method": "arithmetic"},
    {"method": "geometric"},
    {"method": "harmonic"},
    {"method": "power", "p": 2},
    {"method": "power", "p": -1.5},
    {"method": "power", "p": 0.25},
    {"method": "sum"},
    {"method": "minimum"},
)


def leaf(code: str, normalise: Document | None = None, **more: Any) -> Document:
    base = {"code": code, "title": code, "direction": "higher", "weight": 1}
    return base | {"normalise": normalise or {"method": "none"}} | more


def group(
    code: str, children: list[Document], method: Document | None = None, weight: float = 1
) -> Document:
    return {
        "code": code,
        "title": code,
        "weight": weight,
        "aggregate": method or {"method": "arithmetic"},
        "children": children,
    }


def document(tree: Document, **more: Any) -> Document:
    base: Document = {
        "programme": "trial",
        "version": "1",
        "title": "Проба",
        "peers": {"kind": "region", "group": "federal_district"},
        "tree": tree,
        "missing": {"policy": "skip", "min_coverage": 0},
        "rounding": {"mode": "half_up", "digits": 0},
        "rank_on": "unrounded",
    }
    return base | more


def printed(mode: str, digits: int) -> Document:
    """Return the members of a document that ranks on scores rounded for print."""
    return {"rounding": {"mode": mode, "digits": digits}, "rank_on": "published"}


def methodology(source: Document) -> Methodology:
    read, faults = read_methodology(source)
    assert faults == ()
    assert read is not None
    return read


def body(source: Document, rows: list[list[float | None]], groups: str = "") -> Document:
    """Return a preview body; `groups` has a letter a unit, a blank for no group."""
    named = groups.ljust(len(rows))
    units: list[Document] = [
        {"code": f"u{row}", "group": named[row]} if named[row] != " " else {"code": f"u{row}"}
        for row in range(len(rows))
    ]
    return {
        "methodology": source,
        "units": units,
        "indicators": codes_of(source["tree"]),
        "values": rows,
    }


def codes_of(node: Document) -> list[str]:
    """Return the codes of the leaves."""
    if "children" not in node:
        return [node["code"]]
    return [code for child in node["children"] for code in codes_of(child)]


@st.composite
def trees(draw: st.DrawFn, depth: int = 0, prefix: str = "n") -> Document:
    """Draw a tree of up to three levels with any rule at any node."""
    children = []
    for index in range(draw(st.integers(1, 4))):
        code = f"{prefix}{index}"
        if depth < 2 and draw(st.integers(0, 3)) == 0:
            child = draw(trees(depth + 1, code + "."))
        else:
            child = leaf(code, draw(st.sampled_from(EVERY_NORMALISATION)))
            if child["normalise"]["method"] != "none":
                child["direction"] = draw(st.sampled_from(["higher", "lower"]))
        child["weight"] = draw(st.sampled_from([0, 1, 1, 2, 0.5, 3.25]))
        children.append(child)
    if all(child["weight"] == 0 for child in children):
        children[0]["weight"] = 1
    return group(prefix, children, draw(st.sampled_from(EVERY_MEAN)))


VALUES = st.one_of(
    st.none(),
    st.sampled_from([0.0, 16.0, 50.0, 80.0, 128.0]),
    st.integers(0, 1280).map(lambda tenth: tenth / 10),
)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Document, list[list[float | None]]]:
    """Draw a methodology document and a table of values for up to nine units."""
    tree = draw(trees())
    policy = draw(st.sampled_from(["skip", "zero"]))
    missing = {"policy": policy, "min_coverage": draw(st.sampled_from([0, 0.5, 0.75, 1]))}
    width = len(codes_of(tree))
    row = st.lists(VALUES, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=1, max_size=9))
    return document(tree, missing=missing), rows


DOMAINS = st.sampled_from([None, [0, 128], [0, 128], [-4, 100], [16, 64], [None, 128], [0, None]])


@st.composite
def gappy_problems(draw: st.DrawFn) -> tuple[Document, list[list[float | None]]]:
    """Draw a problem whose leaves have domains and whose incomplete units may have no place."""
    source, rows = draw(problems())
    for one in leaves_of(source["tree"]):
        one["domain"] = draw(DOMAINS)
    missing = source["missing"] | {"places": draw(st.sampled_from(["all", "complete_only"]))}
    return source | {"missing": missing}, rows


def leaves_of(node: Document) -> list[Document]:
    """Return the leaves themselves."""
    if "children" not in node:
        return [node]
    return [leaf for child in node["children"] for leaf in leaves_of(child)]


def exact_rows(rows: list[list[float | None]]) -> list[list[Fraction | None]]:
    return [[None if x is None else Fraction(x) for x in row] for row in rows]


def members_of(groups: str, count: int) -> list[list[int]]:
    """Return the rows of each group of the first `count` units."""
    named = groups.ljust(count)[:count]
    return [
        [row for row, name in enumerate(named) if name == one] for one in sorted(set(named) - {" "})
    ]
