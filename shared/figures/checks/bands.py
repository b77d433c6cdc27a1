"""Inputs of `bands_partition_domain`: printed bands, one claim an end or one claim a range."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.figures.checks.axes import is_region
from shared.figures.checks.grouping import BAND, group_by, scale_of, scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import Note
from shared.figures.claims import Claim, Concept
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
from shared.figures.rules.level_labels import level_label

BOTH_ENDS = 2
COUNTRY = "ru"


@dataclass(frozen=True, slots=True)
class BandsOf:
    """A printed set of bands, with the claim that says what they are of."""

    claim: Claim
    bands: Sequence[PrintedBand]

    @property
    def spans(self) -> tuple[tuple[str, tuple[Fraction, Fraction]], ...]:
        """The bands' codes and ends, by which equal sets are one."""
        return tuple(sorted((band.code, band.span) for band in self.bands))


def check_bands(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Prove every printed set of two or more bands whose ends could all be read."""
    scales = readings.assign(document.facts.scales)
    for members in _sets(readings).values():
        bands = _bands(members)
        if bands:
            claim = members[0].claim
            scale, proved = _scale(claim, bands, scales), claim in scales
            yield bands_partition_domain(claim.concept.value, bands, scale, proved=proved)


def check_level_labels(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare a printed level with the printed value of the same key, by the printed bands."""
    scales = readings.assign(document.facts.scales)
    labels = [r.claim for r in readings.of_concept(Concept.LABEL) if r.claim.raw.strip()]
    titles = {
        (scope_of(c), _level_name(c.raw)): c.about(BAND)
        for c in labels
        if c.about(BAND) is not None
    }
    values = {
        (scope_of(r.claim), r.claim.territory, r.claim.key): r.printed
        for r in readings.of_concept(Concept.SCORE, Concept.INDEX)
        if r.printed is not None and r.claim.about(BAND) is None
    }
    sets = [
        BandsOf(members[0].claim, bands)
        for members in _sets(readings).values()
        if (bands := _bands(members))
    ]
    for claim in labels:
        value = values.get((scope_of(claim), claim.territory, claim.key))
        if value is None or claim.about(BAND) is not None:
            continue
        known = _bands_for(value.claim, sets)
        code = titles.get((scope_of(claim), _level_name(claim.raw)), claim.raw.strip())
        if known is not None and code in {band.code for band in known.bands}:
            yield from level_label(claim, value, code, known.bands, proved=known.claim in scales)


def _bands_for(claim: Claim, sets: Sequence[BandsOf]) -> BandsOf | None:
    """Return the bands of the thing a claim is about, the most specific; None if several are."""
    own = set(claim.key)
    fitting = [
        found
        for found in sets
        if scope_of(found.claim) == scope_of(claim)
        and found.claim.concept is claim.concept
        and _covers(found.claim.territory, claim.territory)
        and set(scale_of(found.claim)) <= own
    ]
    most = max((len(scale_of(found.claim)) for found in fitting), default=0)
    best = [found for found in fitting if len(scale_of(found.claim)) == most]
    return best[0] if len({found.spans for found in best}) == 1 else None


def _covers(territory: str | None, other: str | None) -> bool:
    """Tell whether what holds for a territory holds for another: itself or one of its region."""
    if territory in (other, None, COUNTRY):
        return True
    return is_region(territory or "") and (other or "").startswith((territory or "")[:2])


def _level_name(raw: str) -> str:
    return " ".join(raw.lower().replace("уровень", "").split())


def printed_levels(
    readings: ReadingIndex, scope: tuple[str, str], document: SourceDocument
) -> BandSet | None:
    """Return a scope's printed bands of the index, if no value has two levels by them."""
    scales = readings.assign(document.facts.scales)
    for members in _sets(readings).values():
        claim = members[0].claim
        bands = _bands(members)
        if claim.concept is Concept.INDEX and scope_of(claim) == scope and bands:
            levels = printed_bands("total", bands, _scale(claim, bands, scales))
            faults = {defect.code for defect in prove_partition(levels)}
            return levels if faults <= {BandFault.GAP} else None
    return None


def _sets(readings: ReadingIndex) -> dict[object, list[Reading]]:
    banded = [r for r in readings.of_concept(Concept.SCORE, Concept.INDEX) if r.claim.about("band")]
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


def _scale(claim: Claim, bands: Sequence[PrintedBand], scales: Mapping[Claim, Scale]) -> Scale:
    """Return the registered scale; else an index runs from 0 to 100, a score has no known ends.

    Whether the ends belong to their bands nobody says: bands that all meet at their ends are read
    as half-open, others as closed ranges of the last printed digit, whichever leaves fewer faults.
    """
    if claim in scales:
        return scales[claim]
    index = claim.concept is Concept.INDEX
    low, high = (Fraction(0), Fraction(100)) if index else (None, None)
    possible = [Scale(low, high, step) for step in (step_of(bands), None)]
    return min(possible, key=lambda scale: len(prove_partition(printed_bands("", bands, scale))))
