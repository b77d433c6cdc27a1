"""Second tables of large systems, each by one cycle of single steps.

Most numbers of a table of counts are in two sums at most, a row and a column. One more person in a
cell is made up for in its row, that in its column, and so on until the sums are whole again: a
cycle in the residual network of the table, found by a search that is linear in the numbers, where
an integer programme over all of them does not end. Numbers in more sums stay as they are.

With several revisions a cell takes its step in all of them at once, whether its value changed
between them or not, so that the lines of each are whole. A cell that one of them shows cannot, and
only the numbers that the same revisions share are searched for it.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import count

from services.olympiads.domain.count_tables import Cell, Edition, Known, System

GROUND = (-1, 0)
"""Where a number of one sum alone takes its step to or from."""
State = tuple[int, int]
"""A sum and what it has too much."""
Steps = Mapping[Known, int]
Revisions = tuple[int, ...]
Groups = dict[Known, Sequence[Known]]
_MOST_ENDS = 2


class Bounds:
    """Which single steps a number may take, and whether several together are another table.

    `margins_small` leaves small margins among 1…k−1, which nothing public says of a hidden one.
    """

    def __init__(self, system: System, k: int, *, margins_small: bool) -> None:
        self.system, self.k, self.margins_small = system, k, margins_small
        self.sums: dict[Known, list[int]] = defaultdict(list)
        self.limits: dict[Known, list[tuple[Known, Known]]] = defaultdict(list)
        for at, (margin, parts) in enumerate(system.sums):
            for known in (margin, *parts):
                self.sums[known].append(at)
        for small, big in system.limits:
            self.limits[small].append((small, big))
            self.limits[big].append((small, big))

    def allows(self, known: Known, step: int) -> bool:
        """Whether the number may take the step while all others stay."""
        return self._inside(known, step) and self._within_limits({known: step})

    def hold(self, steps: Steps) -> bool:
        """Whether the steps together give a table that agrees with everything published."""
        return (
            all(self._inside(known, step) for known, step in steps.items())
            and self._within_limits(steps)
            and all(self._balance(at, steps) == 0 for known in steps for at in self.sums[known])
        )

    def _inside(self, known: Known, step: int) -> bool:
        value = self.system.values[known]
        is_small = self.margins_small or known not in self.system.margins
        if is_small and 0 < value < self.k:
            return 1 <= value + step < self.k
        return value + step >= 0

    def _within_limits(self, steps: Steps) -> bool:
        return all(
            self._value(small) + steps.get(small, 0) <= self._value(big) + steps.get(big, 0)
            for known in steps
            for small, big in self.limits[known]
        )

    def _balance(self, at: int, steps: Steps) -> int:
        margin, parts = self.system.sums[at]
        if len(parts) <= len(steps):
            return sum(steps.get(part, 0) for part in parts) - steps.get(margin, 0)
        inside = [known for known in steps if known != margin and at in self.sums[known]]
        return sum(steps[known] for known in inside) - steps.get(margin, 0)

    def _value(self, known: Known) -> int:
        value = self.system.values.get(known)
        return self.system.known[known] if value is None else value


class Network:
    """The sums of numbers that take their steps in groups, each named by its last number."""

    def __init__(self, bounds: Bounds, groups: Mapping[Known, Sequence[Known]]) -> None:
        self.bounds, self.groups = bounds, groups
        self.group_of = {known: name for name, group in groups.items() for known in group}
        lines: dict[frozenset[tuple[Known, int]], list[tuple[Known, int]]] = {}
        for margin, parts in bounds.system.sums:
            line = [(self.group_of[part], 1) for part in parts if part in self.group_of]
            line += [(self.group_of[margin], -1)] if margin in self.group_of else []
            if line:
                lines.setdefault(frozenset(line), line)
        self.ends: dict[Known, list[State]] = {name: [] for name in groups}
        for at, line in enumerate(lines.values()):
            for name, sign in line:
                self.ends[name].append((at, sign))
        self.members: list[list[tuple[Known, int, State]]] = [
            [
                (name, sign, self._far_end(name, at))
                for name, sign in line
                if len(self.ends[name]) <= _MOST_ENDS
            ]
            for at, line in enumerate(lines.values())
        ]
        self.loose = [name for name in groups if len(self.ends[name]) == 1]
        self._allowed: dict[tuple[Known, int], bool] = {}

    def _far_end(self, name: Known, at: int) -> State:
        """Return the other sum a number is in and its sign there; the ground if there is none."""
        return next(((other, sign) for other, sign in self.ends[name] if other != at), GROUND)

    def _allows(self, name: Known, step: int) -> bool:
        allowed = self._allowed.get((name, step))
        if allowed is None:
            allowed = all(self.bounds.allows(known, step) for known in self.groups[name])
            self._allowed[name, step] = allowed
        return allowed

    def cycle(
        self,
        target: Known,
        prices: Mapping[Known, int],
        directions: Sequence[int] = (1, -1),
        given: Steps | None = None,
    ) -> Steps | None:
        """Return the steps of a cycle through the target, or None if none is found.

        `prices` are of the public numbers. A cycle of hidden numbers alone is taken at
        once, otherwise one of those of the lowest price. `given` steps are taken besides, which may
        let the target take its own.
        """
        name = self.group_of[target]
        if len(self.ends[name]) > _MOST_ENDS:
            return None
        for search in (self._hidden_path, self._cheapest_path):
            for step in directions:
                if given is None and not self._allows(name, step):
                    continue
                found = search(name, step, prices) or {}
                own = {known: move for one, move in found.items() for known in self.groups[one]}
                steps = {**(given or {}), **own}
                if target in own and self.bounds.hold(steps):
                    return steps
        return None

    def raised_cycle(self, target: Known, prices: Mapping[Known, int]) -> Steps | None:
        """Return a cycle that raises the target together with the number that limits it."""
        for small, big in self.bounds.limits[target]:
            if small == target and big in self.group_of:
                raised = self.cycle(big, prices, (1,))
                if raised is not None and target not in raised:
                    return self.cycle(target, prices, (1,), raised)
        return None

    def _ends_of(self, target: Known, step: int) -> tuple[State, State]:
        """Return where a path has to begin, and where its arrival makes all sums whole."""
        ends = [(at, sign * step) for at, sign in self.ends[target]]
        begin = ends[0] if ends else GROUND
        return begin, (ends[1][0], -ends[1][1]) if len(ends) == _MOST_ENDS else GROUND

    def _moves(
        self, state: State, target: Known, shown: Mapping[Known, int]
    ) -> Iterator[tuple[Known, int, State]]:
        """Return the numbers that may take up what a sum has too much, and where that leads.

        The `published` ones are left out.
        """
        if state == GROUND:
            for known in self.loose:
                ((at, sign),) = self.ends[known]
                for step in (1, -1):
                    if known != target and known not in shown and self._allows(known, step):
                        yield known, step, (at, sign * step)
            return
        at, excess = state
        for known, sign, (far, far_sign) in self.members[at]:
            step = -excess * sign
            if known not in shown and known != target and self._allows(known, step):
                yield known, step, (far, far_sign * step)

    def _hidden_path(self, target: Known, step: int, prices: Mapping[Known, int]) -> Steps | None:
        """Search the numbers that are hidden already, the shortest path first."""
        begin, goal = self._ends_of(target, step)
        came: dict[State, tuple[State, Known, int]] = {}
        waiting = deque([begin])
        seen = {begin}
        while waiting and goal not in came and begin != goal:
            state = waiting.popleft()
            for known, move, reached in self._moves(state, target, prices):
                if reached in seen:
                    continue
                seen.add(reached)
                came[reached] = (state, known, move)
                if reached == goal:
                    break
                waiting.append(reached)
        return _steps(came, begin, goal, {target: step})

    def _cheapest_path(self, target: Known, step: int, prices: Mapping[Known, int]) -> Steps | None:
        """Search all numbers for the path whose published ones have the lowest price together."""
        begin, goal = self._ends_of(target, step)
        came: dict[State, tuple[State, Known, int]] = {}
        order, best, done = count(), {begin: 0}, set[State]()
        waiting = [(0, next(order), begin)]
        while waiting:
            cost, _, state = heappop(waiting)
            if state in done:
                continue
            if state == goal:
                break
            done.add(state)
            for known, move, reached in self._moves(state, target, {}):
                price = cost + prices.get(known, 0) + 1
                if reached not in done and price < best.get(reached, price + 1):
                    best[reached] = price
                    came[reached] = (state, known, move)
                    heappush(waiting, (price, next(order), reached))
        return _steps(came, begin, goal, {target: step})


def _steps(
    came: Mapping[State, tuple[State, Known, int]], begin: State, goal: State, own: Steps
) -> Steps | None:
    """Return the steps along the path that was found, with the target's own."""
    steps = dict(own)
    state = goal
    while state != begin:
        if state not in came:
            return None
        state, known, move = came[state]
        steps[known] = steps.get(known, 0) + move
    return {known: step for known, step in steps.items() if step}


