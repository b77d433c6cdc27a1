"""From a question to its verdict: what leaving a unit out repeats."""

from dataclasses import dataclass

import numpy as np

from shared.effects.design import Setup, selected_after_start, selection_columns, set_up
from shared.effects.estimation import Estimation, estimate_panel
from shared.effects.inference import ALPHA
from shared.effects.panel import Question
from shared.effects.return_to_mean import Return, return_to_mean
from shared.effects.verdict import Verdict, detected, judge


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A design, its estimate and verdict; no estimate below a difference."""

    setup: Setup
    found: Estimation | None
    expected: Return | None
    verdict: Verdict

    @property
    def limits(self) -> tuple[str, ...]:
        """Return the codes of what limits the answer, in the order they were met."""
        codes = list(self.setup.reduced.limits)
        if self.setup.insufficient is not None:
            codes.append(self.setup.insufficient)
        elif self.found is None:
            codes.append("NO_COMPARISON_POOL")
        else:
            codes += ["LEAST_P"] if self.found.inference.least_p > ALPHA else []
            codes += ["WEIGHTS_DEPEND_ON_DATA"] if self.found.coefficients is None else []
            codes += ["DRAWS_REDUCED"] if self.found.reduced_draws else []
            codes += ["STRATA_SHARES_DIFFER"] if self._strata_differ() else []
            rounded = detected(self.found) and self.found.rounding_covers_zero
            codes += ["ROUNDING_COVERS_ZERO"] if rounded else []
        if self._return_unknown():
            codes.append("RETURN_TO_MEAN_UNKNOWN")
        return tuple(dict.fromkeys(codes))

    def _strata_differ(self) -> bool:
        return self.setup.design in {"lottery", "cut"} and self.setup.panel.shares_differ

    def _return_unknown(self) -> bool:
        chosen = self.setup.design == "selected_on_outcome"
        return chosen and self.found is not None and self.expected is None


def conclude(question: Question) -> Conclusion:
    """Find the design of a question, estimate and judge."""
    setup = set_up(question)
    if setup.insufficient is not None:
        return Conclusion(setup, None, None, "insufficient")
    if setup.estimator is None:
        return Conclusion(setup, None, None, "description")
    found = estimate_panel(
        setup.panel,
        setup.estimator,
        digits=question.digits,
        draws=question.draws,
        seed=question.seed,
    )
    if found is None:
        return Conclusion(setup, None, None, "insufficient")
    expected = _expected(question, setup, found)
    return Conclusion(setup, found, expected, judge(setup.design, found, expected))


def _expected(question: Question, setup: Setup, found: Estimation) -> Return | None:
    """Return what the choice by the outcome alone lets one expect.

    None where the outcome chosen by may already be one of the measure.
    """
    columns = selection_columns(question)
    if setup.design != "selected_on_outcome" or not columns:
        return None
    if selected_after_start(question):
        return None
    if np.isnan(question.values[:, columns[0]]).all():
        return None
    row = {unit: number for number, unit in enumerate(question.units)}
    rows = np.array([row[unit] for unit in setup.panel.units])
    chosen_by = question.values[rows, columns[0]]
    return return_to_mean(setup.panel, chosen_by, found.estimate)
