"""Enrolment against exhaustive search: nothing here shares code with the solver."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.eligibility import Session, Teacher, TravelUnknown
from services.training.domain.enrolment import Plan, enrol, half_year
from services.training.domain.network import Network, proved_weights
from tests.harness.properties import examples

JANUARY = date(2023, 1, 1)
ZONES = ("a", "b")
days = st.integers(0, 20).map(lambda n: JANUARY + timedelta(days=n))
ranges = st.tuples(days, st.integers(0, 5)).map(lambda r: (r[0], r[0] + timedelta(days=r[1])))
teachers_of = st.builds(
    Teacher,
    ref=st.uuids().map(str),
    subjects=st.sampled_from(["math", "math", "physics"]).map(lambda s: frozenset({s})),
    tier=st.sampled_from(["profile", "subject"]),
    zone=st.sampled_from(ZONES),
    required=st.booleans(),
    priority=st.integers(1, 5),
    busy=st.lists(ranges, max_size=2).map(tuple),
)
sessions_of = st.tuples(
    st.sampled_from(["math", "math", "physics"]),
    st.frozensets(st.sampled_from(["profile", "subject"])),
    st.sampled_from(ZONES),
    ranges,
    st.integers(0, 2),
    st.sampled_from(["day", "day", "month"]),
)
pairs = [(a, b) for a in ZONES for b in ZONES]
costs = st.lists(st.integers(0, 9), min_size=4, max_size=4).map(
    lambda found: dict(zip(pairs, found, strict=True))
)


Row = tuple[str, frozenset[str], str, tuple[date, date], int, Literal["day", "month"]]


def make_sessions(rows: Sequence[Row]) -> list[Session]:
    return [
        Session(f"s{n}", subject, tiers, zone, first, last, seats, precision)
        for n, (subject, tiers, zone, (first, last), seats, precision) in enumerate(rows)
    ]


def may(teacher: Teacher, session: Session) -> bool:
    if session.subject not in teacher.subjects or teacher.tier not in session.tiers:
        return False
    run = set(range(session.first.toordinal(), session.last.toordinal() + 1))
    busy = {d for start, end in teacher.busy for d in range(start.toordinal(), end.toordinal() + 1)}
    return session.precision == "month" or not run & busy


def every_plan(
    teachers: Sequence[Teacher], sessions: Sequence[Session]
) -> Iterator[tuple[Session | None, ...]]:
    options = [[None, *(s for s in sessions if may(t, s))] for t in teachers]
    seats = {session.code: session.seats for session in sessions}
    for choice in product(*options):
        load = Counter(session.code for session in choice if session)
        if all(count <= seats[code] for code, count in load.items()):
            yield choice


def value(
    teachers: Sequence[Teacher],
    choice: Sequence[Session | None],
    travel: Mapping[tuple[str, str], int],
) -> tuple[int, int, int]:
    pairs = [(t, s) for t, s in zip(teachers, choice, strict=True) if s]
    return (
        sum(t.required for t, _ in pairs),
        sum(t.priority for t, _ in pairs),
        -sum(travel[t.zone, s.zone] for t, s in pairs),
    )


@examples(150)
@given(st.lists(teachers_of, max_size=5), st.lists(sessions_of, max_size=4), costs)
def test_no_plan_is_better_on_any_level(
    teachers: list[Teacher],
    rows: list[Row],
    travel: dict[tuple[str, str], int],
) -> None:
    sessions = make_sessions(rows)
    plan = enrol(teachers, sessions, travel)
    best = max(value(teachers, choice, travel) for choice in every_plan(teachers, sessions))
    assert (plan.required_placed, plan.priority, -plan.cost) == best
    seats = dict(plan.placed)
    by_code = {session.code: session for session in sessions}
    choice = [by_code[seats[t.ref]] if t.ref in seats else None for t in teachers]
    assert value(teachers, choice, travel) == best
    assert tuple(choice) in set(every_plan(teachers, sessions))


@examples(150)
@given(
    st.lists(teachers_of, max_size=5),
    st.lists(sessions_of, max_size=4),
    costs | st.just(dict.fromkeys(pairs, 0)),
)
def test_among_the_best_plans_the_earliest_references_have_the_earliest_codes(
    teachers: list[Teacher],
    rows: list[Row],
    travel: dict[tuple[str, str], int],
) -> None:
    teachers = sorted(teachers, key=lambda t: t.ref)
    sessions = make_sessions(rows)
    valued = [(value(teachers, c, travel), c) for c in every_plan(teachers, sessions)]
    best = max(v for v, _ in valued)
    seated = [
        [(t.ref, s.code) for t, s in zip(teachers, choice, strict=True) if s]
        for v, choice in valued
        if v == best
    ]
    first = min(seated, key=lambda placed: ([ref for ref, _ in placed], placed))
    assert list(enrol(teachers, sessions, travel).placed) == first


@examples(60)
@given(st.lists(teachers_of, max_size=7), st.lists(sessions_of, max_size=4), costs, st.randoms())
def test_the_order_of_the_input_does_not_matter(
    teachers: list[Teacher],
    rows: list[Row],
    travel: dict[tuple[str, str], int],
    random: Random,
) -> None:
    sessions = make_sessions(rows)
    plan = enrol(teachers, sessions, travel)
    random.shuffle(teachers)
    random.shuffle(sessions)
    assert enrol(teachers, sessions, travel) == plan


@examples(100)
@given(st.lists(teachers_of, max_size=5), st.lists(sessions_of, max_size=4), costs)
def test_a_certificate_proves_that_nobody_can_place_more(
    teachers: list[Teacher],
    rows: list[Row],
    travel: dict[tuple[str, str], int],
) -> None:
    sessions = make_sessions(rows)
    plan = enrol(teachers, sessions, travel)
    by_ref = {t.ref: t for t in teachers}
    for proof in plan.certificates:
        attend = {s.code for ref in proof.refs for s in sessions if may(by_ref[ref], s)}
        assert attend == set(proof.sessions)
        assert proof.seats == sum(s.seats for s in sessions if s.code in attend)
        assert proof.shortage == len(proof.refs) - proof.seats > 0
    assert sum(proof.shortage for proof in plan.certificates) == len(plan.waiting)
    named = [ref for proof in plan.certificates for ref in proof.refs]
    assert len(named) == len(set(named))
    assert {w.ref for w in plan.waiting} <= set(named)


@examples(60)
@given(st.lists(teachers_of, max_size=6), st.lists(sessions_of, max_size=4), st.data())
def test_every_optimum_gives_the_same_certificates(
    teachers: list[Teacher], rows: list[Row], data: st.DataObject
) -> None:
    sessions = make_sessions(rows)
    free = dict.fromkeys(pairs, 0)
    others = [
        Teacher(t.ref, t.subjects, t.tier, t.zone, not t.required, 6 - t.priority, t.busy)
        for t in teachers
    ]
    one, two = enrol(teachers, sessions, free), enrol(others, sessions, data.draw(costs))
    assert one.certificates == two.certificates


CHEMIST = Teacher("", frozenset({"chemistry"}), "subject", "z", required=False, priority=50)
COURSE = Session(
    "", "chemistry", frozenset({"subject"}), "z", JANUARY, JANUARY + timedelta(days=4), 1
)


def chemistry(number: int) -> list[Teacher]:
    return [replace(CHEMIST, ref=f"t{n:02}") for n in range(number)]


def session(code: str, seats: int) -> Session:
    return replace(COURSE, code=code, seats=seats)


def test_fifteen_chemists_for_nine_seats_lack_six() -> None:
    sessions = [
        session("chem-1", 4),
        session("chem-2", 5),
        replace(session("other", 9), subject="x"),
    ]
    plan = enrol(chemistry(15), sessions, {})
    (proof,) = plan.certificates
    assert (len(proof.refs), proof.sessions, proof.seats) == (15, ("chem-1", "chem-2"), 9)
    assert proof.shortage == 6
    assert [w.ref for w in plan.waiting] == [f"t{n:02}" for n in range(9, 15)]
    assert plan.placed[:5] == (
        *((f"t0{n}", "chem-1") for n in range(4)),
        ("t04", "chem-2"),
    )


def test_reasons_tell_no_session_from_busy_from_full() -> None:
    teachers = [
        *chemistry(1),
        replace(CHEMIST, ref="u", subjects=frozenset({"latin"}), priority=1),
        replace(CHEMIST, ref="v", priority=9, busy=((JANUARY, JANUARY),)),
    ]
    plan = enrol(teachers, [session("full", 0)], {})
    assert {w.ref: w.reason for w in plan.waiting} == {
        "t00": "SEATS_TAKEN",
        "u": "NO_SESSION",
        "v": "BUSY",
    }
    assert [w.ref for w in plan.waiting] == ["t00", "v", "u"]


def test_the_last_busy_day_still_blocks_and_the_next_does_not() -> None:
    busy = ((JANUARY - timedelta(days=3), JANUARY),)
    later = replace(session("later", 1), first=JANUARY + timedelta(days=1))
    plan = enrol([replace(CHEMIST, ref="t00", busy=busy)], [session("same", 1), later], {})
    assert plan.placed == (("t00", "later"),)


def test_prerequisites_are_hard() -> None:
    advanced = replace(session("advanced", 2), requires=frozenset({"basic"}))
    ready = replace(CHEMIST, ref="r", completed=frozenset({"basic"}))
    plan = enrol([*chemistry(1), ready], [advanced], {})
    assert plan.placed == (("r", "advanced"),)
    assert plan.waiting[0].reason == "NO_SESSION"


def test_travel_is_directed_and_unknown_pairs_are_named() -> None:
    away = [replace(session("s", 1), zone="y")]
    with pytest.raises(TravelUnknown, match=r"z\|y"):
        enrol(chemistry(1), away, {("y", "z"): 1})
    assert enrol(chemistry(1), away, {("z", "y"): 7}).cost == 7


def test_repeated_references_and_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="repeat"):
        enrol([*chemistry(1), *chemistry(1)], [], {})
    with pytest.raises(ValueError, match="repeat"):
        enrol([], [session("s", 1), session("s", 1)], {})


def test_nothing_gives_an_empty_plan() -> None:
    assert enrol([], [], {}) == Plan((), (), 0, 0, 0, (), None)
    assert enrol([], [session("s", 3)], {}) == Plan((), (), 0, 0, 0, (), None)
    assert len(enrol(chemistry(2), [], {}).certificates) == 2


@examples(60)
@given(st.lists(teachers_of, max_size=5), st.lists(sessions_of, max_size=3), costs)
def test_the_worst_off_zone_gets_its_best_share_and_the_rest_stays(
    teachers: list[Teacher],
    rows: list[Row],
    travel: dict[tuple[str, str], int],
) -> None:
    sessions = make_sessions(rows)
    plain, fair = enrol(teachers, sessions, travel), enrol(teachers, sessions, travel, fair=True)
    assert (plain.required_placed, plain.priority, plain.cost) == (
        fair.required_placed,
        fair.priority,
        fair.cost,
    )
    eligible = Counter(t.zone for t in teachers if any(may(t, s) for s in sessions))
    if not eligible:
        assert fair.fairness is None
        return

    def worst(choice: Sequence[Session | None]) -> float:
        placed = Counter(t.zone for t, s in zip(teachers, choice, strict=True) if s)
        return min(placed[zone] / size for zone, size in eligible.items())

    best = max(value(teachers, c, travel) for c in every_plan(teachers, sessions))
    plans = [c for c in every_plan(teachers, sessions) if value(teachers, c, travel) == best]
    assert fair.fairness is not None
    assert fair.fairness.gap == 0
    assert float(fair.fairness.worst_share) == pytest.approx(max(map(worst, plans)))


def test_weights_drop_only_the_ties_when_costs_are_huge() -> None:
    sessions = [replace(session(f"s{n}", 1), zone=f"y{n}") for n in range(3)]
    huge = {("z", f"y{n}"): 10**14 + n for n in range(3)}
    plan = enrol(chemistry(2), sessions, huge)
    assert plan.cost == 2 * 10**14 + 1
    with pytest.raises(OverflowError):
        enrol(chemistry(2), sessions, dict.fromkeys(huge, 10**18))


def test_half_years_follow_the_windows_of_the_cyclogram() -> None:
    assert [half_year(date(2023, month, 1)) for month in (1, 5, 6, 8, 9, 12)] == [
        1,
        1,
        None,
        None,
        2,
        2,
    ]


def test_weights_keep_every_level_above_all_below() -> None:
    ints = np.array([1, 2], dtype=np.int64)
    network = Network(ints - 1, ints * 0, ints, ints - 1, ints - 1, ints * 9, ints, ints * 0)
    weights = proved_weights(network, 1, 6)
    below = weights.code * 2 + weights.rank * 2 + weights.fair * 2
    assert weights.cost > below
    assert weights.priority > below + weights.cost * 2 * 18
    assert weights.required > weights.priority * 100 + weights.cost * 2 * 18 + below
