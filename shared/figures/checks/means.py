"""Inputs of `parent_equals_mean` and `method_dependence`: the tree of indicators.

How a parent follows from its children is stated by a registered tree. Keys may name a parent, and
codes may look like a tree; neither says how the parent is made: then a mean, a weighted mean and a
sum are all admissible.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from shared.figures.checks.bands import printed_levels
from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.checks.guessed_means import Relation, likely_means
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Note
from shared.figures.checks.scales import score_pairs
from shared.figures.checks.trees import PARENT, Tree, leaves_of_total, levels_below, tree_of_codes
from shared.figures.claims import Claim, Concept
from shared.figures.conventions import Tree as StatedTree
from shared.figures.decimals import RoundingMode
from shared.figures.document import SourceDocument
from shared.figures.levels import BandSet
from shared.figures.reading import Printed, Reading
from shared.figures.rules.candidates import Maxima, Pair, maxima
from shared.figures.rules.finding import Finding, Guess, Severity
from shared.figures.rules.means import (
    method_dependence,
    parent_equals_mean,
    parent_follows,
    within_children,
)
from shared.figures.rules.precision import satisfiable
from shared.figures.selectors import key_without

PER_CENT = "%"
Figures = Mapping[str, Printed | None]
RowKey = tuple[object, ...]
METHOD = Guess(
    "Не заявлено, как узел получен из составляющих: среднее, взвешенное или сумма.", "tree"
)
CODES = Guess("Составляющие узла взяты по кодам, узел сочтён их средним.", "tree")


@dataclass(frozen=True, slots=True)
class Row:
    """Figures of one territory and period by the code of their indicator, with their trees."""

    figures: Figures
    readings: tuple[Reading, ...]
    stated: Mapping[str, StatedTree]
    named: Tree
    coded: Tree

    @property
    def tree(self) -> Tree:
        """Parent → children, by the most trusted source of each parent."""
        registered = {parent: tree.children for parent, tree in self.stated.items()}
        return {**self.coded, **self.named, **registered}


def check_means(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check each territory's indices or scores of one period against the tree of indicators."""
    rows = _rows(readings, document)
    for row in rows:
        for parent, tree in row.stated.items():
            yield from _stated(row, parent, tree)
        for parent, children in row.named.items():
            yield from _named(row, parent, children)
    yield from _coded(readings, rows)


