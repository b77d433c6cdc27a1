"""What a route is made of, and the rules that decide whether a set of activities is a route."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["subject", "methodical"]
Reason = Literal["NO_ACTIVITY", "OUTSIDE_WINDOWS", "PREREQUISITE", "OVERLAP"]


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

    def fits_windows(self, code: str) -> bool:
        """Tell whether it lies wholly inside one window; an undated one fits anywhere."""
        activity = self.activities[code]
        if activity.first is None or activity.last is None or not self.windows:
            return True
        return any(w.first <= activity.first and activity.last <= w.last for w in self.windows)


def ends_before(earlier: Activity, later: Activity) -> bool:
    """Tell whether one can be over before the other starts; an undated one always can."""
    if earlier.last is None or later.first is None:
        return True
    return earlier.last < later.first


def overlap(one: Activity, other: Activity) -> bool:
    """Any shared day, both ends counted; the undated never overlap."""
    if one.first is None or one.last is None or other.first is None or other.last is None:
        return False
    return one.first <= other.last and other.first <= one.last


def ancestors(task: Task, code: str) -> frozenset[str] | None:
    """All activities required, directly or not; None when one is missing or the circle closes."""
    found: set[str] = set()
    queue = list(task.activities[code].requires)
    while queue:
        needed = queue.pop()
        if needed == code or needed not in task.activities:
            return None
        if needed not in found:
            found.add(needed)
            queue.extend(task.activities[needed].requires)
    return frozenset(found)


def compatible(task: Task, one: str, other: str) -> bool:
    """Tell whether two may stand in one route: no overlap, dated subject before methodical."""
    first, second = task.activities[one], task.activities[other]
    if overlap(first, second):
        return False
    if task.kind(one) == task.kind(other):
        return True
    subject, methodical = (first, second) if task.kind(one) == "subject" else (second, first)
    return ends_before(subject, methodical)


def choosable(task: Task) -> dict[str, frozenset[str]]:
    """Activities that can stand in some route, each with all it requires.

    Ruled out: outside the windows itself or through a requirement; a requirement that is missing,
    circular, over too late (also through undated ones in between), or at odds with another.
    """
    closures: dict[str, frozenset[str]] = {}
    for code, activity in task.activities.items():
        needed = ancestors(task, code)
        if needed is None or not all(map(task.fits_windows, {code, *needed})):
            continue
        if not all(ends_before(task.activities[other], activity) for other in needed):
            continue
        closures[code] = needed
    usable = {code: needed for code, needed in closures.items() if needed <= closures.keys()}
    return {code: needed for code, needed in usable.items() if _agree(task, {code, *needed})}


def _agree(task: Task, codes: Collection[str]) -> bool:
    ordered = sorted(codes)
    return all(
        compatible(task, one, other)
        for place, one in enumerate(ordered)
        for other in ordered[place + 1 :]
    )


def in_order(
    task: Task, chosen: Collection[str], closures: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """Put the steps in an order that can be walked.

    Dated ones by date, each after the undated ones it requires; the other undated ones last,
    subject before methodical, then by code, always after what they require. What is required has
    fewer requirements itself, so counting them sorts every chain.
    """

    def key(code: str) -> tuple[date, bool, str]:
        first = task.activities[code].first
        return (first or date.max, task.kind(code) == "methodical", code)

    steps: dict[str, None] = {}
    for code in sorted(chosen, key=key):
        needed = sorted(closures[code], key=lambda other: (len(closures[other]), other))
        steps |= dict.fromkeys([*needed, code])
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
