"""Another set of tables that the reader cannot tell from the true one, found by an integer solver.

The solver takes long to load, so only suppression imports this module, when it first needs it.
"""

from collections.abc import Sequence

from ortools.sat.python import cp_model

from services.olympiads.domain.count_tables import Edition, Known

NEAR = 2
FAR = 10**6
SECONDS = 5.0
ZERO_PRICE = 40
CELL_PRICE = 10
MARGIN_PRICE = 1_000
GRAND_PRICE = 50_000
LARGEST_EXTRA = 20


def second_table(
    editions: Sequence[Edition], shown_before: frozenset[Known], target: Known, k: int
) -> set[Known] | None:
    """Numbers that differ in the cheapest second set of tables; null if there is none.

    The last edition is the one being decided. Tried with small changes first, then with any; at
    last with hidden margins that are not known to be small, since nothing public says whether a
    hidden margin is.
    """
    for reach, margins_small in ((NEAR, True), (FAR, True), (FAR, False)):
        question = _Question(k, reach, shown_before, margins_small=margins_small)
        for edition in editions:
            question.add(edition)
        question.price(editions[-1])
        answer = question.differing(target)
        if answer is not None:
            return answer
    return None


def is_given_away(
    editions: Sequence[Edition], shown_before: frozenset[Known], target: Known, k: int
) -> bool:
    """Whether it is proved that no second set of tables differs at the number."""
    question = _Question(k, FAR, shown_before, margins_small=False)
    for edition in editions:
        question.add(edition)
    question.model.add_bool_and([question.moved[target]])
    return _solver().solve(question.model) == cp_model.INFEASIBLE


class _Question:
    """One integer programme over the unknown numbers of all revisions."""

    def __init__(
        self, k: int, reach: int, shown_before: frozenset[Known], *, margins_small: bool
    ) -> None:
        self.model = cp_model.CpModel()
        self.k = k
        self.reach = reach
        self.shown_before = shown_before
        self.margins_small = margins_small
        self.unknown: dict[Known, cp_model.IntVar] = {}
        self.moved: dict[Known, cp_model.IntVar] = {}
        self.prices: dict[Known, int] = {}

    def add(self, edition: Edition) -> None:
        """Add the numbers, sums and limits of one revision."""
        table, names = edition.table, edition.names
        margins = {margin for margin, _ in table.sums}
        for cell, value in table.values.items():
            self._declare(names[cell], value, is_margin=cell in margins)
        for margin, several in table.sums:
            terms = [self.unknown[names[part]] for part in several]
            self.model.add(sum(terms) == self.unknown[names[margin]])
        for small, big in table.limits:
            self.model.add(self.unknown[names[small]] <= self.unknown[names[big]])

    def price(self, edition: Edition) -> None:
        """Let the numbers that the last revision would show be hidden, each at its price."""
        margins = {margin for margin, _ in edition.table.sums}
        parts = {part for _, several in edition.table.sums for part in several}
        for cell, value in edition.table.values.items():
            if cell not in edition.hidden:
                self.prices[edition.names[cell]] = _price(
                    value, is_margin=cell in margins, is_grand=cell in margins - parts
                )

    def _declare(self, known: Known, value: int, *, is_margin: bool) -> None:
        if known in self.unknown:
            return
        low, high = max(0, value - self.reach), value + self.reach
        if known in self.shown_before:
            low = high = value
        elif 0 < value < self.k and (self.margins_small or not is_margin):
            low, high = max(low, 1), min(high, self.k - 1)
        name = "/".join(known[0])
        number = self.model.new_int_var(low, high, name)
        moved = self.model.new_bool_var(f"moved {name}")
        self.model.add(number == value).only_enforce_if(~moved)
        self.model.add(number != value).only_enforce_if(moved)
        self.unknown[known], self.moved[known] = number, moved

    def differing(self, target: Known) -> set[Known] | None:
        """Return the numbers that differ from the truth in the cheapest answer."""
        self.model.add_bool_and([self.moved[target]])
        self.model.minimize(
            sum(self.prices.get(known, 0) * moved + moved for known, moved in self.moved.items())
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
