"""Inputs of `value_in_domain` and `place_order`."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from shared.figures.checks.bands import ends_of
from shared.figures.checks.grouping import group_by, of_concept, scope_of
from shared.figures.checks.scales import maxima_of, maximum_of
from shared.figures.claims import Claim, Concept
from shared.figures.document import SourceDocument
from shared.figures.reading import Printed, Reading
from shared.figures.rules.domains import place_order, value_in_domain
from shared.figures.rules.finding import Finding
from shared.figures.rules.ranks import Ranked

Ends = tuple[Fraction | None, Fraction | None]

DOMAINS: dict[Concept, Ends] = {
    Concept.INDEX: (Fraction(0), Fraction(100)),
    Concept.SCORE: (None, None),
    Concept.COUNT: (Fraction(0), None),
    Concept.SEATS: (Fraction(0), None),
    Concept.MAX: (Fraction(0), None),
    Concept.SHARE: (Fraction(0), None),
}


def check_domains(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Check every number against its domain, and places against the figures they rank."""
    maxima = maxima_of(readings)
    for reading in of_concept(readings, *DOMAINS):
        low, high = _domain(reading.claim, document)
        scored = reading.claim.concept is Concept.SCORE
        maximum = maximum_of(reading.claim, maxima) if scored else None
        for end in ends_of(reading):
            found = value_in_domain(end, low, high, maximum)
            if found is not None:
                yield found
    yield from _orders(readings)


def _domain(claim: Claim, document: SourceDocument) -> Ends:
    """Return the registered scale of a claim, else the domain of its concept."""
    for selector, scale in document.facts.scales:
        if selector.matches(claim):
            return scale.low, scale.high
    return DOMAINS[claim.concept]


def _orders(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Compare the places of a column with the indices, or else scores, of the same key."""
    values: dict[object, Printed] = {}
    for concept in (Concept.SCORE, Concept.INDEX):
        for reading in of_concept(readings, concept):
            if reading.printed is not None:
                values[_cell(reading.claim)] = reading.printed
    places = [r for r in of_concept(readings, Concept.PLACE) if r.place is not None]
    for column in group_by(places, lambda r: (*scope_of(r.claim), r.claim.key)).values():
        rows = {
            reading.claim.territory: (values[_cell(reading.claim)], Ranked(reading.claim, place))
            for reading in column
            if (place := reading.place) is not None and _cell(reading.claim) in values
        }
        found = place_order(list(rows.values()))
        if found is not None:
            yield found


def _cell(claim: Claim) -> object:
    return (*scope_of(claim), claim.territory, claim.key)
