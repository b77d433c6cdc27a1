from dataclasses import replace

import numpy as np
import pytest

from shared.effects.analysis import analyse
from shared.effects.design import set_up
from shared.effects.panel import AssignmentRule, LeftOut, Rule, Side, Threshold
from tests.shared.effects.panels import Starts, noise, question


def table(units: int, periods: int, seed: int = 1) -> list[list[float]]:
    rows: list[list[float]] = noise(np.random.default_rng(seed), units, periods).tolist()
    return rows


@pytest.mark.parametrize(
    ("starts", "periods", "rule", "design", "estimator"),
    [
        ((3,) * 8, 4, "chosen", "universal", None),
        ((3, 3, 4, 4, 4, 4, 4, 4), 4, "universal", "universal", None),
        ((3, 3, 4, 4, 4, 4, 4, 4), 4, "chosen", "staggered", "callaway_santanna"),
        ((3,) * 4 + (None,) * 4, 4, "random", "lottery", "difference"),
        ((3,) * 4 + (None,) * 4, 4, "chosen", "staggered", "callaway_santanna"),
        ((3,) * 4 + (None,) * 4, 4, "universal", "staggered", "callaway_santanna"),
        ((3,) * 3 + (None,) * 5, 4, "chosen", "difference", "difference"),
        ((3,) * 5 + (None,) * 3, 4, "chosen", "difference", "difference"),
        ((2,) * 4 + (None,) * 4, 4, "chosen", "difference", "difference"),
        ((9,) * 3 + (None,) * 5, 10, "chosen", "few_treated", "synthetic_did"),
        ((8,) * 3 + (None,) * 5, 10, "chosen", "difference", "difference"),
        ((9, 8, 9) + (None,) * 5, 10, "chosen", "difference", "difference"),
        ((9,) * 4 + (None,) * 4, 10, "chosen", "staggered", "callaway_santanna"),
        ((3,) * 4 + (None,) * 4, 4, "threshold", "staggered", "callaway_santanna"),
    ],
)
def test_the_first_row_that_matches_is_the_design(
    starts: Starts, periods: int, rule: Rule, design: str, estimator: str | None
) -> None:
    setup = set_up(question(table(8, periods), starts, rule=AssignmentRule(rule)))
    assert (setup.design, setup.estimator, setup.insufficient) == (design, estimator, None)


@pytest.mark.parametrize(
    ("values", "starts", "why"),
    [
        ([[1.0], [2.0]], (1, None), "FEWER_THAN_TWO_PERIODS"),
        ([[1.0, None], [2.0, None]], (2, None), "FEWER_THAN_TWO_PERIODS"),
        ([[1.0, 2.0], [2.0, 2.0]], (None, None), "NOBODY_EXPOSED"),
        ([[1.0, 2.0], [2.0, 2.0]], (3, None), "NOBODY_EXPOSED"),
        ([[1.0, 2.0], [2.0, 2.0]], (1, None), "ALREADY_EXPOSED"),
        ([[1.0, 2.0], [2.0, None]], (2, None), "NO_COMPARISON_POOL"),
        ([[1.0, 2.0]], (None,), "NOBODY_EXPOSED"),
        ([[None, None], [None, None]], (2, None), "FEWER_THAN_TWO_PERIODS"),
    ],
)
def test_insufficient_data_say_why(
    values: list[list[float | None]], starts: Starts, why: str
) -> None:
    found = analyse(question(values, starts))
    assert found.verdict == "insufficient"
    assert why in found.limits
    assert found.sentence.startswith("Данных недостаточно: ")
    assert (found.estimate, found.inference, found.mde) == (None, None, None)


def test_units_that_cannot_be_compared_leave_and_are_listed() -> None:
    values: list[list[float | None]] = [list(row) for row in table(8, 4)]
    values[1][2] = None
    found = analyse(question(values, (3, 3, 1, 9, 0, 3, None, None)))
    assert found.left_out == (
        LeftOut("u1", "NO_VALUE"),
        LeftOut("u2", "ALREADY_EXPOSED"),
        LeftOut("u3", "EXPOSED_LATER"),
        LeftOut("u4", "ALREADY_EXPOSED"),
    )


