"""The transportation network of enrolment: profiles of equal teachers, sessions, arcs, weights.

Teachers whom no rule tells apart (same sessions at the same costs, same group) share a *profile*.
One source sends a unit for every teacher, through the teacher's own arc, into the profile and on
to a session with seats, or past everything into the sink: that teacher waits.

Why weights give the lexicographic optimum: two flows differ by simple residual cycles, and if a
flow can be improved lexicographically, one such cycle improves it. A simple cycle meets every
session at most once, so it changes the travel cost by at most `sessions × dearest arc`; it meets
every origin (the source, or a group) at most once, so it swaps at most `origins` teachers. Every
level's unit therefore outweighs all that one cycle can change on the levels below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

MAX_PRIORITY = 100
SAFE_COST = 2**62
TIES = ("code", "rank")
TIE_COST = 2**56
"""Ties are settled only while costs stay this small: near 2**62 the solver needs minutes."""


@dataclass(frozen=True, slots=True)
class Network:
    """Arrays of one enrolment problem.

    Members (teachers) in order of reference: `profile`, `required` (0/1), `priority`.
    Arcs profile → session: `tail`, `head`, `cost`, grouped by profile. Sessions in order of
    code: `seats`. Profiles: `group`, the index of the municipality.
    """

    profile: Ints
    required: Ints
    priority: Ints
    tail: Ints
    head: Ints
    cost: Ints
    seats: Ints
    group: Ints

    @property
    def profiles(self) -> int:
        """Number of profiles."""
        return len(self.group)


@dataclass(frozen=True, slots=True)
class Weights:
    """Units of the levels in one integer objective; `rank` and `code` are 0 where they overflow."""

    required: int
    priority: int
    cost: int
    fair: int
    rank: int
    code: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Who is placed (0/1 a member) and how many of a profile go over each arc."""

    placed: Ints
    arcs: Ints


def proved_weights(network: Network, origins: int, nodes: int) -> Weights:
    """Weights of the levels, each unit above everything one residual cycle can change below it.

    The ties by reference and code come last; they are dropped (the answer stays deterministic,
    since the input is sorted) where the sums would come near 64 bits.
    """
    sessions = len(network.seats)
    changes = {
        "code": sessions * max(sessions - 1, 0),
        "rank": origins * len(network.profile),
        "fair": 2,
        "cost": sessions * int(network.cost.max(initial=0)),
        "priority": origins * MAX_PRIORITY,
        "required": origins,
    }
    for dropped in ((), ("code",), TIES):
        units, below = dict.fromkeys(changes, 0), 0
        for level, change in changes.items():
            if level not in dropped:
                units[level] = below + 1
                below += units[level] * change
        if below * (nodes + 1) < (TIE_COST if len(dropped) < len(TIES) else SAFE_COST):
            return Weights(**units)
    raise OverflowError("Travel costs are too large for an exact optimum.")


def solve(network: Network, floors: Sequence[int] | None = None) -> Flow:
    """Return the optimal flow; with `floors`, groups are favoured up to that many placed.

    Levels: required placed, priorities, travel cost, placed under the floors of the groups,
    references in order, codes in order. OR-Tools is imported on the first use.
    """
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- imported lazily by design

    members, sessions = len(network.profile), len(network.seats)
    groups = 0 if floors is None else len(floors)
    source, sink, first_group = 0, 1, 2
    first_profile = first_group + groups
    first_session = first_profile + network.profiles
    nodes = first_session + sessions
    weights = proved_weights(network, max(groups, 1), nodes)
    engine = min_cost_flow.SimpleMinCostFlow()
    add = engine.add_arcs_with_capacity_and_unit_cost
    gain = weights.required * network.required + weights.priority * network.priority
    rank = weights.rank * np.arange(members, dtype=np.int64)
    origin = np.full(members, source, dtype=np.int64)
    if floors is not None:
        origin = first_group + network.group[network.profile]
        ends = first_group + np.arange(groups, dtype=np.int64)
        start, zero = np.full(groups, source), np.zeros(groups, dtype=np.int64)
        add(start, ends, np.asarray(floors, dtype=np.int64), zero - weights.fair)
        add(start, ends, np.full(groups, members), zero)
    member_arcs = add(origin, first_profile + network.profile, np.ones_like(origin), rank - gain)
    arc_cost = weights.cost * network.cost + weights.code * network.head
    capacity = np.bincount(network.profile, minlength=network.profiles)[network.tail]
    seat_arcs = add(first_profile + network.tail, first_session + network.head, capacity, arc_cost)
    ends = first_session + np.arange(sessions, dtype=np.int64)
    add(ends, np.full(sessions, sink), network.seats, np.zeros(sessions, dtype=np.int64))
    engine.add_arc_with_capacity_and_unit_cost(source, sink, members, 0)
    engine.set_nodes_supplies(np.array([source, sink]), np.array([members, -members]))
    if engine.solve() != engine.OPTIMAL:
        raise ArithmeticError("The minimum cost flow has no optimum: the network is malformed.")
    return Flow(
        placed=np.asarray(engine.flows(member_arcs), dtype=np.int64),
        arcs=np.asarray(engine.flows(seat_arcs), dtype=np.int64),
    )
