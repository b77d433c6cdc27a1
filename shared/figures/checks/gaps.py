"""Inputs of `code_coverage`, `missing_vs_zero`, unreadable text, restated figures, assumptions."""

from collections import Counter
from collections.abc import Iterator, Sequence

from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import Note
from shared.figures.claims import Claim, Concept
from shared.figures.document import SourceDocument
from shared.figures.parse import Defect
from shared.figures.reading import Reading
from shared.figures.rules.finding import Finding, Json, Severity
from shared.figures.rules.gaps import (
    assumption,
    code_coverage,
    hedged_figure,
    missing_vs_zero,
    unreadable_figure,
)
from shared.figures.rules.place_limits import dangling_reference
from shared.figures.rules.restated import ambiguous_key, restated_figure
from shared.figures.selectors import Key, Selector, claim_part, key_without

COUNTRY = "ru"
SINGLE_VALUED = frozenset(
    {Concept.SCORE, Concept.INDEX, Concept.PLACE, Concept.GROUP_PLACE, Concept.MAX}
)
"""Concepts of which one subject has one value; courses and counts may share a key."""


def check_gaps(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Record every cell without a figure and every assumption of the source."""
    for reading in readings:
        if reading.mark is not None:
            yield missing_vs_zero(reading.claim, reading.mark)
    for stated in document.assumptions:
        yield assumption(stated)


def check_texts(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Record text that is no figure, and figures that words hedge."""
    del document
    for reading in readings:
        if isinstance(reading.value, Defect):
            yield unreadable_figure(reading.claim, reading.value)
        elif reading.hedged is not None:
            yield hedged_figure(reading.claim)


def check_coverage(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare the codes of the document with those it should speak of.

    The total of a list is no member that it lacks.
    """
    for selector, axis, codes in document.facts.expected:
        claims = [r.claim for r in readings.select(selector)]
        claims = [c for c in claims if claim_part(c, axis) is not None] or claims
        claims = [c for c in claims if claim_part(c, axis) != COUNTRY or COUNTRY in codes]
        if claims:
            yield code_coverage(axis, codes, claims, _among(selector))
            yield from _thin_columns(axis, codes, claims)


def check_references(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Report codes that their registries do not hold, one finding a code."""
    for axis, known in document.facts.references.items():
        named = group_by((r.claim for r in readings), lambda c: claim_part(c, axis))  # noqa: B023 -- used at once
        for code, claims in named.items():
            if code is not None and code not in known and code != COUNTRY:
                yield dangling_reference(axis, code, claims, "реестр")


def _among(selector: Selector) -> dict[str, Json]:
    concept = None if selector.concept is None else selector.concept.value
    return {**dict(selector.key), **({} if concept is None else {"concept": concept})}


def _thin_columns(axis: str, codes: Sequence[str], claims: Sequence[Claim]) -> Iterator[Note]:
    """Report every column that runs along most of a list and leaves some of it out.

    A list of several columns is not made whole by a code that is in one of them only; a code
    that none of them has is reported once, of all.
    """
    anywhere = {claim_part(claim, axis) for claim in claims} & set(codes)
    columns = group_by(claims, lambda c: (c.concept, scope_of(c), _rest_of_key(c, axis)))
    for (concept, (kind, scope), rest), column in columns.items():
        present = {claim_part(claim, axis) for claim in column} & set(codes)
        if len(columns) > 1 and len(codes) / 2 < len(present) < len(anywhere):
            among = {**dict(rest), kind: scope, "concept": concept.value}
            yield code_coverage(axis, codes, column, among)


def _rest_of_key(claim: Claim, axis: str) -> Key:
    """Return what else than the axis a column of claims has in common."""
    territory = () if axis == "territory" or claim.territory is None else (claim.territory,)
    return (*(("territory", code) for code in territory), *key_without(claim, axis))


def check_restated(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare what is printed in several places of the document for one and the same thing.

    Two rows of a table that differ in several figures are namesakes, not a misprint.
    """
    del document
    yield from _twins(readings)
    single = [
        r
        for r in readings.of_concept(*SINGLE_VALUED)
        if r.mark is None and r.claim.about("band") is None
    ]
    same = group_by(
        single, lambda r: (*scope_of(r.claim), r.claim.territory, r.claim.concept, r.claim.key)
    )
    judged = [(g, f) for g in same.values() if len(g) > 1 for f in restated_figure(g)]
    unlike = Counter(_rows(group) for group, f in judged if f.severity is Severity.CONTRADICTION)
    for group, finding in judged:
        rows = _rows(group)
        namesakes = rows is not None and unlike[rows] > 1
        yield ambiguous_key([r.claim for r in group]) if namesakes else finding


def _rows(group: Sequence[Reading]) -> tuple[str, tuple[int, ...]] | None:
    """Return the lines of one table a group is printed on: different rows; None if it is not."""
    lines = {r.claim.locator.line for r in group}
    tables = {r.claim.locator.table for r in group}
    numbers = tuple(sorted(line for line in lines if line is not None))
    table = next(iter(tables))
    apart = len(tables) == 1 and len(numbers) == len(group)
    return (table, numbers) if apart and table is not None else None


def _twins(readings: ReadingIndex) -> Iterator[Finding]:
    """Report counts of a table that have one key and different numbers: which is which is open."""
    counted = [
        r
        for r in readings.of_concept(Concept.COUNT, Concept.SHARE)
        if r.printed is not None and r.claim.locator.table is not None and r.claim.key
    ]
    same = group_by(counted, lambda r: (r.claim.locator.table, _thing(r.claim)))
    for group in same.values():
        if len({r.claim.raw.strip() for r in group}) > 1:
            yield ambiguous_key([r.claim for r in group])


def _thing(claim: Claim) -> tuple[object, ...]:
    return (*scope_of(claim), claim.territory, claim.concept, claim.key)
