"""Which single units a verdict hangs on."""

from dataclasses import dataclass, replace

from shared.effects.conclusion import Conclusion, conclude
from shared.effects.estimation import LINEAR
from shared.effects.panel import Question
from shared.effects.verdict import detected

FULL_WORK = 100_000_000
REDUCED_WORK = 100_000_000
REDUCED_DRAWS = 399
SYNTHETIC_WORK = 12_000_000
"""Bounds of removals × assignments × units (× units once more for the synthetic estimators)."""


@dataclass(frozen=True, slots=True)
class Overturning:
    """Units whose removal changes the verdict; units whose removal changes what was detected.

    `complete` is False where it would have taken too long to find out.
    """

    units: tuple[str, ...]
    detection: tuple[str, ...]
    complete: bool


def leave_one_out(question: Question, conclusion: Conclusion) -> Overturning:
    """Conclude again without each unit of the panel in turn."""
    draws = _draws(question, conclusion)
    if conclusion.found is None or draws is None:
        return Overturning((), (), complete=False)
    was = detected(conclusion.found)
    units: list[str] = []
    detection: list[str] = []
    for unit in conclusion.setup.panel.units:
        without = conclude(replace(question.without(unit), draws=draws))
        if without.verdict != conclusion.verdict:
            units.append(unit)
        elif without.found is not None and detected(without.found) != was:
            detection.append(unit)
    return Overturning(tuple(units), tuple(detection), complete=True)


def _draws(question: Question, conclusion: Conclusion) -> int | None:
    """Return how many draws each removal can afford; None if none."""
    found = conclusion.found
    if found is None:
        return None
    units, panel = len(question.units), conclusion.setup.panel
    rare = min(int(panel.treated.sum()), int((~panel.treated).sum())) + 1
    work = units * found.inference.assignments * (rare if found.inference.exact else units)
    if found.estimator not in LINEAR:
        refits = units * len(found.statistics) * units * units
        return question.draws if refits <= SYNTHETIC_WORK else None
    if work <= FULL_WORK:
        return question.draws
    small = not found.inference.exact and units * units * REDUCED_DRAWS <= REDUCED_WORK
    return REDUCED_DRAWS if small else None
