"""Which activities can be in some route together with all they require."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from services.training.domain.route import Task

Flags = NDArray[np.bool_]
ANY_TIME_FIRST, ANY_TIME_LAST = np.iinfo(np.int64).max, np.iinfo(np.int64).min


def choosable(task: Task) -> frozenset[str]:
    """Activities that can be in some route.

    Ruled out: outside the windows itself or through a requirement; a requirement that is missing,
    circular, over too late (also through undated ones in between), or at odds with another.
    Sets of activities are bits of whole numbers, in order of code. A single requirement brings
    only what was found to agree before.
    """
    codes = list(task.activities)
    place = {code: number for number, code in enumerate(codes)}
    before = _ends_before(task)
    clash, late = _bits(_clashes(task, before)), _bits(~before.T)
    closures: dict[str, int] = {}
    for code in _by_requirement(task):
        needed = task.activities[code].requires
        if not (needed <= closures.keys() and task.fits_windows(code)):
            continue
        closure = 0
        for other in needed:
            closure |= closures[other] | 1 << place[other]
        if closure & (late[place[code]] | clash[place[code]]):
            continue
        if len(needed) == 1 or not any(clash[other] & closure for other in _places(closure)):
            closures[code] = closure
    return frozenset(closures)


def _by_requirement(task: Task) -> Iterator[str]:
    """Yield the activities, each after all it requires; circles and what needs them never."""
    known: Mapping[str, list[str]] = {
        code: [other for other in activity.requires if other in task.activities]
        for code, activity in task.activities.items()
    }
    sorter = TopologicalSorter(known)
    with suppress(CycleError):
        sorter.prepare()
    while ready := sorter.get_ready():
        yield from ready
        sorter.done(*ready)


def _ends_before(task: Task) -> Flags:
    """Tell for each pair whether one can be over before the other starts: the undated always."""
    last = [a.last.toordinal() if a.last else ANY_TIME_LAST for a in task.activities.values()]
    first = [a.first.toordinal() if a.first else ANY_TIME_FIRST for a in task.activities.values()]
    ends, starts = np.array(last, dtype=np.int64), np.array(first, dtype=np.int64)
    return np.less(ends[:, None], starts[None, :])


def _clashes(task: Task, before: Flags) -> Flags:
    """Pairs that cannot be in one route: a shared day, or dated methodical before subject."""
    subject = np.array([task.kind(code) == "subject" for code in task.activities], dtype=bool)
    overlap = ~before & ~before.T
    disorder = subject[:, None] & ~subject[None, :] & ~before
    clash: Flags = overlap | disorder | disorder.T
    np.fill_diagonal(clash, val=False)
    return clash


def _bits(rows: Flags) -> Sequence[int]:
    packed = np.packbits(rows, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
