"""Ties between equally good assignments: the earliest reference gets the earliest code.

Prices of the places prove which assignments are equally cheap: with them, a member's equally good
places are those of least cost less price. Among such assignments of the same members the one is
taken that is smallest member by member: each gets the earliest place that leaves an optimum for
the rest, found by a chain of moves between equally good places.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.training.domain.network import Ints

Flags = NDArray[np.bool_]
CLOSED = 2**60
"""Cost of a place where a member may not go: above every sum of real costs."""
MOST_CHOICES = 100_000
"""Larger problems (members × places) keep the solver's own choice, which is as good."""


def earliest_places(costs: Ints, seats: Ints, taken: Ints) -> Ints:
    """Return the smallest of the assignments as cheap as `taken`.

    `costs` is members × places, in order of reference and of code, `CLOSED` where a member may not
    go; `seats` is by place; `taken` has the place of every member and must be the cheapest.
    """
    if not costs.size or costs.size > MOST_CHOICES:
        return taken
    prices = _prices(costs, seats, taken)
    reduced = costs - prices[:-1]
    equal = reduced == reduced.min(axis=1, keepdims=True)
    board = _Board(equal, seats, prices[:-1] == prices[-1], taken.copy())
    for member in range(len(taken)):
        board.settle(member)
    return board.at


def _prices(costs: Ints, seats: Ints, taken: Ints) -> Ints:
    """Shortest distances over moves of members; the last node represents seats left empty."""
    places = len(seats)
    used = np.bincount(taken, minlength=places)
    moves = np.full((places + 1, places + 1), CLOSED, dtype=np.int64)
    for place in np.flatnonzero(used):
        here = costs[taken == place]
        moves[place, :-1] = (here - here[:, [place]]).min(axis=0)
    moves[:-1, -1][used < seats] = 0
    moves[-1, :-1][used > 0] = 0
    prices = np.zeros(places + 1, dtype=np.int64)
    for _ in range(places + 1):
        better = np.minimum(prices, (prices[:, None] + moves).min(axis=0))
        if (better == prices).all():
            break
        prices = better
    return prices


@dataclass(slots=True)
class _Board:
    """Who sits where; `equal` has the equally good places of each, `loose` need not stay full."""

    equal: Flags
    seats: Ints
    loose: Flags
    at: Ints

    def settle(self, member: int) -> None:
        """Give a member the earliest place that some chain of later members makes room for."""
        here = int(self.at[member])
        earlier = np.flatnonzero(self.equal[member, :here]).tolist()
        if not earlier:
            return
        onward = self._chains(member, here, earlier[0])
        place = next((place for place in earlier if place in onward), None)
        if place is None:
            return
        self.at[member] = place
        self._move_on(member, place, here, onward)

    def _chains(self, member: int, here: int, wanted: int) -> dict[int, int]:
        """Tell for each place from which a chain leads `here` the next one on the way.

        The search ends as soon as it comes to the place that is `wanted` most.
        """
        used = np.bincount(self.at, minlength=len(self.seats))
        later = self.at[member + 1 :]
        nothing = len(self.seats)
        onward, queue = dict[int, int](), deque([here])
        while queue and wanted not in onward:
            target = queue.popleft()
            if target == nothing:
                found = np.flatnonzero(self.loose & (used < self.seats)).tolist()
            else:
                found = np.unique(later[self.equal[member + 1 :, target]]).tolist()
                if self.loose[target] and used[target]:
                    found.append(nothing)
            for place in found:
                if place not in onward and place != here:
                    onward[place] = target
                    queue.append(place)
        return onward

    def _move_on(self, member: int, place: int, here: int, onward: dict[int, int]) -> None:
        while place != here:
            target = onward[place]
            if len(self.seats) not in (place, target):
                movers = (self.at == place) & self.equal[:, target]
                movers[: member + 1] = False
                self.at[int(movers.argmax())] = target
            place = target


def table_of(tail: Ints, head: Ints, cost: Ints, shape: tuple[int, int]) -> Ints:
    """Spread the costs of arcs over a table tails × heads, `CLOSED` where no arc leads."""
    table = np.full(shape, CLOSED, dtype=np.int64)
    table[tail, head] = cost
    return table
