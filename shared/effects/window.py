"""The window around a cut in which being exposed was as good as drawn by lot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shared.effects.inference import p_value, tie_width
from shared.effects.panel import Bools, Floats, Panel, Question
from shared.effects.permutation import assign

LEAST_EACH_SIDE = 4
BALANCED_ABOVE = 0.15
"""The smallest randomisation p of the outcomes before at which a window counts as balanced."""


def rule_followed(question: Question) -> bool:
    """Say whether exactly the units on the exposed side of the cut are exposed.

    Units without a value are not asked; they leave.
    """
    threshold = question.assignment.threshold
    if threshold is None:
        return False
    last = question.periods[-1]
    return all(
        threshold.exposes(threshold.values[unit])
        == ((start := question.exposed.get(unit)) is not None and start <= last)
        for unit in question.units
        if unit in threshold.values
    )


@dataclass(frozen=True, slots=True)
class Window:
    """The units near the cut; `balanced` is False where even the smallest window is not."""

    inside: Bools
    balanced: bool


def balanced_window(
    panel: Panel, distances: Floats, tested: Sequence[int], *, draws: int, seed: int
) -> Window | None:
    """Return the widest window in which the exposed and the others were alike before.

    Alike is a randomisation p of at least 0.15 for the difference of their mean outcomes in the
    `tested` columns. The smallest window has four units on each side, or all of a smaller side;
    windows grow by distance, equal distances together, and the first unbalanced one ends the
    search. None where a side is empty.
    """
    if not panel.treated.any() or panel.treated.all():
        return None
    widths = _widths(panel, distances)
    found = Window(np.asarray(distances <= widths[0]), balanced=False)
    for width in widths:
        inside = np.asarray(distances <= width)
        if not _balanced(panel, inside, tested, draws, seed):
            break
        found = Window(inside, balanced=True)
    return found


def _widths(panel: Panel, distances: Floats) -> Floats:
    sides = [np.sort(distances[side]) for side in (panel.treated, ~panel.treated)]
    least = max(float(side[min(LEAST_EACH_SIDE, len(side)) - 1]) for side in sides)
    return np.unique(distances[distances >= least])


def _balanced(panel: Panel, inside: Bools, tested: Sequence[int], draws: int, seed: int) -> bool:
    if not tested:
        return True
    before = panel.values[inside][:, list(tested)].mean(axis=1)
    treated = panel.treated[inside]
    centred = before - before.mean()
    table = np.stack([centred / -(~treated).sum(), centred / treated.sum()], axis=1)
    assignments = assign(treated.astype(np.int64), panel.strata[inside], draws=draws, seed=seed)
    observed = float(centred[treated].mean() - centred[~treated].mean())
    width = tie_width(float(np.abs(centred).max()))
    return p_value(assignments.scores(table[None])[:, 0], observed, width) >= BALANCED_ABOVE
