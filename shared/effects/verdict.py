"""The strongest word a design and its inference allow."""

from typing import Literal

from shared.effects.design import Design
from shared.effects.estimation import Estimation
from shared.effects.inference import ALPHA
from shared.effects.return_to_mean import Return

Verdict = Literal["insufficient", "description", "difference", "consistent", "measured"]
ORDER: tuple[Verdict, ...] = (
    "insufficient",
    "description",
    "difference",
    "consistent",
    "measured",
)

MOST: dict[Design, Verdict] = {
    "universal": "description",
    "lottery": "measured",
    "cut": "measured",
    "selected_on_outcome": "consistent",
    "few_treated": "consistent",
    "staggered": "consistent",
    "difference": "difference",
}


def judge(design: Design, found: Estimation, expected: Return | None) -> Verdict:
    """Return the verdict of an estimate.

    Where even the most extreme assignment could not be rejected it is a difference at most. A
    choice by the outcome needs an estimate beyond the band of the return to the mean.
    """
    most = MOST[design]
    if found.inference.least_p > ALPHA:
        return "difference"
    if most != "consistent":
        return most
    if design == "selected_on_outcome" and not (
        expected is not None and expected.exceeded_by(found.estimate)
    ):
        return "difference"
    return "consistent" if agrees_with_effect(found) else "difference"


def detected(found: Estimation) -> bool:
    """Say whether the randomisation p-value rejects no effect."""
    return found.inference.p <= ALPHA


def agrees_with_effect(found: Estimation) -> bool:
    """Say whether chance, rounding and the placebo in time all fail to explain the estimate."""
    if not detected(found) or (found.placebo is not None and found.placebo.p <= ALPHA):
        return False
    ranges = [one for one in (found.interval(), found.identified) if one is not None]
    above = all(one.low is not None and one.low > 0 for one in ranges)
    return above or all(one.high is not None and one.high < 0 for one in ranges)
