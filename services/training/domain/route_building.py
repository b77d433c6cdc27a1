"""Building of a route (ИОМ): the best set of activities for the deficits of one teacher.

Levels, one after another, each proved before the next: most deficits covered; fewest hours;
earliest last day; smallest sorted list of codes. OR-Tools CP-SAT with one worker, a fixed seed and
a deterministic limit of work, so that equal input gives equal output.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.training.domain.route import Reason, Task, in_order, why_uncovered
from services.training.domain.route_feasibility import choosable

WORK_LIMIT = 3.0
"""Deterministic work (about seconds) a level may take before the best found is taken."""
NOTHING_PROVED = 1.0


@dataclass(frozen=True, slots=True)
class Built:
    """A route: steps in order, total hours, last dated day, what stays uncovered and why.

    `gap` is the relative distance to the bound on the first level that was not proved (for the
    list of codes, one in so many activities); 0 when every level was: the route is optimal.
    """

    steps: tuple[str, ...]
    hours: int
    last_day: date | None
    uncovered: tuple[tuple[str, Reason], ...]
    gap: float


def build_route(task: Task, work_limit: float = WORK_LIMIT) -> Built:
    """Build the optimal route; no deficits or no usable activities give an empty one."""
    usable = choosable(task)
    model = _Model(task, _useful(task, usable), work_limit)
    model.settle(model.covered, _Model.covered_by, most=True)
    model.settle(model.hours, _Model.hours_of, most=False)
    model.settle(model.lateness, _Model.lateness_of, most=False)
    chosen = model.smallest_list()
    met = frozenset[str]().union(*(task.covers(code) for code in chosen))
    lasts = [day for code in chosen if (day := task.activities[code].last)]
    return Built(
        steps=in_order(task, chosen),
        hours=sum(task.activities[code].hours for code in chosen),
        last_day=max(lasts, default=None),
        uncovered=tuple(
            (deficit, why_uncovered(task, deficit, usable))
            for deficit in sorted(task.deficits.keys() - met)
        ),
        gap=model.gap,
    )


def _useful(task: Task, usable: Collection[str]) -> list[str]:
    """Activities an optimal route may hold: they cover, are required, or cost no hours."""
    helping = {c for c in usable if task.covers(c) or not task.activities[c].hours}
    return sorted(task.with_required(helping))


class _Model:
    """The CP-SAT model of one task, tightened level by level."""

    def __init__(
        self,
        task: Task,
        codes: Sequence[str],
        work_limit: float,
    ) -> None:
        from ortools.sat.python import cp_model  # noqa: PLC0415 -- imported lazily by design

        self.engine = cp_model
        self.work_limit = work_limit
        self.task = task
        self.gap = 0.0
        self.best: frozenset[str] = frozenset()
        self.codes = codes
        self.activities = {code: task.activities[code] for code in codes}
        self.days = sorted({a.last for a in self.activities.values() if a.last})
        self.model: Any = cp_model.CpModel()
        self.takes: dict[str, Any] = {code: self.model.new_bool_var(code) for code in codes}
        for code in codes:
            for needed in task.activities[code].requires:
                self.model.add_implication(self.takes[code], self.takes[needed])
        self._forbid_overlaps()
        self._subject_before_methodical(task)
        self.covered = self._coverage(task)
        self.hours = sum(self.activities[c].hours * self.takes[c] for c in codes)
        self.lateness = self._lateness()

    def _forbid_overlaps(self) -> None:
        """At most one of the activities that run on the day another one starts."""
        dated = [(c, a.first, a.last) for c, a in self.activities.items() if a.first and a.last]
        for day in sorted({first for _, first, _ in dated}):
            self.model.add_at_most_one(
                self.takes[code] for code, first, last in dated if first <= day <= last
            )

    def _subject_before_methodical(self, task: Task) -> None:
        """Once a methodical activity has started, no subject one may still be running."""
        starts = {
            code: activity.first
            for code, activity in self.activities.items()
            if activity.first and task.kind(code) == "methodical"
        }
        started: Any = None
        begun: list[tuple[date, Any]] = []
        for day in sorted(set(starts.values())):
            now = self.model.new_bool_var(f"started {day}")
            if started is not None:
                self.model.add_implication(started, now)
            for code, first in starts.items():
                if first == day:
                    self.model.add_implication(self.takes[code], now)
            begun.append((day, now))
            started = now
        for code, activity in self.activities.items():
            if activity.last and task.kind(code) == "subject":
                before = [flag for day, flag in begun if day <= activity.last]
                if before:
                    self.model.add_implication(self.takes[code], before[-1].negated())

    def _coverage(self, task: Task) -> Any:
        met = []
        for deficit in sorted(task.deficits):
            helping = [self.takes[c] for c in self.codes if deficit in task.covers(c)]
            if helping:
                flag = self.model.new_bool_var(f"covers {deficit}")
                self.model.add_bool_or([*helping, flag.negated()])
                met.append(flag)
        return sum(met)

    def _lateness(self) -> Any:
        """Rank of the last day; 0 without dated activities, which is the earliest of all."""
        late = self.model.new_int_var(0, len(self.days), "late")
        for code, activity in self.activities.items():
            if activity.last:
                rank = self.days.index(activity.last) + 1
                self.model.add(late >= rank * self.takes[code])
        return late

    def settle(self, level: Any, value_of: Callable[[_Model], int], *, most: bool) -> None:
        """Optimise one level and hold it at what was reached.

        The best set so far always stays valid, so that running out of work is never a failure.
        """
        if isinstance(level, int):
            return
        if most:
            self.model.maximize(level)
        else:
            self.model.minimize(level)
        solver, status = self._solve()
        if status in (self.engine.OPTIMAL, self.engine.FEASIBLE):
            self._remember(solver)
        reached = value_of(self)
        if status == self.engine.FEASIBLE:
            distance = abs(solver.best_objective_bound - reached) / max(1, abs(reached))
            self.gap = self.gap or distance or NOTHING_PROVED
        elif status != self.engine.OPTIMAL:
            self.gap = self.gap or NOTHING_PROVED
        self.model.clear_objective()
        self.model.add(level >= reached if most else level <= reached)

    def covered_by(self) -> int:
        """Count the deficits the best set covers."""
        return len(frozenset[str]().union(*(self.task.covers(code) for code in self.best)))

    def hours_of(self) -> int:
        """Add up the hours of the best set."""
        return sum(self.activities[code].hours for code in self.best)

    def lateness_of(self) -> int:
        """Rank the last day of the best set."""
        lasts = [day for code in self.best if (day := self.activities[code].last)]
        return self.days.index(max(lasts)) + 1 if lasts else 0

    def smallest_list(self) -> frozenset[str]:
        """Walk down to the smallest sorted list of codes among equally good routes.

        A list is smaller when it ends sooner or goes on with a smaller code, so from the start on:
        stop if the codes so far suffice, else ask for a smaller next code until there is none.
        """
        prefix: list[str] = []
        if self.gap:
            return self.best
        while True:
            if self._suffices(prefix):
                return frozenset(prefix)
            following = min(code for code in self.best if code not in prefix)
            between = [c for c in self.codes if (prefix or [""])[-1] < c < following]
            if between and self._improve(between):
                continue
            for code in between:
                self.model.add(self.takes[code] == 0)
            self.model.add(self.takes[following] == 1)
            prefix.append(following)

    def _suffices(self, prefix: Collection[str]) -> bool:
        """Tell whether exactly these codes are as good; only free ones can be left off."""
        if len(prefix) == len(self.best):
            return True
        if any(self.activities[code].hours for code in self.best.difference(prefix)):
            return False
        return self._found({code: code in prefix for code in self.codes})

    def _improve(self, between: Sequence[str]) -> bool:
        """Look for an equally good route with one of these codes next."""
        trial = self.model.clone()
        trial.add_bool_or(
            [trial.get_bool_var_from_proto_index(self.takes[c].index) for c in between]
        )
        return self._accept(trial)

    def _found(self, fixed: Mapping[str, bool]) -> bool:
        trial = self.model.clone()
        for code, value in fixed.items():
            trial.add(trial.get_bool_var_from_proto_index(self.takes[code].index) == int(value))
        return self._accept(trial)

    def _accept(self, trial: Any) -> bool:
        solver, status = self._solve(trial)
        if status in (self.engine.OPTIMAL, self.engine.FEASIBLE):
            self._remember(solver)
            return True
        if status == self.engine.UNKNOWN:
            self.gap = self.gap or 1 / len(self.codes)
        return False

    def _remember(self, solver: Any) -> None:
        self.best = frozenset(c for c in self.codes if solver.value(self.takes[c]))
        self.model.clear_hints()
        for code, take in self.takes.items():
            self.model.add_hint(take, code in self.best)

    def _solve(self, model: Any = None) -> tuple[Any, Any]:
        solver = self.engine.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = self.work_limit
        return solver, solver.solve(model or self.model)
