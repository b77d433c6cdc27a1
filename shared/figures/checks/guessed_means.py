"""Which failures of guessed means are likely mistakes: those that one cell explains."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.figures.claims import Claim
from shared.figures.decimals import RoundingMode
from shared.figures.intervals import Interval, intersection
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Severity
from shared.figures.rules.precision import MODES, printable, total, true_interval

LEAST_CONFIRMED = 2
"""How many other means must hold before one that fails is doubted."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A parent guessed to be the mean of its children, and what came of it."""

    parent: Printed
    children: tuple[Printed, ...]
    finding: Finding

    @property
    def holds(self) -> bool:
        """Whether the parent can be the mean."""
        return self.finding.severity is Severity.CONSISTENT

    @property
    def cells(self) -> tuple[Printed, ...]:
        """All figures of the relation."""
        return (self.parent, *self.children)


def likely_means(rows: Sequence[Sequence[Relation]]) -> frozenset[str]:
    """Return the ids of the failures worth a look.

    In their row one cell, changed, makes every mean hold; and at least two other means confirm
    that parents are means here: those of the row that the cell does not make true by itself, and
    those of the other rows, which must outnumber the failures no single cell explains.
    """
    confirmed = [sum(relation.holds for relation in row) for row in rows]
    explained = [
        _explained(row) if len(row) > held else None
        for row, held in zip(rows, confirmed, strict=True)
    ]
    unexplained = sum(
        len(row) - held
        for row, held, gain in zip(rows, confirmed, explained, strict=True)
        if gain is None and len(row) > held
    )
    everywhere = sum(confirmed)
    found: set[str] = set()
    for row, gain in zip(rows, explained, strict=True):
        if gain is not None and everywhere + gain >= LEAST_CONFIRMED and everywhere >= unexplained:
            found |= {relation.finding.id for relation in row if not relation.holds}
    return frozenset(found)


def _explained(row: Sequence[Relation]) -> int | None:
    """Return how many means, besides the one it satisfies by itself, one changed cell makes hold.

    None where no single cell does.
    """
    failing = [relation for relation in row if not relation.holds]
    shared = set.intersection(*({c.claim for c in relation.cells} for relation in failing))
    gains = [_gain(claim, row) for claim in shared]
    return max((gain for gain in gains if gain is not None), default=None)


def _gain(claim: Claim, row: Sequence[Relation]) -> int | None:
    touching = [r for r in row if any(c.claim == claim for c in r.cells)]
    failing = sum(not relation.holds for relation in touching)
    for mode in MODES:
        needed = [_needed(claim, relation, mode) for relation in touching]
        wanted = intersection(needed)
        cell = next(c for c in touching[0].cells if c.claim == claim)
        if not wanted.empty and printable(wanted, cell.digits, mode) is not None:
            return failing - 1
    return None


def _needed(claim: Claim, relation: Relation, mode: RoundingMode) -> Interval:
    """Return the true values of a cell that make a mean hold."""
    spans = {c.claim: true_interval(c, mode) for c in relation.cells}
    children = [spans[child.claim] for child in relation.children]
    if claim == relation.parent.claim:
        return total(children).times(Fraction(1, len(children)))
    rest = total([spans[c.claim] for c in relation.children if c.claim != claim])
    return (
        spans[relation.parent.claim].times(Fraction(len(children))).plus(rest.times(Fraction(-1)))
    )
