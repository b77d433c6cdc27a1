"""What a check says besides findings: inputs that are missing, figures it could not use."""

from dataclasses import dataclass

from shared.figures.claims import Claim
from shared.figures.rules.finding import Finding


@dataclass(frozen=True, slots=True)
class MissingInput:
    """What a rule lacked somewhere in the document, in words for people."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A claim that took part in no rule, and why."""

    claim: Claim
    why: str


Note = Finding | MissingInput
