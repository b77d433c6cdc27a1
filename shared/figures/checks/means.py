"""Inputs of `parent_equals_mean` and `method_dependence`: the tree of indicators.

A registered tree is taken as it is. Where none is, codes say it: 1.1 is a child of 1, or of the
Roman I where that is what is printed, and `total` stands over the nodes without a parent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from shared.figures.checks.bands import printed_levels
from shared.figures.checks.grouping import by, of_concept, scope_of
from shared.figures.claims import Concept
from shared.figures.document import Document, without
from shared.figures.reading import Printed, Reading
from shared.figures.rules.finding import Finding, Severity
from shared.figures.rules.means import method_dependence, parent_equals_mean
from shared.figures.rules.sums import part_whole_sum

ROOT = "total"
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6", "VII": "7",
          "VIII": "8", "IX": "9", "X": "10"}  # fmt: skip

Tree = Mapping[str, Sequence[str]]


def check_means(readings: Sequence[Reading], document: Document) -> Iterator[Finding]:
    """Check each territory's indices or scores of one period against the tree of indicators."""
    nodes = [
        r
        for r in of_concept(readings, Concept.INDEX, Concept.SCORE)
        if r.claim.about("indicator") and not r.claim.about("band")
    ]
    rows = by(
        nodes,
        lambda r: (
            *scope_of(r.claim),
            r.claim.territory,
            r.claim.concept,
            without(r.claim, "indicator"),
        ),
    )
    for row in rows.values():
        figures: dict[str, Printed | None] = {}
        for reading in row:
            code = reading.claim.about("indicator") or ""
            figures[code] = figures.get(code) or reading.printed
        registered = _registered(row, document)
        tree = registered or tree_of_codes(list(figures))
        yield from _parents(figures, tree, registered=bool(registered))
        yield from _methods(figures, tree, readings, row, document)


def tree_of_codes(codes: Sequence[str]) -> dict[str, list[str]]:
    """Return parent → children as the codes say, children in their order and without holes.

    A parent whose numbered children begin not with 1 or skip a number is left out: the table is
    not whole.
    """
    numbered = {_ROMAN.get(code, code): code for code in codes}
    children: dict[str, list[tuple[int, str]]] = {}
    for number, code in numbered.items():
        head, _, last = number.rpartition(".")
        if head in numbered and last.isdecimal():
            children.setdefault(numbered[head], []).append((int(last), code))
    tree = {
        parent: [code for _, code in sorted(found)]
        for parent, found in children.items()
        if sorted(position for position, _ in found) == list(range(1, len(found) + 1))
        and len(found) > 1
    }
    below = {code for found in children.values() for _, code in found}
    roots = [code for code in codes if code in children and code not in below]
    if len(roots) > 1 and all(root in tree for root in roots):
        tree[ROOT] = roots
    return tree


def _registered(row: Sequence[Reading], document: Document) -> dict[str, list[str]]:
    return {
        parent: list(children)
        for selector, parent, children in document.facts.trees
        if any(selector.matches(reading.claim) for reading in row)
    }


def _parents(
    figures: Mapping[str, Printed | None], tree: Tree, *, registered: bool
) -> Iterator[Finding]:
    """Check every parent whose children are all printed.

    Unless a tree is registered, a total may be the mean of the blocks or of all the leaves:
    it is contradicted only if both are printed whole and it can be neither.
    """
    for parent, children in tree.items():
        printed = figures.get(parent)
        if printed is None:
            continue
        ways = [children]
        if parent == ROOT and not registered:
            ways.append([leaf for child in children for leaf in tree[child]])
        below = [_all_printed(figures, way) for way in ways]
        findings = [_finding(printed, way, registered=registered) for way in below if way]
        holding = [f for f in findings if f.severity is Severity.CONSISTENT]
        if holding or len(findings) == len(ways):
            yield (holding or findings)[0]


def _finding(parent: Printed, children: Sequence[Printed], *, registered: bool) -> Finding:
    """Judge one parent; a score may be the sum of its parts as well as their mean.

    How a score is made up only a registered tree says: without one, neither is implausible.
    """
    if parent.claim.concept is Concept.INDEX:
        return parent_equals_mean(parent, children)
    summed = part_whole_sum(parent, children)
    if summed.severity is Severity.CONSISTENT:
        return summed
    found = parent_equals_mean(parent, children, (Fraction(0), None))
    proved = registered or found.severity is Severity.CONSISTENT
    return found if proved else replace(found, severity=Severity.IMPLAUSIBLE)


def _methods(
    figures: Mapping[str, Printed | None],
    tree: Tree,
    readings: Sequence[Reading],
    row: Sequence[Reading],
    document: Document,
) -> Iterator[Finding]:
    """Compare both orders of rounding wherever two printed levels stand under a node."""
    for children in tree.values():
        blocks = _all_printed(figures, children)
        leaves = [_all_printed(figures, tree.get(child, ())) for child in children]
        if len(blocks) > 1 and all(leaves) and blocks[0].claim.concept is Concept.INDEX:
            bands = printed_levels(readings, scope_of(row[0].claim), document)
            yield method_dependence(list(zip(blocks, leaves, strict=True)), bands)


def _all_printed(figures: Mapping[str, Printed | None], codes: Sequence[str]) -> list[Printed]:
    """Return the figures of all the codes, or none if one of them is not there."""
    found = [figures.get(code) for code in codes]
    printed = [figure for figure in found if figure is not None]
    return printed if len(printed) == len(codes) else []
