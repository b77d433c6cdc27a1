"""Findings as the ledger keeps them: what a new check changes, and what people did about them.

A finding is open until people acknowledge it or its figures no longer give it: then it is
resolved and stays, with its history. What was checked and holds is stored as resolved.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import lock
from shared.figures.rules.finding import Finding, Severity, claim_id
from shared.ledger import store
from shared.ledger.topics import findings_changed
from shared.outbox import emit

OPEN, ACKNOWLEDGED, RESOLVED = "open", "acknowledged", "resolved"
RANKS = {severity.value: rank for rank, severity in enumerate(Severity)}
CONTENT = (
    "text",
    "subject",
    "declared",
    "recomputed",
    "tolerance",
    "assumes",
    "repairs",
    "evidence",
    "related",
    "shared_cause",
)
CAUSE = "shared_cause"
"""Stored only where there is one: nobody acknowledges again what did not change."""
LISTS = frozenset({"assumes", "repairs", "evidence", "related"})
LOCK = "ledger:findings"
WIRE_NAMES = (
    "changes claim document locator line cell table raw set closes opens "
    "territory band step code value score index percent max place group_place from to low "
    "high low_open high_open published level "
    "possible undecidable half_up half_even ceil floor"
)
WIRE_ORDER = {name: place for place, name in enumerate(WIRE_NAMES.split())}
"""The database keeps no order of an object's members; people read them in this one."""

Stored = Mapping[str, Any]


async def store_findings(
    session: AsyncSession, *, service: str, source: str, findings: Sequence[Finding]
) -> bool:
    """Replace the findings of a service's own source; tell whether anything changed.

    Acknowledgements stay with findings that say the same. A change makes one new revision of the
    ledger and emits `<service>.findings_changed.v1` in the caller's transaction.
    """
    return await replace_findings(session, service, f"source:{source}", findings)


async def replace_findings(
    session: AsyncSession,
    service: str,
    origin: str,
    findings: Sequence[Finding],
    paths: Sequence[str] = (),
) -> bool:
    """Bring the stored findings of an origin to what its check now says.

    `paths` are public documents whose doubts change with them.
    """
    await lock(session, LOCK)
    stored = {row["id"]: row for row in await store.findings_of(session, origin)}
    revision = await store.last_revision(session) + 1
    changed: list[Stored] = []
    found = {finding.id: finding for finding in findings}
    for finding in found.values():
        row = next_state(stored.get(finding.id), finding)
        if row is not None:
            saved = {**row, "origin": origin, "revision": revision}
            await store.save_finding(session, saved)
            changed.append(saved)
    gone = [row for name, row in stored.items() if name not in found]
    changed += [row for row in gone if await _retire(session, row, revision)]
    if changed:
        await announce(session, service, revision, changed, paths)
    return bool(changed)


def next_state(stored: Stored | None, finding: Finding) -> dict[str, Any] | None:
    """Return the row a checked finding should become, or None if nothing changes.

    A finding whose rule now holds is resolved and keeps what it said; one that says something new
    is open again, whatever people said of the old one.
    """
    row = row_of(finding)
    if stored is None:
        return row
    holds = finding.severity is Severity.CONSISTENT
    was_finding = stored["severity"] != Severity.CONSISTENT.value
    if holds and was_finding:
        if stored["status"] == RESOLVED:
            return None
        kept = {name: stored[name] for name in ("severity", "rank", "content", "digest", "comment")}
        return {**row, **kept, "status": RESOLVED}
    if stored["digest"] != row["digest"]:
        return row
    if not holds and stored["status"] == RESOLVED:
        return row
    return None


def row_of(finding: Finding) -> dict[str, Any]:
    """Return the row of a finding nobody has seen yet."""
    wire = finding.wire()
    content = {name: wire[name] for name in CONTENT if name != CAUSE or wire[name] is not None}
    holds = finding.severity is Severity.CONSISTENT
    return {
        "id": finding.id,
        "document": finding.subject.get("document"),
        "rule": finding.rule,
        "severity": finding.severity.value,
        "rank": RANKS[finding.severity.value],
        "territories": territories_of(finding.subject),
        "claims": sorted({claim_id(claim) for claim in finding.claims}),
        "content": content,
        "digest": _digest(finding.severity.value, content),
        "status": RESOLVED if holds else OPEN,
        "comment": None,
    }


def territories_of(subject: Mapping[str, Any]) -> list[str]:
    """Return the territories a finding speaks of."""
    one, several = subject.get("territory"), subject.get("territories")
    return sorted({*([one] if isinstance(one, str) else []), *(several or [])})


def wire_of(service: str, row: Stored) -> dict[str, Any]:
    """Return a stored finding as open reads show it (`docs/rules/figures.md`).

    What people said of it is for readers with the service's scope: `comment` is null here.
    """
    return {
        "id": row["id"],
        "service": service,
        "rule": row["rule"],
        "severity": row["severity"],
        **{name: in_order(_stored(row["content"], name)) for name in CONTENT},
        "status": row["status"],
        "comment": None,
        "detected_at": row["detected_at"].astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "revision": row["revision"],
    }


def _stored(content: Mapping[str, Any], name: str) -> Any:
    """Return a part of a stored finding; a list that was not stored is empty."""
    return content.get(name, [] if name in LISTS else None)


def in_order(value: Any) -> Any:
    """Return stored JSON with its members in the order of the wire formats, others by name."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (WIRE_ORDER.get(name, len(WIRE_ORDER)), name))
        return {name: in_order(value[name]) for name in names}
    return [in_order(item) for item in value] if isinstance(value, list) else value


async def announce(
    session: AsyncSession,
    service: str,
    revision: int,
    changed: Sequence[Stored],
    paths: Sequence[str] = (),
) -> None:
    """Emit that findings changed, naming territories, severities and documents concerned."""
    territories = {
        territory for row in changed for territory in territories_of(row["content"]["subject"])
    }
    body = {
        "revision": revision,
        "documents": ["/v1/findings", *paths],
        "territories": sorted(territories),
        "severities": sorted({row["severity"] for row in changed}),
        "changed": len(changed),
    }
    await emit(session, findings_changed(service), "findings", body)


async def _retire(session: AsyncSession, row: Stored, revision: int) -> bool:
    """Resolve a finding whose figures are gone, or forget one that only said that all holds."""
    if row["severity"] == Severity.CONSISTENT.value:
        await store.forget_finding(session, row, revision)
        return True
    if row["status"] == RESOLVED:
        return False
    state = {
        "status": RESOLVED,
        "comment": row["comment"],
        "revision": revision,
        "subject": None,
        "actor": None,
    }
    await store.set_status(session, row, state)
    return True


def _digest(severity: str, content: Mapping[str, Any]) -> str:
    written = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return sha256(f"{severity}\n{written}".encode()).hexdigest()
