"""The twelve directions of the active: what each may be done for, and the number it ends in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

Facts = Mapping[str, Collection[str]]
"""References by what is known of them: `graduate`, `course`, `deficit`, `shnor`, `young` …"""


@dataclass(frozen=True, slots=True)
class DirectionRule:
    """One direction: kinds of its targets, what a target must be, its evidence and its refusal."""

    direction: str
    targets: tuple[str, ...]
    requires: str
    evidence: str
    number: str
    refusal: str
    detail: str

    def refused(self, kind: str, ref: str, facts: Facts) -> tuple[str, str] | None:
        """Return the code and sentence of the refusal of a target, or None when it is right."""
        if kind not in self.targets:
            wanted = ", ".join(self.targets)
            return "TARGET_KIND", f"Направление {self.direction} ведётся для: {wanted}."
        if ref not in facts.get(self.requires, ()):
            return self.refusal, self.detail
        return None


@dataclass(frozen=True, slots=True)
class Assignment:
    """What counts of an assignment: its direction, target, state and the kinds of evidence."""

    direction: str | None
    target: str
    state: str
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class DirectionNumber:
    """The number of a direction: targets that reached it, of all that were not cancelled."""

    direction: str
    title: str
    reached: int
    of: int


def number_of(rule: DirectionRule, assignments: Sequence[Assignment]) -> DirectionNumber:
    """Count the targets with the direction's own evidence; a target counts once."""
    own = [a for a in assignments if a.direction == rule.direction and a.state != "cancelled"]
    reached = {a.target for a in own if rule.evidence in a.evidence}
    return DirectionNumber(rule.direction, rule.number, len(reached), len({a.target for a in own}))


def evidence_kind(text: str) -> str:
    """Return the kind of a line of evidence «kind day note»: its first word."""
    return text.split(maxsplit=1)[0] if text.strip() else ""
