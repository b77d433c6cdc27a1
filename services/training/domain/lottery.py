"""A fair lottery of seats: who among equals goes is drawn, not taken by reference.

Equal are teachers of one stratum: same subjects, tier, zone, completed programmes and busy days,
equally required and of equal priority. Any of them could take another's seat without changing any
level of the optimum, so the number placed in a stratum is the optimum's, and who they are is the
order of the draw: by SHA-256 of «seed:reference». Anyone with the references can repeat it, and
permutations within the strata are the assignments an effect of the measure is compared with.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256

import numpy as np

from services.training.domain.eligibility import Seekers, Teacher
from services.training.domain.network import Flow, Network

WIDTH = 8


@dataclass(frozen=True, slots=True)
class Stratum:
    """Equal teachers whom some session is open to: how many were drawn among, how many placed."""

    subjects: tuple[str, ...]
    tier: str
    zone: str
    required: bool
    priority: int
    drawn: int
    placed: int


@dataclass(frozen=True, slots=True)
class Lottery:
    """A draw as it is registered; strata by subjects, tier, zone, required, priority."""

    seed: int
    strata: tuple[Stratum, ...]


def draw_order(refs: Sequence[str], seed: int) -> list[str]:
    """Return references in the order of the draw; the order of the input does not matter."""
    return sorted(refs, key=lambda ref: (sha256(f"{seed}:{ref}".encode()).digest(), ref))


def numbered(teachers: Sequence[Teacher], seed: int) -> tuple[list[Teacher], Mapping[str, str]]:
    """Return teachers under their numbers in the draw, and the reference behind each number."""
    by_ref = {teacher.ref: teacher for teacher in teachers}
    if len(by_ref) < len(teachers):
        raise ValueError("References must not repeat.")
    names = {f"{n:0{WIDTH}d}": ref for n, ref in enumerate(draw_order(list(by_ref), seed))}
    return [replace(by_ref[ref], ref=number) for number, ref in names.items()], names


def draw(network: Network, flow: Flow) -> Flow:
    """Let the first of the draw take the seats of each stratum; members are in its order.

    Profile, required and priority of those who change places are equal: no arc and no level moves.
    """
    placed = flow.placed.copy()
    for members in _strata(network):
        count = int(flow.placed[members].sum())
        placed[members] = 0
        placed[members[:count]] = 1
    return replace(flow, placed=placed)


def register(seekers: Seekers, network: Network, flow: Flow, seed: int) -> Lottery:
    """Return the draw of the strata with an open session."""
    open_to = set(network.tail.tolist())
    strata = []
    for members in _strata(network):
        first = seekers.teachers[int(members[0])]
        if int(network.profile[members[0]]) in open_to:
            strata.append(
                Stratum(
                    tuple(sorted(first.subjects)),
                    first.tier,
                    first.zone,
                    first.required,
                    first.priority,
                    len(members),
                    int(flow.placed[members].sum()),
                )
            )
    strata.sort(key=lambda one: (one.subjects, one.tier, one.zone, not one.required, -one.priority))
    return Lottery(seed, tuple(strata))


def lottery_view(lottery: Lottery) -> dict[str, object]:
    """Return a draw without anybody's reference."""
    strata = [{**asdict(one), "subjects": list(one.subjects)} for one in lottery.strata]
    return {"seed": lottery.seed, "strata": strata}


def _strata(network: Network) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the members of each stratum, in order."""
    keys = np.stack([network.profile, network.required, network.priority], axis=1)
    if not len(keys):
        return []
    _, group = np.unique(keys, axis=0, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    ends = np.flatnonzero(np.diff(group.ravel()[order])) + 1
    return list(np.split(order.astype(np.int64), ends))
