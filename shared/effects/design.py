"""Which design a question has: the first row of the table that matches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from shared.effects.estimation import LINEAR, MAX_SYNTHETIC_UNITS, Estimator, linear_cells
from shared.effects.linear import exposed_mean
from shared.effects.panel import Panel, Question, Reduced, reduce_panel
from shared.effects.window import balanced_window, rule_followed

Design = Literal[
    "universal", "lottery", "cut", "selected_on_outcome", "few_treated", "staggered", "difference"
]
FEW_TREATED, LONG_BEFORE = 3, 8
LEAST_TREATED, LEAST_POOL, SHORT_BEFORE = 4, 4, 2
LEAST_PERIODS = 2

ESTIMATORS: dict[Design, Estimator] = {
    "lottery": "difference",
    "cut": "difference",
    "selected_on_outcome": "difference",
    "few_treated": "synthetic_did",
    "staggered": "callaway_santanna",
    "difference": "difference",
}


@dataclass(frozen=True, slots=True)
class Setup:
    """A design with the panel it uses; `insufficient` is the code of why nothing can be said."""

    design: Design
    estimator: Estimator | None
    reduced: Reduced
    insufficient: str | None = None

    @property
    def panel(self) -> Panel:
        """Return the panel in use."""
        return self.reduced.panel


def set_up(question: Question) -> Setup:
    """Find the design, its estimator and panel, or why the data do not suffice."""
    reduced = reduce_panel(question)
    rule = question.assignment
    if everybody_exposed(question) and (rule.rule == "universal" or not _compares(reduced.panel)):
        return _checked(Setup("universal", None, reduced))
    if rule.rule == "random":
        return _with_estimator(question, "lottery", reduced)
    limits: tuple[str, ...] = ("RULE_NOT_FOLLOWED",) if rule.rule == "universal" else ()
    if rule.rule == "threshold":
        window = _cut(question)
        if isinstance(window, Reduced):
            return _with_estimator(question, "cut", window)
        limits = (window,)
    setup = _without_rule(question, reduced)
    found = setup.reduced
    return replace(setup, reduced=replace(found, limits=(*limits, *found.limits)))


def everybody_exposed(question: Question) -> bool:
    """Say whether every unit is exposed by the last period."""
    starts = [question.exposed.get(unit) for unit in question.units]
    return bool(starts) and all(s is not None and s <= question.periods[-1] for s in starts)


def _without_rule(question: Question, reduced: Reduced) -> Setup:
    rule = question.assignment
    if rule.selected_on_outcome:
        columns = selection_columns(question)
        chosen = reduce_panel(question, unused=columns)
        limits = chosen.limits if columns else (*chosen.limits, "SELECTION_PERIOD_NOT_LISTED")
        if selected_after_start(question):
            limits = (*limits, "SELECTED_AFTER_START")
        return _with_estimator(question, "selected_on_outcome", replace(chosen, limits=limits))
    panel = reduced.panel
    before = panel.before
    design: Design = "difference"
    if before and len(before) <= FEW_TREATED and before[0] >= LONG_BEFORE:
        design = "few_treated"
    elif sum(n >= SHORT_BEFORE for n in before) >= LEAST_TREATED and _pool(panel) >= LEAST_POOL:
        design = "staggered"
    return _with_estimator(question, design, reduced)


def selected_after_start(question: Question) -> bool:
    """Say whether a unit was exposed before the end of the period it was chosen by."""
    by = question.assignment.selected_period
    starts = [start for unit in question.units if (start := question.exposed.get(unit)) is not None]
    return by is not None and any(start <= by for start in starts)


def selection_columns(question: Question) -> list[int]:
    """Return the column of the period the choice was made by, none if it is not among them."""
    return [
        column
        for column, period in enumerate(question.periods)
        if period == question.assignment.selected_period
    ]


def _pool(panel: Panel) -> int:
    """Count the units some group is compared with in its first exposed period, at most."""
    sizes = panel.sizes
    pools = [panel.pool(group, start) for group, start in enumerate(panel.first, 1)]
    return max((int(sizes[list(pool)].sum()) for pool in pools), default=0)


def _compares(panel: Panel) -> bool:
    return _pool(panel) > 0


def _with_estimator(question: Question, design: Design, reduced: Reduced) -> Setup:
    """Choose the estimator: the asked one if it can be used, else the design's own."""
    wanted = ESTIMATORS[design] if question.estimator == "auto" else question.estimator
    panel, limits = reduced.panel, reduced.limits
    possible = panel.sizes[0] > 0 and len(panel.units) <= MAX_SYNTHETIC_UNITS
    if wanted not in LINEAR and not possible:
        wanted, limits = "difference", (*limits, "SYNTHETIC_NOT_POSSIBLE")
    return _checked(Setup(design, wanted, replace(reduced, limits=limits)))


