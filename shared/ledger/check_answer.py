"""The answer of a check as in the wire format: claims by their index in the request."""

from collections.abc import Mapping, Sequence

from shared.figures.checks import CheckResult
from shared.figures.checks.run import count_by_severity
from shared.figures.claims import Claim
from shared.figures.rules.finding import Finding, Json, Repair

Index = Mapping[Claim, int]


def check_answer(service: str, claims: Sequence[Claim], result: CheckResult) -> dict[str, Json]:
    """Return items, unchecked claims, rules with what they lacked, failures, counts, diagnosis."""
    index = {claim: place for place, claim in enumerate(claims)}
    return {
        "items": [_finding(service, finding, index) for finding in result.findings],
        "unchecked": [
            {"claim": index[one.claim], "why": one.why}
            for one in sorted(result.unchecked, key=lambda one: index[one.claim])
        ],
        "rules": [state.wire() for state in result.rules],
        "failed": list(result.failed),
        "counts": count_by_severity(result.findings),
        "diagnosis": [_repair(repair, index) for repair in result.diagnosis],
    }


def _finding(service: str, finding: Finding, index: Index) -> dict[str, Json]:
    evidence: list[Json] = [
        {
            "claim": index.get(claim),
            "document": claim.document,
            "locator": claim.locator.wire(),
            "raw": claim.raw,
        }
        for claim in finding.claims
    ]
    repairs: list[Json] = [_repair(repair, index) for repair in finding.repairs]
    return {**finding.wire(), "service": service, "repairs": repairs, "evidence": evidence}


def _repair(repair: Repair, index: Index) -> dict[str, Json]:
    changes: list[Json] = [
        {**change.wire(), "claim": index[change.claim]} for change in repair.changes
    ]
    return {**repair.wire(), "changes": changes}
