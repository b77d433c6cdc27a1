"""Inputs of `share_of_whole` and `share_granularity`: shares and the counts they are of."""

from collections.abc import Iterator, Mapping, Sequence

from shared.figures.checks.grouping import group_by, scope_of
from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Note
from shared.figures.claims import Claim, Concept
from shared.figures.conventions import ShareOf
from shared.figures.document import SourceDocument
from shared.figures.reading import Printed, Reading
from shared.figures.rules.finding import Finding, Guess, Severity
from shared.figures.rules.shares import Ratio, share_granularity, share_of_whole
from shared.figures.selectors import Key, Selector, claim_part, key_without

NO_SHARE_AXES = frozenset({"period", "of"})
"""Parts of a key whose absence names no whole: another year, another people."""
UNSTATED = Guess("Знаменателем сочтено число с тем же ключом без одной его части.", "share_of")
Counts = Mapping[Key, Printed]


def check_share_facts(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check the shares whose whole, and maybe part, a fact names."""
    for fact in document.facts.shares_of:
        parts = _by_join(readings, fact, fact.part)
        wholes = _by_join(readings, fact, fact.whole)
        for reading in readings.select(fact.share):
            key = _join_key(reading.claim, fact)
            whole = _of_share(reading.claim, fact.whole, wholes.get(key, ()))
            part = _of_share(reading.claim, fact.part, parts.get(key, ()))
            share = reading.printed
            if share is None:
                continue
            if whole is None:
                yield MissingInput(
                    "share_of_whole", "знаменатель доли не напечатан или их несколько"
                )
            elif part is not None:
                found = share_of_whole(share, Ratio(part, whole))
                yield from [found] if found is not None else []
            else:
                found = share_granularity(share, whole, hundred=100, proved=True)
                yield from [found] if found is not None else []


def _by_join(
    readings: ReadingIndex, fact: ShareOf, selector: Selector | None
) -> dict[Key, list[Reading]]:
    """Return the counts of each joined key."""
    if selector is None:
        return {}
    shares = {r.claim for r in readings.select(fact.share)}
    counted = [r for r in readings.select(selector) if r.claim not in shares]
    return group_by(counted, lambda r: _join_key(r.claim, fact))


def _of_share(
    claim: Claim, selector: Selector | None, counted: Sequence[Reading]
) -> Printed | None:
    """Return the only count, or of several the only one whose key agrees with the share's.

    Keys are compared in the parts both have; those that the selector itself names are not.
    Several that agree leave open which is meant.
    """
    if len(counted) > 1 and selector is not None:
        named = {name for name, _ in (*selector.key, *selector.any_of)}
        own = {name: value for name, value in claim.key if name not in named}
        counted = [r for r in counted if all(own.get(n, v) == v for n, v in r.claim.key)]
    return counted[0].printed if len(counted) == 1 else None


def _join_key(claim: Claim, fact: ShareOf) -> Key:
    names = fact.join or ("territory", "period")
    return tuple((name, claim_part(claim, name) or "") for name in names)


def check_share_keys(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check shares against counts of the same key, and of the key without one of its parts."""
    stated = {r.claim for fact in document.facts.shares_of for r in readings.select(fact.share)}
    places = group_by(readings.of_concept(Concept.COUNT), _place)
    counts = {place: _by_key(group) for place, group in places.items()}
    for reading in readings.of_concept(Concept.SHARE):
        known = counts.get(_place(reading))
        if reading.printed is not None and known and reading.claim not in stated:
            yield from _judge(reading, known)


def _place(reading: Reading) -> tuple[tuple[str, str], str | None]:
    return scope_of(reading.claim), reading.claim.territory


def _by_key(group: list[Reading]) -> dict[Key, Printed]:
    """Return the counts of one territory by key; a key printed twice is none."""
    keys = group_by(group, lambda r: r.claim.key)
    return {
        key: printed
        for key, same in keys.items()
        if len(same) == 1 and (printed := same[0].printed) is not None
    }


def _judge(reading: Reading, counts: Counts) -> Iterator[Finding]:
    """Try every whole the key allows: one that fits is enough, only one that fails is a proof."""
    share = reading.printed
    assert share is not None  # noqa: S101 -- the caller asks for it.
    part_key = _part_key(reading.claim, counts)
    ratios = list(_ratios(reading.claim, part_key, counts))
    found = [share_of_whole(share, r, proved=len(ratios) == 1) for r in ratios]
    findings = [f for f in found if f is not None]
    holding = [f for f in findings if f.severity is Severity.CONSISTENT]
    if findings:
        yield (holding or findings)[0]
        return
    wholes = list(_wholes(reading.claim, reading.claim.key, counts))
    if len(wholes) == 1 and share.exact <= 100:  # noqa: PLR2004 -- per cent
        grim = share_granularity(share, wholes[0], hundred=100, proved=False, guess=UNSTATED)
        yield from [grim] if grim is not None else []


def _part_key(claim: Claim, counts: Counts) -> Key:
    """Return the key of the counted part: the share's own, or the only one that holds it."""
    if claim.key in counts or len(counts) > MOST_SEARCHED:
        return claim.key
    wanted = set(claim.key)
    holding = [key for key in counts if wanted < set(key)]
    more = {name for key in holding for name, _ in set(key) - wanted}
    single = all(len({dict(key).get(name) for key in counts}) == 1 for name in more)
    return holding[0] if len(holding) == 1 and single else claim.key


MOST_SEARCHED = 200
"""Among more counts of one territory no part with a longer key is looked for."""


def _ratios(claim: Claim, part_key: Key, counts: Counts) -> Iterator[Ratio]:
    part = counts.get(part_key)
    if part is None:
        return
    for whole in _wholes(claim, part_key, counts):
        yield Ratio(part, whole)


def _wholes(claim: Claim, part_key: Key, counts: Counts) -> Iterator[Printed]:
    """Yield the counts of the key without one of the share's parts."""
    for name, _ in claim.key:
        whole = counts.get(tuple(pair for pair in part_key if pair[0] != name))
        if whole is not None and name not in NO_SHARE_AXES:
            yield whole


def check_means_of_integers(readings: ReadingIndex, document: SourceDocument) -> Iterator[Note]:
    """Check means of a domain of step 1 against the only count of the same people."""
    whole_scores = [s for s, scale in document.facts.domains if scale.step == 1]
    counted = group_by(readings.of_concept(Concept.COUNT), lambda r: (_place(r), _people(r.claim)))
    for selector in whole_scores:
        for reading in readings.select(selector):
            if reading.claim.concept is not Concept.SCORE or reading.printed is None:
                continue
            if (reading.claim.about("measure") or "mean") not in MEANS:
                continue
            same = counted.get((_place(reading), _people(reading.claim)), [])
            number = same[0].printed if len(same) == 1 else None
            if number is not None and reading.printed.digits > 0:
                found = share_granularity(reading.printed, number, hundred=1, proved=True)
                yield from [found] if found is not None else []


MEANS = frozenset({"mean", "average", "avg"})


def _people(claim: Claim) -> Key:
    return key_without(claim, "measure", "of")
