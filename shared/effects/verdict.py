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
    ranges = [found.inference.interval, found.identified]
    lows = [one.low for one in ranges if one is not None]
    highs = [one.high for one in ranges if one is not None]
    low = None if None in lows else min(x for x in lows if x is not None)
    high = None if None in highs else max(x for x in highs if x is not None)
    beyond_zero = (low is not None and low > 0) or (high is not None and high < 0)
    earlier = found.placebo is not None and found.placebo.p <= ALPHA
    return detected(found) and beyond_zero and not earlier
