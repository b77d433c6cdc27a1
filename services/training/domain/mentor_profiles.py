"""Which mentors a teacher may have, asked once of teachers whom no rule tells apart.

Teachers of equal deficits and zone, of whom none has a previous, declined or forbidden mentor
within reach, share a *profile*; everybody else is a profile of one's own. Work and memory are
those of profiles × mentors within reach, not of teachers × mentors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from services.training.domain.eligibility import TravelUnknown
from services.training.domain.network import Ints

Flags = NDArray[np.bool_]
Reason = Literal["NO_CAPABILITY", "OTHER_ZONE", "OWN_SUPERIOR", "DECLINED", "NORM_REACHED"]


@dataclass(frozen=True, slots=True)
class Mentee:
    """A teacher with deficits. `declined` are mentors refused before; `confirmed` is binding."""

    ref: str
    deficits: frozenset[str]
    zone: str
    superior: str | None = None
    previous: str | None = None
    declined: frozenset[str] = frozenset()
    confirmed: str | None = None


@dataclass(frozen=True, slots=True)
class Mentor:
    """A mentor of the active: `norm` teachers at most; `remote` ones serve every zone."""

    ref: str
    capabilities: frozenset[str]
    zone: str
    remote: bool
    norm: int


def distance(origin: str, destination: str, travel: Mapping[tuple[str, str], int]) -> int:
    """Directed cost from the teacher's zone to the mentor's; inside a zone nothing stated is 0."""
    if origin == destination:
        return travel.get((origin, destination), 0)
    try:
        return travel[origin, destination]
    except KeyError:
        raise TravelUnknown(origin, destination) from None


@dataclass(frozen=True, slots=True)
class Profile:
    """What teachers whom no rule tells apart may have: mentors (ascending), or why none.

    `missing` is the reason of those who are left without a mentor; `previous` is a mentor, or -1.
    """

    mentors: Ints
    previous: int
    missing: Reason


@dataclass(slots=True)
class MentorIndex:
    """Mentors by capability and zone; answers for deficits and a zone are cached."""

    mentors: Sequence[Mentor]
    numbers: dict[str, int] = field(init=False)
    _codes: frozenset[str] = field(init=False)
    _capable: dict[str, Flags] = field(init=False)
    _near: dict[str, Flags] = field(init=False)
    _remote: Flags = field(init=False)
    _reach: dict[tuple[frozenset[str], str], tuple[Ints, Reason]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Invert the capabilities and the zones."""
        self.numbers = {mentor.ref: number for number, mentor in enumerate(self.mentors)}
        self._remote = np.array([mentor.remote for mentor in self.mentors], dtype=np.bool_)
        self._capable, self._near = {}, {}
        for number, mentor in enumerate(self.mentors):
            self._near.setdefault(mentor.zone, np.zeros_like(self._remote))[number] = True
            for code in mentor.capabilities:
                self._capable.setdefault(code, np.zeros_like(self._remote))[number] = True
        self._codes = frozenset(self._capable)

    def key_of(self, teacher: Mentee) -> tuple[object, ...]:
        """Return what tells the teacher's profile from others."""
        deficits = teacher.deficits & self._codes
        own = {*teacher.declined, teacher.superior, teacher.ref, teacher.previous}
        if own.isdisjoint(self.numbers):
            return deficits, teacher.zone
        return deficits, teacher.zone, teacher.ref

    def profile_of(self, teacher: Mentee) -> Profile:
        """Return the mentors a teacher may have.

        Capable means able to help with at least one of the deficits. Nobody mentors oneself or
        one's own subordinate. The reason is the obstacle met last on the way to a mentor; the norm
        is a matter of the whole matching.
        """
        found, reason = self._within_reach(teacher.deficits & self._codes, teacher.zone)
        previous = self.numbers.get(teacher.previous or "", -1)
        if not len(found):
            return Profile(found, previous, reason)
        left = found[~np.isin(found, self._numbers(teacher.superior, teacher.ref))]
        if not len(left):
            return Profile(left, previous, "OWN_SUPERIOR")
        willing = left[~np.isin(left, self._numbers(*teacher.declined))]
        return Profile(willing, previous, reason if len(willing) else "DECLINED")

    def _within_reach(self, deficits: frozenset[str], zone: str) -> tuple[Ints, Reason]:
        key = deficits, zone
        if key not in self._reach:
            self._reach[key] = self._search(deficits, zone)
        return self._reach[key]

    def _search(self, deficits: frozenset[str], zone: str) -> tuple[Ints, Reason]:
        none = np.zeros_like(self._remote)
        capable = np.logical_or.reduce([none, *(self._capable[code] for code in deficits)])
        if not capable.any():
            return np.empty(0, dtype=np.int64), "NO_CAPABILITY"
        found = np.flatnonzero(capable & (self._remote | self._near.get(zone, none)))
        return found, "NORM_REACHED" if len(found) else "OTHER_ZONE"

    def _numbers(self, *refs: str | None) -> list[int]:
        return [self.numbers[ref] for ref in refs if ref in self.numbers]


@dataclass(frozen=True, slots=True)
class MentorArcs:
    """Profiles with their teachers, and arcs profile → mentor ordered by both.

    `members` are teachers in the order of profiles, ascending in each; `sizes` counts them.
    """

    members: Ints
    sizes: Ints
    missing: tuple[Reason, ...]
    tail: Ints
    head: Ints
    retained: Ints
    cost: Ints

    @property
    def profile_of_member(self) -> Ints:
        """Return the profile of every one of `members`."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)


def arcs_of(
    teachers: Sequence[Mentee],
    numbers: Sequence[int],
    index: MentorIndex,
    travel: Mapping[tuple[str, str], int],
) -> MentorArcs:
    """Group the teachers of these numbers by profile and list whom each profile may have.

    `TravelUnknown` for a mentor within reach at an unknown distance.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for number in numbers:
        groups.setdefault(index.key_of(teachers[number]), []).append(number)
    firsts = [teachers[group[0]] for group in groups.values()]
    profiles = [index.profile_of(teacher) for teacher in firsts]
    costs = _Distances(index, travel)
    counts = [len(profile.mentors) for profile in profiles]
    return MentorArcs(
        members=_joined([np.array(group, dtype=np.int64) for group in groups.values()]),
        sizes=np.array([len(group) for group in groups.values()], dtype=np.int64),
        missing=tuple(profile.missing for profile in profiles),
        tail=np.repeat(np.arange(len(profiles), dtype=np.int64), counts),
        head=_joined([profile.mentors for profile in profiles]),
        retained=_joined([(p.mentors == p.previous).astype(np.int64) for p in profiles]),
        cost=_joined([costs.of(t.zone, p.mentors) for t, p in zip(firsts, profiles, strict=True)]),
    )


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


class _Distances:
    """Costs from a zone to mentors; each pair of zones is looked up once."""

    def __init__(self, index: MentorIndex, travel: Mapping[tuple[str, str], int]) -> None:
        self._zones = list(dict.fromkeys(mentor.zone for mentor in index.mentors))
        numbers = {zone: number for number, zone in enumerate(self._zones)}
        self._zone_of = np.array([numbers[m.zone] for m in index.mentors], dtype=np.int64)
        self._travel = travel

    def of(self, origin: str, mentors: Ints) -> Ints:
        """Return the costs from a zone to these mentors."""
        zones, at = np.unique(self._zone_of[mentors], return_inverse=True)
        costs = [distance(origin, self._zones[zone], self._travel) for zone in zones.tolist()]
        return np.array(costs, dtype=np.int64)[at]
