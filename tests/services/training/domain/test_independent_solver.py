"""Larger instances against CP-SAT, level by level: another solver, another model."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from ortools.sat.python import cp_model

from services.training.domain.eligibility import Session, Teacher
from services.training.domain.enrolment import enrol
from services.training.domain.mentor_profiles import Mentee, Mentor
from services.training.domain.mentoring import match

START = date(2023, 1, 9)
ZONES = [f"z{number}" for number in range(5)]


def settle(model: Any, level: Any, *, most: bool) -> int:
    """Optimise one level, hold it, and return its value."""
    (model.maximize if most else model.minimize)(level)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    reached = round(solver.objective_value)
    model.clear_objective()
    model.add(level == reached)
    return reached


def travel_of(chance: Random) -> dict[tuple[str, str], int]:
    return {(a, b): chance.randrange(0, 300) for a in ZONES for b in ZONES}


def seekers(chance: Random) -> tuple[list[Teacher], list[Session]]:
    teachers = []
    for number in range(70):
        first = START + timedelta(days=chance.randrange(60))
        busy = ((first, first + timedelta(days=chance.randrange(10))),)
        teachers.append(
            Teacher(
                f"t{number:03d}",
                frozenset(chance.sample(["m", "p", "c"], chance.randint(1, 2))),
                chance.choice(["profile", "subject"]),
                chance.choice(ZONES),
                chance.random() < 0.3,
                chance.randint(1, 100),
                busy if chance.random() < 0.5 else (),
            )
        )
    sessions = []
    for number in range(8):
        first = START + timedelta(days=chance.randrange(60))
        sessions.append(
            Session(
                f"s{number:02d}",
                chance.choice(["m", "p", "c"]),
                frozenset(chance.sample(["profile", "subject"], chance.randint(1, 2))),
                chance.choice(ZONES),
                first,
                first + timedelta(days=chance.randrange(10)),
                chance.randrange(2, 12),
            )
        )
    return teachers, sessions


@pytest.mark.parametrize("seed", range(3))
def test_enrolment_agrees_on_every_level(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 -- made-up instances, no secret
    teachers, sessions = seekers(chance)
    travel = travel_of(chance)
    model: Any = cp_model.CpModel()
    take = {
        (t, s): model.new_bool_var("")
        for t, teacher in enumerate(teachers)
        for s, session in enumerate(sessions)
        if session.subject in teacher.subjects
        and teacher.tier in session.tiers
        and all(end < session.first or start > session.last for start, end in teacher.busy)
    }
    for t in range(len(teachers)):
        model.add_at_most_one(v for (one, _), v in take.items() if one == t)
    for s, session in enumerate(sessions):
        model.add(sum(v for (_, one), v in take.items() if one == s) <= session.seats)
    required = sum(v * teachers[t].required for (t, _), v in take.items())
    priority = sum(v * teachers[t].priority for (t, _), v in take.items())
    cost = sum(v * travel[teachers[t].zone, sessions[s].zone] for (t, s), v in take.items())
    plan = enrol(teachers, sessions, travel)
    assert plan.required_placed == settle(model, required, most=True)
    assert plan.priority == settle(model, priority, most=True)
    assert plan.cost == settle(model, cost, most=False)


def people(chance: Random) -> tuple[Sequence[Mentee], Sequence[Mentor]]:
    codes = [f"c{number}" for number in range(8)]
    mentors = [
        Mentor(
            f"m{number:02d}",
            frozenset(chance.sample(codes, 2)),
            chance.choice(ZONES),
            chance.random() < 0.3,
            chance.randrange(0, 6),
        )
        for number in range(25)
    ]
    refs = [mentor.ref for mentor in mentors]
    mentees = [
        Mentee(
            f"t{number:03d}",
            frozenset(chance.sample(codes, chance.randint(0, 2))),
            chance.choice(ZONES),
            chance.choice([*refs, None]),
            chance.choice(refs),
        )
        for number in range(70)
    ]
    return mentees, mentors


@pytest.mark.parametrize("seed", range(3))
def test_matching_agrees_on_every_level(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 -- made-up instances, no secret
    mentees, mentors = people(chance)
    travel = travel_of(chance)
    model: Any = cp_model.CpModel()
    take = {
        (t, m): model.new_bool_var("")
        for t, teacher in enumerate(mentees)
        for m, mentor in enumerate(mentors)
        if teacher.deficits & mentor.capabilities
        and (mentor.remote or mentor.zone == teacher.zone)
        and mentor.ref != teacher.superior
    }
    busiest = model.new_int_var(0, 100, "busiest")
    for t in range(len(mentees)):
        model.add_at_most_one(v for (one, _), v in take.items() if one == t)
    for m, mentor in enumerate(mentors):
        load = sum(v for (_, one), v in take.items() if one == m)
        model.add(load <= mentor.norm)
        model.add(load <= busiest)
    kept = sum(v * (mentees[t].previous == mentors[m].ref) for (t, m), v in take.items())
    cost = sum(v * travel[mentees[t].zone, mentors[m].zone] for (t, m), v in take.items())
    found = match(mentees, mentors, travel)
    assert len(found.pairs) == settle(model, sum(take.values()), most=True)
    assert found.max_load == settle(model, busiest, most=False)
    assert found.kept == settle(model, kept, most=True)
    assert found.cost == settle(model, cost, most=False)
