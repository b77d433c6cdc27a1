"""Inputs of `share_sum`, `part_whole_sum`, `whole_of_parts` and `capacity_vs_demand`.

A whole is stated by a fact (`whole`, a registered `expected` list) or by what the contract defines
(the three tiers of all teachers). Elsewhere it is guessed that the parts make it, and no guess is
a proof: the rows of the same table say whether it is likely.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from shared.figures.checks.axes import TERRITORY, Column, Row, axes_of, columns_along, step_of
from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Note
from shared.figures.checks.share_axes import is_share_axis, is_whole_of_shares
from shared.figures.claims import Claim, Concept
from shared.figures.conventions import Whole
from shared.figures.document import SourceDocument
from shared.figures.reading import Reading
from shared.figures.rules.capacity import Seats, capacity_vs_demand
from shared.figures.rules.finding import Finding, Guess, Severity
from shared.figures.rules.slips import slipped
from shared.figures.rules.sums import Proof, parts_of_whole, share_sum
from shared.figures.rules.wording import axis_title
from shared.figures.selectors import Key, key_without

PART_AXES = frozenset({"part", "component", "subgroup"})
"""Parts of a key that the contract defines: this claim is one part of the whole it belongs to."""
COURSE_PARTS = ("session", "runs", "venue", "half", "window")
"""Parts of a key that tell courses apart, not whom they are for."""
TIME_AXES = frozenset({"period", "year", "season", "half", "quarter", "month", "week", "date"})
"""Parts of a key along which figures may be counted from the beginning of the year."""
SERIES_AXES = frozenset({"period", "subject", "session", "half", "indicator", "measure"})
"""Parts of a key along which figures repeat rather than divide."""
COUNTED = (Concept.COUNT, Concept.SEATS)
EXAMPLES = 3
FEW = 2
"""So few rows of a table cannot show a pattern of their own."""


def check_wholes(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check the parts that facts state to make their whole, or only to belong to it."""
    for whole in document.facts.wholes:
        for column in columns_along(readings.select(whole.selector), whole.axis):
            yield from _stated(column, whole)
    for selector, axis, codes in document.facts.expected:
        counted = [r for r in readings.select(selector) if r.claim.concept in COUNTED]
        listed = Whole(axis, selector, codes, complete=True)
        for column in columns_along(counted, axis):
            if column.whole is not None:
                yield from _stated(column, listed)


def _stated(column: Column, whole: Whole) -> Iterator[Note]:
    concept = column.row[2]
    parts = column
    if whole.members is not None:
        kept = tuple(r for r in column.parts if step_of(r, whole.axis) in whole.members)
        parts = Column(column.axis, column.row, kept, column.wholes)
    present = {step_of(r, whole.axis) for r in parts.parts}
    absent = [code for code in whole.members or () if code not in present]
    if concept is Concept.SHARE and parts.whole is None and whole.complete and not absent:
        if parts.printed and not parts.unread:
            yield share_sum(parts.printed, Proof.STATED)
        return
    if concept not in COUNTED or not parts.printed:
        return
    if parts.whole is None:
        yield MissingInput("whole_of_parts", "целое не напечатано")
        return
    found = parts_of_whole(
        "whole_of_parts",
        parts.whole,
        parts.printed,
        proof=Proof.STATED,
        only_limit=not whole.complete,
        unread=[*parts.unread, *absent],
    )
    yield replace(found, context=parts.blanks)


