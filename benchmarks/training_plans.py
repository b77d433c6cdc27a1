"""How long the optimum of plans, mentor suggestions and routes takes, and how much memory.

Run: `python -m benchmarks.training_plans`. Every plan is proved optimal by the solver; seconds are
of one run each, the suggestion and the route are the medians of several, after one warm-up.
"""

import random
import resource
import time
from collections.abc import Callable
from datetime import date, timedelta
from statistics import median

from services.training.domain.eligibility import Session, Teacher
from services.training.domain.enrolment import enrol
from services.training.domain.mentor_profiles import Mentee, Mentor
from services.training.domain.mentor_suggestions import suggest
from services.training.domain.route import Activity, Kind, Task, Window
from services.training.domain.route_building import build_route

SUBJECTS = ("mathematics", "physics", "informatics", "biology", "chemistry")
TIERS = ("profile", "subject", "olympiad")
START = date(2023, 1, 9)


def measure(title: str, call: Callable[[], object], rounds: int = 1) -> float:
    """Run a call some times and print its median time and the peak memory so far."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = median(taken)
    print(f"{title:<58} {seconds * 1000:>10.1f} ms   peak {memory:>6.0f} MiB", flush=True)
    return seconds


def teachers_of(chance: random.Random, count: int, zones: int) -> list[Teacher]:
    """Make teachers, every third one busy on days of the own choice."""
    found = []
    for number in range(count):
        first = START + timedelta(days=chance.randrange(130))
        busy = ((first, first + timedelta(days=chance.randrange(1, 8))),)
        found.append(
            Teacher(
                f"t-{number:06d}",
                frozenset({chance.choice(SUBJECTS)}),
                chance.choices(TIERS, (10, 85, 5))[0],
                f"z{chance.randrange(zones)}",
                chance.random() < 0.1,
                chance.randint(1, 100),
                busy if chance.random() < 0.33 else (),
            )
        )
    return found


def sessions_of(chance: random.Random, count: int, zones: int, seats: int) -> list[Session]:
    """Make sessions of one tier and subject each, over the first half-year."""
    found = []
    for number in range(count):
        first = START + timedelta(days=chance.randrange(130))
        tiers = frozenset(chance.choices(TIERS, (10, 85, 5), k=1))
        found.append(
            Session(
                f"s-{number:04d}",
                chance.choice(SUBJECTS),
                tiers,
                f"z{chance.randrange(zones)}",
                first,
                first + timedelta(days=chance.randrange(3, 15)),
                seats,
            )
        )
    return found


def plan(count: int, sessions: int, seats: int, *, zones: int = 19, fair: bool = False) -> None:
    """Measure one plan."""
    chance = random.Random(count + seats)  # noqa: S311 -- made-up data, no secret
    people = teachers_of(chance, count, zones)
    runs = sessions_of(chance, sessions, zones, seats)
    names = [f"z{number}" for number in range(zones)]
    travel = {(a, b): chance.randrange(0, 1000) for a in names for b in names}
    title = f"plan {count} x {sessions}, {seats} seats each{', fair' if fair else ''}"
    measure(title, lambda: enrol(people, runs, travel, fair=fair))


def wide_plan(seats: int) -> None:
    """Give 100 000 teachers individual absences and 30 sessions each: 3 M arcs, no two alike."""
    chance = random.Random(seats)  # noqa: S311 -- made-up data, no secret
    subjects = [f"subject-{number}" for number in range(33)]
    runs = []
    for number in range(1000):
        first = START + timedelta(days=chance.randrange(130))
        last = first + timedelta(days=5)
        tiers = frozenset({"subject"})
        subject = subjects[number % 33]
        runs.append(
            Session(f"s-{number:04d}", subject, tiers, f"z{number % 19}", first, last, seats)
        )
    people = []
    for number in range(100_000):
        first = START + timedelta(days=number % 2000 - 1000)
        busy = ((first - timedelta(days=3000), first - timedelta(days=2000 + number % 300)),)
        people.append(
            Teacher(
                f"t-{number:06d}",
                frozenset({subjects[chance.randrange(33)]}),
                "subject",
                f"z{chance.randrange(19)}",
                chance.random() < 0.1,
                chance.randint(1, 100),
                busy,
            )
        )
    names = [f"z{number}" for number in range(19)]
    travel = {(a, b): chance.randrange(0, 1000) for a in names for b in names}
    title = f"plan 100000 x 1000, 3 M arcs, {seats} seats each"
    measure(title, lambda: enrol(people, runs, travel))


def suggestion() -> None:
    """Measure the ranking of mentors for one teacher."""
    chance = random.Random(1)  # noqa: S311 -- made-up data, no secret
    codes = [f"c{number}" for number in range(30)]
    mentors = [
        Mentor(
            f"m{number:03d}",
            frozenset(chance.sample(codes, 3)),
            f"z{chance.randrange(19)}",
            chance.random() < 0.3,
            5,
        )
        for number in range(700)
    ]
    teacher = Mentee("t", frozenset(chance.sample(codes, 5)), "z1")
    measure("one suggestion among 700", lambda: suggest(teacher, mentors, {}, {}), rounds=50)


def route() -> None:
    """Measure the building of one route."""
    chance = random.Random(2)  # noqa: S311 -- made-up data, no secret
    kinds: tuple[Kind, ...] = ("subject", "methodical")
    deficits = {f"d{number:02d}": chance.choice(kinds) for number in range(12)}
    activities = []
    for number in range(200):
        first = START + timedelta(days=chance.randrange(320))
        dated = chance.random() < 0.9
        needs = [f"a{chance.randrange(number):03d}"] if number and chance.random() < 0.2 else []
        activities.append(
            Activity(
                f"a{number:03d}",
                frozenset(chance.sample(sorted(deficits), chance.randint(1, 2))),
                chance.choice([8, 16, 24, 36, 72]),
                first if dated else None,
                first + timedelta(days=chance.randrange(1, 12)) if dated else None,
                frozenset(needs),
            )
        )
    windows = (
        Window(date(2023, 1, 9), date(2023, 5, 31)),
        Window(date(2023, 9, 1), date(2023, 12, 30)),
    )
    task = Task.of(deficits, activities, windows)
    build_route(task)
    measure("route of 12 deficits and 200 activities", lambda: build_route(task), rounds=7)


if __name__ == "__main__":
    plan(10, 3, 1)
    plan(1567, 20, 40)
    plan(1567, 20, 40, fair=True)
    plan(100_000, 1000, 40)
    plan(100_000, 1000, 200)
    wide_plan(40)
    wide_plan(150)
    suggestion()
    route()
