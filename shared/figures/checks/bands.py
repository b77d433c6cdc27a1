"""Inputs of `bands_partition_domain`: printed bands, one claim an end or one claim a range."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from shared.figures.checks.grouping import group_by, of_concept, scale_of, scope_of
from shared.figures.claims import Concept
from shared.figures.document import SourceDocument
from shared.figures.levels import BandFault, BandSet, prove_partition
from shared.figures.parse import FigureRange
from shared.figures.reading import Printed, Reading
from shared.figures.rules.band_domain import (
    PrintedBand,
    Scale,
    bands_partition_domain,
    printed_bands,
    step_of,
)
from shared.figures.rules.finding import Finding

BOTH_ENDS = 2


def check_bands(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Prove every printed set of two or more bands whose ends could all be read."""
    for members in _sets(readings).values():
        bands = _bands(members)
        if bands:
            node = members[0].claim.concept.value
            yield bands_partition_domain(node, bands, _scale(members[0], bands, document))


def printed_levels(
    readings: Sequence[Reading], scope: tuple[str, str], document: SourceDocument
) -> BandSet | None:
    """Return a scope's printed bands of the index, if no value has two levels by them."""
    for members in _sets(readings).values():
        claim = members[0].claim
        bands = _bands(members)
        if claim.concept is Concept.INDEX and scope_of(claim) == scope and bands:
            levels = printed_bands("total", bands, _scale(members[0], bands, document))
            faults = {defect.code for defect in prove_partition(levels)}
            return levels if faults <= {BandFault.GAP} else None
    return None


def _sets(readings: Sequence[Reading]) -> dict[object, list[Reading]]:
    banded = [
        r for r in of_concept(readings, Concept.SCORE, Concept.INDEX) if r.claim.about("band")
    ]
    return {
        **group_by(
            banded,
            lambda r: (
                *scope_of(r.claim),
                r.claim.territory,
                r.claim.concept,
                scale_of(r.claim),
            ),
        )
    }


def _bands(members: Sequence[Reading]) -> list[PrintedBand]:
    """Return the bands of a set, or none if an end of any of them cannot be read."""
    bands = []
    for code, readings in group_by(members, lambda r: r.claim.about("band") or "").items():
        ends = [end for reading in readings for end in ends_of(reading)]
        if len(ends) != BOTH_ENDS:
            return []
        bands.append(PrintedBand(code, (ends[0], ends[1])))
    return bands if len(bands) > 1 else []


def ends_of(reading: Reading) -> list[Printed]:
    """Return the numbers a claim prints: one, both ends of a range, or none."""
    if not isinstance(reading.value, FigureRange):
        return [reading.printed] if reading.printed is not None else []
    first, last = reading.value.first, reading.value.last
    if first.value is None or last.value is None:
        return []
    return [
        Printed(reading.claim, first.value, first.digits, f"{{}} - {last.raw}"),
        Printed(reading.claim, last.value, last.digits, f"{first.raw} - {{}}"),
    ]


def _scale(member: Reading, bands: Sequence[PrintedBand], document: SourceDocument) -> Scale:
    """Return the registered scale; else an index runs from 0 to 100, a score has no known ends.

    Whether the ends belong to their bands nobody says: bands that all meet at their ends are read
    as half-open, others as closed ranges of the last printed digit, whichever leaves fewer faults.
    """
    for selector, scale in document.facts.scales:
        if selector.matches(member.claim):
            return scale
    index = member.claim.concept is Concept.INDEX
    low, high = (Fraction(0), Fraction(100)) if index else (None, None)
    readings = [Scale(low, high, step) for step in (step_of(bands), None)]
    return min(readings, key=lambda scale: len(prove_partition(printed_bands("", bands, scale))))
