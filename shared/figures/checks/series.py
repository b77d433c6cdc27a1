"""Inputs of the rules that compare figures with their neighbours, benchmarks and windows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from shared.figures.checks.grouping import group_by, in_order, scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Note
from shared.figures.checks.scales import PrintedMaxima, maxima_of, maximum_of, score_pairs
from shared.figures.claims import Claim, Concept, ScopeKind
from shared.figures.dates import Period, parse_period
from shared.figures.document import Key, SourceDocument, claim_part, key_without
from shared.figures.reading import Printed
from shared.figures.rules.copies import (
    TELLING_DIGITS,
    benchmark_equality,
    cross_column_copy,
    significant_digits,
)
from shared.figures.rules.outliers import monotone_expectation, ratio_outliers
from shared.figures.rules.windows import Window, date_in_window

COUNTRY = "ru"
WINDOW, HALF = "window", "half"
COUNTED = (Concept.COUNT, Concept.SEATS, Concept.MAX)
FULL_YEAR = re.compile("(?:19|20|21)[0-9]{2}")
ROW_PARTS = ("subject", "grade", "period", "tier", "session", "half")
"""Parts of a key that name the row of a table; what else it holds names the column."""


def check_copies(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Report numbers that several columns of a subject print, a group of equal ones once.

    A number of k significant digits comes twice by chance in one pair of 9·10^(k−1): it is reported
    only where the pairs of the whole document make that improbable.
    """
    del document
    figures = [
        r.printed
        for r in readings.of_concept(Concept.COUNT, Concept.SCORE, Concept.INDEX)
        if r.printed is not None and r.claim.about("subject") is not None
    ]
    telling = [p for p in figures if significant_digits(p.value) >= TELLING_DIGITS]
    rows = group_by(telling, lambda p: (p.claim.territory, p.claim.about("subject")))
    compared = sum(len(row) * (len(row) - 1) // 2 for row in rows.values())
    for row in rows.values():
        for same in group_by(row, lambda p: p.value).values():
            columns = group_by(same, lambda p: _column(p.claim))
            apart = [numbers[0] for numbers in columns.values()]
            if len(apart) > 1 and not _nested(apart):
                found = cross_column_copy(apart, compared)
                yield from [found] if found is not None else []


def _column(claim: Claim) -> tuple[str, Concept, Key]:
    return claim.scope, claim.concept, key_without(claim, *ROW_PARTS)


def _nested(figures: Sequence[Printed]) -> bool:
    """Tell whether one figure is of a part of what another is of, and may be all of it."""
    keys = sorted((set(p.claim.key) for p in figures), key=len)
    concepts = {p.claim.concept for p in figures}
    return len(concepts) == 1 and all(a < b for a, b in pairwise(keys))


def check_benchmarks(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare regional figures with national ones; a mean without a concept is no count."""
    for selector, benchmark in document.facts.benchmarks:
        for printed in readings.numbers(selector):
            regional = printed.claim.territory not in (None, COUNTRY)
            counted = selector.concept is None and printed.claim.concept in COUNTED
            if regional and not counted:
                yield benchmark_equality(printed, benchmark)


def check_ratios(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Divide the figures of two registered columns row by row along their axis."""
    tables = max(len(document.facts.ratios), 1)
    for top, bottom, axis in document.facts.ratios:
        below = {_step(p.claim, axis): p for p in readings.numbers(bottom)}
        pairs = [
            (p, below[_step(p.claim, axis)])
            for p in readings.numbers(top)
            if _step(p.claim, axis) in below and below[_step(p.claim, axis)].claim != p.claim
        ]
        rows = group_by(
            pairs, lambda pair: (scope_of(pair[0].claim), pair[0].claim.about("period"))
        )
        for row in rows.values():
            yield from ratio_outliers(row, tables * len(rows))


def _step(claim: Claim, axis: str) -> tuple[object, ...]:
    period = None if axis == "period" else claim.about("period")
    territory = None if axis == "territory" else claim.territory
    return scope_of(claim), territory, period, claim_part(claim, axis)


def check_expectations(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check registered expectations in a unit in which maxima are equal.

    Points are compared only where their maxima are printed alike, else as their per cents.
    """
    maxima = maxima_of(readings)
    percents = {pair.score.claim: pair.percent for pair in score_pairs(readings)}
    for selector, axis, rising in document.facts.expectations:
        along = [p for p in readings.numbers(selector) if claim_part(p.claim, axis) is not None]
        for row in group_by(along, lambda p: _row(p.claim, axis)).values():  # noqa: B023 -- used at once
            comparable = _comparable(row, maxima, percents)
            steps = {claim_part(p.claim, axis) or "": q for p, q in comparable}
            if len(steps) > 1:
                series = [(step, steps[step]) for step in in_order(steps)]
                yield monotone_expectation(series, axis=axis, rising=rising)
            elif len(row) > 1:
                yield MissingInput("monotone_expectation", "баллы разных максимумов не сравнимы")


def _comparable(
    row: Sequence[Printed], maxima: PrintedMaxima, percents: Mapping[Claim, Printed]
) -> list[tuple[Printed, Printed]]:
    """Return each figure with the one to compare: itself where maxima agree, else its per cent."""
    scores = [p for p in row if p.claim.concept is Concept.SCORE]
    known = [m.value for p in scores if (m := maximum_of(p.claim, maxima)) is not None]
    if not scores or (len(known) == len(row) and len(set(known)) == 1):
        return [(p, p) for p in row]
    return [(p, percents[p.claim]) for p in row if p.claim in percents]


def _row(claim: Claim, axis: str) -> tuple[object, ...]:
    territory = None if axis == "territory" else claim.territory
    return (*scope_of(claim), territory, claim.concept, key_without(claim, axis))


def check_dates(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Compare printed dates with the windows their keys name."""
    for reading in readings:
        window = window_of(reading.claim, document.facts.windows)
        if window is not None and isinstance(reading.value, Period):
            yield date_in_window(reading.claim, reading.value, window)


def window_of(claim: Claim, registered: Mapping[str, Window]) -> Window | None:
    """Return the window a key names: a registered one, or one whose name says its own days.

    «январь-май» under a year is that year's, «2023-01-01/2023-05-31» is as it says; a half-year
    names a registered window too. What says no days is no window.
    """
    named = claim.about(WINDOW) or claim.about(HALF) or ""
    known = registered.get(named) or registered.get(f"{claim.scope}-{named}")
    if known is not None or claim.about(WINDOW) is None:
        return known
    first, mark, last = named.partition(";" if ";" in named else "/")
    spans = [parse_period(end) for end in ((first, last) if mark else (named,))]
    days = [_days(span, claim) for span in spans if isinstance(span, Period)]
    said = [ends for ends in days if ends is not None]
    if len(said) < 1 + bool(mark) or said[0][0] > said[-1][1]:
        return None
    return Window(named, said[0][0], said[-1][1])


def _days(span: Period, claim: Claim) -> tuple[date, date] | None:
    """Return the days of a span, in the year of the claim's scope where it names none."""
    if span.year is not None:
        return span.days(span.year)
    year = claim.scope if claim.scope_kind is ScopeKind.YEAR else claim.about("period") or ""
    return span.days(int(year)) if FULL_YEAR.fullmatch(year) else None