def test_a_unit_exposed_beyond_the_last_period_is_not_yet_exposed() -> None:
    values = table(6, 3)
    found = analyse(question(values, (3, 3, 9, 9, 9, 9), comparison="never"))
    other = analyse(question(values, (3, 3, None, None, None, None)))
    assert found.left_out == ()
    assert "NEVER_EMPTY_NOT_YET_USED" in found.limits
    assert found.estimate == other.estimate


def test_an_exposure_between_two_listed_periods_counts_from_the_next() -> None:
    asked = question(table(6, 3), (3, 3, None, None, None, None), first=1)
    gaps = question(table(6, 3), (4, 4, None, None, None, None), first=1)
    gaps = replace(gaps, periods=(1, 3, 5))
    assert analyse(asked).estimate == analyse(gaps).estimate
    assert [one.lag for one in analyse(gaps).event_study] == [-4, -2, 0]


def test_a_choice_by_the_outcome_is_compared_on_other_periods() -> None:
    values = table(8, 4)
    starts: Starts = (4, 4, 4, None, None, None, None, None)
    rule = AssignmentRule("chosen", None, selected_on_outcome=True, selected_period=2)
    found = analyse(question(values, starts, rule=rule))
    other = analyse(question([row[:1] + row[2:] for row in values], (3,) * 3 + (None,) * 5))
    assert found.design == "selected_on_outcome"
    assert found.estimate == pytest.approx(other.estimate)
    alone = AssignmentRule("chosen", None, selected_on_outcome=True, selected_period=1)
    short = analyse(question([row[:2] for row in values], (2,) * 3 + (None,) * 5, rule=alone))
    assert (short.verdict, short.limits) == ("insufficient", ("NO_BASE",))


def near_cut(treated: Side, values: list[float]) -> AssignmentRule:
    known = {f"u{row}": value for row, value in enumerate(values)}
    return AssignmentRule("threshold", threshold=Threshold(known, 50.0, treated))


@pytest.mark.parametrize(
    ("treated", "at_the_cut"),
    [("below", False), ("at_or_below", True), ("above", False), ("at_or_above", True)],
)
def test_a_unit_at_the_cut_is_exposed_where_the_rule_says_so(
    treated: Side, at_the_cut: bool
) -> None:
    running = [40.0, 44.0, 46.0, 48.0, 49.0, 50.0, 51.0, 52.0, 54.0, 56.0, 60.0]
    low = treated in {"below", "at_or_below"}
    starts = tuple(
        3 if (value < 50 if low else value > 50) or (value == 50 and at_the_cut) else None
        for value in running
    )
    found = analyse(question(table(11, 3), starts, rule=near_cut(treated, running)))
    assert found.design == "cut"
    wrong = tuple(
        (None if at_the_cut else 3) if value == 50 else start
        for value, start in zip(running, starts, strict=True)
    )
    other = analyse(question(table(11, 3), wrong, rule=near_cut(treated, running)))
    assert other.design != "cut"
    assert "RULE_NOT_FOLLOWED" in other.limits


def test_a_window_ends_where_the_sides_were_unlike_before() -> None:
    rng = np.random.default_rng(4)
    running = np.linspace(40.5, 59.5, 20)
    values = rng.normal(50, 1, (20, 4))
    values[:4, :] -= 30
    values[16:, :] += 30
    starts = tuple(3 if value < 50 else None for value in running)
    rule = near_cut("below", running.tolist())
    found = analyse(question(values.tolist(), starts, rule=rule))
    assert found.design == "cut"
    assert {one.unit for one in found.left_out} >= {"u0", "u1", "u18", "u19"}
    assert {one.why for one in found.left_out} == {"OUTSIDE_WINDOW"}
    assert found.verdict == "measured"


def test_the_unbalanced_smallest_window_is_said() -> None:
    running = [float(value) for value in range(44, 50)] + [float(value) for value in range(51, 57)]
    values = noise(np.random.default_rng(2), 12, 3)
    values[:6] -= 100
    starts = (3,) * 6 + (None,) * 6
    found = analyse(question(values.tolist(), starts, rule=near_cut("below", running)))
    assert "WINDOW_NOT_BALANCED" in found.limits
    assert "различались и до меры" in found.sentence
