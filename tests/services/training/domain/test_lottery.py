"""A lottery of seats: fair within strata, repeatable by anyone, never worse than the optimum."""

from collections import Counter
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.training.domain.eligibility import Session, Teacher
from services.training.domain.enrolment import Plan, enrol
from tests.harness.properties import examples


def seeker(ref: str, *, zone: str = "z", required: bool = False, priority: int = 50) -> Teacher:
    return Teacher(ref, frozenset({"m"}), "profile", zone, required, priority)


def course(code: str, seats: int) -> Session:
    first, last = date(2023, 10, 2), date(2023, 10, 13)
    return Session(code, "m", frozenset({"profile"}), "z", first, last, seats)


def placed(plan: Plan) -> set[str]:
    return {ref for ref, _ in plan.placed}


EQUALS = [seeker(f"t{n}") for n in range(6)]


def test_the_draw_is_the_order_of_digests_anyone_can_compute() -> None:
    refs = [one.ref for one in EQUALS]
    order = sorted(refs, key=lambda ref: sha256(f"7:{ref}".encode()).hexdigest())
    plan = enrol(EQUALS, [course("c", 2)], {}, seed=7)
    assert placed(plan) == set(order[:2])
    assert [one.ref for one in plan.waiting] == order[2:]
    assert plan.lottery is not None
    (stratum,) = plan.lottery.strata
    assert (plan.lottery.seed, stratum.drawn, stratum.placed) == (7, 6, 2)


def test_every_teacher_of_a_stratum_is_drawn_as_often() -> None:
    seeds = 600
    counts = Counter(
        ref
        for seed in range(seeds)
        for ref in placed(enrol(EQUALS, [course("c", 2)], {}, seed=seed))
    )
    # Each is placed in a third of the draws: 200 of 600, standard deviation 11.5.
    assert all(abs(counts[one.ref] - seeds / 3) < 5 * 11.5 for one in EQUALS)


def test_the_required_and_the_important_come_before_the_lot() -> None:
    people = [*EQUALS, seeker("r", required=True, priority=1), seeker("p", priority=90)]
    for seed in range(5):
        assert {"r", "p"} <= placed(enrol(people, [course("c", 3)], {}, seed=seed))


@examples(40)
@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.booleans(), st.sampled_from([10, 90])), max_size=7
    ),
    st.integers(0, 4),
    st.integers(0, 3),
    st.integers(0, 1000),
)
def test_a_lottery_reaches_the_same_levels(
    people: list[tuple[str, bool, int]], first: int, second: int, seed: int
) -> None:
    teachers = [
        seeker(f"t{n}", zone=zone, required=required, priority=priority)
        for n, (zone, required, priority) in enumerate(people)
    ]
    sessions = [course("c1", first), replace(course("c2", second), zone="a")]
    travel = {("a", "z"): 5, ("b", "z"): 3, ("b", "a"): 7}
    plain = enrol(teachers, sessions, travel, fair=True)
    drawn = enrol(teachers, sessions, travel, fair=True, seed=seed)
    again = enrol(teachers[::-1], sessions, travel, fair=True, seed=seed)
    assert again == drawn
    levels = ("required_placed", "priority", "cost", "fairness")
    assert [getattr(drawn, name) for name in levels] == [getattr(plain, name) for name in levels]
    assert len(drawn.placed) == len(plain.placed)
    assert drawn.lottery is not None
    assert sum(one.placed for one in drawn.lottery.strata) == len(drawn.placed)
    seats = Counter(code for _, code in drawn.placed)
    assert all(seats[one.code] <= one.seats for one in sessions)


def test_a_repeated_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="repeat"):
        enrol([EQUALS[0], EQUALS[0]], [course("c", 1)], {}, seed=1)


def test_nobody_to_draw_is_no_stratum() -> None:
    plan = enrol([], [course("c", 1)], {}, seed=1)
    assert plan.lottery is not None
    assert plan.lottery.strata == ()
