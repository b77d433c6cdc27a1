"""How often answers about effects are right, and what they cost.

Figures of docs/rules/effects.md: size, coverage, return to the mean, rounding bounds, CPU seconds.
Run: `python -m benchmarks.effects`, or `python -m benchmarks.effects 0.05` for a twentieth of the
simulated panels.
"""

import sys
import time
from collections.abc import Iterator
from math import sqrt

import numpy as np

from shared.effects.analysis import analyse
from shared.effects.conclusion import Conclusion, conclude
from shared.effects.estimation import Estimation
from shared.effects.panel import AssignmentRule, Floats, Question

UNITS, PERIODS, FIRST = 19, 5, 3
TREATED = (2, 3, 5, 9)
PANELS, CHOICES, LOTTERIES, ROUNDINGS = 2_000, 2_000, 2_000, 10_000
EFFECT, LARGE_EFFECT = 1.0, 3.0
ALPHA = 0.05
WORDS_ABOVE_DIFFERENCE = ("consistent", "measured")
SHOCK, OTHER_SPREAD = -4.0, 1.6
LIMIT_SMALL, LIMIT_SCHOOLS = 0.5, 20.0


def noise(rng: np.random.Generator, units: int, periods: int, rho: float = 0.5) -> Floats:
    """Draw units with levels of their own and autocorrelated errors of spread one."""
    errors = rng.normal(size=(units, periods))
    for period in range(1, periods):
        errors[:, period] = rho * errors[:, period - 1] + sqrt(1 - rho**2) * errors[:, period]
    return np.asarray(50 + 2 * rng.normal(size=(units, 1)) + errors)


def question(
    values: Floats, treated: list[int], rule: AssignmentRule, *, draws: int = 999
) -> Question:
    """Ask about units exposed from the fourth period on."""
    units = tuple(str(row) for row in range(len(values)))
    exposed = {str(row): FIRST for row in treated}
    return Question(units, tuple(range(values.shape[1])), values, None, exposed, rule, draws=draws)


def estimated(conclusion: Conclusion) -> Estimation:
    """Return the estimate of a conclusion that must have one."""
    if conclusion.found is None:
        raise ValueError(conclusion.limits)
    return conclusion.found


def size_and_coverage(treated: int, panels: int) -> tuple[float, float]:
    """Return how often no effect is rejected, and how often the set holds the true effect."""
    rejected = held = 0
    for seed in range(panels):
        rng = np.random.default_rng((treated, seed))
        values = noise(rng, UNITS, PERIODS)
        chosen = rng.choice(UNITS, treated, replace=False).tolist()
        rule = AssignmentRule("random")
        found = estimated(conclude(question(values, chosen, rule)))
        rejected += found.inference.p <= ALPHA
        interval = found.interval()
        held += interval is None or interval.holds(0.0)
    return rejected / panels, held / panels


def lottery_words(panels: int) -> tuple[float, float]:
    """Return how often a lottery with an effect of three spreads is measured, and held."""
    measured = held = 0
    for seed in range(panels):
        rng = np.random.default_rng((407, seed))
        values = noise(rng, UNITS, PERIODS)
        chosen = rng.choice(UNITS, 5, replace=False).tolist()
        values[chosen, FIRST:] += LARGE_EFFECT
        conclusion = conclude(question(values, chosen, AssignmentRule("random")))
        measured += conclusion.verdict == "measured"
        interval = estimated(conclusion).interval()
        held += interval is not None and interval.holds(LARGE_EFFECT)
    return measured / panels, held / panels


def chosen_worst(panels: int, *, shock: float, spread: float, effect: float) -> float:
    """Return how often the worst quarter, chosen on the outcome, gets more than a difference."""
    above = 0
    for seed in range(panels):
        values = noise(np.random.default_rng((7, seed)), UNITS, PERIODS)
        period = FIRST - 1
        worst = np.argsort(values[:, period])[: round(UNITS / 4)].tolist()
        after = values[:, FIRST:]
        values[:, FIRST:] = after.mean() + shock + spread * (after - after.mean())
        values[worst, FIRST:] += effect
        rule = AssignmentRule("chosen", None, selected_on_outcome=True, selected_period=period)
        above += conclude(question(values, worst, rule)).verdict in WORDS_ABOVE_DIFFERENCE
    return above / panels


