"""The hash chain of the audit: each entry's SHA-256 covers the one before it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.gateway.domain.audit_anchor import Fault

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: who, for whom, what, on what, with which particulars, under which request."""

    seq: int
    at: datetime
    client: str
    actor: str | None
    action: str
    target: str
    detail: Mapping[str, Any]
    request_id: str | None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: entries that hold, the first broken one, the last hash.

    `fault` says what is wrong; `anchored` is the highest anchored number, None without anchors.
    """

    entries: int
    broken_at: int | None
    last_hash: str
    fault: Fault | None = None
    anchored: int | None = None


def entry_hash(entry: Entry) -> str:
    """Return the SHA-256 of an entry's canonical JSON, the previous hash included."""
    content = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "client": entry.client,
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "detail": entry.detail,
        "request_id": entry.request_id,
        "previous": entry.previous,
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def check_chain(entries: Sequence[Entry], previous: str, expected_seq: int) -> int | None:
    """Return the number of the first entry that breaks the chain, None if all hold.

    An entry breaks it when its number is out of turn, when it does not name the hash before it,
    or when its own hash does not cover what it says.
    """
    for entry in entries:
        if entry.seq != expected_seq or entry.previous != previous:
            return expected_seq
        if entry_hash(entry) != entry.hash:
            return entry.seq
        previous, expected_seq = entry.hash, expected_seq + 1
    return None
