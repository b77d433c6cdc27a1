"""The value every rule returns: what was declared, what follows, and how firmly it is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from shared.figures.claims import Claim

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class Severity(StrEnum):
    """How firmly a finding is known, from proof to verified (`docs/rules/figures.md`, Findings)."""

    CONTRADICTION = "contradiction"
    IMPLAUSIBLE = "implausible"
    INCOMPLETE = "incomplete"
    HAZARD = "hazard"
    CONSISTENT = "consistent"


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that alone would settle a fault: a claim set to a value or into a range."""

    claim: Claim
    low: str
    high: str

    def wire(self) -> dict[str, Json]:
        """Return `{"claim", "set": "81"}` or `{"claim", "set": {"from", "to"}}`."""
        if self.low == self.high:
            return {"claim": claim_id(self.claim), "set": self.low}
        return {"claim": claim_id(self.claim), "set": {"from": self.low, "to": self.high}}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in some claims; `about` is its identity where that is not the claims.

    `text` says it to people in Russian; `tolerance` is what the printed precision allows.
    """

    rule: str
    severity: Severity
    text: str
    subject: Mapping[str, Json]
    claims: tuple[Claim, ...]
    declared: Json = None
    recomputed: Json = None
    tolerance: Json = None
    repairs: tuple[Repair, ...] = ()
    about: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """The hash of the rule and the sorted claim keys, so a reload keeps it."""
        keys = sorted({claim.identity for claim in self.claims})
        return _digest(self.rule, *(self.about or keys))

    def wire(self) -> dict[str, Json]:
        """Return the part of the finding that rules decide, as in `docs/rules/figures.md`."""
        return {
            "id": self.id,
            "rule": self.rule,
            "severity": self.severity.value,
            "text": self.text,
            "subject": self.subject,
            "declared": self.declared,
            "recomputed": self.recomputed,
            "tolerance": self.tolerance,
            "repairs": [repair.wire() for repair in self.repairs],
            "evidence": [evidence(claim) for claim in self.claims],
        }


def claim_id(claim: Claim) -> str:
    """Return the short stable name of a claim, fit for a URL."""
    return _digest(claim.identity)


def assumption_id(document: str, code: str) -> str:
    """Return the id of the finding that records an assumption of a document."""
    return _digest("assumption", f"{document}|{code}")


def evidence(claim: Claim) -> dict[str, Json]:
    """Return where a claim stands and what is printed there."""
    return {
        "document": claim.document,
        "locator": claim.locator.wire(),
        "raw": claim.raw,
    }


def subject_of(claims: Iterable[Claim]) -> dict[str, Json]:
    """Return what all the claims share: scope, territory, concept and parts of the key.

    Claims about several territories give the list `territories` instead.
    """
    several = list(claims)
    first = several[0]
    parts = [dict(claim.key) for claim in several]
    shared: dict[str, Json] = {
        name: value for name, value in first.key if all(part.get(name) == value for part in parts)
    }
    shared["document"] = first.document
    if all((c.scope_kind, c.scope) == (first.scope_kind, first.scope) for c in several):
        shared[first.scope_kind.value] = first.scope
    territories = sorted({claim.territory for claim in several if claim.territory is not None})
    if len(territories) == 1:
        shared["territory"] = territories[0]
    elif territories:
        shared["territories"] = territories
    if len({claim.concept for claim in several}) == 1:
        shared["concept"] = first.concept.value
    return shared


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
