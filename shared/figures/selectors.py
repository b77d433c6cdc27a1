"""Which claims a fact speaks of."""

from dataclasses import dataclass

from shared.figures.claims import Claim, Concept

Key = tuple[tuple[str, str], ...]
ABSENT = ""
"""The value of a part that a selected claim must not have."""


@dataclass(frozen=True, slots=True)
class Selector:
    """Claims of a concept whose key, scope and territory have certain parts.

    `any_of` lists the values of a part, one of which is enough; a part of value `ABSENT` must not
    be there. Names are those of the key, `territory`, `programme`, `season` and `year`.
    """

    concept: Concept | None = None
    key: Key = ()
    any_of: tuple[tuple[str, frozenset[str]], ...] = ()

    def matches(self, claim: Claim) -> bool:
        """Whether the claim has the concept and every part asked for."""
        if self.concept is not None and claim.concept is not self.concept:
            return False
        return all(
            (claim_part(claim, name) or ABSENT) == value for name, value in self.key
        ) and all(claim_part(claim, name) in values for name, values in self.any_of)

    @property
    def size(self) -> int:
        """How many conditions the selector has: the more, the more specific."""
        return len(self.key) + len(self.any_of) + (self.concept is not None)


def claim_part(claim: Claim, name: str) -> str | None:
    """Return a part of what a claim is about: its scope, its territory, or a part of its key."""
    if name == "territory":
        return claim.territory
    return claim.scope if name == claim.scope_kind else claim.about(name)


def key_without(claim: Claim, *names: str) -> Key:
    """Return the claim's key without some of its parts."""
    return tuple((name, value) for name, value in claim.key if name not in names)
