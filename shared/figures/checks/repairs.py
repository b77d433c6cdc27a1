"""Repairs that suffice: candidates tried on the part of the document that reads a changed cell.

A candidate stays only if it closes its contradiction; what else it closes, and what it opens, is
reported. Findings that one repair closes together have one cause and point to each other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import combinations

from shared.figures.checks.run import CheckResult, relational, run_checks
from shared.figures.claims import Claim
from shared.figures.document import SourceDocument
from shared.figures.rules.finding import Change, Finding, Repair, Severity

NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")
MOST_PER_FINDING = 20
MOST_PER_DOCUMENT = 300
MOST_WORK = 40_000
"""How many claims all the trials of one document may read together."""
MOST_PER_TRIAL = 500
"""A finding over more claims keeps no repair: one trial of it costs as much as a whole check."""
MOST_PAIRS = 60
MOST_DIAGNOSES = 10


@dataclass
class Trials:
    """A document under repair: its findings by claim, and what is left of the work allowed."""

    document: SourceDocument
    by_claim: Mapping[Claim, Sequence[Finding]]
    left: int = MOST_PER_DOCUMENT
    work: int = MOST_WORK
    before: dict[frozenset[Claim], frozenset[str]] = field(default_factory=dict)


def verify_repairs(document: SourceDocument, result: CheckResult) -> CheckResult:
    """Return the result with verified repairs, their order, and findings of one cause related."""
    wrong = [f for f in result.findings if f.severity is Severity.CONTRADICTION]
    doubted = [f for f in result.findings if f.severity is Severity.IMPLAUSIBLE and f.repairs]
    trials = Trials(document, _by_claim(result.findings))
    verified = {f.id: _verified(f, trials) for f in [*wrong, *doubted]}
    causes = _diagnose(wrong, verified, trials)
    covered = _covered(wrong, verified)
    related = _related(covered)
    leaders = _leaders(wrong, covered)
    findings = tuple(
        replace(
            f,
            repairs=verified[f.id],
            related=tuple(sorted({*f.related, *related.get(f.id, ())})),
            shared_cause=leaders.get(f.id),
        )
        if f.id in verified
        else replace(f, repairs=())
        for f in result.findings
    )
    return replace(result, findings=findings, diagnosis=causes)


def _by_claim(findings: Iterable[Finding]) -> dict[Claim, list[Finding]]:
    known: dict[Claim, list[Finding]] = {}
    for finding in findings:
        if relational(finding):
            for claim in finding.claims:
                known.setdefault(claim, []).append(finding)
    return known


def _verified(finding: Finding, trials: Trials) -> tuple[Repair, ...]:
    """Return the candidates that close the finding: the fewest changes, then most closed, first."""
    tried = []
    for repair in dict.fromkeys(finding.repairs[:MOST_PER_FINDING]):
        judged = _try(repair, finding, trials)
        narrowed = _narrowed(repair) if judged is None else None
        if narrowed is not None:
            judged = _try(narrowed, finding, trials)
        if judged is not None:
            tried.append(judged)
    return tuple(sorted(tried, key=_preference))


def _narrowed(repair: Repair) -> Repair | None:
    """Return a range without its ends, which may touch what they should only approach."""
    change = repair.changes[0]
    ends = [NUMBER.fullmatch(text) for text in (change.low, change.high)]
    if len(repair.changes) > 1 or not all(ends) or change.low == change.high:
        return None
    low, high = (Decimal(text.replace(",", ".")) for text in (change.low, change.high))
    exponents = [number.as_tuple().exponent for number in (low, high)]
    unit = Decimal(1).scaleb(min(e for e in exponents if isinstance(e, int)))
    if low + unit > high - unit:
        return None
    return Repair.of(change.claim, f"{low + unit:f}", f"{high - unit:f}")


def _preference(repair: Repair) -> tuple[bool, int, int]:
    return bool(repair.opens), len(repair.changes), -len(repair.closes)


def _try(repair: Repair, finding: Finding, trials: Trials) -> Repair | None:
    """Run the checks with the changed cells, at both ends of a range; None if it does not suffice.

    A doubt is closed where its finding no longer has its severity.
    """
    closes: set[str] | None = None
    opens: set[str] = set()
    ends = (0,) if all(change.low == change.high for change in repair.changes) else (0, 1)
    for end in ends:
        trial = _trial(repair.changes, finding, trials, end)
        if trial is None or finding.id not in trial[0]:
            return None
        closes = set(trial[0]) if closes is None else closes & trial[0]
        opens |= trial[1]
    return replace(repair, closes=tuple(sorted(closes or ())), opens=tuple(sorted(opens)))


def _trial(
    changes: Sequence[Change], finding: Finding, trials: Trials, end: int
) -> tuple[frozenset[str], frozenset[str]] | None:
    """Return what a change closes and opens, or None once the work allowed is done."""
    cells = frozenset(change.claim for change in changes)
    touching = {f.id: f for claim in cells for f in trials.by_claim.get(claim, ())}
    touching[finding.id] = finding
    affected = list(dict.fromkeys(c for f in touching.values() for c in (*f.claims, *f.context)))
    if trials.left <= 0 or len(affected) > min(trials.work, MOST_PER_TRIAL):
        return None
    trials.left -= 1
    trials.work -= len(affected)
    if cells not in trials.before:
        trials.before[cells] = _standing(affected, trials, finding)
    texts = {change.claim: change.high if end else change.low for change in changes}
    changed = [replace(c, raw=texts[c]) if c in texts else c for c in affected]
    after, before = _standing(changed, trials, finding), trials.before[cells]
    return before - after, after - before


def _standing(claims: Sequence[Claim], trials: Trials, finding: Finding) -> frozenset[str]:
    """Return the ids of what speaks against some claims: contradictions, and the doubt tried."""
    part = replace(trials.document, claims=tuple(claims), assumptions=())
    found = run_checks(part).findings
    grave = {f.id for f in found if f.severity is Severity.CONTRADICTION}
    if finding.severity is Severity.IMPLAUSIBLE:
        grave |= {f.id for f in found if f.severity is Severity.IMPLAUSIBLE and f.id == finding.id}
    return frozenset(grave)


def _covered(
    wrong: Sequence[Finding], verified: Mapping[str, Sequence[Repair]]
) -> dict[str, set[str]]:
    """Return for each contradiction the others that its best repairs close as well."""
    known = {finding.id for finding in wrong}
    return {
        finding.id: {
            other
            for repair in verified[finding.id]
            for other in (repair.closes if not repair.opens else ())
            if other in known and other != finding.id
        }
        for finding in wrong
    }


def _related(covered: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return for each contradiction those that one repair closes together with it."""
    related = {name: set(others) for name, others in covered.items()}
    for name, others in covered.items():
        for other in others:
            related[other].add(name)
    return related


