"""The last level of a full plan: the worst-off municipality gets the best share it can.

Among all plans that are equal on the levels above, the least share placed/eligible of a
municipality is raised as high as possible. Floors «at least L of this group» are tried by
bisection over the shares that can occur; each trial is one exact flow.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from services.training.domain.network import Flow, Network, solve

MAX_TRIALS = 24


@dataclass(frozen=True, slots=True)
class Share:
    """The share that was reached and the distance to the proven upper bound (0: optimal)."""

    reached: Fraction
    gap: Fraction


def fairest(network: Network, flow: Flow, trials: int = MAX_TRIALS) -> tuple[Flow, Share | None]:
    """Raise the worst share without giving up anything of the levels above `fair`.

    Eligible are the teachers with at least one session; a group without any does not count, and
    with no eligible teacher at all there is no share. After `trials` solves the best flow so far
    is taken, with the gap to the proven bound.
    """
    may = np.bincount(network.tail, minlength=network.profiles)[network.profile] > 0
    group = network.group[network.profile]
    eligible = np.bincount(group[may], minlength=int(network.group.max(initial=-1)) + 1).tolist()
    if not any(eligible):
        return flow, None
    sizes = sorted({size for size in eligible if size})
    shares = sorted({Fraction(part, size) for size in sizes for part in range(size + 1)})

    def worst(candidate: Flow) -> Fraction:
        placed = np.bincount(group, weights=candidate.placed, minlength=len(eligible))
        return min(Fraction(int(n), size) for n, size in zip(placed, eligible, strict=True) if size)

    low, high = shares.index(worst(flow)), len(shares) - 1
    for _ in range(trials):
        if low >= high:
            break
        middle = (low + high + 1) // 2
        trial = solve(network, [ceil(shares[middle] * size) for size in eligible])
        reached = shares.index(worst(trial))
        if reached > low:
            flow, low = trial, reached
        if reached < middle:
            high = middle - 1
    return flow, Share(shares[low], shares[max(low, high)] - shares[low])