class Networks:
    """The networks of a system, each made when a target of its own asks for it."""

    def __init__(self, system: System, editions: Sequence[Edition], k: int) -> None:
        self._bounds = [Bounds(system, k, margins_small=small) for small in (True, False)]
        cells: dict[Cell, list[Known]] = defaultdict(list)
        shared: dict[Known, list[int]] = defaultdict(list)
        for at, edition in enumerate(editions):
            for cell, known in edition.names.items():
                cells[cell].append(known)
                shared[known].append(at)
        self._whole_cells: dict[Revisions, Groups] = defaultdict(dict)
        self._numbers: dict[Revisions, Groups] = defaultdict(dict)
        self._keys: dict[Known, list[tuple[bool, Revisions]]] = defaultdict(list)
        for numbers in cells.values():
            where = tuple(sorted({at for known in numbers for at in shared[known]}))
            group = list(dict.fromkeys(numbers))
            if len(group) > 1 and all(known in system.values for known in group):
                self._whole_cells[where][group[-1]] = group
                for known in group:
                    self._keys[known].append((True, where))
        for known, revisions in shared.items():
            if known in system.values:
                self._numbers[tuple(revisions)][known] = [known]
                self._keys[known].append((False, tuple(revisions)))
        self._add_unchanged(cells, shared, system)
        self._networks: dict[tuple[bool, Revisions], list[Network]] = {}

    def _add_unchanged(
        self,
        cells: Mapping[Cell, Sequence[Known]],
        shared: Mapping[Known, Sequence[int]],
        system: System,
    ) -> None:
        """Let cells that never changed take part among those that did."""
        for numbers in cells.values():
            known = numbers[0]
            where = tuple(shared[known])
            if len(set(numbers)) == 1 and known in system.values and where in self._whole_cells:
                self._whole_cells[where][known] = [known]
                self._keys[known].insert(0, (True, where))

    def second_table(self, target: Known, prices: Mapping[Known, int]) -> set[Known] | None:
        """Return the numbers that differ in a second table found by a cycle; None if none is."""
        for key in self._keys[target]:
            for network in self._made(key):
                steps = network.cycle(target, prices) or network.raised_cycle(target, prices)
                if steps is not None:
                    return set(steps)
        return None

    def _made(self, key: tuple[bool, Revisions]) -> list[Network]:
        if key not in self._networks:
            together, where = key
            groups = (self._whole_cells if together else self._numbers)[where]
            self._networks[key] = [Network(bounds, groups) for bounds in self._bounds]
        return self._networks[key]
