"""Inputs of `aggregate_in_hull`: regions over municipalities, and stated wholes of means."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from shared.figures.checks.axes import TERRITORY, Column, columns_along, step_of
from shared.figures.checks.grouping import scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import Note
from shared.figures.claims import Claim, Concept
from shared.figures.document import SourceDocument
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Guess, Severity
from shared.figures.rules.hulls import aggregate_in_hull
from shared.figures.selectors import Key

AVERAGED = (Concept.SCORE, Concept.INDEX, Concept.SHARE)
LEAST_PARTS = 3
SUMMED = frozenset({"sum", "total", "max", "min", "growth", "change", "count"})
"""Measures of which a region has no mean of its municipalities."""
GUESS = Guess(
    "Напечатанные муниципалитеты сочтены всеми, а показатель — средним или долей.", "whole"
)


def check_hulls(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check every aggregate whose parts are stated complete, then every region's."""
    counts = _counts(readings)
    stated: set[object] = set()
    for axis, columns in _complete(readings, document):
        for column in columns:
            whole = column.whole
            if whole is not None and column.printed and not column.unread:
                stated.add((axis, column.row))
                weights = _weights(column, counts)
                yield from _judge(column, whole, weights)
    for column in columns_along(readings.of_concept(*AVERAGED), TERRITORY):
        whole = column.whole
        usable = len(column.parts) >= LEAST_PARTS and not column.unread
        measured = dict(column.row[3]).get("measure", "") in SUMMED
        if whole is not None and usable and not measured and (TERRITORY, column.row) not in stated:
            yield aggregate_in_hull(whole, column.printed, guess=GUESS)


def _complete(
    readings: ReadingIndex, document: SourceDocument
) -> Iterator[tuple[str, list[Column]]]:
    """Yield the columns of means that facts state complete, every member printed."""
    stated = [(w.axis, w.selector, w.members) for w in document.facts.wholes if w.complete]
    listed = [(axis, selector, codes) for selector, axis, codes in document.facts.expected]
    for axis, selector, members in [*stated, *listed]:
        averaged = [r for r in readings.select(selector) if r.claim.concept in AVERAGED]
        columns = []
        for column in columns_along(averaged, axis):
            parts = tuple(r for r in column.parts if members is None or step_of(r, axis) in members)
            whole = members is None or {step_of(r, axis) for r in parts} >= set(members)
            if whole and len(parts) > 1 and (axis == TERRITORY or _explicit(column, members)):
                columns.append(Column(axis, column.row, parts, column.wholes))
        yield axis, columns


def _explicit(column: Column, members: Sequence[str] | None) -> bool:
    """Tell whether the total is stated to be of these parts: a fact of them, or «всего»."""
    return column.explicit or members is None


def _judge(column: Column, whole: Printed, weights: Sequence[Fraction] | None) -> Iterator[Finding]:
    found = aggregate_in_hull(whole, column.printed)
    if weights is not None and found.severity is Severity.CONSISTENT:
        guess = Guess("Весами сочтены численности с тем же ключом.", "relation")
        found = aggregate_in_hull(whole, column.printed, weights=weights, guess=guess)
    yield found


def _counts(readings: ReadingIndex) -> dict[tuple[object, str | None, Key], Printed]:
    return {
        (scope_of(r.claim), r.claim.territory, _people(r.claim)): r.printed
        for r in readings.of_concept(Concept.COUNT)
        if r.printed is not None
    }


def _people(claim: Claim) -> Key:
    return tuple(pair for pair in claim.key if pair[0] not in {"measure", "of", "indicator"})


def _weights(
    column: Column, counts: dict[tuple[object, str | None, Key], Printed]
) -> list[Fraction] | None:
    """Return the counts of the parts where every one is printed once for its key."""
    found = [
        counts.get((scope_of(p.claim), p.claim.territory, _people(p.claim))) for p in column.printed
    ]
    weights = [count.exact for count in found if count is not None]
    return weights if len(weights) == len(found) and sum(weights) > 0 else None
