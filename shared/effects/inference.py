"""Randomisation inference: the p-value, the least attainable one, and the set not rejected."""

from dataclasses import dataclass

import numpy as np

from shared.effects.panel import Floats

ALPHA = 0.05
TIE = 1e-12


@dataclass(frozen=True, slots=True)
class Bounds:
    """A closed range; an end is None where it has no limit."""

    low: float | None
    high: float | None

    def holds(self, value: float) -> bool:
        """Say whether the value is inside."""
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high)

    def hull(self, other: "Bounds") -> "Bounds":
        """Return the smallest range that holds both."""
        lows, highs = (self.low, other.low), (self.high, other.high)
        low = None if lows[0] is None or lows[1] is None else min(lows[0], lows[1])
        high = None if highs[0] is None or highs[1] is None else max(highs[0], highs[1])
        return Bounds(low, high)


@dataclass(frozen=True, slots=True)
class Inference:
    """What permuting the exposures says."""

    p: float
    exact: bool
    assignments: int
    least_p: float


def tie_width(scale: float) -> float:
    """Return how far apart statistics still tie: 1e-12, relative where values are above 1."""
    return TIE * max(1.0, scale)


def snapped(value: float, width: float) -> float:
    """Return zero for what only the arithmetic of floats tells from it."""
    return 0.0 if abs(value) <= width else value


def p_value(statistics: Floats, observed: float, width: float) -> float:
    """Return the share with at least the observed absolute statistic; the observed one counts."""
    return float((np.abs(statistics) >= abs(observed) - width).mean())


def least_attainable(statistics: Floats, width: float, *, exact: bool) -> float:
    """Return the p-value of the most extreme assignment.

    In a sample it is one in all compared, unless every statistic ties.
    """
    sizes = np.abs(statistics)
    ties = float((sizes >= sizes.max() - width).mean())
    return ties if exact or ties == 1.0 else 1.0 / len(statistics)


def least_rejectable(compared: int, alpha: float) -> int:
    """Return the smallest number of assignments whose share is above alpha."""
    return int(np.floor(alpha * compared + 1e-9)) + 1


def inverted_set(
    statistics: Floats, slopes: Floats, observed: float, alpha: float = ALPHA
) -> Bounds:
    """Return the hull of the constants whose subtraction from the exposed cells is not rejected.

    Subtracting c turns the statistic of an assignment into statistic − c·slope and the observed one
    into observed − c. Exact: an assignment is at least as extreme between the two roots of
    |statistic − c·slope| = |observed − c| (outside them where |slope| > 1).
    """
    wanted = least_rejectable(len(statistics), alpha)
    low = _lowest(statistics, slopes, observed, wanted)
    high = _lowest(-statistics, slopes, -observed, wanted)
    return Bounds(low, None if high is None else -high)


def _lowest(statistics: Floats, slopes: Floats, observed: float, wanted: int) -> float | None:
    """Return the smallest constant at which `wanted` assignments are as extreme; None if none."""
    same, opposite = _roots(statistics, slopes, observed)
    always = np.isnan(same) | np.isnan(opposite)
    inner, outer = np.fmin(same, opposite), np.fmax(same, opposite)
    if float(np.abs(slopes).max()) <= 1.0 + TIE:
        starts = np.where(always, -np.inf, np.minimum(inner, observed))
        found = float(np.partition(starts, wanted - 1)[wanted - 1])
        return found if np.isfinite(found) else None
    steep = (np.abs(slopes) > 1.0 + TIE) & ~always
    split = steep & (outer <= observed)
    starts = np.concatenate([np.where(always | steep, -np.inf, inner), outer[split]])
    starts = np.sort(np.minimum(starts, observed))
    ended = np.searchsorted(np.sort(inner[split]), starts, side="left")
    enough = np.flatnonzero(np.arange(1, len(starts) + 1) - ended >= wanted)
    if not len(enough) or np.isneginf(starts[enough[0]]):
        return None
    return float(starts[enough[0]])


def _roots(statistics: Floats, slopes: Floats, observed: float) -> tuple[Floats, Floats]:
    """Solve statistic − c·slope = ±(observed − c) for c; NaN where every c solves it."""
    width = tie_width(abs(observed))
    minus, plus = statistics - observed, statistics + observed
    minus = np.where(np.abs(minus) <= width, 0.0, minus)
    plus = np.where(np.abs(plus) <= width, 0.0, plus)
    below = np.where(np.abs(slopes - 1.0) <= TIE, 0.0, 1.0 - slopes)
    above = np.where(np.abs(slopes + 1.0) <= TIE, 0.0, 1.0 + slopes)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -minus / below, plus / above
