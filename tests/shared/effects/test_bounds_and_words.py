"""Rounding bounds, the other ways to ask, and the words."""

import re
from dataclasses import replace

import numpy as np
import pytest

from shared.effects.analysis import Effect, analyse
from shared.effects.conclusion import conclude
from shared.effects.panel import AssignmentRule, EstimatorChoice, Question, Rule
from tests.shared.effects.panels import noise, question

FORBIDDEN = re.compile("привел|повысил|доказан|благодаря", re.IGNORECASE)
HALF = (4,) * 6 + (None,) * 8


def asked(effect: float, rule: Rule = "random", periods: int = 6, units: int = 14) -> Question:
    values = noise(np.random.default_rng(12), units, periods).round(1)
    values[:6, 3:] += effect
    return question(values.tolist(), HALF[:units], rule=AssignmentRule(rule), digits=1)


@pytest.mark.parametrize("rounding", [np.round, np.ceil, np.floor])
@pytest.mark.parametrize("estimator", ["difference", "callaway_santanna"])
def test_the_identified_set_holds_the_estimate_of_the_unrounded_values(
    rounding: np.ufunc, estimator: EstimatorChoice
) -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        exact, digits = noise(rng, 9, 4), int(rng.integers(-1, 3))
        printed = rounding(exact * 10.0**digits) / 10.0**digits
        starts = (2, 3, 3, 4, None, None, None, None, None)
        found, truth = (
            conclude(
                question(values.tolist(), starts, estimator=estimator, digits=shown, draws=1)
            ).found
            for values, shown in ((printed, digits), (exact, None))
        )
        assert found is not None
        assert truth is not None
        assert found.identified is not None
        assert found.identified.holds(truth.estimate)


def test_a_difference_in_differences_of_tenths_is_known_to_two_tenths() -> None:
    found = analyse(asked(5.0))
    assert found.identified is not None
    assert found.estimate is not None
    assert found.identified.low == pytest.approx(found.estimate - 0.2)
    assert found.identified.high == pytest.approx(found.estimate + 0.2)
    exact = analyse(replace(asked(5.0), digits=None)).identified
    assert exact is not None
    assert exact.low == exact.high


def test_weights_that_depend_on_the_data_have_no_rounding_bounds() -> None:
    found = analyse(replace(asked(5.0), estimator="synthetic_did"))
    assert found.identified is None
    assert "WEIGHTS_DEPEND_ON_DATA" in found.limits


def every_verdict() -> list[Effect]:
    values = noise(np.random.default_rng(12), 14, 6)
    return [
        analyse(question(values.tolist(), (None,) * 14)),
        analyse(question(values.tolist(), (4,) * 14)),
        analyse(asked(5.0, "chosen", units=8)),
        analyse(asked(20.0, "chosen")),
        analyse(asked(20.0)),
        analyse(asked(0.0)),
    ]


def test_every_verdict_has_its_own_words() -> None:
    openings = {
        "insufficient": "Данных недостаточно: ",
        "description": "Описание: ",
        "difference": "Различие ",
        "consistent": "Согласуется с эффектом от ",
        "measured": "Измерено: ",
    }
    found = every_verdict()
    assert {one.verdict for one in found} == set(openings)
    for one in found:
        assert one.sentence.startswith(openings[one.verdict])
        assert not FORBIDDEN.search(one.sentence)
        assert ("не обнаружен" in one.sentence) <= (
            "эффект не обнаружен: меньше" in one.sentence and "увидеть было нельзя" in one.sentence
        )
        if one.estimate is not None:
            assert "Единиц с мерой: " in one.sentence
            assert "периоды 1–6, мера с 4" in one.sentence
            assert "видимый эффект" in one.sentence or "Увидеть эффект" in one.sentence
            assert "изменится" in one.sentence


def test_a_lottery_without_a_visible_effect_says_what_could_not_be_seen() -> None:
    found = analyse(asked(0.0))
    assert found.inference is not None
    assert found.inference.p > 0.05
    assert found.verdict == "measured"
    assert found.mde is not None
    printed = f"{found.mde:.2f}".replace(".", ",")
    assert f"эффект не обнаружен: меньше {printed} увидеть было нельзя" in found.sentence


def test_a_placebo_in_time_forbids_consistent() -> None:
    values = noise(np.random.default_rng(12), 14, 6)
    values[:6, 3:] += 20
    values[:6, 2] += 15
    found = analyse(question(values.tolist(), HALF))
    assert found.design == "staggered"
    assert found.placebo[0].p <= 0.05
    assert found.verdict == "difference"


def test_units_that_overturn_a_verdict_do_so() -> None:
    values = noise(np.random.default_rng(3), 12, 5)
    values[0, 3:] += 30
    values[1:4, 3:] += 4
    whole = question(values.tolist(), (4,) * 4 + (None,) * 8)
    found = analyse(whole)
    changed = {
        unit for unit in whole.units if analyse(whole.without(unit)).verdict != found.verdict
    }
    assert set(found.overturned_by) == changed


@pytest.mark.parametrize(("reaching", "said"), [(4, False), (5, True)])
def test_logits_stand_beside_where_a_third_reach_the_ceiling(reaching: int, said: bool) -> None:
    values = np.clip(noise(np.random.default_rng(3), 14, 6), 6, 94)
    values[:reaching, 5] = 99.0
    found = analyse(question(values.tolist(), HALF, digits=0))
    assert ("logit" in {line.kind for line in found.robustness}) is said


@pytest.mark.parametrize(("treated", "said"), [(4, False), (5, True)])
def test_a_wild_bootstrap_needs_five_exposed_units(treated: int, said: bool) -> None:
    values = noise(np.random.default_rng(3), 12, 5)
    values[:treated, 3:] += 20
    starts = (4,) * treated + (None,) * (12 - treated)
    lines = {one.kind: one for one in analyse(question(values.tolist(), starts)).robustness}
    assert ("wild_bootstrap" in lines) is said
    if said:
        assert lines["wild_bootstrap"].p == pytest.approx(2 / 2**12, abs=0.02)
