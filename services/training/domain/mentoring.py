"""Matching of teachers with mentors: everybody who can be covered, the load shared fairly.

Levels, one after another: most teachers covered; the busiest mentor as little loaded as possible;
most previous mentors; least distance; then the earliest teachers, and teacher by teacher the
earliest mentor. The first two are settled by greatest flows, the last
two by one minimum cost flow whose weights are proved as in `network`. Teachers whom no rule tells
apart are one node of the flow.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.training.domain.mentor_profiles import (
    Mentee,
    Mentor,
    MentorArcs,
    MentorIndex,
    Reason,
    arcs_of,
    distance,
)
from services.training.domain.network import SAFE_COST, TIE_COST, Ints
from services.training.domain.ties import MOST_CHOICES, earliest_places, table_of


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs by teacher, the uncovered with reasons, and what was reached on every level."""

    pairs: tuple[tuple[str, str], ...]
    uncovered: tuple[tuple[str, Reason], ...]
    max_load: int
    kept: int
    cost: int


def obstacle(teacher: Mentee, mentor: Mentor) -> Reason | None:
    """Say why this mentor may not serve this teacher, or None when there is no reason.

    Capable means able to help with at least one of the deficits. Nobody mentors oneself or one's
    own subordinate. The norm is a matter of the whole matching.
    """
    if not teacher.deficits & mentor.capabilities:
        return "NO_CAPABILITY"
    if not mentor.remote and mentor.zone != teacher.zone:
        return "OTHER_ZONE"
    if mentor.ref in (teacher.superior, teacher.ref):
        return "OWN_SUPERIOR"
    return "DECLINED" if mentor.ref in teacher.declined else None


def match(
    teachers: Sequence[Mentee], mentors: Sequence[Mentor], travel: Mapping[tuple[str, str], int]
) -> Matching:
    """Match optimally, level by level; equal input gives equal pairs, in whatever order it comes.

    Confirmed pairs stay and count towards load and norm.
    Raises ValueError for repeated references, `TravelUnknown` as enrolment does.
    """
    mentees = sorted(teachers, key=lambda teacher: teacher.ref)
    active = sorted(mentors, key=lambda mentor: mentor.ref)
    for people in (mentees, active):
        if len({person.ref for person in people}) < len(people):
            raise ValueError("References must not repeat.")
    index = MentorIndex(active)
    fixed = {t.ref: t.confirmed for t in mentees if t.confirmed and t.confirmed in index.numbers}
    free = [number for number, teacher in enumerate(mentees) if teacher.ref not in fixed]
    arcs = arcs_of(mentees, free, index, travel)
    bound = [index.numbers[mentor] for mentor in fixed.values()]
    problem = _Problem(
        arcs,
        np.array([mentor.norm for mentor in active], dtype=np.int64),
        np.bincount(np.array(bound, dtype=np.int64), minlength=len(active)),
        len(mentees),
    )
    served, serving = problem.best()
    pairs = fixed | {
        mentees[teacher].ref: active[mentor].ref
        for teacher, mentor in zip(served.tolist(), serving.tolist(), strict=True)
    }
    missing = dict(zip(arcs.members.tolist(), arcs.profile_of_member.tolist(), strict=True))
    return Matching(
        pairs=tuple(sorted(pairs.items())),
        uncovered=tuple(
            (mentees[number].ref, arcs.missing[missing[number]])
            for number in free
            if mentees[number].ref not in pairs
        ),
        max_load=max(Counter(pairs.values()).values(), default=0),
        kept=sum(pairs.get(teacher.ref, "") == teacher.previous for teacher in mentees),
        cost=_travel_of(pairs, mentees, active, index, travel),
    )


def _travel_of(
    pairs: Mapping[str, str],
    mentees: Sequence[Mentee],
    active: Sequence[Mentor],
    index: MentorIndex,
    travel: Mapping[tuple[str, str], int],
) -> int:
    return sum(
        distance(teacher.zone, active[index.numbers[pairs[teacher.ref]]].zone, travel)
        for teacher in mentees
        if teacher.ref in pairs
    )