def check_methods(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare both orders of rounding wherever two printed levels are under a node."""
    levels: dict[tuple[str, str], BandSet | None] = {}
    for row in _rows(readings, document):
        scope = scope_of(row.readings[0].claim)
        tree = row.tree
        for parent, children in tree.items():
            blocks = _all_printed(row.figures, children)
            leaves = [_all_printed(row.figures, tree.get(child, ())) for child in children]
            if len(blocks) > 1 and all(leaves) and in_per_cent(row.readings[0]):
                if scope not in levels:
                    levels[scope] = printed_levels(readings, scope, document)
                pairs = list(zip(blocks, leaves, strict=True))
                yield method_dependence(pairs, levels[scope], row.figures.get(parent))


def in_per_cent(reading: Reading) -> bool:
    """Tell whether a figure is a per cent: an index, or a score printed with its sign."""
    return reading.claim.concept is Concept.INDEX or PER_CENT in reading.claim.raw


def _rows(readings: ReadingIndex, document: SourceDocument) -> list[Row]:
    nodes = [
        r
        for r in readings.of_concept(Concept.INDEX, Concept.SCORE)
        if r.claim.about("indicator") and not r.claim.about("band")
    ]
    stated: dict[RowKey, dict[str, StatedTree]] = {}
    for tree in document.facts.trees:
        for reading in readings.select(tree.selector):
            stated.setdefault(_row_key(reading), {}).setdefault(tree.parent, tree)
    return [
        _row(members, stated.get(key, {})) for key, members in group_by(nodes, _row_key).items()
    ]


def _row_key(reading: Reading) -> RowKey:
    claim = reading.claim
    rest = key_without(claim, "indicator", PARENT)
    return (*scope_of(claim), claim.territory, in_per_cent(reading), rest)


def _row(members: Sequence[Reading], registered: Mapping[str, StatedTree]) -> Row:
    figures: dict[str, Printed | None] = {}
    named: dict[str, list[str]] = {}
    for reading in members:
        code = reading.claim.about("indicator") or ""
        figures[code] = figures.get(code) or reading.printed
        parent = reading.claim.about(PARENT)
        if parent is not None and parent != code and code not in named.setdefault(parent, []):
            named[parent].append(code)
    named = {parent: below for parent, below in named.items() if parent not in registered}
    coded = {
        parent: children
        for parent, children in tree_of_codes(list(figures)).items()
        if parent not in registered and parent not in named
    }
    return Row(figures, tuple(members), registered, named, coded)


def _stated(row: Row, parent: str, tree: StatedTree) -> Iterator[Note]:
    printed, children = row.figures.get(parent), _all_printed(row.figures, tree.children)
    if printed is not None and children:
        yield parent_follows(printed, children, tree)
    else:
        yield MissingInput("parent_equals_mean", "не все узлы заявленного дерева напечатаны")


def _named(row: Row, parent: str, children: Sequence[str]) -> Iterator[Note]:
    """Judge a parent that keys name: only what no mean, weighted mean or sum gives is a proof."""
    printed, below = row.figures.get(parent), _all_printed(row.figures, children)
    if printed is None or not below:
        return
    found = parent_equals_mean(printed, below, None)
    if found.severity is Severity.CONSISTENT:
        yield found
    elif within_children(printed, below):
        yield open_method(found)
    else:
        yield replace(found, assumes=(METHOD,))


def _coded(readings: ReadingIndex, rows: Sequence[Row]) -> Iterator[Note]:
    """Judge the parents that only codes name, all rows of the document together.

    A failure is implausible where no weights could make it, or where one cell explains a whole row
    and the means hold elsewhere.
    """
    pairs_of = {pair.percent.claim: pair for pair in score_pairs(readings)}
    judged = [_guessed(row, pairs_of) for row in rows]
    likely = likely_means(judged)
    for relation in (relation for relations in judged for relation in relations):
        outside = not within_children(relation.parent, relation.children)
        if relation.holds:
            yield relation.finding
        elif outside or relation.finding.id in likely:
            yield replace(relation.finding, severity=Severity.IMPLAUSIBLE, assumes=(CODES,))
        else:
            yield open_method(relation.finding)


def open_method(found: Finding) -> Finding:
    """Return a failed mean as what it may be: a node made in a way nobody states."""
    verdict = ": ни при каком правиле округления не сходится."
    told = found.text.removesuffix(verdict)
    return replace(
        found,
        severity=Severity.HAZARD,
        text=f"{told}; узел может быть взвешенным средним или получен иначе: способ не заявлен.",
        repairs=(),
        assumes=(METHOD,),
    )


def _guessed(row: Row, pairs_of: Mapping[Claim, Pair]) -> list[Relation]:
    """Judge every parent whose children are all printed; it may be the mean of any level below."""
    relations = []
    for parent, children in row.coded.items():
        printed = row.figures.get(parent)
        if printed is None:
            continue
        ways = levels_below(children, row.coded)
        below = [found for way in ways if (found := _all_printed(row.figures, way))]
        if below:
            relations.append(_best(printed, below, pairs_of))
    for total, leaves in leaves_of_total(list(row.figures), row.coded).items():
        whole, below_it = row.figures.get(total), _all_printed(row.figures, leaves)
        if whole is not None and below_it:
            relations.append(_best(whole, [below_it], pairs_of))
    return relations


def _best(
    parent: Printed, ways: Sequence[Sequence[Printed]], pairs_of: Mapping[Claim, Pair]
) -> Relation:
    found = [Relation(parent, tuple(way), parent_equals_mean(parent, way, None)) for way in ways]
    holding = [relation for relation in found if relation.holds]
    if holding:
        return holding[0]
    first = found[0]
    pairs = [pairs_of[claim] for claim in first.finding.claims if claim in pairs_of]
    summed = len(pairs) == len(first.finding.claims) and per_cents_of_sums(pairs)
    added = sum((child.exact for child in first.children), Fraction(0)) == parent.exact
    if summed or added:
        return replace(first, finding=replace(first.finding, severity=Severity.CONSISTENT))
    return first


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


def _all_printed(figures: Figures, codes: Sequence[str]) -> list[Printed]:
    """Return the figures of all the codes, or none if one of them is not there."""
    found = [figures.get(code) for code in codes]
    printed = [figure for figure in found if figure is not None]
    return printed if len(printed) == len(codes) else []
