"""Several primary outcomes, neighbours, and what each unit contributes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.effects.analysis import analyse
from shared.effects.family import Family, holm
from shared.effects.panel import AssignmentRule, Question
from shared.effects.unit_rows import unit_rows

UNITS = tuple("abcdefgh")
VALUES = np.array(
    [[10.0 + row, 11.0 + row + (row % 3) * 0.1, 12.0 + row] for row in range(8)], dtype=float
)


def lottery(effect: float) -> Question:
    values = VALUES.copy()
    values[:4, 2] += effect
    return Question(
        UNITS,
        (2022, 2023, 2024),
        values,
        None,
        dict.fromkeys(UNITS[:4], 2024),
        AssignmentRule("random"),
    )


def test_holm_by_hand() -> None:
    # 0.01·4 = 0.04; 0.03·3 = 0.09; 0.04·2 = 0.08 → 0.09; 0.5·1.
    assert holm([0.03, 0.01, 0.5, 0.04]) == pytest.approx([0.09, 0.04, 0.5, 0.09])
    assert holm([0.02, None]) == [pytest.approx(0.04), None]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_p_value_nor_their_order(values: list[float]) -> None:
    adjusted = holm(values)
    pairs = sorted(zip(values, adjusted, strict=True), key=lambda pair: pair[0])
    corrected = [after for _, after in pairs if after is not None]
    assert corrected == sorted(corrected)
    assert all(after >= before for before, after in zip(sorted(values), corrected, strict=True))


def test_an_effect_lost_among_other_outcomes_is_not_said_to_be_measured() -> None:
    alone = analyse(lottery(5.0))
    assert alone.verdict == "measured"
    assert "эффект" in alone.sentence
    family = Family(3, 0.086)
    among = analyse(lottery(5.0), family=family)
    assert "неотличимо от случайного" in among.sentence
    assert "Основных исходов в плане: 3" in among.sentence
    assert "HOLM" in among.limits


def test_a_neighbour_leaves_the_pool_in_its_own_line() -> None:
    question = lottery(5.0)
    question.values[7, 2] += 4.0
    found = analyse(replace(question, neighbours=frozenset({"h", "a"})))
    (line,) = (one for one in found.robustness if one.kind == "neighbours")
    without = analyse(question.without("h"))
    assert line.estimate == pytest.approx(without.estimate)
    assert line.estimate is not None
    assert found.estimate is not None
    assert line.estimate > found.estimate
    assert not any(one.kind == "neighbours" for one in analyse(question).robustness)


def test_neighbours_alone_in_the_pool_leave_no_number() -> None:
    question = replace(lottery(5.0), neighbours=frozenset(UNITS[4:]))
    (line,) = (one for one in analyse(question).robustness if one.kind == "neighbours")
    assert (line.estimate, line.p) == (None, None)


def test_the_row_of_a_unit_is_what_the_answer_would_be_without_it() -> None:
    question = lottery(5.0)
    rows = {row.unit: row for row in unit_rows(question)}
    assert rows["a"].change == pytest.approx(17.0 - 10.5)
    for unit in UNITS:
        assert rows[unit].without_it == pytest.approx(analyse(question.without(unit)).estimate)


def test_the_last_exposed_unit_cannot_be_left_out() -> None:
    question = replace(lottery(5.0), exposed={"a": 2024})
    rows = {row.unit: row.without_it for row in unit_rows(question)}
    assert rows["a"] is None
    assert rows["b"] is not None
