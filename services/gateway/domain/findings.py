"""Findings of all services as one ordered, filtered, paged list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.catalogue import UPSTREAMS
from shared.synthetic import is_synthetic_finding

Finding = Mapping[str, Any]
Rank = tuple[int, str, str, str]

# Severity is by proof; the strongest statement stands first.
SEVERITIES = ("contradiction", "implausible", "hazard", "incomplete", "consistent")
STATUSES = ("open", "acknowledged", "resolved")
SERVICES = UPSTREAMS
_TOP = 5


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters of the findings list; None lets everything through.

    Without `synthetic` findings of the example are left out.
    """

    service: str | None = None
    severity: str | None = None
    rule: str | None = None
    status: str | None = None
    territory: str | None = None
    document: str | None = None
    synthetic: bool = True

    def holds(self, finding: Finding) -> bool:
        """Whether the finding passes every filter."""
        if not self.synthetic and is_synthetic_finding(finding):
            return False
        plain = ("service", "severity", "rule", "status")
        if any(
            wanted is not None and finding.get(name) != wanted
            for name in plain
            for wanted in (getattr(self, name),)
        ):
            return False
        if self.territory is not None and self.territory not in territories_of(finding):
            return False
        return self.document is None or self.document in documents_of(finding)


def territories_of(finding: Finding) -> frozenset[str]:
    """OKTMO codes the finding is about: its subject's territory or territories."""
    subject = finding.get("subject") or {}
    named = subject.get("territories") or []
    single = subject.get("territory")
    return frozenset([*named, single] if single else named)


def documents_of(finding: Finding) -> frozenset[str]:
    """Codes of the documents the finding's evidence stands in."""
    return frozenset(
        document
        for proof in finding.get("evidence") or ()
        if isinstance(document := proof.get("document"), str)
    )


def rank(finding: Finding) -> tuple[int, str, str, str]:
    """Order of the list: severity by strength, then service, rule and id."""
    severity = finding.get("severity")
    strength = SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)
    return strength, str(finding.get("service")), str(finding.get("rule")), str(finding["id"])


def order(findings: Iterable[Finding]) -> list[Finding]:
    """All findings in the order of the list."""
    return sorted(findings, key=rank)


def page(
    ordered: Sequence[Finding], selection: Selection, limit: int, after: Rank | None
) -> tuple[list[Finding], Rank | None]:
    """One page after a rank and the rank the next one starts after, None on the last page.

    `ordered` comes from `order`. A rank names the last finding seen, not an offset, so that
    findings added or removed between two pages neither repeat nor hide others.
    """
    chosen = [
        finding
        for finding in ordered
        if selection.holds(finding) and (after is None or rank(finding) > after)
    ]
    more = len(chosen) > limit
    items = chosen[:limit]
    return items, rank(items[-1]) if more else None


def summarise(ordered: Iterable[Finding], oktmo: str) -> dict[str, Any]:
    """Return counts by severity of a territory's findings and the strongest open ones.

    A closed finding counts no longer; a check that holds is closed by its nature and does.
    """
    own = [finding for finding in ordered if oktmo in territories_of(finding)]
    counts = dict.fromkeys(SEVERITIES, 0)
    for finding in own:
        severity = finding.get("severity")
        closed = finding.get("status") == "resolved" and severity != "consistent"
        if severity in counts and not closed:
            counts[severity] += 1
    news = [
        finding
        for finding in own
        if finding.get("status") == "open" and finding.get("severity") != "consistent"
    ]
    return {"counts": counts, "top": news[:_TOP]}
