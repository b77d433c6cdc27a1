"""Matching of teachers with mentors: everybody who can be covered, the load shared fairly.

Levels, one after another: most teachers covered; the busiest mentor as little loaded as possible;
most previous mentors; least distance; then the earliest teachers, and teacher by teacher the
earliest mentor. The first two are settled by greatest flows, the last
two by one minimum cost flow whose weights are proved as in `network`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from services.training.domain.eligibility import TravelUnknown
from services.training.domain.network import SAFE_COST, TIE_COST, Ints
from services.training.domain.ties import MOST_CHOICES, earliest_places, table_of

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


def distance(origin: str, destination: str, travel: Mapping[tuple[str, str], int]) -> int:
    """Directed cost from the teacher's zone to the mentor's; inside a zone nothing stated is 0."""
    if origin == destination:
        return travel.get((origin, destination), 0)
    try:
        return travel[origin, destination]
    except KeyError:
        raise TravelUnknown(origin, destination) from None


def match(
    teachers: Sequence[Mentee], mentors: Sequence[Mentor], travel: Mapping[tuple[str, str], int]
) -> Matching:
    """Match optimally, level by level; equal input gives equal pairs, in whatever order it comes.

    Confirmed pairs stay and count towards load and norm.
    Raises ValueError for repeated references, `TravelUnknown` as enrolment does.
    """
    mentees = sorted(teachers, key=lambda teacher: teacher.ref)
    active = sorted(mentors, key=lambda mentor: mentor.ref)
    index = {mentor.ref: number for number, mentor in enumerate(active)}
    if len(index) < len(active) or len({teacher.ref for teacher in mentees}) < len(mentees):
        raise ValueError("References must not repeat.")
    fixed = {t.ref: t.confirmed for t in mentees if t.confirmed and t.confirmed in index}
    problem = _Problem.build(mentees, active, index, travel, fixed)
    chosen = problem.best()
    pairs = fixed | {
        mentees[teacher].ref: active[mentor].ref
        for teacher, mentor in zip(*problem.ends(chosen), strict=True)
    }
    loads = Counter(pairs.values())
    stands = [(t, active[index[fixed[t.ref]]]) for t in mentees if t.ref in fixed]
    return Matching(
        pairs=tuple(sorted(pairs.items())),
        uncovered=tuple(
            (teacher.ref, why_uncovered(teacher, active))
            for teacher in mentees
            if teacher.ref not in pairs
        ),
        max_load=max(loads.values(), default=0),
        kept=sum(pairs.get(teacher.ref, "") == teacher.previous for teacher in mentees),
        cost=int(problem.cost[chosen].sum())
        + sum(distance(teacher.zone, mentor.zone, travel) for teacher, mentor in stands),
    )


def why_uncovered(teacher: Mentee, mentors: Sequence[Mentor]) -> Reason:
    """Name the obstacle that was met last on the way to a mentor: the nearest to success."""
    order: tuple[Reason, ...] = ("NO_CAPABILITY", "OTHER_ZONE", "OWN_SUPERIOR", "DECLINED")
    met = {obstacle(teacher, mentor) for mentor in mentors}
    if None in met:
        return "NORM_REACHED"
    return next((reason for reason in reversed(order) if reason in met), "NO_CAPABILITY")


@dataclass(frozen=True, slots=True)
class _Problem:
    """Arcs teacher → mentor with what each keeps and costs; norms and confirmed loads."""

    teachers: int
    tail: Ints
    head: Ints
    kept: Ints
    cost: Ints
    norms: Ints
    bound: Ints

    @classmethod
    def build(
        cls,
        mentees: Sequence[Mentee],
        active: Sequence[Mentor],
        index: Mapping[str, int],
        travel: Mapping[tuple[str, str], int],
        fixed: Mapping[str, str],
    ) -> "_Problem":
        arcs = [
            (
                number,
                index[mentor.ref],
                int(mentor.ref == teacher.previous),
                distance(teacher.zone, mentor.zone, travel),
            )
            for number, teacher in enumerate(mentees)
            if teacher.ref not in fixed
            for mentor in active
            if obstacle(teacher, mentor) is None
        ]
        tail, head, kept, cost = np.array(arcs, dtype=np.int64).reshape(-1, 4).T
        norms = np.array([mentor.norm for mentor in active], dtype=np.int64)
        bound = np.zeros_like(norms)
        for ref in fixed.values():
            bound[index[ref]] += 1
        return cls(len(mentees), tail, head, kept, cost, norms, bound)

    def best(self) -> Ints:
        """Arcs of the optimal matching of those who are not confirmed yet."""
        high = int(np.maximum(self.norms, self.bound).max(initial=0))
        covered = self.greatest(high)
        if not covered:
            return np.empty(0, dtype=np.int64)
        return self.cheapest(self.least_load(covered, high), covered)

    def ends(self, arcs: Ints) -> tuple[list[int], list[int]]:
        """Teachers and mentors of the arcs."""
        return self.tail[arcs].tolist(), self.head[arcs].tolist()

    def greatest(self, cap: int) -> int:
        """Most teachers that can be covered with at most `cap` a mentor."""
        from ortools.graph.python import max_flow  # noqa: PLC0415 -- imported lazily by design

        engine = max_flow.SimpleMaxFlow()
        source, sink, first, last = self._nodes()
        engine.add_arcs_with_capacity(np.full(self.teachers, source), first, np.ones_like(first))
        engine.add_arcs_with_capacity(first[self.tail], last[self.head], np.ones_like(self.tail))
        engine.add_arcs_with_capacity(last, np.full(len(last), sink), self._caps(cap))
        if not (len(self.tail) and len(last)):
            return 0
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

    def cheapest(self, cap: int, covered: int) -> Ints:
        """Pairs (indices of arcs) that keep most previous mentors, then cost least.

        Ties by reference are settled while the sums stay well within 64 bits.
        """
        from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- imported lazily

        engine = min_cost_flow.SimpleMinCostFlow()
        add = engine.add_arcs_with_capacity_and_unit_cost
        source, sink, first, last = self._nodes()
        price, rank = self._prices()
        add(np.full(self.teachers, source), first, np.ones_like(first), rank)
        pairs = add(first[self.tail], last[self.head], np.ones_like(self.tail), price)
        add(last, np.full(len(last), sink), self._caps(cap), np.zeros_like(last))
        engine.set_node_supply(source, covered)
        engine.set_node_supply(sink, -covered)
        if engine.solve() != engine.OPTIMAL:
            raise ArithmeticError("The minimum cost flow has no optimum: it is malformed.")
        return self._earliest(np.flatnonzero(engine.flows(pairs)), price, cap)

    def _prices(self) -> tuple[Ints, Ints]:
        """Price every arc and rank every teacher: a retained pair, distance, rank."""
        far = len(self.norms) * int(self.cost.max(initial=0))
        nodes = self.teachers + len(self.norms) + 3
        rank = np.arange(self.teachers, dtype=np.int64)
        for unit, limit in ((max(1, self.teachers), TIE_COST), (1, SAFE_COST)):
            kept = unit * (far + 1)
            if kept * nodes < limit:
                return unit * self.cost - kept * self.kept, rank if unit > 1 else rank * 0
        raise OverflowError("Travel costs are too large for an exact optimum.")

    def _earliest(self, arcs: Ints, price: Ints, cap: int) -> Ints:
        """Settle ties among equally good pairs of the same teachers."""
        shape = (self.teachers, len(self.norms))
        if len(arcs) * shape[1] > MOST_CHOICES:
            return arcs
        table = table_of(self.tail, self.head, price, shape)
        teachers = self.tail[arcs]
        mentors = earliest_places(table[teachers], self._caps(cap), self.head[arcs])
        keys = self.tail * shape[1] + self.head
        return np.searchsorted(keys, teachers * shape[1] + mentors).astype(np.int64)

    def _caps(self, cap: int) -> Ints:
        return np.maximum(np.minimum(self.norms, cap) - self.bound, 0)

    def _nodes(self) -> tuple[int, int, Ints, Ints]:
        first = 2 + np.arange(self.teachers, dtype=np.int64)
        return 0, 1, first, 2 + self.teachers + np.arange(len(self.norms), dtype=np.int64)
