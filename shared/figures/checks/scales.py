"""Inputs of `score_index_scale`, `implied_maximum` and `maximum_conflict`: pairs of one key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.figures.checks.bands import ends_of
from shared.figures.checks.grouping import BAND, group_by, in_order, scale_of, scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Note
from shared.figures.claims import Claim, Concept, ScopeKind
from shared.figures.decimals import RoundingMode
from shared.figures.document import Key, SourceDocument, claim_part, key_without
from shared.figures.reading import Printed, Reading
from shared.figures.rules.candidates import Pair
from shared.figures.rules.finding import Finding, Severity
from shared.figures.rules.maximum_slips import one_slip_repairs
from shared.figures.rules.scales import (
    HALVES,
    agreements,
    implied_maximum,
    maximum_conflict,
    score_index_scale,
)

SHARED_MAXIMUM = "shared_maximum"
"""The part of a key that names the group of cells with one maximum."""
MOST_SHAPES = 64
"""How many different sets of key names are looked through for a printed maximum."""
LEAST_AGREEING = 3
LEAST_AGREEING_HALVES = 4
"""Half-points leave more room for chance: more pairs must have such a maximum in common."""


@dataclass(frozen=True, slots=True)
class PrintedMaxima:
    """Printed maxima by scope, territory and key; `names` are the shapes of their keys."""

    by_key: Mapping[tuple[tuple[str, str], str | None, Key], Printed]
    names: tuple[frozenset[str], ...]


def check_scales(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check every pair by itself or with the pairs of its scale, and the grades of a subject.

    Pairs whose printed maxima differ are not on one scale. That an index is the per cent of its
    score is stated by a fact, by a season (its thresholds), or by bands of two registered scales;
    elsewhere it is guessed, and only where most pairs of a scale agree.
    """
    pairs = score_pairs(readings)
    maxima = maxima_of(readings)
    given = {pair: maximum_of(pair.score.claim, maxima) for pair in pairs}
    stated = _stated_pairs(readings, document)

    def scale_key(pair: Pair) -> tuple[object, ...]:
        maximum = given[pair]
        return (*_scale_key(pair), None if maximum is None else maximum.value)

    for scale in group_by(pairs, scale_key).values():
        proved = all(stated(pair) for pair in scale)
        if len(scale) > 1:
            yield from _scale(scale, proved=proved)
        for pair in scale:
            if (len(scale) == 1 and proved) or given[pair] is not None:
                yield from _implied(pair, given[pair], scale, proved=stated(pair))
    yield from _conflicts([p for p in pairs if stated(p)], maxima, readings, document)


def _stated_pairs(readings: ReadingIndex, document: SourceDocument) -> Callable[[Pair], bool]:
    """Return whether a pair is stated to be a score and its per cent of a maximum."""
    facts = document.facts
    shared = [selector for selector, _ in facts.shared_maxima]
    registered = {r.claim for s in (*facts.score_shares, *shared) for r in readings.select(s)}
    scaled = {r.claim for selector, _ in facts.scales for r in readings.select(selector)}

    def stated(pair: Pair) -> bool:
        score, percent = pair.score.claim, pair.percent.claim
        banded = score.about(BAND) is not None and score in scaled and percent in scaled
        seasonal = score.scope_kind is ScopeKind.SEASON or score.about(SHARED_MAXIMUM) is not None
        return banded or seasonal or score in registered

    return stated


def _scale(scale: Sequence[Pair], *, proved: bool) -> Iterator[Note]:
    found = score_index_scale(scale, proved=proved)
    failed = found.severity is Severity.IMPLAUSIBLE
    if proved or not failed or _mostly_agree(scale):
        yield found
    else:
        yield MissingInput(
            "score_index_scale", "не заявлено, что индекс — процент балла (score_share)"
        )


def _mostly_agree(scale: Sequence[Pair]) -> bool:
    """Tell whether at least three quarters of the pairs have a common maximum.

    At least three pairs in whole points, four in half-points.
    """
    return _most_agree(scale, 1, LEAST_AGREEING) or _most_agree(
        scale, HALVES, LEAST_AGREEING_HALVES
    )


def _most_agree(scale: Sequence[Pair], parts: int, least: int) -> bool:
    found = [a for mode in RoundingMode for a in agreements(scale, mode, parts)]
    most = max((len(a.agreeing) for a in found), default=0)
    return most >= least and 4 * most >= 3 * len(scale)


def _implied(
    pair: Pair, given: Printed | None, scale: Sequence[Pair], *, proved: bool
) -> Iterator[Note]:
    found = implied_maximum(pair, given, proved=proved)
    failed = found.severity is Severity.IMPLAUSIBLE
    if proved or not failed or _mostly_agree(scale):
        yield found


