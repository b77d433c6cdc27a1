"""Proofs of shortage: which teachers compete for which seats, and how many seats are missing.

By the theorem of Dulmage and Mendelsohn the teachers reachable from the waiting ones by
alternating paths are the same for every largest placement, so a certificate does not depend on
the optimum that was found. By Hall's theorem nobody can do better: those teachers may attend only
the named sessions, and these have `shortage` fewer seats.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.training.domain.components import components
from services.training.domain.network import Flow, Network

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Certificate:
    """`len(refs)` teachers may attend only `sessions`, with `seats` in all: `shortage` wait."""

    refs: tuple[str, ...]
    sessions: tuple[str, ...]
    seats: int

    @property
    def shortage(self) -> int:
        """Teachers less seats, always positive."""
        return len(self.refs) - self.seats


def certificates(
    network: Network, flow: Flow, refs: Sequence[str], codes: Sequence[str]
) -> tuple[Certificate, ...]:
    """One certificate per connected component of eligibility with somebody waiting.

    A teacher with no session at all is a component alone: no sessions, no seats, shortage 1.
    `flow` must place as many as possible (every optimum does, priorities being positive).
    Certificates come by their first reference; references and codes are sorted.
    """
    profiles, sessions = _reachable(network, flow)
    component = components(network)
    alone = np.bincount(network.tail, minlength=network.profiles) == 0
    members = np.flatnonzero(profiles[network.profile])
    teams: dict[int, list[int]] = {}
    for member in members.tolist():
        kind = network.profile[member]
        key = -1 - member if alone[kind] else int(component[kind])
        teams.setdefault(key, []).append(member)
    rooms: dict[int, list[int]] = {}
    homes = np.full(len(network.seats), -1)
    homes[network.head] = component[network.tail]
    for session in np.flatnonzero(sessions).tolist():
        rooms.setdefault(int(homes[session]), []).append(session)
    return tuple(
        Certificate(
            refs=tuple(refs[member] for member in team),
            sessions=tuple(codes[session] for session in rooms.get(key, ())),
            seats=int(network.seats[rooms.get(key, [])].sum()),
        )
        for key, team in sorted(teams.items(), key=lambda item: item[1][0])
    )


def _reachable(network: Network, flow: Flow) -> tuple[Flags, Flags]:
    """Profiles and sessions on alternating paths from those who wait."""
    waiting = np.bincount(network.profile[flow.placed == 0], minlength=network.profiles) > 0
    used = flow.arcs > 0
    profiles, sessions = waiting, np.zeros(len(network.seats), dtype=bool)
    while True:
        found = np.zeros_like(sessions)
        found[network.head[profiles[network.tail]]] = True
        if (found == sessions).all():
            return profiles, sessions
        sessions = found
        profiles = profiles.copy()
        profiles[network.tail[used & sessions[network.head]]] = True
