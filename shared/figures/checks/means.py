"""Inputs of `parent_equals_mean` and `method_dependence`: the tree of indicators.

Who stands under whom is registered for the document, named by the claims (`parent` in their keys),
or said by the codes themselves (`trees`), in this order of trust, node by node.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from shared.figures.checks.bands import printed_levels
from shared.figures.checks.grouping import group_by, of_concept, scope_of
from shared.figures.checks.scales import score_pairs
from shared.figures.checks.trees import PARENT, Tree, leaves_of_total, levels_below, tree_of_codes
from shared.figures.claims import Concept
from shared.figures.decimals import RoundingMode
from shared.figures.document import SourceDocument, key_without
from shared.figures.reading import Printed, Reading
from shared.figures.rules.candidates import Maxima, Pair, maxima
from shared.figures.rules.finding import Finding, Severity
from shared.figures.rules.means import method_dependence, parent_equals_mean
from shared.figures.rules.precision import satisfiable
from shared.figures.rules.sums import part_whole_sum

PER_CENT = "%"
Figures = Mapping[str, Printed | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """The tree over one row of figures, and the parents whose children are stated, not guessed."""

    tree: Tree
    stated: frozenset[str]


def check_means(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Check each territory's indices or scores of one period against the tree of indicators."""
    nodes = [
        r
        for r in of_concept(readings, Concept.INDEX, Concept.SCORE)
        if r.claim.about("indicator") and not r.claim.about("band")
    ]
    rows = group_by(
        nodes,
        lambda r: (
            *scope_of(r.claim),
            r.claim.territory,
            in_per_cent(r),
            key_without(r.claim, "indicator", PARENT),
        ),
    )
    pairs_of = {pair.percent.claim: pair for pair in score_pairs(nodes)}
    for row in rows.values():
        figures: dict[str, Printed | None] = {}
        for reading in row:
            code = reading.claim.about("indicator") or ""
            figures[code] = figures.get(code) or reading.printed
        shape = _shape(row, figures, document)
        for parent, finding in _parents(figures, shape):
            pairs = [pairs_of[claim] for claim in finding.claims if claim in pairs_of]
            whole = len(pairs) == len(finding.claims) and parent not in shape.stated
            contradicted = finding.severity is Severity.CONTRADICTION
            if not (contradicted and whole and per_cents_of_sums(pairs)):
                yield finding
        yield from _methods(figures, shape.tree, readings, row, document)


def in_per_cent(reading: Reading) -> bool:
    """Tell whether a figure is a per cent: an index, or a score printed with its sign."""
    return reading.claim.concept is Concept.INDEX or PER_CENT in reading.claim.raw


def per_cents_of_sums(pairs: Sequence[Pair]) -> bool:
    """Tell whether a parent's index is the per cent of its children's summed scores and maxima.

    It is then their mean only where the maxima are equal. `pairs` are the parent's and then the
    children's scores with their indices.
    """
    parent, *children = pairs
    summed = sum((pair.score.exact for pair in children), Fraction(0))

    def adds_up(mode: RoundingMode) -> bool:
        allowed = [maxima(pair, mode) for pair in children]
        if any(found.empty for found in allowed):
            return False
        lasts = [found.last for found in allowed if found.last is not None]
        last = sum(lasts) if len(lasts) == len(allowed) else None
        together = Maxima(sum(found.first for found in allowed), last)
        return not together.meet(maxima(parent, mode)).empty

    return summed == parent.score.exact and bool(satisfiable(adds_up))


def _shape(row: Sequence[Reading], figures: Figures, document: SourceDocument) -> Shape:
    registered = {
        parent: list(children)
        for selector, parent, children in document.facts.trees
        if any(selector.matches(reading.claim) for reading in row)
    }
    named = group_by(
        (code for code in figures if _parent(row, code)), lambda code: _parent(row, code) or ""
    )
    stated = {**named, **registered}
    return Shape({**tree_of_codes(list(figures)), **stated}, frozenset(stated))


def _parent(row: Sequence[Reading], code: str) -> str | None:
    said = (r.claim.about(PARENT) for r in row if r.claim.about("indicator") == code)
    return next((parent for parent in said if parent not in (None, code)), None)


def _parents(figures: Figures, shape: Shape) -> Iterator[tuple[str, Finding]]:
    """Check every parent whose children are all printed.

    Unless its children are stated, a parent may be the mean of the nodes of any level below it:
    it is contradicted only if all those levels are printed whole and it can be the mean of none.
    """
    for parent, children in shape.tree.items():
        printed = figures.get(parent)
        if printed is None:
            continue
        stated = parent in shape.stated
        ways = [children] if stated else levels_below(children, shape.tree)
        below = [_all_printed(figures, way) for way in ways]
        findings = [_finding(printed, way, stated=stated) for way in below if way]
        holding = [f for f in findings if f.severity is Severity.CONSISTENT]
        if holding or len(findings) == len(ways):
            yield parent, (holding or findings)[0]
    for total, leaves in leaves_of_total(list(figures), shape.tree).items():
        whole, below_it = figures.get(total), _all_printed(figures, leaves)
        if whole is not None and below_it:
            yield total, _finding(whole, below_it, stated=False)


def _finding(parent: Printed, children: Sequence[Printed], *, stated: bool) -> Finding:
    """Judge one parent; a score may be the sum of its parts as well as their mean.

    How a score is made up only a stated tree says: without one, neither is implausible.
    """
    if parent.claim.concept is Concept.INDEX or PER_CENT in parent.claim.raw:
        return parent_equals_mean(parent, children)
    summed = part_whole_sum(parent, children)
    if summed.severity is Severity.CONSISTENT:
        return summed
    found = parent_equals_mean(parent, children, (Fraction(0), None))
    proved = stated or found.severity is Severity.CONSISTENT
    return found if proved else replace(found, severity=Severity.IMPLAUSIBLE)


def _methods(
    figures: Figures,
    tree: Tree,
    readings: Sequence[Reading],
    row: Sequence[Reading],
    document: SourceDocument,
) -> Iterator[Finding]:
    """Compare both orders of rounding wherever two printed levels stand under a node."""
    for children in tree.values():
        blocks = _all_printed(figures, children)
        leaves = [_all_printed(figures, tree.get(child, ())) for child in children]
        if len(blocks) > 1 and all(leaves) and in_per_cent(row[0]):
            bands = printed_levels(readings, scope_of(row[0].claim), document)
            yield method_dependence(list(zip(blocks, leaves, strict=True)), bands)


def _all_printed(figures: Figures, codes: Sequence[str]) -> list[Printed]:
    """Return the figures of all the codes, or none if one of them is not there."""
    found = [figures.get(code) for code in codes]
    printed = [figure for figure in found if figure is not None]
    return printed if len(printed) == len(codes) else []
