import numpy as np
import pytest

from shared.effects.analysis import analyse
from shared.effects.conclusion import conclude
from shared.effects.panel import AssignmentRule
from shared.effects.student import student_quantile
from tests.shared.effects.panels import noise, question


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (10, 2.2281), (17, 2.1098), (120, 1.9799)],
)
def test_quantiles_are_those_of_the_tables(freedom: int, quantile: float) -> None:
    assert student_quantile(0.95, freedom) == pytest.approx(quantile, abs=5e-5)


@pytest.mark.parametrize(("shock", "spread"), [(0.0, 1.0), (-20.0, 1.0), (7.0, 3.0)])
def test_a_line_through_the_pool_predicts_the_exposed(shock: float, spread: float) -> None:
    before = np.array([[50.0, value] for value in (30, 32, 40, 45, 50, 55, 60, 62)])
    after = shock + spread * (0.4 * before[:, 1] + np.array([0, 0, 1, -2, 2, -1, 1, -1]))
    values = np.column_stack([before, after])
    rule = AssignmentRule("chosen", None, selected_on_outcome=True, selected_period=2)
    found = analyse(question(values.tolist(), (3, 3) + (None,) * 6, rule=rule))
    pool, y = before[2:, 1], after[2:]
    slope, level = np.polyfit(pool, y, 1)
    expected = level + slope * 31 - 50 - (y.mean() - 50)
    left = y - level - slope * pool
    share = 1 / 2 + 1 / 6 + (31 - pool.mean()) ** 2 / ((pool - pool.mean()) ** 2).sum()
    reach = 2.776445 * np.sqrt((left**2).sum() / 4 * share)
    assert found.return_to_mean is not None
    assert found.return_to_mean.expected == pytest.approx(expected)
    assert found.return_to_mean.low == pytest.approx(expected - reach, rel=1e-5)
    assert found.return_to_mean.high == pytest.approx(expected + reach, rel=1e-5)
    assert found.verdict == "difference"
    assert "которого следовало ждать и без меры (возврат к среднему" in found.sentence


def test_a_large_effect_on_the_worst_is_beyond_the_band() -> None:
    values = noise(np.random.default_rng(5), 19, 5)
    worst = set(np.argsort(values[:, 2])[:5].tolist())
    values[sorted(worst), 3:] += 25
    starts = tuple(4 if row in worst else None for row in range(19))
    rule = AssignmentRule("chosen", None, selected_on_outcome=True, selected_period=3)
    found = analyse(question(values.tolist(), starts, rule=rule))
    assert found.verdict == "consistent"
    assert found.return_to_mean is not None
    assert found.estimate is not None
    assert found.estimate > found.return_to_mean.high
    assert "описательное" in found.sentence


@pytest.mark.parametrize(
    ("period", "pool", "limit"),
    [(9, 6, "SELECTION_PERIOD_NOT_LISTED"), (2, 2, "RETURN_TO_MEAN_UNKNOWN")],
)
def test_without_a_band_a_choice_by_the_outcome_is_a_difference(
    period: int, pool: int, limit: str
) -> None:
    values = noise(np.random.default_rng(8), 4 + pool, 4)
    values[:4, 2:] += 90
    rule = AssignmentRule("chosen", None, selected_on_outcome=True, selected_period=period)
    found = analyse(question(values.tolist(), (3,) * 4 + (None,) * pool, rule=rule))
    assert found.return_to_mean is None
    assert found.verdict == "difference"
    assert limit in found.limits


def test_the_worst_quarter_without_an_effect_is_rarely_more_than_a_difference() -> None:
    above = 0
    for seed in range(40):
        values = noise(np.random.default_rng(seed), 19, 5)
        worst = set(np.argsort(values[:, 2])[:5].tolist())
        starts = tuple(4 if row in worst else None for row in range(19))
        rule = AssignmentRule("chosen", None, selected_on_outcome=True, selected_period=3)
        above += conclude(question(values.tolist(), starts, rule=rule)).verdict == "consistent"
    assert above <= 5
