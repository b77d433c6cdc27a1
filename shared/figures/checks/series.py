"""Inputs of the rules that compare figures with their neighbours, benchmarks and windows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations

from shared.figures.checks.grouping import group_by, in_order, numbers, of_concept, scope_of
from shared.figures.claims import Claim, Concept, ScopeKind
from shared.figures.dates import Period, parse_period
from shared.figures.document import Key, Selector, SourceDocument, claim_part, key_without
from shared.figures.reading import Printed, Reading
from shared.figures.rules.copies import (
    TELLING_DIGITS,
    benchmark_equality,
    cross_column_copy,
    significant_digits,
)
from shared.figures.rules.finding import Finding
from shared.figures.rules.outliers import monotone_expectation, ratio_outliers
from shared.figures.rules.windows import Window, date_in_window

COUNTRY = "ru"
WINDOW, HALF = "window", "half"
COUNTED = (Concept.COUNT, Concept.SEATS, Concept.MAX)
FULL_YEAR = re.compile("(?:19|20|21)[0-9]{2}")
ROW_PARTS = ("subject", "grade", "period", "tier", "session", "half")
"""Parts of a key that name the row of a table; what else it holds names the column."""


def check_series(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Look for copies, outlying ratios, falls along an axis, equal benchmarks, late dates."""
    yield from _copies(readings)
    yield from _benchmarks(readings, document)
    yield from _ratios(readings, document)
    yield from _expectations(readings, document)
    yield from _dates(readings, document)


def _copies(readings: Sequence[Reading]) -> Iterator[Finding]:
    """Compare the counts and scores of one subject that stand in different columns."""
    figures = [
        r.printed
        for r in of_concept(readings, Concept.COUNT, Concept.SCORE, Concept.INDEX)
        if r.printed is not None and r.claim.about("subject") is not None
    ]
    telling = [p for p in figures if significant_digits(p.value) >= TELLING_DIGITS]
    rows = group_by(telling, lambda p: (p.claim.territory, p.claim.about("subject"), p.value))
    for same in rows.values():
        for first, second in combinations(same, 2):
            found = cross_column_copy(first, second) if _apart(first, second) else None
            if found is not None:
                yield found


def _apart(first: Printed, second: Printed) -> bool:
    """Tell whether two claims stand in different columns: concept or the column's own key."""
    return _column(first.claim) != _column(second.claim)


def _column(claim: Claim) -> tuple[str, Concept, Key]:
    return claim.scope, claim.concept, key_without(claim, *ROW_PARTS)


def _benchmarks(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Compare regional figures with national ones; a mean without a concept is no count."""
    for selector, benchmark in document.facts.benchmarks:
        for printed in numbers(readings, selector):
            regional = printed.claim.territory not in (None, COUNTRY)
            counted = selector.concept is None and printed.claim.concept in COUNTED
            if regional and not counted:
                yield benchmark_equality(printed, benchmark)


def _ratios(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Divide the figures of two registered columns row by row along their axis."""
    for top, bottom, axis in document.facts.ratios:
        below = {claim_part(p.claim, axis): p for p in numbers(readings, bottom)}
        pairs = [
            (p, below[claim_part(p.claim, axis)])
            for p in numbers(readings, top)
            if claim_part(p.claim, axis) in below
        ]
        yield from ratio_outliers(pairs)


def _expectations(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Check registered expectations; thresholds of a season are expected not to fall with grade."""
    expectations = list(document.facts.expectations)
    if any(r.claim.scope_kind is ScopeKind.SEASON for r in readings) and not expectations:
        expectations.append((Selector(Concept.SCORE), "grade", True))
    for selector, axis, rising in expectations:
        along = [p for p in numbers(readings, selector) if claim_part(p.claim, axis) is not None]
        rows = group_by(along, lambda p: _row(p.claim, axis))  # noqa: B023 -- used at once
        for row in rows.values():
            steps = {claim_part(p.claim, axis) or "": p for p in row}
            if len(steps) > 1:
                series = [(step, steps[step]) for step in in_order(steps)]
                yield monotone_expectation(series, axis=axis, rising=rising)


def _row(claim: Claim, axis: str) -> tuple[object, ...]:
    territory = None if axis == "territory" else claim.territory
    return (*scope_of(claim), territory, claim.concept, key_without(claim, axis))


def _dates(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
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