def _checked(setup: Setup) -> Setup:
    """Add the reason why the data do not suffice, if there is one."""
    panel = setup.panel
    why = None
    if len(panel.periods) + _unused(setup) < LEAST_PERIODS:
        why = "FEWER_THAN_TWO_PERIODS"
    elif not panel.first:
        why = _why_nobody(setup)
    elif setup.design != "universal" and not _estimable(setup):
        why = "NO_COMPARISON_POOL"
    return replace(setup, insufficient=why)


def _unused(setup: Setup) -> int:
    """Return 1 where a named period is out of use because the choice rests on it."""
    return int(
        setup.design == "selected_on_outcome"
        and "SELECTION_PERIOD_NOT_LISTED" not in setup.reduced.limits
    )


def _why_nobody(setup: Setup) -> str:
    reasons = [one.why for one in setup.reduced.left_out]
    for why in ("NO_BASE", "ALREADY_EXPOSED"):
        if why in reasons:
            return why
    return "NO_VALUE" if not setup.panel.units and "NO_VALUE" in reasons else "NOBODY_EXPOSED"


def _estimable(setup: Setup) -> bool:
    if setup.estimator is None or setup.estimator not in LINEAR:
        return True
    return exposed_mean(setup.panel, linear_cells(setup.panel, setup.estimator)) is not None


def _cut(question: Question) -> Reduced | str:
    """Return the panel inside the balanced window, or the limit that forbids the design."""
    threshold = question.assignment.threshold
    if threshold is None or not any(unit in threshold.values for unit in question.units):
        return "THRESHOLD_VALUES_MISSING"
    if not rule_followed(question):
        return "RULE_NOT_FOLLOWED"
    unknown = {
        unit: "NO_THRESHOLD_VALUE" for unit in question.units if unit not in threshold.values
    }
    running = _running_columns(question)
    limits: tuple[str, ...] = ()
    reduced = reduce_panel(question, unused=running, excluded=unknown)
    if running and not reduced.panel.first:
        running, limits = [], ("RUNNING_VALUE_IS_BASE",)
        reduced = reduce_panel(question, excluded=unknown)
    panel = reduced.panel
    distances = np.array([abs(threshold.values[unit] - threshold.cut) for unit in panel.units])
    tested = range(0 if limits else min(panel.first, default=0))
    window = balanced_window(panel, distances, tested, draws=question.draws, seed=question.seed)
    if window is None:
        return "ONE_SIDE_EMPTY"
    if not window.balanced:
        limits = (*limits, "WINDOW_NOT_BALANCED")
    outside = {
        u: "OUTSIDE_WINDOW" for u, ok in zip(panel.units, window.inside, strict=True) if not ok
    }
    narrowed = reduce_panel(question, unused=running, excluded={**unknown, **outside})
    return replace(narrowed, limits=(*narrowed.limits, *limits))


def _running_columns(question: Question) -> Sequence[int]:
    """Return the periods the choice rests on: the named one, and any equal to the rule's values."""
    threshold = question.assignment.threshold
    values = threshold.values if threshold else {}
    rows = [row for row, unit in enumerate(question.units) if unit in values]
    running = np.array([values[question.units[row]] for row in rows])
    named = selection_columns(question) if question.assignment.selected_on_outcome else []
    return sorted(
        {
            *named,
            *(
                column
                for column in range(len(question.periods))
                if np.array_equal(question.values[rows, column], running)
            ),
        }
    )
