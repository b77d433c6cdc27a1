"""Findings of all services as one ordered, filtered, paged list."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from services.catalogue import UPSTREAMS
from shared.synthetic import is_synthetic_finding, is_synthetic_programme

Finding = Mapping[str, Any]
Rank = tuple[int, str, str, str]

# Severity is by proof; the strongest statement comes first.
SEVERITIES = ("contradiction", "implausible", "hazard", "incomplete", "consistent")
STATUSES = ("open", "acknowledged", "resolved")
SERVICES = UPSTREAMS
_TOP = 5


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters of the findings list; None lets everything through.

    Without `synthetic` findings of the example are left out; `folded` leaves out those that
    another one with the same cause speaks for.
    """

    service: str | None = None
    severity: str | None = None
    rule: str | None = None
    status: str | None = None
    territory: str | None = None
    document: str | None = None
    synthetic: bool = True
    folded: bool = False

    def holds(self, finding: Finding) -> bool:
        """Whether the finding passes every filter."""
        if not self.synthetic and is_synthetic_finding(finding):
            return False
        if self.folded and finding.get("shared_cause") is not None:
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
    """Codes of the documents the finding's evidence is in."""
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


@dataclass(frozen=True, slots=True)
class SourceDocumentState:
    """A source document of a service and the state of its check.

    `territories` are those whose passports show its figures: the region it belongs to and those
    that its claims name.
    """

    service: str
    code: str
    territories: frozenset[str]
    check: Mapping[str, Any]

    def wire(self) -> dict[str, Any]:
        """Return `{service, document, state, at, revision, rules_failed}`."""
        return {"service": self.service, "document": self.code, **self.check}


@dataclass(slots=True)
class FindingIndex:
    """Findings in the order of the list, with their ranks and those of each territory.

    Findings of a territory are those of the documents its passport shows, whatever territory they
    name; a finding of no stored document is of the territories it names.
    """

    items: list[Finding] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)
    of_territory: dict[str, list[Finding]] = field(default_factory=dict)
    documents: Sequence[SourceDocumentState] = ()
    documents_of_territory: dict[str, list[SourceDocumentState]] = field(default_factory=dict)

    def mention(self, oktmo: str) -> bool:
        """Tell whether any finding or document says something of the territory."""
        return oktmo in self.of_territory or oktmo in self.documents_of_territory

    def summarise(self, oktmo: str) -> dict[str, Any]:
        """Return counts, strongest open findings and checks of a territory's documents."""
        checks = [one.wire() for one in self.documents_of_territory.get(oktmo, ())]
        return {**summarise(self.of_territory.get(oktmo, ()), oktmo), "checks": checks}


def index_findings(
    findings: Iterable[Finding], documents: Sequence[SourceDocumentState] = ()
) -> FindingIndex:
    """Order findings and group them by territory; one about several is in each group."""
    items = sorted(findings, key=rank)
    index = FindingIndex(items, [rank(finding) for finding in items], documents=documents)
    shown = {(one.service, one.code): one.territories for one in documents}
    for document in documents:
        for oktmo in document.territories:
            index.documents_of_territory.setdefault(oktmo, []).append(document)
    for finding in items:
        for oktmo in _passports_of(finding, shown):
            index.of_territory.setdefault(oktmo, []).append(finding)
    return index


def _passports_of(
    finding: Finding, shown: Mapping[tuple[str, str], frozenset[str]]
) -> frozenset[str]:
    named = [(str(finding.get("service")), code) for code in documents_of(finding)]
    stored = [shown[place] for place in named if place in shown]
    return frozenset().union(*stored) if stored else territories_of(finding)


def checks_wire(
    documents: Iterable[SourceDocumentState], selection: Selection
) -> list[dict[str, Any]]:
    """Return the checks of the documents that a list of findings is asked about."""
    return [
        one.wire()
        for one in documents
        if selection.service in (None, one.service)
        and selection.document in (None, one.code)
        and (selection.synthetic or not is_synthetic_programme(one.code))
    ]


def states_of(service: str, items: Iterable[Mapping[str, Any]]) -> list[SourceDocumentState]:
    """Return the source documents that a service says it has."""
    return [
        SourceDocumentState(
            service,
            item["document"],
            frozenset(code for code in (item["territory"], *item["territories"]) if code),
            item["check"],
        )
        for item in items
    ]


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


def summarise(own: Sequence[Finding], oktmo: str) -> dict[str, Any]:
    """Return counts by severity of a territory's ordered findings and the strongest open ones.

    A closed finding counts no longer; a check that holds is closed by its nature and does. Of
    equal strength, those that name the territory come first; of one cause the leading one alone.
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
    leading = {finding["id"] for finding in news}
    news = [finding for finding in news if finding.get("shared_cause") not in leading]
    news.sort(key=lambda one: (rank(one)[0], oktmo not in territories_of(one)))
    return {"counts": counts, "top": news[:_TOP]}
