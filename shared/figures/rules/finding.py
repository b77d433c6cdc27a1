"""The value every rule returns: what was declared, what follows, and how firmly it is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from shared.figures.claims import Claim
from shared.figures.decimals import RoundingMode

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class Severity(StrEnum):
    """How firmly a finding is known, from proof to verified (`docs/rules/figures.md`, Findings)."""

    CONTRADICTION = "contradiction"
    IMPLAUSIBLE = "implausible"
    INCOMPLETE = "incomplete"
    HAZARD = "hazard"
    CONSISTENT = "consistent"


@dataclass(frozen=True, slots=True)
class Change:
    """One claim set to a text, or to any figure from `low` to `high`."""

    claim: Claim
    low: str
    high: str

    def wire(self) -> dict[str, Json]:
        """Return `{"claim", "locator", "raw", "set"}`; `set` is a text or `{"from", "to"}`."""
        ends: Json = self.low if self.low == self.high else {"from": self.low, "to": self.high}
        return {
            "claim": claim_id(self.claim),
            "locator": self.claim.locator.wire(),
            "raw": self.claim.raw,
            "set": ends,
        }


@dataclass(frozen=True, slots=True)
class Repair:
    """Changes that together settle a fault; which contradictions they close and open."""

    changes: tuple[Change, ...]
    closes: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()

    @classmethod
    def of(cls, claim: Claim, low: str, high: str) -> "Repair":
        """Return the repair that changes one claim."""
        return cls((Change(claim, low, high),))

    def wire(self) -> dict[str, Json]:
        """Return `{"changes", "closes", "opens"}`, the last two as finding ids."""
        return {
            "changes": [change.wire() for change in self.changes],
            "closes": list(self.closes),
            "opens": list(self.opens),
        }


@dataclass(frozen=True, slots=True)
class Guess:
    """What a rule took for granted, and the fact that states or denies it."""

    text: str
    fact: str

    def wire(self) -> dict[str, Json]:
        """Return `{"text", "fact"}`."""
        return {"text": self.text, "fact": self.fact}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in some claims; `about` is its identity where that is not the claims.

    `shared_cause` is the finding that speaks for this one: what is changed there settles both.
    `text` says it to people in Russian; `tolerance` is what the printed precision allows; `modes`
    are the rounding rules that satisfy a stated relation of rounded figures; `context` are claims
    that are no evidence but without which the rule would not be applied (printed bands, blanks).
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
    assumes: tuple[Guess, ...] = ()
    related: tuple[str, ...] = ()
    shared_cause: str | None = None
    modes: tuple[RoundingMode, ...] | None = None
    context: tuple[Claim, ...] = ()
    _id: str = field(default="", init=False, repr=False, compare=False)

    @property
    def id(self) -> str:
        """The hash of the rule and the sorted claim keys, so a reload keeps it; made once."""
        if not self._id:
            keys = self.about or sorted({claim.identity for claim in self.claims})
            object.__setattr__(self, "_id", _digest(self.rule, *keys))
        return self._id

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
            "assumes": [guess.wire() for guess in self.assumes],
            "repairs": [repair.wire() for repair in self.repairs],
            "evidence": [evidence(claim) for claim in self.claims],
            "related": list(self.related),
            "shared_cause": self.shared_cause,
        }


def claim_id(claim: Claim) -> str:
    """Return the short stable name of a claim, fit for a URL."""
    return _digest(claim.identity)


def assumption_id(document: str, code: str) -> str:
    """Return the id of the finding that records an assumption of a document."""
    return _digest("assumption", f"{document}|{code}")


def evidence(claim: Claim) -> dict[str, Json]:
    """Return a claim's id, where it is and what is printed there."""
    return {
        "claim": claim_id(claim),
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
