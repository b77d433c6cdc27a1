"""Another set of tables that the reader cannot tell from the true one, found by an integer solver.

The solver takes long to load, so only suppression imports this module, when it first needs it.
"""

from collections.abc import Mapping

from ortools.sat.python import cp_model

from services.olympiads.domain.count_tables import Edition, Known, System

NEAR = 2
FAR = 10**6
SECONDS = 5.0
ZERO_PRICE = 40
CELL_PRICE = 10
MARGIN_PRICE = 1_000
GRAND_PRICE = 50_000
LARGEST_EXTRA = 20


def second_table(
    system: System, prices: Mapping[Known, int], target: Known, k: int
) -> set[Known] | None:
    """Numbers that differ in the cheapest second set of tables; null if there is none.

    `prices` are of the numbers that would be shown. Tried with small changes first, then with any;
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
    """Price the hiding of a shown number: margins dearest, then zeros, then large cells."""
    if is_grand:
        return GRAND_PRICE
    if is_margin:
        return MARGIN_PRICE
    return CELL_PRICE + min(value, LARGEST_EXTRA) if value else ZERO_PRICE
