import numpy as np
import pytest
from numpy.testing import assert_allclose

from shared.effects.analysis import Effect, analyse
from shared.effects.panel import AssignmentRule, Comparison, EstimatorChoice
from tests.shared.effects.panels import Starts, arrangements, loop_estimate, noise, question

CASES: list[tuple[Starts, str, EstimatorChoice, Comparison]] = [
    ((3, 3, None, None, None, None), "aaaaaa", "difference", "never"),
    ((3, 3, 3, None, None, None), "aaaaaa", "difference", "never"),
    ((3, None, None, 3, None, None), "aaabbb", "difference", "never"),
    ((2, 3, 3, None, None, None, None), "aaaaaaa", "callaway_santanna", "never"),
    ((2, 3, 4, 4, None, None, None), "aaaaaaa", "callaway_santanna", "not_yet"),
    ((2, 3, 3, 4, 4), "aaaaa", "callaway_santanna", "not_yet"),
    ((2, 3, 4, 4, None, None, None), "aaabbbb", "difference", "not_yet"),
    ((2, 2, 2, 2, None), "aaaaa", "callaway_santanna", "never"),
]


def answer(
    values: list[list[float]], case: tuple[Starts, str, EstimatorChoice, Comparison]
) -> Effect:
    starts, strata, estimator, comparison = case
    rule = AssignmentRule("chosen", {f"u{i}": code for i, code in enumerate(strata)})
    asked = question(values, starts, rule=rule, estimator=estimator, comparison=comparison)
    return analyse(asked)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", range(4))
def test_the_exact_p_is_that_of_all_vectors_of_first_periods(
    case: tuple[Starts, str, EstimatorChoice, Comparison], seed: int
) -> None:
    starts, strata, estimator, comparison = case
    rng = np.random.default_rng(seed)
    values = noise(rng, len(starts), 4).round(seed % 2).tolist()
    loops = [
        loop_estimate(values, other, estimator, not_yet=comparison == "not_yet")
        for other in arrangements(starts, strata)
    ]
    observed = loop_estimate(values, starts, estimator, not_yet=comparison == "not_yet")
    found = answer(values, case)
    assert found.inference is not None
    assert found.estimate == pytest.approx(observed, abs=1e-10)
    assert found.inference.exact
    assert found.inference.assignments == len(loops)
    assert_allclose(
        found.inference.p, np.mean([abs(one) >= abs(observed) - 1e-12 for one in loops])
    )
    most = max(map(abs, loops))
    assert_allclose(found.inference.least_p, np.mean([abs(one) >= most - 1e-12 for one in loops]))


@pytest.mark.parametrize(
    "case", [*CASES[3:6], ((3, 3, None, None, None, None, None), "a" * 7, "difference", "never")]
)
@pytest.mark.parametrize("seed", range(3))
def test_the_set_ends_where_subtracting_a_constant_is_rejected(
    case: tuple[Starts, str, EstimatorChoice, Comparison], seed: int
) -> None:
    starts, strata, estimator, comparison = case
    values = noise(np.random.default_rng(seed), len(starts), 4)
    exposed = np.array(
        [[start is not None and t >= start for t in range(1, 5)] for start in starts], dtype=float
    )
    not_yet = comparison == "not_yet"

    def p(constant: float) -> float:
        shifted = (values - constant * exposed).tolist()
        loops = [
            abs(loop_estimate(shifted, other, estimator, not_yet=not_yet))
            for other in arrangements(starts, strata)
        ]
        own = abs(loop_estimate(shifted, starts, estimator, not_yet=not_yet))
        return float(np.mean([one >= own - 1e-12 for one in loops]))

    found = answer(values.tolist(), case)
    assert found.inference is not None
    interval = found.interval
    if found.inference.least_p > 0.05:
        assert interval is None
        return
    assert interval is not None
    for end, outward in ((interval.low, -1), (interval.high, 1)):
        if end is None:
            assert p(outward * 1e6) > 0.05
            continue
        assert p(end - outward * 1e-6) > 0.05
        assert all(p(end + outward * step) <= 0.05 for step in (1e-6, 0.1, 1.0, 10.0, 1e4))


def test_sampled_assignments_count_the_observed_one() -> None:
    values = noise(np.random.default_rng(3), 40, 4)
    values[:20, 2:] += 30
    found = analyse(question(values.tolist(), (3,) * 20 + (None,) * 20, estimator="difference"))
    assert found.inference is not None
    assert not found.inference.exact
    assert found.inference.assignments == 999
    assert found.inference.p == found.inference.least_p == 1 / 1000


def test_the_same_seed_gives_the_same_answer() -> None:
    values = noise(np.random.default_rng(3), 30, 4).tolist()
    asked = question(values, (3,) * 12 + (None,) * 18, rule=AssignmentRule("random"))
    assert analyse(asked) == analyse(asked)


@pytest.mark.parametrize("level", [0.0, 50.0, 1e7])
def test_nothing_is_seen_in_a_constant_panel(level: float) -> None:
    found = analyse(question([[level] * 4] * 12, (3,) * 5 + (None,) * 7, digits=1))
    assert found.inference is not None
    assert found.estimate == 0
    assert (found.inference.p, found.inference.least_p) == (1.0, 1.0)
    assert found.interval is None
    assert found.mde is None
    assert found.verdict == "difference"
    assert "LEAST_P" in found.limits


def test_the_least_visible_effect_is_rejected_where_a_smaller_one_is_not() -> None:
    values = noise(np.random.default_rng(5), 14, 5)
    starts = (4,) * 4 + (None,) * 10
    found = analyse(question(values.tolist(), starts, rule=AssignmentRule("random")))
    assert found.mde is not None
    assert found.estimate is not None
    values[:4, 3:] -= found.estimate
    rejected = {}
    rng = np.random.default_rng(1)
    redrawn = [rng.choice(14, 4, replace=False) for _ in range(150)]
    for size in (found.mde * 0.7, found.mde * 1.3):
        seen = 0
        for chosen in redrawn:
            moved = values.copy()
            moved[np.ix_(chosen, np.array([3, 4]))] += size
            own = [4 if unit in chosen else None for unit in range(14)]
            other = analyse_p(moved.tolist(), own)
            seen += other <= 0.05
        rejected[size] = seen / len(redrawn)
    assert rejected[found.mde * 0.7] < 0.8 <= rejected[found.mde * 1.3]


def analyse_p(values: list[list[float]], starts: list[int | None]) -> float:
    changes = np.array(values)[:, 3:].mean(axis=1) - np.array(values)[:, :3].mean(axis=1)
    treated = np.array([start is not None for start in starts])
    observed = abs(changes[treated].mean() - changes[~treated].mean())
    rng = np.random.default_rng(0)
    drawn = [rng.permutation(treated) for _ in range(400)]
    sizes = [abs(changes[one].mean() - changes[~one].mean()) for one in drawn]
    return float(1 + sum(size >= observed - 1e-12 for size in sizes)) / 401
