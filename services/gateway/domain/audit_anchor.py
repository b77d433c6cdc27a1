"""Anchors of the audit outside the database: the number and hash of its last entry, keyed.

The chain alone does not show that its end was cut off, that it was emptied, or that an old copy
was put in its place; an anchor that names a later entry, or another hash, does.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with the audit.

    `altered`: an entry does not fit the chain. `truncated`: no entry is left. `cut_tail`: entries
    after the last one were anchored. `replaced`: an anchored entry has another hash, as after a
    restored old copy that went on. `anchor_forged`: a line of anchors was not written by this key.
    """

    ALTERED = "altered"
    TRUNCATED = "truncated"
    CUT_TAIL = "cut_tail"
    REPLACED = "replaced"
    ANCHOR_FORGED = "anchor_forged"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last entry of the audit at an instant."""

    seq: int
    hash: str
    at: str
    mac: str


class AnchorForged(ValueError):  # noqa: N818 -- the name states the fact.
    """A line of anchors does not carry the code of this key."""


def sign_anchor(key: bytes, seq: int, entry_hash: str, at: str) -> Anchor:
    """Return the anchor of an entry; its code covers number, hash and instant."""
    code = hmac.new(key, f"{seq}\n{entry_hash}\n{at}".encode(), hashlib.sha256)
    return Anchor(seq, entry_hash, at, code.hexdigest())


def to_line(anchor: Anchor) -> str:
    """Return an anchor as a line of JSON."""
    return json.dumps(asdict(anchor), separators=(",", ":")) + "\n"


def read_anchors(lines: Iterable[str], key: bytes) -> dict[int, str]:
    """Return anchored hashes by number; AnchorForged for a line that the key did not sign.

    A last line without its end, cut off by a crash, is left out.
    """
    anchors: dict[int, str] = {}
    for line in lines:
        if not line.endswith("\n"):
            continue
        anchor = _parse(line)
        expected = sign_anchor(key, anchor.seq, anchor.hash, anchor.at)
        if not hmac.compare_digest(expected.mac, anchor.mac):
            raise AnchorForged(line.strip()[:200])
        anchors[anchor.seq] = anchor.hash
    return anchors


def _parse(line: str) -> Anchor:
    try:
        stored = json.loads(line)
        texts = [str(stored[name]) for name in ("hash", "at", "mac")]
        return Anchor(int(stored["seq"]), *texts)
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorForged(line.strip()[:200]) from error


def judge(
    anchors: Mapping[int, str], found: Mapping[int, str], entries: int
) -> tuple[Fault, int] | None:
    """Return the fault that anchors show of an unbroken chain, and the entry; None if none.

    `found` are the hashes of entries by number, `entries` how many the chain has.
    """
    for seq in sorted(anchors):
        if seq > entries:
            return (Fault.CUT_TAIL if entries else Fault.TRUNCATED), entries + 1
        if found[seq] != anchors[seq]:
            return Fault.REPLACED, seq
    return None