@dataclass(frozen=True, slots=True)
class _Problem:
    """The arcs of those who are not confirmed yet; norms and confirmed loads of mentors."""

    arcs: MentorArcs
    norms: Ints
    bound: Ints
    teachers: int

    def best(self) -> tuple[Ints, Ints]:
        """Teachers of the optimal matching, ascending, and the mentor of each."""
        high = int(np.maximum(self.norms, self.bound).max(initial=0))
        covered = self.greatest(high)
        if not covered:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        return self.cheapest(self.least_load(covered, high), covered)

    def greatest(self, cap: int) -> int:
        """Most teachers that can be covered with at most `cap` a mentor."""
        from ortools.graph.python import max_flow  # noqa: PLC0415 -- imported lazily by design

        arcs, (source, sink, first, last) = self.arcs, self._nodes()
        if not len(arcs.tail):
            return 0
        engine = max_flow.SimpleMaxFlow()
        engine.add_arcs_with_capacity(np.full(len(first), source), first, arcs.sizes)
        engine.add_arcs_with_capacity(first[arcs.tail], last[arcs.head], arcs.sizes[arcs.tail])
        engine.add_arcs_with_capacity(last, np.full(len(last), sink), self._caps(cap))
        if engine.solve(source, sink) != engine.OPTIMAL:
            raise ArithmeticError("The greatest flow was not found: the network is malformed.")
        return int(engine.optimal_flow())

    def least_load(self, covered: int, high: int) -> int:
        """Find the least cap that still covers as many, by bisection."""
        low = int(self.bound.max(initial=0))
        while low < high:
            middle = (low + high) // 2
            if self.greatest(middle) == covered:
                high = middle
            else:
                low = middle + 1
        return high

    def cheapest(self, cap: int, covered: int) -> tuple[Ints, Ints]:
        """Pairs that keep most previous mentors, then cost least.

        Ties by reference are settled while the sums stay well within 64 bits; of a profile the
        earliest teachers are served in any case.
        """
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- imported lazily

        engine = min_cost_flow.SimpleMinCostFlow()
        add = engine.add_arcs_with_capacity_and_unit_cost
        arcs, (source, sink, first, last) = self.arcs, self._nodes()
        price, rank = self._prices()
        members = first[arcs.profile_of_member]
        add(np.full(len(members), source), members, np.ones_like(members), rank)
        pairs = add(first[arcs.tail], last[arcs.head], arcs.sizes[arcs.tail], price)
        add(last, np.full(len(last), sink), self._caps(cap), np.zeros_like(last))
        engine.set_node_supply(source, covered)
        engine.set_node_supply(sink, -covered)
        if engine.solve() != engine.OPTIMAL:
            raise ArithmeticError("The minimum cost flow has no optimum: it is malformed.")
        return self._earliest(engine.flows(pairs), price, cap)

    def _prices(self) -> tuple[Ints, Ints]:
        """Price every arc and rank every member: a retained pair, distance, rank."""
        arcs = self.arcs
        far = len(self.norms) * int(arcs.cost.max(initial=0))
        nodes = self.teachers + len(self.norms) + 3
        for unit, limit in ((max(1, self.teachers), TIE_COST), (1, SAFE_COST)):
            kept = unit * (far + 1)
            if kept * nodes < limit:
                price = unit * arcs.cost - kept * arcs.retained
                return price, arcs.members if unit > 1 else arcs.members * 0
        raise OverflowError("Travel costs are too large for an exact optimum.")

    def _earliest(self, flows: Ints, price: Ints, cap: int) -> tuple[Ints, Ints]:
        """Hand the flows out to the earliest teachers of every profile, and settle ties.

        Ties among equally good pairs of the same teachers are settled in small problems only.
        """
        arcs = self.arcs
        served = np.bincount(arcs.tail, flows, len(arcs.sizes)).astype(np.int64)
        starts = np.cumsum(arcs.sizes) - arcs.sizes
        rank = np.arange(len(arcs.members)) - np.repeat(starts, arcs.sizes)
        chosen = rank < np.repeat(served, arcs.sizes)
        order = np.argsort(arcs.members[chosen])
        teachers = arcs.members[chosen][order]
        mentors = np.repeat(arcs.head, flows)[order]
        shape = (len(arcs.sizes), len(self.norms))
        if len(teachers) * shape[1] > MOST_CHOICES:
            return teachers, mentors
        table = table_of(arcs.tail, arcs.head, price, shape)
        costs = table[arcs.profile_of_member[chosen][order]]
        return teachers, earliest_places(costs, self._caps(cap), mentors)

    def _caps(self, cap: int) -> Ints:
        return np.maximum(np.minimum(self.norms, cap) - self.bound, 0)

    def _nodes(self) -> tuple[int, int, Ints, Ints]:
        profiles = len(self.arcs.sizes)
        first = 2 + np.arange(profiles, dtype=np.int64)
        return 0, 1, first, 2 + profiles + np.arange(len(self.norms), dtype=np.int64)
