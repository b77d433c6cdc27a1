"""Unfriendly questions about effects: the words each of them may be answered with at most."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from services.ratings.errors import EffectInvalid
from services.ratings.schemas.effects import EffectQuestion, PowerQuestion
from services.ratings.usecases.effect_preview import (
    check_plan,
    check_question,
    effect_view,
    power_view,
)
from tests.shared.effects.panels import noise

Body = dict[str, Any]
Rows = Sequence[Sequence[float | None]]
FORBIDDEN = re.compile("привел|повысил|доказан|благодаря", re.IGNORECASE)
UNITS, PERIODS, START = 12, 5, 2004


def rows(units: int = UNITS, periods: int = PERIODS, *, effect: float = 0.0) -> list[list[float]]:
    """Return printed values; the first half of the units have an effect from 2004 on."""
    values = noise(np.random.default_rng(5), units, periods)
    values[: units // 2, START - 2001 :] += effect
    return [[float(value) for value in row] for row in values.round(1)]


def first(count: int, start: int | None = START) -> dict[str, int | None]:
    """Expose the first units."""
    return {f"u{row:02d}": start for row in range(count)}


def of(values: Mapping[int, str]) -> dict[str, str]:
    """Give units by number their stratum."""
    return {f"u{row:02d}": code for row, code in values.items()}


def body(
    values: Rows, exposed: Mapping[str, int | None], *, digits: int | None = 1, **more: Any
) -> Body:
    """Ask about units u00, u01, … in the periods 2001, 2002, …; `more` are members and rules."""
    members = {
        name: more.pop(name) for name in ("comparison", "estimator", "draws") if name in more
    }
    panel = {
        "units": [f"u{row:02d}" for row in range(len(values))],
        "periods": more.pop("periods", [2001 + column for column in range(len(values[0]))]),
        "values": values,
        "digits": digits,
    }
    assignment = {"rule": "chosen"} | more
    return {"panel": panel, "exposed": exposed, "assignment": assignment, "draws": 99} | members


def answer(asked: Body) -> Body:
    """Answer a body as the service does, without its processes."""
    checked = EffectQuestion.model_validate_json(json.dumps(asked)).model_dump()
    check_question(checked)
    return dict(effect_view(checked))


def with_gaps(*cells: tuple[int, int]) -> Rows:
    """Take out values."""
    values: list[list[float | None]] = [list(row) for row in rows()]
    for row, column in cells:
        values[row][column] = None
    return values


def threshold(cut: float, side: str, values: Mapping[str, float] | None = None) -> Body:
    """Return a rule by the number of the unit."""
    named = {f"u{row:02d}": float(row) for row in range(UNITS)} if values is None else values
    return {"rule": "threshold", "threshold": {"values": named, "cut": cut, "treated": side}}


DRAWN: Body = {"rule": "random"}
CHOSEN_BY: Body = {"selected_on_outcome": True, "selected_period": 2003}
STEADY = [[50.0] * PERIODS for _ in range(UNITS)]
BY_STRATUM = [[50.0 + row % 3] * 4 + [50.0 + row % 3 + 10 * (row < 6)] for row in range(UNITS)]
HALF_A = of({row: "a" if row < 6 else "b" for row in range(UNITS)})
LAST = {**first(5, 2005), "u06": 2005}

CASES: dict[str, tuple[Body, str, str, set[str]]] = {
    "one drawn unit": (body(rows(), first(1), **DRAWN), "lottery", "difference", {"LEAST_P"}),
    "one chosen unit": (body(rows(), first(1)), "difference", "difference", {"LEAST_P"}),
    "one chosen unit, long before": (
        body(rows(12, 10), first(1, 2010)),
        "few_treated",
        "difference",
        {"LEAST_P", "WEIGHTS_DEPEND_ON_DATA"},
    ),
    "everybody by decision": (
        body(rows(), first(UNITS), rule="universal"),
        "universal",
        "description",
        {"NO_COMPARISON_POOL"},
    ),
    "everybody by lot": (
        body(rows(), first(UNITS), **DRAWN),
        "universal",
        "description",
        {"NO_COMPARISON_POOL"},
    ),
    "said of everybody, reached half": (
        body(rows(), first(6), rule="universal"),
        "staggered",
        "difference",
        {"RULE_NOT_FOLLOWED"},
    ),
    "everybody in turn": (
        body(rows(), {**first(UNITS, 2005), **first(6, 2003)}),
        "staggered",
        "difference",
        {"NEVER_EMPTY_NOT_YET_USED"},
    ),
    "nobody": (body(rows(), {}), "difference", "insufficient", {"NOBODY_EXPOSED"}),
    "nobody by null": (
        body(rows(), first(6, None), **DRAWN),
        "lottery",
        "insufficient",
        {"NOBODY_EXPOSED"},
    ),
    "exposed before the panel": (
        body(rows(), first(6, 1999)),
        "difference",
        "insufficient",
        {"ALREADY_EXPOSED"},
    ),
    "exposed from the first period": (
        body(rows(), first(6, 2001), **DRAWN),
        "lottery",
        "insufficient",
        {"ALREADY_EXPOSED"},
    ),
    "exposed beyond the panel": (
        body(rows(), first(6, 2030), **DRAWN),
        "lottery",
        "insufficient",
        {"NOBODY_EXPOSED"},
    ),
    "one period": (
        body(rows(12, 1), first(6, 2001), **DRAWN),
        "lottery",
        "insufficient",
        {"FEWER_THAN_TWO_PERIODS"},
    ),
    "one period before, drawn": (
        body(rows(12, 2), first(6, 2002), **DRAWN),
        "lottery",
        "measured",
        set(),
    ),
    "one period before, used to choose": (
        body(rows(12, 2), first(6, 2002), selected_on_outcome=True, selected_period=2001),
        "selected_on_outcome",
        "insufficient",
        {"NO_BASE"},
    ),
    "chosen by an unlisted period": (
        body(rows(effect=30), first(6), selected_on_outcome=True, selected_period=1990),
        "selected_on_outcome",
        "difference",
        {"SELECTION_PERIOD_NOT_LISTED", "RETURN_TO_MEAN_UNKNOWN"},
    ),
    "chosen by a period with the measure": (
        body(rows(effect=30), first(6), selected_on_outcome=True, selected_period=2004),
        "selected_on_outcome",
        "difference",
        {"SELECTED_AFTER_START", "RETURN_TO_MEAN_UNKNOWN"},
    ),
    "chosen by the outcome, two to compare": (
        body(rows(8, effect=30), first(6), **CHOSEN_BY),
        "selected_on_outcome",
        "difference",
        {"RETURN_TO_MEAN_UNKNOWN"},
    ),
    "chosen by the outcome, large change": (
        body(rows(effect=30), first(6), **CHOSEN_BY),
        "selected_on_outcome",
        "consistent",
        set(),
    ),
    "gaps in every row": (
        body(with_gaps(*((row, row % PERIODS) for row in range(UNITS))), first(6)),
        "difference",
        "insufficient",
        {"NO_VALUE"},
    ),
    "no value at all": (
        body([[None] * PERIODS] * UNITS, first(6), **DRAWN),
        "lottery",
        "insufficient",
        {"FEWER_THAN_TWO_PERIODS", "PERIOD_WITHOUT_VALUES"},
    ),
    "a period without values": (
        body(with_gaps(*((row, 1) for row in range(UNITS))), first(6), **DRAWN),
        "lottery",
        "measured",
        {"PERIOD_WITHOUT_VALUES"},
    ),
    "every value equal, drawn": (
        body(STEADY, first(6), **DRAWN),
        "lottery",
        "difference",
        {"LEAST_P"},
    ),
    "every value equal, chosen": (body(STEADY, first(6)), "staggered", "difference", {"LEAST_P"}),
    "two units": (body(rows(2), first(1), **DRAWN), "lottery", "difference", {"LEAST_P"}),
    "one unit": (body(rows(1), first(1)), "universal", "description", {"NO_COMPARISON_POOL"}),
    "nobody left to compare": (
        body([*rows()[:6], *([[None] * PERIODS] * 6)], first(6)),
        "difference",
        "insufficient",
        {"NO_COMPARISON_POOL"},
    ),
    "strata of one": (
        body(
            rows(effect=30), first(6), strata=of({row: str(row) for row in range(UNITS)}), **DRAWN
        ),
        "lottery",
        "difference",
        {"LEAST_P", "STRATA_SHARES_DIFFER"},
    ),
    "strata that differ, true effect 0": (
        body(BY_STRATUM, LAST, strata=HALF_A, digits=0, **DRAWN),
        "lottery",
        "difference",
        {"LEAST_P", "STRATA_SHARES_DIFFER"},
    ),
    "rounding larger than the effect": (
        body(
            [[50.0] * 4 + [50.0 + (row < 6)] for row in range(UNITS)],
            first(6, 2005),
            digits=0,
            **DRAWN,
        ),
        "lottery",
        "measured",
        {"ROUNDING_COVERS_ZERO"},
    ),
    "rounding larger than a chosen effect": (
        body([[50.0] * 4 + [50.0 + (row < 6)] for row in range(UNITS)], first(6, 2005), digits=0),
        "staggered",
        "difference",
        {"ROUNDING_COVERS_ZERO"},
    ),
    "finer values than stated": (
        body([[value + 0.001 for value in row] for row in rows()], first(6), **DRAWN),
        "lottery",
        "measured",
        {"DIGITS_UNDERSTATED"},
    ),
    "printed to tens": (
        body([[round(v * 9, -1) for v in row] for row in rows()], first(6), digits=-1, **DRAWN),
        "lottery",
        "measured",
        set(),
    ),
    "negative values": (
        body([[-value for value in row] for row in rows()], first(6), **DRAWN),
        "lottery",
        "measured",
        set(),
    ),
    "very large values": (
        body(
            [[1e12] * 4 + [1e12 - row] for row in range(UNITS)], first(6, 2005), digits=0, **DRAWN
        ),
        "lottery",
        "measured",
        set(),
    ),
    "cut": (body(rows(), first(6), **threshold(6, "below")), "cut", "measured", set()),
    "cut, exposed on the other side": (
        body(rows(effect=30), first(6), **threshold(6, "above")),
        "staggered",
        "consistent",
        {"RULE_NOT_FOLLOWED"},
    ),
    "cut without its values": (
        body(rows(), first(6), rule="threshold"),
        "staggered",
        "difference",
        {"THRESHOLD_VALUES_MISSING"},
    ),
    "cut with every value on one side": (
        body(rows(), first(6), **threshold(0, "above", dict.fromkeys(first(6), 1.0))),
        "staggered",
        "difference",
        {"ONE_SIDE_EMPTY"},
    ),
    "exposed between two periods": (
        body(rows(12, 4), first(6, 2023), periods=[2020, 2022, 2024, 2026]),
        "staggered",
        "difference",
        set(),
    ),
    "synthetic weights asked of a panel of everybody": (
        body(rows(), {**first(UNITS, 2005), **first(6, 2003)}, estimator="synthetic_did"),
        "staggered",
        "difference",
        {"SYNTHETIC_NOT_POSSIBLE"},
    ),
    "too few draws to see anything": (
        body(rows(40, effect=30), first(20), draws=10, **DRAWN),
        "lottery",
        "difference",
        {"LEAST_P"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_unfriendly_question_gets_no_stronger_word_than_its_design(name: str) -> None:
    asked, design, verdict, limits = CASES[name]
    found = answer(asked)
    assert (found["design"], found["verdict"]) == (design, verdict)
    assert limits <= set(found["limits"])
    assert not FORBIDDEN.search(found["sentence"])
    inference = found["inference"]
    if "LEAST_P" in found["limits"]:
        assert inference["set"] is None
        assert found["mde"] is None
    if verdict in {"insufficient", "description"}:
        assert found["estimate"] is None
        assert inference["p"] is None
    else:
        assert inference["least_p"] <= inference["p"] <= 1
        known = set(asked["panel"]["units"])
        assert {one["unit"] for one in found["left_out"]} | set(found["overturned_by"]) <= known


def test_equal_values_differ_by_exactly_nothing() -> None:
    for rule in ("chosen", "random"):
        found = answer(body([[0.1 + 0.2] * PERIODS] * UNITS, first(5), digits=None, rule=rule))
        assert found["estimate"] == 0
        assert {one["att"] for one in found["event_study"]} == {0}
        assert found["sentence"].startswith("Различие 0:")


def test_a_range_is_never_narrower_than_rounding_leaves_it() -> None:
    found = answer(CASES["rounding larger than the effect"][0])
    assert found["identified"] == {"low": pytest.approx(-1), "high": pytest.approx(3)}
    assert "(от −1,0 до 3,0) могло дать и одно округление значений" in found["sentence"]
    assert "Наименьший видимый эффект: 2,0." in found["sentence"]


def test_strata_drawn_unequally_are_named_as_a_cause() -> None:
    found = answer(CASES["strata that differ, true effect 0"][0])
    assert "Доли участников в стратах разные" in found["sentence"]
    equal = of({row: "ab"[row % 2] for row in range(UNITS)})
    fair = answer(body(rows(), first(6), strata=equal, **DRAWN))
    assert "STRATA_SHARES_DIFFER" not in fair["limits"]
    assert fair["inference"]["assignments"] == 20 * 20


def test_few_draws_are_not_blamed_on_the_data() -> None:
    found = answer(CASES["too few draws to see anything"][0])
    assert "Увидеть эффект при стольких перестановках нельзя" in found["sentence"]


def test_a_start_between_periods_counts_from_the_next_listed_one() -> None:
    found = answer(CASES["exposed between two periods"][0])
    assert {one["group"] for one in found["groups"]} == {2024}
    assert [one["lag"] for one in found["event_study"]] == [-2, 0, 2]


def test_every_unit_without_values_is_listed_as_left_out() -> None:
    found = answer(CASES["no value at all"][0])
    assert [one["why"] for one in found["left_out"]] == ["NO_VALUE"] * UNITS


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("panel/values/0/0", "50"),
        ("panel/values/0/0", True),
        ("panel/values/0/0", 1e13),
        ("panel/periods/0", "2001"),
        ("panel/periods/0", 2001.5),
        ("panel/digits", "1"),
        ("panel/digits", True),
        ("panel/units", []),
        ("panel/units/0", ""),
        ("panel/units/0", "u01"),
        ("exposed/u00", "2004"),
        ("exposed/u00", 2004.0),
        ("exposed/u99", 2004),
        ("assignment/rule", "lot"),
        ("assignment/selected_on_outcome", "yes"),
        ("assignment/strata", {"u00": "a"}),
        ("estimator", "did"),
        ("comparison", "all"),
        ("draws", 0),
        ("draws", "99"),
        ("seed", -1),
    ],
)
def test_a_body_that_means_nothing_is_refused(path: str, value: object) -> None:
    asked = json.loads(json.dumps(body(rows(), first(6))))
    *parents, last = path.split("/")
    target: Any = asked
    for name in parents:
        target = target[int(name) if isinstance(target, list) else name]
    target[int(last) if isinstance(target, list) else last] = value
    with pytest.raises((ValidationError, EffectInvalid)):
        answer(asked)


def power(values: Rows, treated: object, **assignment: Any) -> Body:
    """Ask what a plan can show."""
    asked = {
        "panel": body(values, {})["panel"],
        "treated": treated,
        "assignment": {"rule": "random"} | assignment,
    }
    checked = PowerQuestion.model_validate_json(json.dumps(asked)).model_dump()
    check_plan(checked)
    return dict(power_view(checked))


def test_power_says_which_units_it_did_not_count() -> None:
    found = power(with_gaps((0, 1), (1, 1)), 5)
    assert "Единиц без полного ряда прежних значений: 2, они не учтены." in found["advice"]
    assert not {"u00", "u01"} & set(found["proposal"]["treated"])


@pytest.mark.parametrize(
    ("rule", "said"),
    [("universal", "только описание"), ("chosen", "описательный"), ("threshold", "по порогу")],
)
def test_power_promises_no_more_than_the_rule_allows(rule: str, said: str) -> None:
    assert any(said in line for line in power(rows(), 6, rule=rule)["advice"])


def test_power_of_strata_of_one_is_none_and_the_strata_are_named() -> None:
    found = power(rows(), 6, strata=of({row: str(row) for row in range(UNITS)}))
    assert (found["mde"], found["least_p"]) == (None, 1)
    assert "С таким числом единиц и в таких стратах не увидеть ничего" in found["advice"][0]


@pytest.mark.parametrize("values", [STEADY, rows(12, 1)])
def test_power_without_a_spread_promises_nothing(values: Rows) -> None:
    found = power(values, 6)
    assert found["mde"] is None
    assert found["advice"][0].startswith("По прежним значениям разброс не оценить")


@pytest.mark.parametrize("treated", [0, 12, 13, "6", 6.0, True, ["u00", "u00"], ["u99"]])
def test_power_refuses_a_count_that_is_none(treated: object) -> None:
    with pytest.raises((ValidationError, EffectInvalid)):
        power(rows(), treated)
