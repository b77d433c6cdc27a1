"""Another set of tables that the reader cannot tell from the true one, found by an integer solver.

The solver takes long to load, so only suppression imports this module, when it first needs it.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest

from ortools.sat.python import cp_model

from services.olympiads.domain.count_tables import Cell, Edition, Known, System, gathered
from services.olympiads.domain.residual_cycles import Networks

LARGE = 1_500
"""Numbers of a table beyond which one programme over all of them takes minutes for each cell."""
WIDTHS = (8, 60)
NEAR_NUMBERS = 300
"""Numbers of the programme that is asked where no cycle is found."""
NEAR = 2
FAR = 10**6
SECONDS = 5.0
ZERO_PRICE = 40
CELL_PRICE = 10
MARGIN_PRICE = 1_000
GRAND_PRICE = 50_000
LARGEST_EXTRA = 20


class SecondTables:
    """Finds second tables of a system, and prices the numbers of its last revision.

    A small system is one integer programme. In a large one a cycle of single steps is searched
    first, then a programme over the numbers around the target, all others as they are.
    """

    def __init__(
        self, editions: Sequence[Edition], shown: frozenset[Known], hidden: Iterable[Cell], k: int
    ) -> None:
        self.k = k
        self.system = gathered(editions, shown)
        is_large = len(editions[-1].table.values) > LARGE
        self._networks = Networks(self.system, editions, k) if is_large else None
        now = editions[-1]
        self.prices = prices_of(Edition(now.table, frozenset(hidden), now.names))
        self._cells = {known: cell for cell, known in now.names.items()}

    def find(self, target: Known) -> set[Known] | None:
        """Return the numbers that differ in a second table; None if there is none."""
        if self._networks is None:
            return second_table(self.system, self.prices, target, self.k)
        found = self._networks.second_table(target, self.prices)
        if found is not None:
            return found
        for width in WIDTHS:
            found = second_table(self._around(target, width), self.prices, target, self.k)
            if found is not None:
                return found
        return None

    def hide(self, found: set[Known]) -> set[Cell]:
        """Hide the numbers of the last revision among those found; return their cells."""
        for known in found:
            self.prices.pop(known, None)
        return {self._cells[known] for known in found if known in self._cells}

    def _around(self, target: Known, width: int) -> System:
        """Return the system with all numbers known but those near the target.

        Of each sum the cheapest `width` numbers are taken, the hidden ones first.
        """
        near, waiting = {target}, deque([target])
        sums = [(margin, (margin, *parts)) for margin, parts in self.system.sums]
        of_number: dict[Known, list[tuple[Known, ...]]] = defaultdict(list)
        for _, members in sums:
            for known in members:
                of_number[known].append(members)
        while waiting and len(near) < NEAR_NUMBERS:
            for members in of_number[waiting.popleft()]:
                free = [one for one in members if one in self.system.values and one not in near]
                chosen = nsmallest(width, free, key=lambda one: (self.prices.get(one, 0), one))
                near |= set(chosen)
                waiting.extend(chosen)
        return frozen(self.system, near)


def frozen(system: System, free: set[Known]) -> System:
    """Return the system in which only the free numbers may differ from the truth."""
    values = {known: value for known, value in system.values.items() if known in free}
    fixed = {known: value for known, value in system.values.items() if known not in free}
    return System(
        values=values,
        known={**system.known, **fixed},
        margins=system.margins,
        sums=[(m, parts) for m, parts in system.sums if not values.keys().isdisjoint((m, *parts))],
        limits=[pair for pair in system.limits if not values.keys().isdisjoint(pair)],
    )


def second_table(
    system: System, prices: Mapping[Known, int], target: Known, k: int
) -> set[Known] | None:
    """Numbers that differ in the cheapest second set of tables; null if there is none.

    `prices` are of the public numbers. Tried with small changes first, then with any;
    at last with hidden margins that are not known to be small, since nothing public says whether a
    hidden margin is.
    """
    for reach, margins_small in ((NEAR, True), (FAR, True), (FAR, False)):
        question = _Question(system, k, reach, margins_small=margins_small)
        answer = question.differing(target, prices)
        if answer is not None:
            return answer
    return None


def is_given_away(system: System, target: Known, k: int) -> bool:
    """Whether it is proved that no second set of tables differs at the number."""
    question = _Question(system, k, FAR, margins_small=False)
    question.model.add_bool_and([question.moved[target]])
    return _solver().solve(question.model) == cp_model.INFEASIBLE


def prices_of(edition: Edition) -> dict[Known, int]:
    """Price every number that the revision would show, were it to be hidden."""
    margins = {margin for margin, _ in edition.table.sums}
    parts = {part for _, several in edition.table.sums for part in several}
    return {
        edition.names[cell]: _price(
            value, is_margin=cell in margins, is_grand=cell in margins - parts
        )
        for cell, value in edition.table.values.items()
        if cell not in edition.hidden
    }


class _Question:
    """One integer programme over the unknown numbers of all revisions."""

    def __init__(self, system: System, k: int, reach: int, *, margins_small: bool) -> None:
        self.model = cp_model.CpModel()
        self.numbers: dict[Known, cp_model.IntVar | int] = dict(system.known)
        self.moved: dict[Known, cp_model.IntVar] = {}
        for known, value in system.values.items():
            is_small = 0 < value < k and (margins_small or known not in system.margins)
            low, high = max(0, value - reach), value + reach
            self._declare(
                known, value, (max(low, 1), min(high, k - 1)) if is_small else (low, high)
            )
        for margin, parts in system.sums:
            self.model.add(sum(self.numbers[part] for part in parts) == self.numbers[margin])
        for small, big in system.limits:
            self.model.add(self.numbers[small] <= self.numbers[big])

    def _declare(self, known: Known, value: int, bounds: tuple[int, int]) -> None:
        name = "/".join(known[0])
        number = self.model.new_int_var(*bounds, name)
        moved = self.model.new_bool_var(f"moved {name}")
        self.model.add(number == value).only_enforce_if(~moved)
        self.model.add(number != value).only_enforce_if(moved)
        self.numbers[known], self.moved[known] = number, moved

    def differing(self, target: Known, prices: Mapping[Known, int]) -> set[Known] | None:
        """Return the numbers that differ from the truth in the cheapest answer."""
        self.model.add_bool_and([self.moved[target]])
        self.model.minimize(
            sum((prices.get(known, 0) + 1) * moved for known, moved in self.moved.items())
        )
        solver = _solver()
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return {known for known, moved in self.moved.items() if solver.boolean_value(moved)}


def _solver() -> cp_model.CpSolver:
    """Return a solver that gives the same answer on every machine."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = SECONDS
    return solver


def _price(value: int, *, is_margin: bool, is_grand: bool) -> int:
    """Price the hiding of a published number: margins dearest, then zeros, then large cells."""
    if is_grand:
        return GRAND_PRICE
    if is_margin:
        return MARGIN_PRICE
    return CELL_PRICE + min(value, LARGEST_EXTRA) if value else ZERO_PRICE
