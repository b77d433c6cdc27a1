"""Running every check on a document: isolated from each other, bounded, nothing left unsaid."""

import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.figures.checks.index import ReadingIndex
from shared.figures.checks.notes import MissingInput, Unchecked
from shared.figures.checks.registry import CHECKS, Check
from shared.figures.checks.unchecked import ABOUT_CELLS, unchecked_claims
from shared.figures.claims import Claim
from shared.figures.document import SourceDocument
from shared.figures.reading import read_claim
from shared.figures.rules.finding import Finding, Json, Repair, Severity, subject_of
from shared.figures.rules.rounding_rules import one_rounding_rule

GRAVITY = {severity: rank for rank, severity in enumerate(Severity)}
MOST_FINDINGS = 200
"""How many findings of one rule are reported one by one; the rest are one finding together."""
MOST_MISSING = 20


@dataclass(frozen=True, slots=True)
class RuleState:
    """How many findings a rule has, and what it lacked."""

    rule: str
    applied: int
    missing: tuple[str, ...]

    def wire(self) -> dict[str, Json]:
        """Return `{"rule", "applied", "missing"}`."""
        return {"rule": self.rule, "applied": self.applied, "missing": list(self.missing)}


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that raised: its rules, and the trace for the log."""

    rules: tuple[str, ...]
    trace: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Everything a check of a document says."""

    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...]
    rules: tuple[RuleState, ...]
    failures: tuple[Failure, ...]
    diagnosis: tuple[Repair, ...] = ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The rules that could not be run to their end."""
        return tuple(dict.fromkeys(rule for failure in self.failures for rule in failure.rules))


def run_checks(document: SourceDocument, checks: Sequence[Check] = CHECKS) -> CheckResult:
    """Apply every check to a document; findings come in a stable order (rule, then id).

    Of several findings that one rule has about the same claims the gravest counts. A check that
    raises loses only what it had not said yet.
    """
    ordered = sorted(document.claims, key=lambda claim: claim.identity)
    readings = ReadingIndex(read_claim(claim) for claim in ordered)
    found: dict[str, Finding] = {}
    missing: list[MissingInput] = []
    failures: list[Failure] = []
    for check in checks:
        _apply(check, readings, document, found, missing, failures)
    kept, denied = _without_denied(found.values(), readings, document)
    rounding = one_rounding_rule(kept)
    findings = [*kept, *([] if rounding is None else [rounding])]
    findings += [_failed(failure, document) for failure in failures] if document.claims else []
    bounded = bound_findings(sorted(findings, key=lambda f: (f.rule, f.id)))
    return CheckResult(
        tuple(bounded),
        tuple(unchecked_claims(readings, bounded, denied)),
        _states(checks, bounded, missing),
        tuple(failures),
    )


def _apply(
    check: Check,
    readings: ReadingIndex,
    document: SourceDocument,
    found: dict[str, Finding],
    missing: list[MissingInput],
    failures: list[Failure],
) -> None:
    try:
        for note in check.run(readings, document):
            if isinstance(note, MissingInput):
                missing.append(note)
                continue
            known = found.get(note.id)
            if known is None or GRAVITY[note.severity] < GRAVITY[known.severity]:
                found[note.id] = note
    except Exception:  # noqa: BLE001 -- one rule must not take down others; it is logged.
        failures.append(Failure(check.rules, traceback.format_exc(limit=-5)))


def _failed(failure: Failure, document: SourceDocument) -> Finding:
    """Say that rules could not be run; what they would have found is unknown."""
    names = ", ".join(failure.rules)
    claim = document.claims[0]
    return Finding(
        rule="rule_failed",
        severity=Severity.INCOMPLETE,
        text=f"Правило {names} не выполнено: его выводов в этом документе нет.",
        subject={"document": claim.document, "rules": list(failure.rules)},
        claims=(claim,),
        recomputed={"default": "not_checked"},
        about=(document.code, *failure.rules),
    )


def _without_denied(
    findings: Iterable[Finding], readings: ReadingIndex, document: SourceDocument
) -> tuple[list[Finding], frozenset[Claim]]:
    """Leave out the findings of rules that a fact denies for some of their claims."""
    denied: dict[str, set[Claim]] = {}
    for denial in document.facts.denials:
        claims = {reading.claim for reading in readings.select(denial.selector)}
        denied.setdefault(denial.rule, set()).update(claims)
    kept = [f for f in findings if not denied.get(f.rule, frozenset()) & set(f.claims)]
    return kept, frozenset(claim for claims in denied.values() for claim in claims)


def bound_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Keep the gravest findings of each rule; join the rest into one."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    bounded: list[Finding] = []
    for several in by_rule.values():
        gravest = sorted(several, key=lambda f: (GRAVITY[f.severity], f.id))
        bounded += sorted(gravest[:MOST_FINDINGS], key=lambda f: f.id)
        bounded += [_rest(gravest[MOST_FINDINGS:])] if len(gravest) > MOST_FINDINGS else []
    return bounded


def _rest(findings: Sequence[Finding]) -> Finding:
    """Join findings beyond the bound: the gravest severity, all claims, how many of each."""
    claims = tuple(dict.fromkeys(claim for f in findings for claim in f.claims))
    counts = Counter(finding.severity.value for finding in findings)
    first = findings[0]
    return Finding(
        rule=first.rule,
        severity=first.severity,
        text=f"Ещё {len(findings)} выводов этого правила: показаны первые {MOST_FINDINGS}.",
        subject={**subject_of(claims), "more": len(findings)},
        claims=claims,
        recomputed={"more": dict(counts)},
        about=(first.claims[0].document, "more"),
    )


def _states(
    checks: Sequence[Check], findings: Sequence[Finding], missing: Sequence[MissingInput]
) -> tuple[RuleState, ...]:
    applied = Counter(finding.rule for finding in findings)
    lacking: dict[str, dict[str, None]] = {}
    for note in missing:
        lacking.setdefault(note.rule, {})[note.text] = None
    names = dict.fromkeys([*(rule for check in checks for rule in check.rules), *applied])
    return tuple(
        RuleState(rule, applied[rule], tuple(lacking.get(rule, {}))[:MOST_MISSING])
        for rule in sorted(names)
    )


def count_by_severity(findings: Iterable[Finding]) -> Mapping[str, int]:
    """Count findings of each severity, zeros included."""
    counted = Counter(finding.severity for finding in findings)
    return {severity.value: counted[severity] for severity in Severity}


def relational(finding: Finding) -> bool:
    """Tell whether a finding compares figures with something."""
    return finding.rule not in ABOUT_CELLS
