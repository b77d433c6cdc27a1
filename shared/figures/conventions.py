"""Facts that state what a document means: how totals are made, places given, shares taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from shared.figures.selectors import Selector


class TreeMethod(StrEnum):
    """How a parent follows from its children."""

    MEAN = "mean"
    WEIGHTED = "weighted"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Tree:
    """A node and its children; a child without a weight has weight 1."""

    selector: Selector
    parent: str
    children: tuple[str, ...]
    method: TreeMethod = TreeMethod.MEAN
    weights: Mapping[str, Fraction] = field(default_factory=dict)


class Ranking(StrEnum):
    """How ties are printed: «2-3», 1-2-2-4, 1-2-2-3, or the mean place 2,5."""

    RANGE = "range"
    COMPETITION = "competition"
    DENSE = "dense"
    FRACTIONAL = "fractional"


class Operator(StrEnum):
    """What a relation asks of its two sides."""

    EQUAL = "="
    AT_MOST = "<="
    AT_LEAST = ">="


class MissingTerm(StrEnum):
    """What a relation does where a term has no figure."""

    SKIP = "skip"
    ZERO = "zero"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient times the sum of the figures that a selector finds."""

    coefficient: Fraction
    select: Selector


@dataclass(frozen=True, slots=True)
class Relation:
    """Σ aᵢ·xᵢ against Σ bⱼ·yⱼ, for every value of the joined parts of the key."""

    code: str
    left: tuple[Term, ...]
    operator: Operator
    right: tuple[Term, ...]
    join: tuple[str, ...] = ()
    missing: MissingTerm = MissingTerm.SKIP


@dataclass(frozen=True, slots=True)
class Whole:
    """The parts along an axis of the figures selected: `members` if named, complete or not.

    Complete parts make their whole; others are «из них» and may only not exceed it.
    """

    axis: str
    selector: Selector
    members: tuple[str, ...] | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class ShareOf:
    """Shares in per cent of a printed whole, of a printed part where it is named."""

    share: Selector
    whole: Selector
    part: Selector | None = None
    join: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Denial:
    """A rule that does not hold for the figures selected."""

    rule: str
    selector: Selector
