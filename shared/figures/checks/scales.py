"""Inputs of `score_index_scale`, `implied_maximum` and `maximum_conflict`: pairs of one key."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from shared.figures.checks.bands import ends_of
from shared.figures.checks.grouping import group_by, in_order, of_concept, scale_of, scope_of
from shared.figures.claims import Claim, Concept, ScopeKind
from shared.figures.document import Key, SourceDocument, claim_part, key_without
from shared.figures.reading import Printed, Reading
from shared.figures.rules.candidates import Pair
from shared.figures.rules.finding import Finding
from shared.figures.rules.scales import implied_maximum, maximum_conflict, score_index_scale

SHARED_MAXIMUM = "shared_maximum"
"""The part of a key that names the group of cells with one maximum."""
MOST_PARTS = 10
Maxima = Mapping[tuple[tuple[str, str], str | None, Key], Printed]


def check_scales(readings: Sequence[Reading], document: SourceDocument) -> Iterator[Finding]:
    """Check every pair by itself or with the pairs of its scale, and the grades of a subject.

    Pairs whose printed maxima differ are not on one scale.
    """
    pairs = score_pairs(readings)
    maxima = maxima_of(readings)
    given = {pair: maximum_of(pair.score.claim, maxima) for pair in pairs}

    def scale_key(pair: Pair) -> tuple[object, ...]:
        maximum = given[pair]
        return (*_scale_key(pair), None if maximum is None else maximum.value)

    for scale in group_by(pairs, scale_key).values():
        if len(scale) > 1:
            yield score_index_scale(scale)
        for pair in scale:
            if len(scale) == 1 or given[pair] is not None:
                yield implied_maximum(pair, given[pair])
    yield from _conflicts(pairs, maxima, document)


def score_pairs(readings: Sequence[Reading]) -> list[Pair]:
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


def _ends(readings: Sequence[Reading], concept: Concept) -> dict[object, list[Printed]]:
    """Return the numbers of a concept by what they are about, in the order of print."""
    ends: dict[object, list[Printed]] = {}
    for reading in sorted(of_concept(readings, concept), key=_position):
        alien = concept is Concept.SHARE and reading.claim.scope_kind is not ScopeKind.SEASON
        if not alien and ends_of(reading):
            ends.setdefault(_row(reading.claim), []).extend(ends_of(reading))
    return ends


def _position(reading: Reading) -> tuple[int, int]:
    locator = reading.claim.locator
    return locator.line or 0, locator.cell or 0


def maximum_of(claim: Claim, maxima: Maxima) -> Printed | None:
    """Return the printed maximum of what a claim is about: its key is a part of the claim's."""
    for parts in _subsets(claim.key):
        for territory in (claim.territory, None):
            found = maxima.get((scope_of(claim), territory, parts))
            if found is not None:
                return found
    return None


def maxima_of(readings: Sequence[Reading]) -> Maxima:
    """Return the printed maxima by what they are about."""
    return {
        (scope_of(r.claim), r.claim.territory, r.claim.key): r.printed
        for r in of_concept(readings, Concept.MAX)
        if r.printed is not None
    }


def _subsets(key: Key) -> Iterator[Key]:
    """Yield the parts of a key from the whole to nothing; of a very long one only the whole."""
    least = 0 if len(key) <= MOST_PARTS else len(key)
    for size in range(len(key), least - 1, -1):
        yield from combinations(key, size)


def _conflicts(
    pairs: Sequence[Pair], maxima: Maxima, document: SourceDocument
) -> Iterator[Finding]:
    """Compare cells registered to share a maximum, then the grades of every other subject."""
    registered: set[Claim] = set()
    for code, cells in _sharing(pairs, document):
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
            yield maximum_conflict([grades[grade] for grade in in_order(grades)])


def _sharing(pairs: Sequence[Pair], document: SourceDocument) -> Iterator[tuple[str, list[Pair]]]:
    """Yield the groups of cells that share their maximum: registered, or named by the keys."""
    for selector, code in document.facts.shared_maxima:
        yield code, [pair for pair in pairs if selector.matches(pair.score.claim)]
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
