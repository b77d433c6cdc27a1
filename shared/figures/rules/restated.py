"""`restated_figure`: one and the same thing printed in several places of a document."""

from collections.abc import Iterator, Sequence

from shared.figures.claims import Claim
from shared.figures.decimals import RoundingMode
from shared.figures.intervals import Interval, intersection
from shared.figures.reading import Printed, Reading
from shared.figures.rules.finding import Finding, Repair, Severity, subject_of
from shared.figures.rules.precision import (
    MODES,
    MOST_REPAIRS,
    one_change_repairs,
    printable,
    satisfiable,
    true_interval,
)
from shared.figures.rules.wording import shorten


def restated_figure(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Check that the places of the text can print one true value, or one place.

    Numbers may be printed to different digits; no common true value under any mode is a
    contradiction. Places must be equal. Texts without a figure say nothing. Two or more readings.
    """
    printed = [r.printed for r in readings]
    numbers = [number for number in printed if number is not None]
    places = [r.place for r in readings if r.place is not None]
    if len(numbers) == len(readings):
        yield _finding(readings, bool(satisfiable(lambda mode: not _shared(numbers, mode).empty)))
    elif len(places) == len(readings):
        yield _finding(readings, len(set(places)) == 1)


def ambiguous_key(claims: Sequence[Claim]) -> Finding:
    """Report figures with one key and different numbers in one table, as namesakes have."""
    said = [claim.raw.strip() for claim in claims]
    return Finding(
        rule="restated_figure",
        severity=Severity.INCOMPLETE,
        text=f"Строки таблицы не различаются ничем, кроме числа: {shorten(said, ', ')}. "
        "Это тёзки или повтор строки; суммы и доли по ним не проверены.",
        subject=subject_of(claims),
        claims=tuple(claims),
        declared=said,
        recomputed={"default": "not_checked"},
    )


def _shared(numbers: Sequence[Printed], mode: RoundingMode) -> Interval:
    return intersection(true_interval(number, mode) for number in numbers)


def _finding(readings: Sequence[Reading], holds: bool) -> Finding:
    claims = tuple(reading.claim for reading in readings)
    said = [claim.raw.strip() for claim in claims]
    return Finding(
        rule="restated_figure",
        severity=Severity.CONSISTENT if holds else Severity.CONTRADICTION,
        text=f"Напечатано в нескольких местах: {', '.join(said)}"
        + (" — согласуется." if holds else " — одного истинного значения нет."),
        subject=subject_of(claims),
        claims=claims,
        declared=said,
        repairs=() if holds else tuple(_repairs(readings)),
    )


def _repairs(readings: Sequence[Reading]) -> Iterator[Repair]:
    """Offer each place of the text what the first other one that differs prints there."""
    for reading in readings[:MOST_REPAIRS]:
        raw = reading.claim.raw.strip()
        other = next((r for r in readings if r.claim.raw.strip() != raw), None)
        if other is not None and reading.printed is not None and other.printed is not None:
            bounds = [
                ends
                for mode in MODES
                if (
                    ends := printable(
                        true_interval(other.printed, mode), reading.printed.digits, mode
                    )
                )
                is not None
            ]
            yield from one_change_repairs([(reading.printed, bounds)] if bounds else [])
        elif other is not None:
            yield Repair.of(reading.claim, other.claim.raw.strip(), other.claim.raw.strip())
