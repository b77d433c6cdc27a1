"""Enrolment of teachers to sessions: who may go where, who goes, who waits and why.

Source of the rules: section «Planning» of the training specification. One solve covers one
half-year and gives a teacher at most one session.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np

from services.training.domain.certificates import Certificate, certificates
from services.training.domain.components import settle_codes, solve_parts
from services.training.domain.eligibility import Seekers, Session, Teacher, build_network, kind_of
from services.training.domain.fairness import fairest
from services.training.domain.lottery import Lottery, draw, numbered, register
from services.training.domain.network import Flow, Network

Reason = Literal["NO_SESSION", "BUSY", "SEATS_TAKEN"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A teacher without a seat, with the reason."""

    ref: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Fairness:
    """Share placed/eligible of the worst-off municipality and how much higher it could be."""

    worst_share: Fraction
    gap: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """An optimal enrolment: `placed` by reference, `waiting` in the order of the list."""

    placed: tuple[tuple[str, str], ...]
    waiting: tuple[Waiting, ...]
    required_placed: int
    priority: int
    cost: int
    certificates: tuple[Certificate, ...]
    fairness: Fairness | None
    lottery: Lottery | None = None


def enrol(
    teachers: Sequence[Teacher],
    sessions: Sequence[Session],
    travel: Mapping[tuple[str, str], int],
    *,
    fair: bool = False,
    seed: int | None = None,
) -> Plan:
    """Place teachers optimally, level by level, each level proved.

    Levels: most required teachers placed; greatest sum of priorities of those placed; least
    travel cost; with `fair`, the worst-off zone's share placed/eligible as high as possible; then
    the earliest references, and reference by reference the earliest code (very large problems
    keep any of the equal choices, the same every time). The order of the input does not
    matter. The waiting list is ordered by required, priority (high first), reference. Empty
    inputs give an empty plan. With a `seed` equal teachers are drawn by lot and the lot is in
    place of the order of references (`lottery.py`).
    Raises `TravelUnknown` when an eligible pair of zones has no cost.
    """
    if seed is not None:
        return _drawn(teachers, sessions, travel, fair=fair, seed=seed)
    return _solved(Seekers.sort(teachers, sessions), travel, fair=fair, seed=None)


def enrol_seeded(
    teachers: Sequence[Teacher],
    sessions: Sequence[Session],
    travel: Mapping[tuple[str, str], int],
    seed: int | None,
) -> Plan:
    """Enrol without fairness, by lot where there is a seed; runs in a child process."""
    return enrol(teachers, sessions, travel, seed=seed)


def _drawn(
    teachers: Sequence[Teacher],
    sessions: Sequence[Session],
    travel: Mapping[tuple[str, str], int],
    *,
    fair: bool,
    seed: int,
) -> Plan:
    """Solve under the numbers of the draw, then put the references back."""
    lots, names = numbered(teachers, seed)
    plan = _solved(Seekers.sort(lots, sessions), travel, fair=fair, seed=seed)
    return replace(
        plan,
        placed=tuple(sorted((names[lot], code) for lot, code in plan.placed)),
        waiting=tuple(replace(one, ref=names[one.ref]) for one in plan.waiting),
        certificates=tuple(
            replace(proof, refs=tuple(sorted(names[lot] for lot in proof.refs)))
            for proof in plan.certificates
        ),
    )


def _solved(
    seekers: Seekers, travel: Mapping[tuple[str, str], int], *, fair: bool, seed: int | None
) -> Plan:
    network = build_network(seekers, travel)
    flow, fairness = solve_parts(network), None
    if fair:
        flow, share = fairest(network, flow)
        fairness = None if share is None else Fairness(share.reached, share.gap)
    flow = settle_codes(network, flow)
    lottery = None
    if seed is not None:
        flow = draw(network, flow)
        lottery = register(seekers, network, flow, seed)
    placed = _seat(seekers, network, flow)
    waiting = _queue(seekers, network, flow)
    return Plan(
        placed=tuple(sorted(placed)),
        waiting=tuple(waiting),
        required_placed=int(network.required @ flow.placed),
        priority=int(network.priority @ flow.placed),
        cost=int(network.cost @ flow.arcs),
        certificates=certificates(network, flow, seekers.refs, seekers.codes),
        fairness=fairness,
        lottery=lottery,
    )


def _seat(seekers: Seekers, network: Network, flow: Flow) -> list[tuple[str, str]]:
    """Within a profile the earliest references get the earliest codes."""
    used = np.flatnonzero(flow.arcs)
    by_profile = used[np.argsort(network.tail[used], kind="stable")]
    heads = np.repeat(network.head[by_profile], flow.arcs[by_profile])
    members = np.flatnonzero(flow.placed)
    by_profile_too = members[np.argsort(network.profile[members], kind="stable")]
    refs, codes = seekers.refs, seekers.codes
    return [
        (refs[member], codes[head])
        for member, head in zip(by_profile_too.tolist(), heads.tolist(), strict=True)
    ]


def _queue(seekers: Seekers, network: Network, flow: Flow) -> list[Waiting]:
    """List who waits: required first, then by priority, then by reference."""
    options = np.bincount(network.tail, minlength=network.profiles)
    suited = seekers.suited()
    members = np.flatnonzero(flow.placed == 0).tolist()
    members.sort(key=lambda m: (-network.required[m], -network.priority[m], m))
    return [
        Waiting(
            seekers.teachers[member].ref,
            "SEATS_TAKEN"
            if options[network.profile[member]]
            else ("BUSY" if kind_of(seekers.teachers[member]) in suited else "NO_SESSION"),
        )
        for member in members
    ]


def half_year(day: date) -> Literal[1, 2] | None:
    """Half-year of the cyclogram: January to May is 1, September to December 2, summer none."""
    if day.month <= 5:  # noqa: PLR2004 -- May, the end of the window «Январь-май»
        return 1
    return 2 if day.month >= 9 else None  # noqa: PLR2004 -- September opens the second window
