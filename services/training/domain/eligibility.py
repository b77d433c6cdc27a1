"""Which teacher may sit in which session, and at what travel cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

import numpy as np

from services.training.domain.network import Ints, Network


class TravelUnknown(LookupError):  # noqa: N818 -- errors name the fact
    """No travel cost is given from the zone of a teacher to the zone of a session."""

    def __init__(self, origin: str, destination: str) -> None:
        super().__init__(f"{origin}|{destination}")
        self.origin, self.destination = origin, destination


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher who seeks a seat. `priority` is 1…100; `busy` are closed ranges of days."""

    ref: str
    subjects: frozenset[str]
    tier: str
    zone: str
    required: bool
    priority: int
    busy: tuple[tuple[date, date], ...] = ()
    completed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a course, days `first`…`last` closed; with `month` precision dates never block."""

    code: str
    subject: str
    tiers: frozenset[str]
    zone: str
    first: date
    last: date
    seats: int
    precision: Literal["day", "month"] = "day"
    requires: frozenset[str] = frozenset()

    def suits(self, teacher: Teacher) -> bool:
        """Tell whether subject, tier and prerequisites fit; dates and seats are other matters."""
        return (
            self.subject in teacher.subjects
            and teacher.tier in self.tiers
            and self.requires <= teacher.completed
        )

    def collides(self, teacher: Teacher) -> bool:
        """Any shared day with `busy` blocks, both ends counted; months only possibly overlap."""
        return self.precision == "day" and any(
            start <= self.last and self.first <= end for start, end in teacher.busy
        )


Kind = tuple[frozenset[str], str, frozenset[str]]
Profile = tuple[Kind, str, tuple[tuple[date, date], ...]]


@dataclass(frozen=True, slots=True)
class Seekers:
    """Teachers in order of reference and sessions in order of code, both without repeats."""

    teachers: tuple[Teacher, ...]
    sessions: tuple[Session, ...]

    @classmethod
    def sort(cls, teachers: Sequence[Teacher], sessions: Sequence[Session]) -> "Seekers":
        """Sort both; raises ValueError for a repeated reference or code."""
        seekers = cls(
            tuple(sorted(teachers, key=lambda teacher: teacher.ref)),
            tuple(sorted(sessions, key=lambda session: session.code)),
        )
        if len(set(seekers.refs)) < len(teachers) or len(set(seekers.codes)) < len(sessions):
            raise ValueError("References and codes must not repeat.")
        return seekers

    @property
    def refs(self) -> list[str]:
        """References of the teachers, in order."""
        return [teacher.ref for teacher in self.teachers]

    @property
    def codes(self) -> list[str]:
        """Codes of the sessions, in order."""
        return [session.code for session in self.sessions]

    def suited(self) -> frozenset[Kind]:
        """Kinds of teachers whom some session suits, whatever the dates."""
        kinds = {kind_of(teacher): teacher for teacher in self.teachers}
        return frozenset(
            kind
            for kind, teacher in kinds.items()
            if any(session.suits(teacher) for session in self.sessions)
        )


def kind_of(teacher: Teacher) -> Kind:
    """Gather what decides whether a session suits a teacher, whatever the dates."""
    return (teacher.subjects, teacher.tier, teacher.completed)


def profile_of(teacher: Teacher) -> Profile:
    """Gather what decides where a teacher may go and at what cost: equal ones interchange."""
    return (kind_of(teacher), teacher.zone, tuple(sorted(teacher.busy)))


def build_network(seekers: Seekers, travel: Mapping[tuple[str, str], int]) -> Network:
    """Arcs from every profile to the sessions its teachers may attend, with travel costs."""
    number: dict[Profile, int] = {}
    samples: list[Teacher] = []
    profile = np.empty(len(seekers.teachers), dtype=np.int64)
    for member, teacher in enumerate(seekers.teachers):
        key = profile_of(teacher)
        if key not in number:
            number[key] = len(samples)
            samples.append(teacher)
        profile[member] = number[key]
    heads, costs = _arcs(samples, seekers.sessions, travel)
    zones = {zone: index for index, zone in enumerate(sorted({t.zone for t in samples}))}
    return Network(
        profile=profile,
        required=np.fromiter((t.required for t in seekers.teachers), dtype=np.int64),
        priority=np.fromiter((t.priority for t in seekers.teachers), dtype=np.int64),
        tail=np.repeat(np.arange(len(samples)), [len(part) for part in heads]).astype(np.int64),
        head=_joined(heads),
        cost=_joined(costs),
        seats=np.fromiter((s.seats for s in seekers.sessions), dtype=np.int64),
        group=np.fromiter((zones[t.zone] for t in samples), dtype=np.int64),
    )


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _arcs(
    samples: Sequence[Teacher], sessions: Sequence[Session], travel: Mapping[tuple[str, str], int]
) -> tuple[list[Ints], list[Ints]]:
    """Sessions (by index) and costs of every profile; suiting sessions are found once a kind."""
    first = np.array([session.first.toordinal() for session in sessions], dtype=np.int64)
    last = np.array([session.last.toordinal() for session in sessions], dtype=np.int64)
    dated = np.array([session.precision == "day" for session in sessions], dtype=bool)

    @cache
    def suiting(subjects: frozenset[str], tier: str, completed: frozenset[str]) -> Ints:
        kind = Teacher("", subjects, tier, "", required=False, priority=1, completed=completed)
        return np.array([i for i, s in enumerate(sessions) if s.suits(kind)], dtype=np.int64)

    @cache
    def cost(zone: str) -> Ints:
        return np.array([_cost(zone, s.zone, travel) for s in sessions], dtype=np.int64)

    heads, costs = [], []
    for teacher in samples:
        free = suiting(teacher.subjects, teacher.tier, teacher.completed)
        for start, end in teacher.busy:
            shared = (first[free] <= end.toordinal()) & (last[free] >= start.toordinal())
            free = free[~(shared & dated[free])]
        price = cost(teacher.zone)[free]
        if price.min(initial=0) < 0:
            raise TravelUnknown(teacher.zone, sessions[free[int(price.argmin())]].zone)
        heads.append(free)
        costs.append(price)
    return heads, costs


def _cost(origin: str, destination: str, travel: Mapping[tuple[str, str], int]) -> int:
    """Directed cost; nothing stated inside one zone means 0, between zones −1 marks unknown."""
    return travel.get((origin, destination), 0 if origin == destination else -1)
