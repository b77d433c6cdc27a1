"""Inputs of `relation`: registered relations, and min ≤ mean ≤ max by the contract's keys."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Note
from shared.figures.claims import Claim, Concept
from shared.figures.conventions import MissingTerm, Operator, Relation
from shared.figures.document import SourceDocument
from shared.figures.reading import Reading
from shared.figures.rules.finding import Finding, Severity, subject_of
from shared.figures.rules.relations import Weighted, relation_holds
from shared.figures.selectors import claim_part, key_without

MEASURE = "measure"
ORDER = (
    ("min", "minimum", "lowest"),
    ("mean", "average", "avg"),
    ("max", "maximum", "highest"),
)
"""Measures of one population in their order: the least, the mean, the greatest."""
Joined = tuple[str, ...]


def check_relations(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check every registered relation, once for every value of its joined parts."""
    for relation in document.facts.relations:
        terms = _terms(readings, relation)
        joined = {_join(r.claim, relation) for group in terms for r in group}
        by_join = [group_by(group, lambda r: _join(r.claim, relation)) for group in terms]  # noqa: B023 -- used at once
        for key in sorted(joined):
            yield from _judge(relation, [group.get(key, []) for group in by_join])
        if not joined:
            yield MissingInput("relation", f"отношение «{relation.code}» не нашло ни одного числа")


def _terms(readings: ReadingIndex, relation: Relation) -> list[list[Reading]]:
    """Return the readings of each term; a claim of several terms is of the most specific one."""
    terms = [*relation.left, *relation.right]
    owner: dict[Claim, int] = {}
    for place in sorted(range(len(terms)), key=lambda i: -terms[i].select.size):
        for reading in readings.select(terms[place].select):
            owner.setdefault(reading.claim, place)
    return [
        [r for r in readings.select(term.select) if owner[r.claim] == place]
        for place, term in enumerate(terms)
    ]


def _join(claim: Claim, relation: Relation) -> Joined:
    return tuple(claim_part(claim, name) or "" for name in relation.join)


def _judge(relation: Relation, groups: Sequence[Sequence[Reading]]) -> Iterator[Note]:
    terms = [*relation.left, *relation.right]
    absent = any(not group or any(r.printed is None for r in group) for group in groups)
    if absent and relation.missing is MissingTerm.SKIP:
        yield MissingInput("relation", f"не все числа отношения «{relation.code}» напечатаны")
        return
    if absent and relation.missing is MissingTerm.REFUSE:
        yield from _refused(relation, groups)
        return
    weighted = []
    for place, (term, group) in enumerate(zip(terms, groups, strict=True)):
        left = place < len(relation.left)
        sign = 1 if left else -1
        weighted += [
            Weighted(sign * term.coefficient, r.printed, left)
            for r in group
            if r.printed is not None
        ]
    if weighted:
        yield relation_holds(relation.code, relation.operator, weighted)


def _refused(relation: Relation, groups: Sequence[Sequence[Reading]]) -> Iterator[Finding]:
    claims = tuple(r.claim for group in groups for r in group)
    if claims:
        yield Finding(
            rule="relation",
            severity=Severity.INCOMPLETE,
            text=f"Отношение «{relation.code}» не проверено: не все его числа напечатаны.",
            subject={**subject_of(claims), "relation": relation.code},
            claims=claims,
            recomputed={"default": "not_checked"},
        )


def check_measures(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check min ≤ mean ≤ max of one key, as its measures are defined."""
    del document
    places = {name: place for place, names in enumerate(ORDER) for name in names}
    measured = [
        r
        for r in readings.of_concept(Concept.SCORE, Concept.INDEX, Concept.SHARE, Concept.COUNT)
        if (r.claim.about(MEASURE) or "").lower() in places and r.printed is not None
    ]
    same = group_by(
        measured,
        lambda r: (
            scope_of(r.claim),
            r.claim.territory,
            r.claim.concept,
            key_without(r.claim, MEASURE),
        ),
    )
    for group in same.values():
        ordered = {places[(r.claim.about(MEASURE) or "").lower()]: r for r in group}
        for (_, low), (_, high) in pairwise(sorted(ordered.items())):
            yield from _at_most(low, high)


def _at_most(low: Reading, high: Reading) -> Iterator[Finding]:
    if low.printed is not None and high.printed is not None:
        one = Fraction(1)
        terms = [Weighted(one, low.printed, left=True), Weighted(-one, high.printed, left=False)]
        yield relation_holds("min_mean_max", Operator.AT_MOST, terms)
