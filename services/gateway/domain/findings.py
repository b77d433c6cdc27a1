"""Findings of all services as one ordered, filtered, paged list."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.catalogue import UPSTREAMS

Finding = Mapping[str, Any]

# Severity is by proof; the strongest statement stands first.
SEVERITIES = ("contradiction", "implausible", "hazard", "incomplete", "consistent")
STATUSES = ("open", "acknowledged", "resolved")
SERVICES = UPSTREAMS
_TOP = 5


class CursorForeign(ValueError):  # noqa: N818 -- errors name the fact here.
    """The cursor is malformed or was given for another query."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters of the findings list; None lets everything through."""

    service: str | None = None
    severity: str | None = None
    rule: str | None = None
    status: str | None = None
    territory: str | None = None
    document: str | None = None

    def fingerprint(self) -> str:
        """Digest of the filters that a cursor is bound to."""
        fields = [getattr(self, name) for name in self.__slots__]
        return hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:16]

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
    ordered: Sequence[Finding], selection: Selection, limit: int, cursor: str | None
) -> tuple[list[Finding], str | None]:
    """One page after the cursor and the next cursor, None on the last page.

    `ordered` comes from `order`. The cursor names the last finding seen, not an offset, so that
    findings added or removed between two pages neither repeat nor hide others.
    Raises CursorForeign.
    """
    after = decode_cursor(cursor, selection) if cursor else None
    chosen = [
        finding
        for finding in ordered
        if selection.holds(finding) and (after is None or rank(finding) > after)
    ]
    more = len(chosen) > limit
    items = chosen[:limit]
    return items, encode_cursor(items[-1], selection) if more else None


def encode_cursor(last: Finding, selection: Selection) -> str:
    """Opaque text naming the last finding seen and the query it belongs to."""
    content = json.dumps([selection.fingerprint(), *rank(last)], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, selection: Selection) -> tuple[int, str, str, str]:
    """Return the rank a page starts after. Raises CursorForeign."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        fingerprint, strength, service, rule, finding_id = json.loads(
            base64.b64decode(padded, altchars=b"-_", validate=True)
        )
        after = int(strength), str(service), str(rule), str(finding_id)
    except (ValueError, TypeError, binascii.Error) as error:
        raise CursorForeign(cursor) from error
    if fingerprint != selection.fingerprint():
        raise CursorForeign(cursor)
    return after


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
