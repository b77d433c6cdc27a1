"""Findings of all services as one ordered, filtered, paged list."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from services.catalogue import UPSTREAMS

Finding = Mapping[str, Any]
Rank = tuple[int, str, str, str]

# Severity is by proof; the strongest statement stands first.
SEVERITIES = ("contradiction", "implausible", "hazard", "incomplete", "consistent")
STATUSES = ("open", "acknowledged", "resolved")
SERVICES = UPSTREAMS
_TOP = 5


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters of the findings list; None lets everything through."""

    service: str | None = None
    severity: str | None = None
    rule: str | None = None
    status: str | None = None
    territory: str | None = None
    document: str | None = None

    def holds(self, finding: Finding) -> bool:
        """Whether the finding passes every filter."""
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


@dataclass(slots=True)
class FindingIndex:
    """Findings in the order of the list, with their ranks and those of each territory."""

    items: list[Finding] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)
    of_territory: dict[str, list[Finding]] = field(default_factory=dict)


def index_findings(findings: Iterable[Finding]) -> FindingIndex:
    """Order findings and group them by territory; one about several stands in each group."""
    items = sorted(findings, key=rank)
    index = FindingIndex(items, [rank(finding) for finding in items])
    for finding in items:
        for oktmo in territories_of(finding):
            index.of_territory.setdefault(oktmo, []).append(finding)
    return index


def page(
    index: FindingIndex, selection: Selection, limit: int, after: Rank | None
) -> tuple[list[Finding], Rank | None]:
    """One page after a rank and the rank the next one starts after, None on the last page.

    A rank names the last finding seen, not an offset, so that findings added or removed between
    two pages neither repeat nor hide others. Findings before the page are not looked at.
    """
    start = 0 if after is None else bisect_right(index.ranks, after)
    following = islice(index.items, start, None)
    chosen = list(islice((one for one in following if selection.holds(one)), limit + 1))
    items = chosen[:limit]
    return items, rank(items[-1]) if len(chosen) > limit else None


def summarise(own: Sequence[Finding]) -> dict[str, Any]:
    """Return counts by severity of a territory's ordered findings and the strongest open ones.

    A closed finding counts no longer; a check that holds is closed by its nature and does.
    """
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