def _leaders(wrong: Sequence[Finding], covered: Mapping[str, set[str]]) -> dict[str, str]:
    """Return for each contradiction the one to show in its place; none for that one.

    It is the one whose repairs close the most others, of equals the one with the fewest claims;
    nobody leads it.
    """
    order = {f.id: (-len(covered[f.id]), len(f.claims), f.rule, f.id) for f in wrong}
    closing: dict[str, list[str]] = {name: [name] for name in order}
    for name, others in covered.items():
        for other in others:
            closing[other].append(name)
    first = {name: min(leaders, key=order.__getitem__) for name, leaders in closing.items()}
    return {name: led for name, led in first.items() if led != name and first[led] == led}


def _diagnose(
    wrong: Sequence[Finding], verified: Mapping[str, Sequence[Repair]], trials: Trials
) -> tuple[Repair, ...]:
    """Return the smallest sets of cells whose change settles each knot of contradictions."""
    causes: list[Repair] = []
    for knot in _knots(wrong):
        ids = {finding.id for finding in knot}
        repairs = [r for f in knot for r in verified[f.id] if not r.opens]
        single = [r for r in repairs if ids <= set(r.closes)]
        few = min((len(r.changes) for r in single), default=0)
        found = list(dict.fromkeys(r for r in single if len(r.changes) == few))
        if not single or few > 2:  # noqa: PLR2004 -- two cells are still one mistake or two.
            found = list(_pairs(knot, repairs, trials)) or found
        causes += found[:MOST_DIAGNOSES]
    return tuple(causes[: MOST_DIAGNOSES * MOST_DIAGNOSES])


def _pairs(knot: Sequence[Finding], repairs: Sequence[Repair], trials: Trials) -> Iterator[Repair]:
    """Yield the two changes of one cell each that together settle a knot."""
    ids = {finding.id for finding in knot}
    ones = list(dict.fromkeys(r for r in repairs if len(r.changes) == 1))[:MOST_PER_FINDING]
    pairs = [
        (a, b)
        for a, b in combinations(ones, 2)
        if a.changes[0].claim != b.changes[0].claim and ids <= {*a.closes, *b.closes}
    ]
    for first, second in pairs[:MOST_PAIRS]:
        both = Repair((*first.changes, *second.changes))
        judged = _try(both, knot[0], trials)
        if judged is not None and ids <= set(judged.closes) and not judged.opens:
            yield judged


def _knots(wrong: Sequence[Finding]) -> list[list[Finding]]:
    """Group contradictions that share a claim, directly or through others."""
    leader: dict[str, str] = {finding.id: finding.id for finding in wrong}

    def root(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    first: dict[Claim, str] = {}
    for finding in wrong:
        for claim in finding.claims:
            other = first.setdefault(claim, finding.id)
            leader[root(finding.id)] = root(other)
    knots: dict[str, list[Finding]] = {}
    for finding in wrong:
        knots.setdefault(root(finding.id), []).append(finding)
    return list(knots.values())
