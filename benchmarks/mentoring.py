"""What matching all teachers with mentors costs, and how the cost grows with their number.

Run: `python -m benchmarks.mentoring [teachers …]`, by default 10 000, 20 000 and 100 000. Every
size is measured in a process of its own: CPU seconds and the peak of its memory, imports apart.
"""

import math
import random
import resource
import sys
import time
from itertools import pairwise
from multiprocessing import get_context

from services.training.domain.mentor_profiles import Mentee, Mentor
from services.training.domain.mentoring import match

CODES = [f"c{number}" for number in range(24)]
ZONES = [f"z{number:02d}" for number in range(60)]
SHARE_OF_MENTORS = 3_000 / 100_000
TARGET_SECONDS, TARGET_MIB = 20, 600


def made_region(teachers: int) -> tuple[list[Mentee], list[Mentor], dict[tuple[str, str], int]]:
    """Make teachers with one to three deficits and mentors, a tenth of them remote."""
    chance = random.Random(5)  # noqa: S311 -- made-up data, no secret
    mentors = [
        Mentor(
            f"m{number:05d}",
            frozenset(chance.sample(CODES, 4)),
            chance.choice(ZONES),
            chance.random() < 0.1,
            chance.randint(5, 40),
        )
        for number in range(round(teachers * SHARE_OF_MENTORS))
    ]
    mentees = [
        Mentee(
            f"t{number:06d}",
            frozenset(chance.sample(CODES, chance.choice((1, 1, 2, 3)))),
            chance.choice(ZONES),
            chance.choice(mentors).ref if chance.random() < 0.01 else None,
            chance.choice(mentors).ref if chance.random() < 0.05 else None,
        )
        for number in range(teachers)
    ]
    travel = {(a, b): chance.randint(1, 400) for a in ZONES for b in ZONES}
    return mentees, mentors, travel


def measure(teachers: int) -> tuple[float, float]:
    """Return the CPU seconds of one matching and the peak memory of this process in MiB."""
    given = made_region(teachers)
    match(*made_region(100))
    began = time.process_time()
    found = match(*given)
    seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{teachers:>7} teachers: {seconds:6.2f} CPU s, {peak:5.0f} MiB, "
        f"{len(found.pairs)} served, at most {found.max_load} each",
        flush=True,
    )
    return seconds, peak


def main(sizes: list[int]) -> int:
    """Measure every size; 1 where the largest misses its target."""
    spawn = get_context("spawn")
    measured = []
    for size in sizes:
        with spawn.Pool(1) as pool:
            measured.append(pool.apply(measure, (size,)))
    for (one, other), ((first, _), (last, _)) in zip(
        pairwise(sizes), pairwise(measured), strict=True
    ):
        print(f"exponent {one} → {other}: {math.log(last / first) / math.log(other / one):.2f}")
    seconds, peak = measured[-1]
    return int(seconds > TARGET_SECONDS or peak > TARGET_MIB)


if __name__ == "__main__":
    sys.exit(main([int(size) for size in sys.argv[1:]] or [10_000, 20_000, 100_000]))
