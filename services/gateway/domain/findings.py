"""Findings of all services as one ordered, filtered, paged list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class SourceDocumentState:
    """A source document of a service: its region, what it speaks of, its check.

    `territory` is the region it belongs to, None for a document of the whole country.
    """

    service: str
    code: str
    territory: str | None
    territories: frozenset[str]
    check: Mapping[str, Any]

    def concerns(self, oktmo: str) -> bool:
        """Whether the passport of a territory shows figures of the document."""
        return oktmo == self.territory or oktmo in self.territories

    def wire(self) -> dict[str, Any]:
        """Return `{service, document, state, at, revision, rules_failed}`."""
        return {"service": self.service, "document": self.code, **self.check}


class FindingsIndex:
    """Findings of all services by the documents their evidence stands in.

    `ordered` comes from `order`; a finding of no stored document is found by its territories.
    """

    def __init__(
        self, ordered: Sequence[Finding] = (), documents: Sequence[SourceDocumentState] = ()
    ) -> None:
        self.documents = documents
        self._ordered = ordered
        self._of_document: dict[tuple[str, str], list[int]] = {}
        self._of_territory: dict[str, list[int]] = {}
        stored = {(one.service, one.code) for one in documents}
        for number, finding in enumerate(ordered):
            named = {(str(finding.get("service")), code) for code in documents_of(finding)}
            for place in named & stored:
                self._of_document.setdefault(place, []).append(number)
            for oktmo in () if named & stored else territories_of(finding):
                self._of_territory.setdefault(oktmo, []).append(number)

    def summarise(self, oktmo: str) -> dict[str, Any]:
        """Return counts, strongest open findings and checks of a territory's documents.

        Counted are the findings of the documents whose figures the passport shows, whatever
        territory they name. A closed finding counts no longer; a check that holds is closed by
        its nature and does. Of equal strength, those that name the territory stand first.
        """
        shown = [one for one in self.documents if one.concerns(oktmo)]
        numbers = set(self._of_territory.get(oktmo, ()))
        for one in shown:
            numbers.update(self._of_document.get((one.service, one.code), ()))
        own = [self._ordered[number] for number in sorted(numbers)]
        counts = dict.fromkeys(SEVERITIES, 0)
        for finding in own:
            severity = finding.get("severity")
            closed = finding.get("status") == "resolved" and severity != "consistent"
            if severity in counts and not closed:
                counts[severity] += 1
        return {
            "counts": counts,
            "top": _top(own, oktmo),
            "checks": [one.wire() for one in shown],
        }


def _top(own: Iterable[Finding], oktmo: str) -> list[Finding]:
    news = [
        finding
        for finding in own
        if finding.get("status") == "open" and finding.get("severity") != "consistent"
    ]
    return sorted(news, key=lambda one: (rank(one)[0], oktmo not in territories_of(one)))[:_TOP]


def checks_wire(
    documents: Iterable[SourceDocumentState], selection: Selection
) -> list[dict[str, Any]]:
    """Return the checks of the documents that a list of findings is asked about."""
    return [
        one.wire()
        for one in documents
        if selection.service in (None, one.service) and selection.document in (None, one.code)
    ]


def states_of(service: str, items: Iterable[Mapping[str, Any]]) -> list[SourceDocumentState]:
    """Return the source documents that a service says it has."""
    return [
        SourceDocumentState(
            service,
            item["document"],
            item["territory"],
            frozenset(item["territories"]),
            item["check"],
        )
        for item in items
    ]
