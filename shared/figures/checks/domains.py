"""Inputs of `value_in_domain` and `place_order`."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from shared.figures.checks.bands import ends_of
from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import Note
from shared.figures.checks.ranks import GROUP, label_of
from shared.figures.checks.scales import maxima_of, maximum_of
from shared.figures.claims import Claim, Concept
from shared.figures.document import SourceDocument
from shared.figures.places import Place
from shared.figures.reading import Printed, Reading
from shared.figures.rules.band_domain import Scale
from shared.figures.rules.domains import value_in_domain, within_maximum
from shared.figures.rules.finding import Guess
from shared.figures.rules.place_order import place_order
from shared.figures.rules.ranks import Ranked
from shared.figures.selectors import key_without

Ends = tuple[Fraction | None, Fraction | None]

DOMAINS: Mapping[Concept, Ends] = {
    Concept.INDEX: (None, None),
    Concept.SCORE: (None, None),
    Concept.COUNT: (Fraction(0), None),
    Concept.SEATS: (Fraction(0), None),
    Concept.MAX: (Fraction(0), None),
    Concept.SHARE: (Fraction(0), None),
}
"""What a concept alone proves: an index may be one of growth, a share a coverage above 100."""
HUNDRED = Fraction(100)
FEW = 3
OF_GROWTH = frozenset({"growth", "growth_rate", "increase", "change", "difference"})
CHANGES = frozenset({"change", "difference", "increase"})
"""Measures whose figures may be negative."""
BOUNDED = Guess("Индекс сочтён ограниченным 100: таковы все остальные индексы графы.", "domain")


def check_domains(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check every number against its stated domain, else against that of its concept."""
    maxima = maxima_of(readings)
    stated = readings.assign([*document.facts.domains, *document.facts.scales])
    below: dict[Claim, tuple[Printed, list[Printed]]] = {}
    for reading in readings.of_concept(*DOMAINS):
        claim = reading.claim
        low, high = _domain(claim, stated)
        scored = claim.concept is Concept.SCORE
        maximum = maximum_of(claim, maxima) if scored else None
        for end in ends_of(reading):
            found = value_in_domain(end, low, high, maximum)
            if found is not None:
                yield found
            elif maximum is not None:
                below.setdefault(maximum.claim, (maximum, []))[1].append(end)
    for limit, scores in below.values():
        yield within_maximum(limit, scores)
    yield from _beyond_hundred(readings, stated)


def _domain(claim: Claim, stated: Mapping[Claim, Scale]) -> Ends:
    """Return the registered domain of a claim, else the one of its concept."""
    scale = stated.get(claim)
    if scale is not None:
        return scale.low, scale.high
    if (claim.about("measure") or "").lower() in CHANGES:
        return None, None
    return DOMAINS[claim.concept]


def _beyond_hundred(readings: ReadingIndex, stated: Mapping[Claim, Scale]) -> Iterator[Note]:
    """Report the only index of its column above 100: the others say what the column holds."""
    free = [
        r
        for r in readings.of_concept(Concept.INDEX)
        if r.claim not in stated and (r.claim.about("measure") or "") not in OF_GROWTH
    ]
    names = group_by(free, lambda r: (scope_of(r.claim), tuple(n for n, _ in r.claim.key)))
    for column in names.values():
        numbers = [end for r in column for end in ends_of(r)]
        above = [number for number in numbers if number.exact > HUNDRED]
        if len(above) == 1 and len(numbers) > FEW:
            found = value_in_domain(above[0], Fraction(0), HUNDRED, guess=BOUNDED)
            yield from [found] if found is not None else []


def check_orders(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare the places of a column with the indices, or else scores, of the same key.

    Places inside a group are compared within it.
    """
    del document
    values: dict[object, Printed] = {}
    for concept in (Concept.SCORE, Concept.INDEX):
        for reading in readings.of_concept(concept):
            if reading.printed is not None:
                values[_cell(reading.claim)] = reading.printed
    placed = readings.of_concept(Concept.PLACE)
    for column in group_by(placed, lambda r: (*scope_of(r.claim), r.claim.key)).values():
        found = place_order(list(_rows(column, values)))
        if found is not None:
            yield found


def _rows(
    column: Sequence[Reading], values: Mapping[object, Printed]
) -> Iterator[tuple[Printed, Ranked]]:
    """Yield each territory's figure and place, in halves where mean places are printed."""
    labels = {r.claim.territory: label for r in column if (label := label_of(r)) is not None}
    halves = any(label.low.denominator > 1 for label in labels.values())
    for label in labels.values():
        figure = values.get(_cell(label.claim))
        if figure is not None:
            factor = 2 if halves else 1
            place = Place(int(label.low * factor), int(label.high * factor))
            yield figure, Ranked(label.claim, place, label.claim.raw.strip() if halves else "")


def _cell(claim: Claim) -> object:
    return (*scope_of(claim), claim.territory, key_without(claim, GROUP))
