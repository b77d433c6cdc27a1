"""Inputs of `code_coverage`, `missing_vs_zero`, unreadable text, restated figures, assumptions."""

from collections.abc import Iterator, Sequence

from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.claims import Claim, Concept
from shared.figures.document import Key, Selector, SourceDocument, claim_part, key_without
from shared.figures.parse import Defect
from shared.figures.reading import Reading
from shared.figures.rules.finding import Finding, Json
from shared.figures.rules.gaps import (
    assumption,
    code_coverage,
    missing_vs_zero,
    unreadable_figure,
)
from shared.figures.rules.restated import restated_figure

COUNTRY = "ru"
SINGLE_VALUED = frozenset(
    {Concept.SCORE, Concept.INDEX, Concept.PLACE, Concept.GROUP_PLACE, Concept.MAX}
)
"""Concepts of which one subject has one value; courses and counts may share a key."""


def check_gaps(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Record every cell without a figure, unread text, gap of a list, and assumption."""
    for reading in readings:
        if reading.mark is not None:
            yield missing_vs_zero(reading.claim, reading.mark)
        if isinstance(reading.value, Defect):
            yield unreadable_figure(reading.claim, reading.value)
    for selector, axis, codes in document.facts.expected:
        claims = [r.claim for r in readings if selector.matches(r.claim)]
        claims = [c for c in claims if claim_part(c, axis) is not None] or claims
        claims = [c for c in claims if claim_part(c, axis) != COUNTRY or COUNTRY in codes]
        if claims:
            yield code_coverage(axis, codes, claims, _among(selector))
            yield from _thin_columns(axis, codes, claims)
    for stated in document.assumptions:
        yield assumption(stated)
    yield from _restated(readings)


def _among(selector: Selector) -> dict[str, Json]:
    concept = None if selector.concept is None else selector.concept.value
    return {**dict(selector.key), **({} if concept is None else {"concept": concept})}


def _thin_columns(axis: str, codes: Sequence[str], claims: Sequence[Claim]) -> Iterator[Finding]:
    """Report every column that runs along most of a list and leaves some of it out.

    A list of several columns is not made whole by a code that stands in one of them only; a code
    that none of them has is told once, of all.
    """
    anywhere = {claim_part(claim, axis) for claim in claims} & set(codes)
    columns = group_by(claims, lambda c: (c.concept, scope_of(c), _beside(c, axis)))
    for (concept, (kind, scope), beside), column in columns.items():
        present = {claim_part(claim, axis) for claim in column} & set(codes)
        if len(columns) > 1 and len(codes) / 2 < len(present) < len(anywhere):
            among = {**dict(beside), kind: scope, "concept": concept.value}
            yield code_coverage(axis, codes, column, among)


def _beside(claim: Claim, axis: str) -> Key:
    """Return what else than the axis a column of claims has in common."""
    territory = () if axis == "territory" or claim.territory is None else (claim.territory,)
    return (*(("territory", code) for code in territory), *key_without(claim, axis))


def _restated(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Compare what is printed in several places of the document for one and the same thing."""
    single = [
        r
        for r in readings
        if r.claim.concept in SINGLE_VALUED and r.mark is None and r.claim.about("band") is None
    ]
    same = group_by(
        single, lambda r: (*scope_of(r.claim), r.claim.territory, r.claim.concept, r.claim.key)
    )
    for group in same.values():
        if len(group) > 1:
            yield from restated_figure(group)
