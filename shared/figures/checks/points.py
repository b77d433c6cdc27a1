"""Inputs of `part_whole_sum` for points and maxima: criteria and the total printed with them.

Nothing states that a total of points is their sum. It is guessed where half the rows of the table
add up, or where one row has a total that no mean gives and that its criteria exceed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.figures.checks.axes import Column, columns_along, step_of
from shared.figures.checks.grouping import group_by
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import Note
from shared.figures.checks.sums import examples_of
from shared.figures.checks.trees import PARENT, tree_of_codes
from shared.figures.claims import Claim, Concept
from shared.figures.document import SourceDocument
from shared.figures.rules.finding import Finding, Guess, Severity
from shared.figures.rules.sums import Proof, parts_of_whole

AXES = ("indicator", "criterion", "component", "task")
LEAST_CRITERIA = 2
SUM = Guess("Итог сочтён суммой напечатанных критериев.", "trees")


def check_points(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare totals of points, and of maxima, with their criteria where no tree states them."""
    stated = {r.claim for tree in document.facts.trees for r in readings.select(tree.selector)}
    points = readings.of_concept(Concept.SCORE, Concept.MAX)
    scores = [r for r in points if r.claim not in stated]
    for axis in AXES:
        columns = [c for c in columns_along(scores, axis) if _may_add(c, stated)]
        for table in group_by(columns, _table).values():
            yield from _judge(table)


def _may_add(column: Column, stated: set[Claim]) -> bool:
    """Tell whether a total and its criteria are printed, and their codes are no tree of means."""
    claims = [part.claim for part in (*column.parts, *column.wholes)]
    codes = [step_of(part, column.axis) for part in (*column.parts, *column.wholes)]
    plain = not any("%" in claim.raw or claim.about(PARENT) for claim in claims)
    return (
        column.explicit
        and column.whole is not None
        and len(column.printed) >= LEAST_CRITERIA
        and not column.unread
        and plain
        and not stated.intersection(claims)
        and not tree_of_codes(codes)
    )


def _table(column: Column) -> object:
    """Return what the rows of one table share: their criteria, and what their keys name."""
    scope, _, _, key = column.row
    criteria = tuple(sorted(step_of(part, column.axis) for part in column.parts))
    return scope, tuple(name for name, _ in key), criteria


def _judge(table: Sequence[Column]) -> Iterator[Finding]:
    likely = [_sum_of(column) for column in table]
    holding = sum(found.severity is Severity.CONSISTENT for found in likely)
    added = holding > 0 and 2 * holding >= len(table)
    examples = examples_of(likely)
    for column, found in zip(table, likely, strict=True):
        if found.severity is Severity.CONSISTENT or added or _exceeded(column):
            yield replace(found, context=examples)


def _exceeded(column: Column) -> bool:
    """Tell whether a total is above every criterion, as no mean is, and below their sum.

    Not where one criterion explains it, left out («из них») or subtracted (a penalty).
    """
    whole = column.whole
    criteria = [part.exact for part in column.printed]
    if whole is None or min(criteria) < 0:
        return False
    surplus = sum(criteria) - whole.exact
    explained = any(surplus in (points, 2 * points) for points in criteria)
    return max(criteria) < whole.exact and surplus > 0 and not explained


def _sum_of(column: Column) -> Finding:
    whole = column.whole
    assert whole is not None  # noqa: S101 -- the callers ask for it.
    return parts_of_whole("part_whole_sum", whole, column.printed, proof=Proof.LIKELY, guess=SUM)
