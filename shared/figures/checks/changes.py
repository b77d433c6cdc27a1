"""Inputs of `change_of_period`: claims of a change, and growth by the contract's measures."""

import re
from collections.abc import Iterator, Mapping, Sequence

from shared.figures.changes import Change, ChangeKind, parse_change
from shared.figures.checks.grouping import group_by
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Note
from shared.figures.claims import Claim, Concept, ScopeKind
from shared.figures.document import SourceDocument
from shared.figures.reading import Printed, Reading
from shared.figures.rules.change_of_period import change_of_period
from shared.figures.selectors import Key, key_without

MEASURE, PERIOD, BASE = "measure", "period", "base"
GROWTH = {
    "growth": (ChangeKind.PERCENT_OF, ChangeKind.PERCENT_MORE),
    "growth_rate": (ChangeKind.PERCENT_OF, ChangeKind.PERCENT_MORE),
    "increase": (ChangeKind.PERCENT_MORE, ChangeKind.DIFFERENCE),
    "change": (ChangeKind.DIFFERENCE, ChangeKind.PERCENT_MORE),
    "difference": (ChangeKind.DIFFERENCE,),
}
"""Measures that the contract defines as changes since the period before, and how they are read."""
MEASURED = (Concept.COUNT, Concept.SCORE, Concept.INDEX, Concept.SHARE, Concept.SEATS)
YEARS = re.compile(r"(?P<first>(?:19|20|21)[0-9]{2})(?:[-/](?P<last>[0-9]{2,4}))?")

Moment = tuple[str, str | None, Key]
Values = Mapping[tuple[Moment, str], Sequence[Reading]]


def check_changes(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check every printed change against the figures of its two periods."""
    del document
    values: Values = group_by(
        (r for r in readings.of_concept(*MEASURED) if _way(r.claim) is None),
        lambda r: (_moment(r.claim), period_of(r.claim) or ""),
    )
    for reading in readings:
        ways = _readings(reading)
        if ways:
            yield from _judge(reading.claim, ways, values)


def _way(claim: Claim) -> str | None:
    measure = (claim.about(MEASURE) or "").lower()
    return measure if measure in GROWTH else None


def _readings(reading: Reading) -> list[Change]:
    """Return the ways to read a printed change; an unsigned per cent may be either growth."""
    claim = reading.claim
    if claim.concept is Concept.CHANGE:
        if not isinstance(reading.value, Change):
            return []
        change = reading.value
        if change.kind is ChangeKind.PERCENT_OF:
            return [change, Change(ChangeKind.PERCENT_MORE, change.value, change.digits)]
        return [change]
    measure = _way(claim)
    printed = reading.printed
    if measure is None or printed is None or claim.concept not in MEASURED:
        return []
    said = parse_change(claim.raw)
    if isinstance(said, Change) and said.kind is ChangeKind.TIMES:
        return [said]
    return [Change(kind, printed.value, printed.digits) for kind in GROWTH[measure]]


def _moment(claim: Claim) -> Moment:
    """Return what a figure is of, whatever its period."""
    scope = "" if claim.scope_kind is not ScopeKind.PROGRAMME else claim.scope
    grown = (MEASURE,) if _way(claim) is not None else ()
    return scope, claim.territory, key_without(claim, PERIOD, BASE, *grown)


def period_of(claim: Claim) -> str | None:
    """Return the period a figure is of: of its key, else its year or season."""
    named = claim.about(PERIOD)
    return named if named or claim.scope_kind is ScopeKind.PROGRAMME else claim.scope


def earlier(period: str) -> str | None:
    """Return the year or season before; None where the text names neither."""
    years = YEARS.fullmatch(period)
    if years is None:
        return None
    first = int(years["first"]) - 1
    last = years["last"]
    return str(first) if last is None else f"{first}-{int(last) - 1:0{len(last)}d}"


def _judge(claim: Claim, ways: Sequence[Change], values: Values) -> Iterator[Note]:
    period = period_of(claim)
    base = claim.about(BASE) or (None if period is None else earlier(period))
    moment = _moment(claim)
    pair = None
    if period is not None and base is not None:
        after, before = values.get((moment, period), ()), values.get((moment, base), ())
        pair = _same_concept(before, after)
    if pair is None:
        yield MissingInput("change_of_period", "нет чисел обоих периодов, между которыми изменение")
        return
    counted = pair[0].claim.concept in (Concept.COUNT, Concept.SEATS)
    found = change_of_period(claim, ways, *pair, counted=counted)
    yield from [found] if found is not None else []


def _same_concept(
    before: Sequence[Reading], after: Sequence[Reading]
) -> tuple[Printed, Printed] | None:
    """Return the one pair of figures of the same concept; several leave open which is meant."""
    firsts = {r.claim.concept: r.printed for r in before}
    pairs = [
        (first, r.printed)
        for r in after
        if (first := firsts.get(r.claim.concept)) is not None and r.printed is not None
    ]
    return pairs[0] if len(pairs) == 1 else None