def check_parts(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check counts along an axis against their printed whole, where no fact states them."""
    stated = _stated_rows(readings, document)
    counts = readings.of_concept(*COUNTED)
    for axis in (*axes_of(counts), "territory"):
        tables: dict[object, list[Column]] = {}
        for column in columns_along(counts, axis):
            usable = column.whole is not None and column.printed
            if usable and (axis, column.row) not in stated:
                same = (column.row[0], column.row[2], [n for n, _ in column.row[3]])
                tables.setdefault(str(same), []).append(column)
        for table in tables.values():
            yield from _guessed_table(axis, table)


def _stated_rows(readings: ReadingIndex, document: SourceDocument) -> frozenset[tuple[str, Row]]:
    """Return the columns whose wholes facts state: nothing is guessed of them.

    Two checks of a document ask for them; they are gathered once.
    """
    return readings.remember("stated_rows", lambda: _gather_stated(readings, document))


def _gather_stated(readings: ReadingIndex, document: SourceDocument) -> frozenset[tuple[str, Row]]:
    stated = [(whole.axis, whole.selector) for whole in document.facts.wholes]
    stated += [(axis, selector) for selector, axis, _ in document.facts.expected]
    return frozenset(
        (axis, column.row)
        for axis, selector in stated
        for column in columns_along(readings.select(selector), axis)
    )


def _guessed_table(axis: str, table: Sequence[Column]) -> Iterator[Note]:
    """Judge the rows of a table alike: what most of them do is what the table means."""
    if axis in SERIES_AXES and not any(column.explicit for column in table):
        return
    if axis in TIME_AXES and all(map(_no_sum, table)):
        return
    exact = {id(c): _guessed(axis, c, Proof.LIKELY) for c in table if _summable(axis, c)}
    failing = [f for f in exact.values() if f.severity is Severity.IMPLAUSIBLE]
    holding = len(exact) - len(failing)
    pattern = holding > len(failing) or (len(exact) <= FEW and holding >= len(failing))
    examples = examples_of(exact.values())
    for column in table:
        if not _summable(axis, column):
            yield from _single_part(axis, column)
            continue
        few = column.explicit and len(exact) <= FEW and not _partial(column)
        likely = pattern or _over(column) or few
        found = exact[id(column)] if likely else _guessed(axis, column, Proof.OPEN)
        yield replace(found, context=(*found.context, *examples))


def examples_of(findings: Iterable[Finding]) -> tuple[Claim, ...]:
    """Return the claims of a few rows that add up: they show what the others mean."""
    holding = (f.claims for f in findings if f.severity is Severity.CONSISTENT)
    return tuple(claim for claims in islice(holding, EXAMPLES) for claim in claims)


def _summable(axis: str, column: Column) -> bool:
    """Tell whether several parts are there; a municipality's list is rarely printed in full."""
    return len(column.parts) > 1 and axis != "subject"


def _no_sum(column: Column) -> bool:
    """Tell whether the figure of a whole time is within those of its parts.

    So are the last of running totals, a number at the end of the year, and a mean.
    """
    figures = [part.exact for part in column.printed]
    return column.whole is not None and min(figures) <= column.whole.exact <= max(figures)


def _partial(column: Column) -> bool:
    """Tell whether the municipalities printed are likely some of the region's only.

    They make less than half of it, and no single slip in the whole would make it their sum.
    """
    whole = column.whole
    if column.axis != TERRITORY or whole is None:
        return False
    summed = sum((part.exact for part in column.printed), Fraction(0))
    return 2 * summed < whole.exact and summed not in set(map(Fraction, slipped(whole)))


def _over(column: Column) -> bool:
    """Tell whether the parts exceed their whole, which only overlapping parts do."""
    whole = column.whole
    return whole is not None and sum(p.exact for p in column.printed) > whole.exact


def _guessed(axis: str, column: Column, proof: Proof) -> Finding:
    whole = column.whole
    assert whole is not None  # noqa: S101 -- the callers ask for it.
    found = parts_of_whole(
        "part_whole_sum",
        whole,
        column.printed,
        proof=proof,
        unread=column.unread,
        guess=Guess(
            f"Части по оси «{axis_title(axis)}» сочтены полными и не пересекающимися.", "whole"
        ),
    )
    return replace(found, context=column.blanks)


def _single_part(axis: str, column: Column) -> Iterator[Finding]:
    """Check that one part does not exceed its whole, however the others divide it."""
    whole = column.whole
    if whole is None or (axis == "subject" and not column.explicit):
        return
    for part in column.printed:
        stated = axis in PART_AXES
        if part.exact > whole.exact:
            guess = None if stated else Guess("Число без этой части ключа сочтено целым.", "not")
            yield parts_of_whole(
                "part_whole_sum",
                whole,
                [part],
                proof=Proof.STATED if stated else Proof.LIKELY,
                only_limit=True,
                guess=guess,
            )


def check_shares(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Add the shares along an axis: those of one whole must be 100.

    A share printed for a score is its per cent of a maximum and no part of anything.
    """
    stated = _stated_rows(readings, document)
    scored = {_need_row(r.claim) for r in readings.of_concept(Concept.SCORE)}
    shares = [r for r in readings.of_concept(Concept.SHARE) if _need_row(r.claim) not in scored]
    for axis in axes_of(shares):
        for column in columns_along(shares, axis):
            if _divides(axis, column) and (axis, column.row) not in stated:
                yield _share_finding(axis, column)


def _divides(axis: str, column: Column) -> bool:
    if column.unread or not column.printed:
        return False
    return is_whole_of_shares(axis, column) or is_share_axis(axis, column)


def _share_finding(axis: str, column: Column) -> Finding:
    if is_whole_of_shares(axis, column):
        return share_sum(column.printed, Proof.STATED)
    guess = Guess(f"Доли по оси «{axis_title(axis)}» сочтены долями одного целого.", "whole")
    return share_sum(column.printed, Proof.LIKELY, guess)


def check_capacity(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare the seats of courses with the people who need them."""
    del document
    needs = {
        _need_row(r.claim): r.printed
        for r in readings.of_concept(Concept.COUNT)
        if r.claim.about("subject") is not None
    }
    seats = readings.of_concept(Concept.SEATS)
    for row, courses in group_by(seats, lambda r: _need_row(r.claim, *COURSE_PARTS)).items():
        need = needs.get(row)
        if need is not None and all(course.printed is not None for course in courses):
            yield capacity_vs_demand(need, [s for s in map(_seats, courses) if s is not None])


def _seats(reading: Reading) -> Seats | None:
    runs = reading.claim.about("runs") or "1"
    if reading.printed is None:
        return None
    times = int(runs) if runs.isdecimal() and len(runs) < MOST_RUN_DIGITS and int(runs) > 0 else 1
    return Seats(reading.printed, times)


MOST_RUN_DIGITS = 6
Need = tuple[tuple[str, str], str | None, Key]


def _need_row(claim: Claim, *axes: str) -> Need:
    return scope_of(claim), claim.territory, key_without(claim, *axes)
