"""Routes against exhaustive search over all subsets and all orders in time."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.route import Activity, Kind, Task, Window
from services.training.domain.route_building import Built, build_route
from services.training.domain.route_feasibility import choosable
from tests.harness.properties import examples

START = date(2023, 3, 1)
DEFICITS: Mapping[str, Kind] = {"s1": "subject", "s2": "subject", "m1": "methodical"}
days = st.integers(0, 25).map(lambda n: START + timedelta(days=n))
dates = st.one_of(
    st.none(),
    st.tuples(days, st.integers(0, 4)).map(lambda d: (d[0], d[0] + timedelta(days=d[1]))),
)
codes = tuple("abcdefg")
rows = st.tuples(
    st.frozensets(st.sampled_from(["s1", "s2", "m1", "foreign"]), max_size=2),
    st.integers(0, 4),
    dates,
    st.frozensets(st.sampled_from([*codes, "absent"]), max_size=1),
)
windows_of = st.lists(
    st.tuples(days, st.integers(3, 20)).map(lambda d: Window(d[0], d[0] + timedelta(days=d[1]))),
    max_size=2,
)
Row = tuple[frozenset[str], int, tuple[date, date] | None, frozenset[str]]


def make(found: Sequence[Row]) -> list[Activity]:
    return [
        Activity(
            code, addresses, hours, when[0] if when else None, when[1] if when else None, needs
        )
        for code, (addresses, hours, when, needs) in zip(codes, found, strict=False)
    ]


def walkable(chosen: Collection[Activity], precedes: set[tuple[str, str]]) -> bool:
    """Whether an order exists: repeatedly take something that nothing left must precede."""
    left = {a.code for a in chosen}
    while left:
        ready = {c for c in left if not any((o, c) in precedes for o in left)}
        if not ready:
            return False
        left -= ready
    return True


def valid(chosen: Sequence[Activity], windows: Sequence[Window]) -> bool:
    inside = {a.code for a in chosen}
    precedes = {(needed, a.code) for a in chosen for needed in a.requires}
    for a in chosen:
        if not a.requires <= inside:
            return False
        if a.first and a.last and windows:
            own = {a.first + timedelta(days=n) for n in range((a.last - a.first).days + 1)}
            if not any(all(w.first <= d <= w.last for d in own) for w in windows):
                return False
    for a, b in combinations(chosen, 2):
        if not (a.first and a.last and b.first and b.last):
            continue
        if a.first <= b.last and b.first <= a.last:
            return False
        precedes.add((a.code, b.code) if a.last < b.first else (b.code, a.code))
        a_subject, b_subject = (
            any(DEFICITS.get(d) == "subject" for d in x.addresses) for x in (a, b)
        )
        if a_subject != b_subject:
            subject, methodical = (a, b) if a_subject else (b, a)
            if str(subject.last) >= str(methodical.first):
                return False
    return walkable(chosen, precedes)


def every_route(
    activities: Sequence[Activity], windows: Sequence[Window]
) -> Iterator[tuple[Activity, ...]]:
    for size in range(len(activities) + 1):
        for chosen in combinations(activities, size):
            if valid(chosen, windows):
                yield chosen


def value(chosen: Sequence[Activity]) -> tuple[int, int, date, list[str]]:
    covered = {d for a in chosen for d in a.addresses} & DEFICITS.keys()
    return (
        -len(covered),
        sum(a.hours for a in chosen),
        max((a.last for a in chosen if a.last), default=date.min),
        sorted(a.code for a in chosen),
    )


@examples(150)
@given(st.lists(rows, max_size=7), windows_of)
def test_no_route_is_better_on_any_level(found: list[Row], windows: list[Window]) -> None:
    activities = make(found)
    built = build_route(Task.of(DEFICITS, activities, windows))
    best = min(value(chosen) for chosen in every_route(activities, windows))
    covered, hours, last_day, chosen = best
    assert len(DEFICITS) - len(built.uncovered) == -covered
    assert built.hours == hours
    assert (built.last_day or date.min) == last_day
    assert sorted(built.steps) == chosen
    assert built.gap == 0


@examples(150)
@given(st.lists(rows, max_size=6), windows_of)
def test_choosable_is_what_stands_in_some_route(found: list[Row], windows: list[Window]) -> None:
    activities = make(found)
    some = {a.code for chosen in every_route(activities, windows) for a in chosen}
    assert choosable(Task.of(DEFICITS, activities, windows)) == some


@examples(100)
@given(st.lists(rows, max_size=7), windows_of)
def test_steps_come_in_an_order_that_can_be_walked(found: list[Row], windows: list[Window]) -> None:
    activities = {a.code: a for a in make(found)}
    steps = build_route(Task.of(DEFICITS, list(activities.values()), windows)).steps
    assert len(steps) == len(set(steps))
    for place, code in enumerate(steps):
        assert activities[code].requires <= set(steps[:place])
    firsts = [first for code in steps if (first := activities[code].first)]
    assert firsts == sorted(firsts)


@examples(40)
@given(st.lists(rows, max_size=7), windows_of, st.randoms())
def test_the_order_of_the_input_does_not_matter(
    found: list[Row], windows: list[Window], random: Random
) -> None:
    activities = make(found)
    built = build_route(Task.of(DEFICITS, activities, windows))
    random.shuffle(activities)
    turned = {code: DEFICITS[code] for code in reversed(list(DEFICITS))}
    assert build_route(Task.of(turned, activities, windows)) == built


def activity(code: str, addresses: str, *requires: str, day: int | None = None) -> Activity:
    when = None if day is None else START + timedelta(days=day)
    return Activity(code, frozenset({addresses}), 8, when, when, frozenset(requires))


def reasons(activities: Sequence[Activity], *windows: Window) -> dict[str, str]:
    return dict(build_route(Task.of(DEFICITS, activities, windows)).uncovered)


def test_reasons_tell_what_stood_in_the_way() -> None:
    window = Window(START, START + timedelta(days=9))
    found = reasons(
        [
            activity("late", "s1", day=10),
            activity("orphan", "s2", "absent"),
        ],
        window,
    )
    assert found == {"s1": "OUTSIDE_WINDOWS", "s2": "PREREQUISITE", "m1": "NO_ACTIVITY"}


def test_two_courses_on_one_day_leave_one_deficit_to_overlap() -> None:
    assert reasons([activity("a", "s1", day=1), activity("b", "s2", day=1)]) == {
        "m1": "NO_ACTIVITY",
        "s2": "OVERLAP",
    }


def test_a_methodical_course_before_a_subject_one_is_given_up() -> None:
    early, late = activity("m", "m1", day=1), activity("s", "s1", day=5)
    assert reasons([early, late])["s1"] == "OVERLAP"
    assert "s1" not in reasons([early, replace(late, first=START, last=START)])


@pytest.mark.parametrize(
    "activities",
    [
        [activity("a", "s1", "b"), activity("b", "s2", "a")],
        [activity("a", "s1", "a")],
        [activity("a", "s1", "b", day=1), activity("b", "foreign", day=1)],
        [activity("a", "s1", "u", day=1), activity("u", "x", "b"), activity("b", "x", day=5)],
        [
            activity("a", "s1", "b", "c", day=9),
            activity("b", "x", day=5),
            activity("c", "x", day=5),
        ],
    ],
    ids=["circle", "itself", "same day", "too late through an undated one", "at odds"],
)
def test_what_cannot_be_required_in_time_is_a_prerequisite(
    activities: list[Activity],
) -> None:
    assert reasons(activities)["s1"] == "PREREQUISITE"


def test_subject_steps_come_before_methodical_ones_as_far_as_they_can() -> None:
    activities = [
        activity("m-dated", "m1", day=3),
        activity("s-any-time", "s1"),
        activity("s-dated", "s2", day=1),
    ]
    steps = build_route(Task.of(DEFICITS, activities, ())).steps
    assert steps == ("s-dated", "s-any-time", "m-dated")
    bound = replace(activities[1], requires=frozenset({"m-dated"}))
    steps = build_route(Task.of(DEFICITS, [activities[0], bound, activities[2]], ())).steps
    assert steps == ("s-dated", "m-dated", "s-any-time")


@pytest.mark.slow
def test_a_long_chain_of_requirements_is_walked_from_its_start() -> None:
    chain = [activity("a0000", "foreign", day=0)] + [
        activity(f"a{n:04d}", "foreign", f"a{n - 1:04d}", day=n) for n in range(1, 800)
    ]
    last = activity("b", "s1", "a0799")
    steps = build_route(Task.of({"s1": "subject"}, [*chain, last], ())).steps
    assert steps == (*(a.code for a in chain), "b")


def test_a_free_activity_may_only_shorten_the_list() -> None:
    free = replace(activity("a", "foreign"), hours=0)
    course = activity("b", "s1")
    assert build_route(Task.of({"s1": "subject"}, [free, course], ())).steps == ("b", "a")
    later = replace(free, code="c")
    assert build_route(Task.of({"s1": "subject"}, [later, course], ())).steps == ("b",)


def test_nothing_to_cover_gives_an_empty_route() -> None:
    assert build_route(Task.of({}, [activity("a", "s1")], ())) == Built((), 0, None, (), 0.0)
    with pytest.raises(ValueError, match="repeat"):
        Task.of({}, [activity("a", "s1"), activity("a", "s2")], ())


def test_without_work_a_valid_route_still_comes_with_its_gap() -> None:
    activities = [activity(f"a{n:03d}", "s1", day=n) for n in range(60)]
    hasty = build_route(Task.of(DEFICITS, activities, ()), work_limit=0.0)
    assert hasty.gap > 0
    assert valid([a for a in activities if a.code in hasty.steps], ())
    assert set(dict(hasty.uncovered)) >= {"s2", "m1"}
