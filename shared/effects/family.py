"""Several primary outcomes of one plan: Holm's correction of their p-values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.effects.conclusion import Conclusion
from shared.effects.estimation import Estimation
from shared.effects.inference import ALPHA
from shared.effects.verdict import detected


@dataclass(frozen=True, slots=True)
class Family:
    """How many primary outcomes a plan has, and the corrected p-value of one of them."""

    outcomes: int
    adjusted_p: float

    def overturns(self, found: Estimation) -> bool:
        """Say whether an effect detected alone is not detected among the others."""
        return detected(found) and self.adjusted_p > ALPHA


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return the step-down corrected p-values of Holm (1979), at most 1, in the given order.

    An unknown value stays unknown and still counts among the tests: nobody gains by a gap.
    """
    order = sorted(
        (place for place, p in enumerate(p_values) if p is not None),
        key=lambda place: (p_values[place] or 0.0, place),
    )
    adjusted: list[float | None] = [None] * len(p_values)
    reached = 0.0
    for rank, place in enumerate(order):
        reached = max(reached, min(1.0, (len(p_values) - rank) * (p_values[place] or 0.0)))
        adjusted[place] = reached
    return adjusted


def within_family(conclusion: Conclusion, family: Family | None) -> Conclusion:
    """Return the conclusion no stronger than the corrected p-value allows."""
    found = conclusion.found
    if family is None or found is None or not family.overturns(found):
        return conclusion
    weaker = "difference" if conclusion.verdict == "consistent" else conclusion.verdict
    return replace(conclusion, verdict=weaker)
