"""Connected components of eligibility: parts of an enrolment problem that do not meet.

Solving part by part gives the same optimum, and each part has fewer sessions, so that its weights
are smaller and its flow much cheaper to find.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.training.domain.network import Flow, Ints, Network, solve
from services.training.domain.ties import MOST_CHOICES, earliest_places, table_of


@dataclass(frozen=True, slots=True)
class Part:
    """One component as a problem of its own, with the places of its members and arcs."""

    network: Network
    members: Ints
    arcs: Ints


def solve_parts(network: Network) -> Flow:
    """Return the optimal flow, found component by component."""
    placed = np.zeros(len(network.profile), dtype=np.int64)
    flows = np.zeros(len(network.tail), dtype=np.int64)
    for part in split(network):
        flow = solve(part.network)
        placed[part.members] = flow.placed
        flows[part.arcs] = flow.arcs
    return Flow(placed, flows)


def settle_codes(network: Network, flow: Flow) -> Flow:
    """Let the earliest references have the earliest codes that an equally cheap flow allows."""
    arcs = flow.arcs.copy()
    for part in split(network):
        own, placed = part.network, np.flatnonzero(flow.placed[part.members])
        shape = (own.profiles, len(own.seats))
        if len(placed) * len(own.seats) > MOST_CHOICES:
            continue
        profile = own.profile[placed]
        taken = np.empty_like(placed)
        taken[np.argsort(profile, kind="stable")] = np.repeat(own.head, arcs[part.arcs])
        table = table_of(own.tail, own.head, own.cost, shape)
        taken = earliest_places(table[profile], own.seats, taken)
        counts = np.bincount(profile * shape[1] + taken, minlength=shape[0] * shape[1])
        arcs[part.arcs] = counts[own.tail * shape[1] + own.head]
    return Flow(flow.placed, arcs)


def split(network: Network) -> Iterator[Part]:
    """Yield the components that have sessions, each in the order of the whole."""
    component = components(network)
    homes = np.full(len(network.seats), -1, dtype=np.int64)
    homes[network.head] = component[network.tail]
    names = np.unique(component[component >= 0])
    by_part = [
        _grouped(labels, names)
        for labels in (component, homes, component[network.profile], component[network.tail])
    ]
    new_profile = np.empty(network.profiles, dtype=np.int64)
    new_session = np.empty(len(network.seats), dtype=np.int64)
    for profiles, sessions, members, arcs in zip(*by_part, strict=True):
        new_profile[profiles] = np.arange(len(profiles))
        new_session[sessions] = np.arange(len(sessions))
        own = Network(
            profile=new_profile[network.profile[members]],
            required=network.required[members],
            priority=network.priority[members],
            tail=new_profile[network.tail[arcs]],
            head=new_session[network.head[arcs]],
            cost=network.cost[arcs],
            seats=network.seats[sessions],
            group=network.group[profiles],
        )
        yield Part(own, members, arcs)


def _grouped(labels: Ints, names: Ints) -> list[Ints]:
    """Return for each name the places that carry it, in order."""
    order = np.argsort(labels, kind="stable").astype(np.int64)
    ends = np.searchsorted(labels[order], names, side="right")
    starts = np.searchsorted(labels[order], names, side="left")
    return [order[start:end] for start, end in zip(starts, ends, strict=True)]


def components(network: Network) -> Ints:
    """Name every profile's component by one of its sessions (−1 without sessions)."""
    parent = list(range(len(network.seats)))

    def root(session: int) -> int:
        while parent[session] != session:
            parent[session] = parent[parent[session]]
            session = parent[session]
        return session

    for one, other in _links(network):
        parent[root(one)] = root(other)
    names = np.full(network.profiles, -1, dtype=np.int64)
    names[network.tail] = network.head
    roots = np.array([*map(root, range(len(parent))), -1], dtype=np.int64)
    return roots[names]


def _links(network: Network) -> Iterator[tuple[int, int]]:
    """Pairs of sessions that share a profile: each profile's last session with its others."""
    last = np.full(network.profiles, -1, dtype=np.int64)
    last[network.tail] = network.head
    pairs = np.unique(last[network.tail] * len(network.seats) + network.head)
    for pair in pairs.tolist():
        yield divmod(pair, len(network.seats))
