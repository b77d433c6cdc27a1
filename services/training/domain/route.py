"""What a route is made of, and the rules that decide whether a set of activities is a route."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from itertools import pairwise
from typing import Literal

_Ranked = tuple[tuple[bool, bool, date, str], str]
Kind = Literal["subject", "methodical"]
Reason = Literal["NO_ACTIVITY", "OUTSIDE_WINDOWS", "PREREQUISITE", "OVERLAP", "IN_THE_PAST"]


@dataclass(frozen=True, slots=True)
class Window:
    """A closed range of days in which activities may lie."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Activity:
    """A step a route may take; without dates it can happen at any time."""

    code: str
    addresses: frozenset[str]
    hours: int
    first: date | None
    last: date | None
    requires: frozenset[str]


@dataclass(frozen=True, slots=True)
class Task:
    """Deficits with their kinds, activities by code, windows (none: no limit)."""

    deficits: Mapping[str, Kind]
    activities: Mapping[str, Activity]
    windows: tuple[Window, ...]

    @classmethod
    def of(
        cls,
        deficits: Mapping[str, Kind],
        activities: Sequence[Activity],
        windows: Sequence[Window],
    ) -> "Task":
        """Index the activities in order of code; raises ValueError for a repeated code."""
        by_code = {a.code: a for a in sorted(activities, key=lambda activity: activity.code)}
        if len(by_code) < len(activities):
            raise ValueError("Codes of activities must not repeat.")
        return cls(deficits, by_code, tuple(windows))

    def covers(self, code: str) -> frozenset[str]:
        """Deficits of this task that the activity addresses; other codes are ignored."""
        return self.activities[code].addresses & self.deficits.keys()

    def kind(self, code: str) -> Kind:
        """Tell the kind: subject if any subject deficit is addressed, else methodical."""
        is_subject = any(self.deficits[deficit] == "subject" for deficit in self.covers(code))
        return "subject" if is_subject else "methodical"

    def with_required(self, codes: Collection[str]) -> frozenset[str]:
        """Add everything these activities require, directly or not."""
        found, queue = set(codes), list(codes)
        while queue:
            fresh = self.activities[queue.pop()].requires - found
            found |= fresh
            queue.extend(fresh)
        return frozenset(found)

    def fits_windows(self, code: str) -> bool:
        """Tell whether it lies wholly inside one window; an undated one fits anywhere."""
        activity = self.activities[code]
        if activity.first is None or activity.last is None or not self.windows:
            return True
        return any(w.first <= activity.first and activity.last <= w.last for w in self.windows)


def in_order(task: Task, chosen: Collection[str]) -> tuple[str, ...]:
    """Put the steps in an order that can be walked.

    Dated ones come by date and everything after what it requires; as far as that allows, subject
    before methodical, then the dated before the undated, then by code.
    """

    def rank(code: str) -> tuple[bool, bool, date, str]:
        first = task.activities[code].first
        return (task.kind(code) == "methodical", first is None, first or date.max, code)

    dated = sorted((day, code) for code in chosen if (day := task.activities[code].first))
    waits_for = {code: set(task.activities[code].requires) for code in chosen}
    for (_, earlier), (_, later) in pairwise(dated):
        waits_for[later].add(earlier)
    sorter, ready, steps = TopologicalSorter(waits_for), list[_Ranked](), list[str]()
    sorter.prepare()
    while sorter.is_active():
        for code in sorter.get_ready():
            heappush(ready, (rank(code), code))
        step = heappop(ready)[1]
        sorter.done(step)
        steps.append(step)
    return tuple(steps)


def why_uncovered(task: Task, deficit: str, usable: Collection[str]) -> Reason:
    """Say why a deficit stays uncovered, from the furthest obstacle its activities reach."""
    candidates = [code for code in task.activities if deficit in task.covers(code)]
    if not candidates:
        return "NO_ACTIVITY"
    inside = [code for code in candidates if task.fits_windows(code)]
    if not inside:
        return "OUTSIDE_WINDOWS"
    return "OVERLAP" if any(code in usable for code in inside) else "PREREQUISITE"