def score_pairs(readings: ReadingIndex) -> list[Pair]:
    """Pair each score with the index of its key, or in a season with the share.

    Ranges and several claims of one key, as the two ends of a band may be, are paired in the order
    they are printed; unequal numbers of them leave open which belongs to which, and give no pair.
    """
    percents = _ends(readings, Concept.SHARE) | _ends(readings, Concept.INDEX)
    pairs = []
    for row, scores in _ends(readings, Concept.SCORE).items():
        found = percents.get(row, [])
        if len(scores) == len(found):
            pairs += [Pair(score, percent) for score, percent in zip(scores, found, strict=True)]
    return pairs


def _ends(readings: ReadingIndex, concept: Concept) -> dict[object, list[Printed]]:
    """Return the numbers of a concept by what they are about, in the order of print."""
    ends: dict[object, list[Printed]] = {}
    for reading in sorted(readings.of_concept(concept), key=_position):
        alien = concept is Concept.SHARE and reading.claim.scope_kind is not ScopeKind.SEASON
        if not alien and ends_of(reading):
            ends.setdefault(_row(reading.claim), []).extend(ends_of(reading))
    return ends


def _position(reading: Reading) -> tuple[int, int]:
    locator = reading.claim.locator
    return locator.line or 0, locator.cell or 0


def maximum_of(claim: Claim, maxima: PrintedMaxima) -> Printed | None:
    """Return the printed maximum of what a claim is about: its key is a part of the claim's."""
    own = dict(claim.key)
    for names in maxima.names:
        if own.keys() >= names:
            parts = tuple((name, value) for name, value in claim.key if name in names)
            for territory in (claim.territory, None):
                found = maxima.by_key.get((scope_of(claim), territory, parts))
                if found is not None:
                    return found
    return None


def maxima_of(readings: ReadingIndex) -> PrintedMaxima:
    """Return the printed maxima by what they are about."""
    by_key = {
        (scope_of(r.claim), r.claim.territory, r.claim.key): r.printed
        for r in readings.of_concept(Concept.MAX)
        if r.printed is not None
    }
    names = {frozenset(name for name, _ in key) for _, _, key in by_key}
    ordered = sorted(names, key=lambda parts: (-len(parts), sorted(parts)))
    return PrintedMaxima(by_key, tuple(ordered[:MOST_SHAPES]))


def _conflicts(
    pairs: Sequence[Pair],
    maxima: PrintedMaxima,
    readings: ReadingIndex,
    document: SourceDocument,
) -> Iterator[Finding]:
    """Compare cells registered to share a maximum, then the grades of every other subject."""
    registered: set[Claim] = set()
    for code, cells in _sharing(pairs, readings, document):
        registered |= {pair.score.claim for pair in cells}
        if len(cells) > 1:
            yield maximum_conflict(cells, code)
    free = [
        pair
        for pair in pairs
        if pair.score.claim not in registered
        and pair.score.claim.about("grade") is not None
        and maximum_of(pair.score.claim, maxima) is None
    ]
    subjects = group_by(
        free, lambda p: (_scope_row(p.score.claim), key_without(p.score.claim, "grade"))
    )
    for cells in subjects.values():
        grades = {claim_part(cell.score.claim, "grade") or "": cell for cell in cells}
        if len(grades) > 1:
            yield from _unregistered([grades[grade] for grade in in_order(grades)])


def _unregistered(cells: Sequence[Pair]) -> Iterator[Finding]:
    """Report a conflict only where one cell, changed by one digit or unit, would restore it.

    Tasks of different grades may differ; one slip is worth a look.
    """
    found = maximum_conflict(cells)
    if found.severity is not Severity.IMPLAUSIBLE:
        yield found
        return
    slips = tuple(one_slip_repairs(cells))
    if slips:
        yield replace(found, repairs=slips)


def _sharing(
    pairs: Sequence[Pair], readings: ReadingIndex, document: SourceDocument
) -> Iterator[tuple[str, list[Pair]]]:
    """Yield the groups of cells that share their maximum: registered, or named by the keys."""
    by_score = group_by(pairs, lambda pair: pair.score.claim)
    for selector, code in document.facts.shared_maxima:
        yield code, [p for r in readings.select(selector) for p in by_score.get(r.claim, ())]
    named = group_by(
        (pair for pair in pairs if pair.score.claim.about(SHARED_MAXIMUM)),
        lambda pair: (scope_of(pair.score.claim), pair.score.claim.about(SHARED_MAXIMUM) or ""),
    )
    for (_, code), cells in named.items():
        yield code, cells


def _row(claim: Claim) -> tuple[object, Key]:
    return _scope_row(claim), claim.key


def _scope_row(claim: Claim) -> tuple[str, str, str | None]:
    return (*scope_of(claim), claim.territory)


def _scale_key(pair: Pair) -> tuple[object, ...]:
    """Return what has one maximum; each territory of a season may have set tasks of its own."""
    claim = pair.score.claim
    seasonal = claim.scope_kind is ScopeKind.SEASON
    return (
        *scope_of(claim),
        claim.territory if seasonal else None,
        claim.locator.table,
        scale_of(claim),
    )