def bounds_held(panels: int) -> int:
    """Return in how many panels the identified set holds the estimate of the unrounded values."""
    held = 0
    for seed in range(panels):
        rng = np.random.default_rng((11, seed))
        exact, digits = noise(rng, 8, 4), int(rng.integers(-1, 3))
        steps = exact * 10.0**digits
        printed = (np.round, np.ceil, np.floor)[seed % 3](steps) / 10.0**digits
        starts = rng.choice(np.array([1, 2, 3, 9]), 8)
        if len(set(starts.tolist())) == 1 or 9 not in starts:
            starts[:2] = 9, 2
        asked = [
            Question(
                tuple("abcdefgh"),
                (0, 1, 2, 3),
                values,
                shown,
                {u: int(s) if s < 9 else None for u, s in zip("abcdefgh", starts, strict=True)},
                AssignmentRule("chosen"),
                estimator="callaway_santanna" if seed % 2 else "difference",
                draws=1,
            )
            for values, shown in ((exact, None), (printed, digits))
        ]
        truth, found = (estimated(conclude(one)) for one in asked)
        identified = found.identified
        held += identified is not None and identified.holds(truth.estimate)
    return held


def small_seconds() -> Iterator[tuple[int, float]]:
    """Yield the CPU seconds of whole answers about 19 units × 5 periods with 10 000 draws."""
    for treated in TREATED:
        values = noise(np.random.default_rng(treated), UNITS, PERIODS).round(1)
        asked = question(values, list(range(treated)), AssignmentRule("random"), draws=10_000)
        analyse(asked)
        start = time.process_time()
        analyse(asked)
        yield treated, time.process_time() - start


def school_seconds() -> float:
    """Return the CPU seconds of 40 000 schools × 5 periods with 10 000 draws."""
    values = noise(np.random.default_rng(1), 40_000, PERIODS).round(1)
    asked = question(values, list(range(10_000)), AssignmentRule("chosen"), draws=10_000)
    start = time.process_time()
    analyse(asked)
    return time.process_time() - start


def main() -> None:
    """Print the figures next to their limits."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    panels, choices = int(PANELS * scale), int(CHOICES * scale)
    margin = 3 * sqrt(ALPHA * (1 - ALPHA) / panels)
    for treated in TREATED:
        size, coverage = size_and_coverage(treated, panels)
        print(
            f"{treated} of {UNITS}: rejects {size:.4f} (limit {ALPHA + margin:.4f}), "
            f"set holds the truth {coverage:.4f} (limit {1 - ALPHA - margin:.4f})"
        )
    measured, held = lottery_words(int(LOTTERIES * scale))
    print(f"lottery of {LARGE_EFFECT} spreads: measured {measured:.4f}, held {held:.4f}")
    for shock, spread in ((0.0, 1.0), (SHOCK, 1.0), (0.0, OTHER_SPREAD), (SHOCK, OTHER_SPREAD)):
        above = chosen_worst(choices, shock=shock, spread=spread, effect=0.0)
        print(f"worst quarter, shock {shock}, spread {spread}: above difference {above:.4f} (0.05)")
    roundings = int(ROUNDINGS * scale)
    print(f"identified set holds its truth in {bounds_held(roundings)} of {roundings}")
    for treated, seconds in small_seconds():
        print(f"{treated} of 19 × 5, 10 000 draws: {seconds:.2f} s CPU (limit {LIMIT_SMALL})")
    print(f"40 000 × 5, 10 000 draws: {school_seconds():.1f} s CPU (limit {LIMIT_SCHOOLS})")


if __name__ == "__main__":
    main()
