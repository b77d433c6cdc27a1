"""Made-up municipal results that agree with the declared ≥ 75 % counts, for demos and benchmarks.

Nobody in them is real: a participant is an opaque reference computed from the seed. The same seed
gives the same results on every machine; columns come in chunks, so memory does not grow with the
number of results.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP = 2
"""Scores are multiples of 1/STEP point."""
MIX = np.uint64(0x9E3779B97F4A7C15)
CHUNK = 100_000
OLDER_TASK_SHARE = 0.03
VOID_SHARE = 0.004
LARGEST_GRADE = 11
SCHOOLS = 40


@dataclass(frozen=True, slots=True)
class Group:
    """People who did one task: subject, task grade, maximum, and how many performed ≥ 75 %."""

    subject: str
    grade: int
    maximum: int
    participants: int
    performers: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Columns of equal length, one result a position; scores are in steps of 1/STEP point."""

    subject: str
    task_grade: int
    participant: NDArray[np.uint64]
    study_grade: NDArray[np.int64]
    municipality: NDArray[np.int64]
    school: NDArray[np.int64]
    score_steps: NDArray[np.int64]
    void: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.participant)


def spread(
    declared: Mapping[tuple[str, int], int | None],
    maxima: Mapping[tuple[str, int], int],
    results: int,
    seed: int,
) -> tuple[Group, ...]:
    """Share `results` out over subjects and grades at random but for the declared performers.

    A null count means that nobody took the task («-»): the group is left out. Every other group
    holds at least its performers; `ValueError` when `results` are too few for them.
    """
    keys = sorted(key for key, count in declared.items() if count is not None)
    counts = [declared[key] or 0 for key in keys]
    rest = results - sum(counts)
    if rest < 0 or not keys:
        raise ValueError("fewer results than declared performers")
    weights = np.random.default_rng([seed, 0]).dirichlet(np.full(len(keys), 3.0))
    others = np.random.default_rng([seed, 1]).multinomial(rest, weights)
    return tuple(
        Group(subject, grade, maxima[(subject, grade)], count + int(other), count)
        for (subject, grade), count, other in zip(keys, counts, others, strict=True)
    )


def generate(
    groups: Sequence[Group], municipalities: int, seed: int, chunk: int = CHUNK
) -> Iterator[Chunk]:
    """Results of every group in chunks of at most `chunk`.

    Exactly `performers` valid results of a group reach 75 % of its maximum; void results are
    among the others. Municipalities are numbers 0…municipalities−1, unevenly peopled.
    """
    weights = np.random.default_rng([seed, 2]).dirichlet(np.full(municipalities, 1.0))
    for number, group in enumerate(groups):
        for start in range(0, group.participants, chunk):
            rng = np.random.default_rng([seed, 3, number, start])
            size = min(chunk, group.participants - start)
            strong = min(size, max(0, group.performers - start))
            yield _chunk(group, rng, weights, _references(seed, number, start, size), strong)


def _chunk(
    group: Group,
    rng: np.random.Generator,
    weights: NDArray[np.float64],
    references: NDArray[np.uint64],
    strong: int,
) -> Chunk:
    size = len(references)
    edge = -(-3 * group.maximum * STEP // 4)
    steps = np.empty(size, dtype=np.int64)
    steps[:strong] = rng.integers(edge, group.maximum * STEP, size=strong, endpoint=True)
    steps[strong:] = (rng.beta(2.0, 3.0, size=size - strong) * edge).astype(np.int64)
    steps[strong:] = np.minimum(steps[strong:], edge - 1)
    void = rng.random(size) < VOID_SHARE
    void[:strong] = False
    younger = (rng.random(size) < OLDER_TASK_SHARE).astype(np.int64)
    return Chunk(
        group.subject,
        group.grade,
        references,
        group.grade - younger,
        rng.choice(len(weights), size=size, p=weights),
        rng.integers(1, SCHOOLS, size=size, endpoint=True),
        steps,
        void,
    )


def _references(seed: int, group: int, start: int, size: int) -> NDArray[np.uint64]:
    """Opaque 64-bit references: a bijective mix of the position, distinct within a data set."""
    position = np.arange(start, start + size, dtype=np.uint64)
    value = position + (np.uint64(group) << np.uint64(32)) + (np.uint64(seed) << np.uint64(44))
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9) + MIX
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
