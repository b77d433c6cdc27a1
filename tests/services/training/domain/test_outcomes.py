"""The measurement of a route and what chance would have done without it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.deficits import Diagnostic, Result, read_level_set
from services.training.domain.outcome_report import RouteEnding, outcome_report
from services.training.domain.outcomes import (
    Baseline,
    Spread,
    ending,
    last_activity,
    measure,
    without_teaching,
)
from services.training.domain.route_states import REDIAGNOSIS, SUPPORT, Step

LEVELS = read_level_set(
    {
        "domain": ["0", "100"],
        "step": "1",
        "bands": [
            {"code": "low", "from": "0", "to": "49"},
            {"code": "base", "from": "50", "to": "100"},
        ],
    }
)
GEO = Diagnostic("d-geo", "geo", LEVELS, "base", Decimal(8))
BASE = Baseline("geo", "d-geo", "25", "low", "base", "2022-09-01")
COURSE = Step("kpk", first="2023-03-01", last="2023-03-10", done=True)
TAIL = (Step(SUPPORT, done=True), Step(REDIAGNOSIS))


def score(value: int, day: date) -> Result:
    return Result("t1", "d-geo", day, Decimal(value))


def test_the_last_day_is_planned_stated_or_the_end_of_the_month() -> None:
    month = Step("kpk", first="2023-04", last="2023-05", done=True)
    stated = Step("kpk", first="2023-03-01", last="2023-03-10", done=True, done_on="2023-06-20")
    assert last_activity([COURSE, *TAIL]) == date(2023, 3, 10)
    assert last_activity([COURSE, month, *TAIL]) == date(2023, 5, 31)
    assert last_activity([stated, *TAIL]) == date(2023, 6, 20)


def test_an_open_activity_leaves_no_last_day_unless_people_ended_the_route() -> None:
    still = Step("kpk-2", first="2023-10-02", last="2023-10-13")
    assert last_activity([COURSE, still, *TAIL]) is None
    assert last_activity([COURSE, still, *TAIL], vouched=True) == date(2023, 10, 13)
    assert last_activity([Step("group"), *TAIL], vouched=True) is None


@pytest.mark.parametrize(("day", "measured"), [(10, False), (11, True)])
def test_only_a_later_day_measures(day: int, measured: bool) -> None:
    results = [score(90, date(2023, 3, day))]
    found = measure([BASE], {"d-geo": GEO}, results, date(2023, 3, 10), {})
    assert (found is not None) == measured


def test_the_latest_of_several_results_decides() -> None:
    results = [score(90, date(2023, 4, 1)), score(5, date(2023, 5, 1)), score(95, date(2023, 4, 2))]
    found = measure([BASE], {"d-geo": GEO}, results, date(2023, 3, 10), {})
    assert found is not None
    (one,) = found
    assert (one.score, one.level, one.closed) == (Decimal(5), "low", False)
    assert ending(found) == "completed_without_result"


def test_without_error_takers_or_spread_nothing_is_expected() -> None:
    known = Spread(30, 50.0, 400.0)
    assert without_teaching(GEO, Decimal(25), known) is not None
    blind = Diagnostic("d", "geo", LEVELS, "base")
    assert without_teaching(blind, Decimal(25), known) is None
    assert without_teaching(GEO, Decimal(25), Spread(9, 50.0, 400.0)) is None
    assert without_teaching(GEO, Decimal(25), Spread(30, 50.0, 0.0)) is None


def test_a_simulation_without_teaching_returns_to_the_mean_as_expected() -> None:
    source = Random(7)  # noqa: S311 -- a seeded simulation
    error, spread = 8.0, 20.0
    true = [source.gauss(50, (spread**2 - error**2) ** 0.5) for _ in range(40_000)]
    first = [value + source.gauss(0, error) for value in true]
    again = [value + source.gauss(0, error) for value in true]
    low = [place for place, value in enumerate(first) if value < 49.5]
    population = Spread(len(true), 50.0, spread**2)
    told = [without_teaching(GEO, Decimal(str(round(first[p], 6))), population) for p in low]
    pairs = [one for one in told if one is not None]
    assert len(pairs) == len(low)
    expected = sum(value for value, _ in pairs) / len(low)
    assert abs(expected - sum(again[p] for p in low) / len(low)) < 0.3
    chance = sum(share for _, share in pairs) / len(low)
    assert abs(chance - sum(again[p] >= 49.5 for p in low) / len(low)) < 0.01


@given(st.integers(0, 49), st.integers(1, 60), st.integers(1, 900))
def test_the_expectation_lies_between_the_score_and_the_mean(
    before: int, mean: int, variance: int
) -> None:
    told = without_teaching(GEO, Decimal(before), Spread(50, float(mean), float(variance)))
    assert told is not None
    expected, chance = told
    assert min(before, mean) - 1e-9 <= expected <= max(before, mean) + 1e-9
    assert 0 <= chance <= 1


def test_an_exact_diagnostic_expects_no_change() -> None:
    exact = Diagnostic("d", "geo", LEVELS, "base", Decimal(0))
    assert without_teaching(exact, Decimal(25), Spread(30, 50.0, 400.0)) == (25.0, 0.0)


def test_a_diagnostic_of_another_scale_gives_no_expectation() -> None:
    other = read_level_set(
        {
            "domain": ["0", "10"],
            "step": None,
            "bands": [
                {"code": "low", "from": "0", "to": "5"},
                {"code": "base", "from": "5", "to": "10"},
            ],
        }
    )
    diagnostics = {"d-geo": GEO, "d-new": Diagnostic("d-new", "geo", other, "base", Decimal(1))}
    results = [Result("t1", "d-new", date(2023, 5, 1), Decimal(7))]
    spreads = {"d-geo": Spread(30, 50.0, 400.0)}
    found = measure([BASE], diagnostics, results, date(2023, 3, 10), spreads)
    assert found is not None
    assert (found[0].closed, found[0].expected, found[0].chance) == (True, None, None)
    assert diagnostics["d-new"].required_from == Fraction(5)


def report_of(
    route: int, competency: str | None, *, closed: bool | None = None, chance: float | None = None
) -> RouteEnding:
    steps = ("kpk", "other")
    return RouteEnding(UUID(int=route), f"t{route}", "tutor", steps, competency, closed, chance)


def test_a_course_answers_only_for_what_it_addresses() -> None:
    endings = [
        report_of(1, "geo", closed=True, chance=0.25),
        report_of(1, "assess", closed=False, chance=0.5),
        report_of(2, "geo", closed=False, chance=0.5),
        report_of(3, None),
    ]
    addressed = {"kpk": frozenset({"geo"}), "other": frozenset({"assess"})}
    mentors = {"t1": frozenset({"m1"})}
    rows = outcome_report(endings, addressed, mentors, {"m1": frozenset({"03"})})
    told = {(r.by, r.code): (r.finished, r.closed, r.expected_without, r.unmeasured) for r in rows}
    assert told == {
        ("course", "kpk"): (2, 1, 0.75, 1),
        ("course", "other"): (1, 0, 0.5, 1),
        ("direction", "03"): (2, 1, 0.75, 0),
        ("mentor", "m1"): (2, 1, 0.75, 0),
        ("tutor", "tutor"): (3, 1, 1.25, 1),
    }


def test_one_unknown_chance_makes_the_sum_unknown() -> None:
    endings = [report_of(1, "geo", closed=True, chance=0.2), report_of(2, "geo", closed=True)]
    (row,) = (r for r in outcome_report(endings, {}, {}, {}) if r.by == "tutor")
    assert (row.finished, row.expected_without) == (2, None)
