"""What is asked about an effect, and the part of the panel an answer may use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Rule = Literal["chosen", "random", "threshold", "universal"]
Side = Literal["below", "at_or_below", "above", "at_or_above"]
Comparison = Literal["never", "not_yet"]
EstimatorChoice = Literal[
    "auto", "difference", "callaway_santanna", "synthetic_did", "synthetic_control"
]

MOST_STEPS, STEP_ERROR = 1e9, 1e-6
"""A value of more steps of its last digit is not asked for finer ones: floats do not hold them."""

NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Threshold:
    """A rule of choice: a value for each unit and the side of the cut that is exposed."""

    values: Mapping[str, float]
    cut: float
    treated: Side

    def exposes(self, value: float) -> bool:
        """Say whether the rule exposes a unit with this value."""
        return {
            "below": value < self.cut,
            "at_or_below": value <= self.cut,
            "above": value > self.cut,
            "at_or_above": value >= self.cut,
        }[self.treated]


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """How the exposed were chosen; without strata all units are one stratum."""

    rule: Rule
    strata: Mapping[str, str] | None = None
    selected_on_outcome: bool = False
    selected_period: int | None = None
    threshold: Threshold | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A panel with its exposures: `values` is units × periods, NaN where there is no value.

    `periods` ascend; `exposed` gives the first exposed period, None or absent for never. `digits`
    is how many decimals the values were printed with; None means they are exact. `neighbours` are
    units without the measure that may have felt it.
    """

    units: tuple[str, ...]
    periods: tuple[int, ...]
    values: Floats
    digits: int | None
    exposed: Mapping[str, int | None]
    assignment: AssignmentRule
    comparison: Comparison = "never"
    estimator: EstimatorChoice = "auto"
    draws: int = 10_000
    seed: int = 1
    neighbours: frozenset[str] = frozenset()

    def without(self, *gone: str) -> "Question":
        """Return the same question about the other units."""
        rows = [row for row, code in enumerate(self.units) if code not in gone]
        units = tuple(self.units[row] for row in rows)
        return replace(self, units=units, values=self.values[rows])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A unit that leaves the analysis, and the code of the reason."""

    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The complete cells an estimate uses.

    `labels` are 0 for units without exposure inside the panel and 1…G for the exposure groups;
    `first[g − 1]` is the column of the first exposed period of group g. `strata` number the strata.
    """

    units: tuple[str, ...]
    periods: tuple[int, ...]
    values: Floats
    labels: Ints
    first: tuple[int, ...]
    strata: Ints
    not_yet: bool

    @property
    def treated(self) -> Bools:
        """Mark the exposed units."""
        return self.labels > 0

    @property
    def shares_differ(self) -> bool:
        """Say whether the exposed are another share of one stratum than of another."""
        totals = np.bincount(self.strata)
        exposed = np.bincount(self.strata[self.treated], minlength=len(totals))
        return bool((exposed * totals.sum() != totals * exposed.sum()).any())

    @property
    def sizes(self) -> Ints:
        """Count the units of each label, 0 first."""
        return np.bincount(self.labels, minlength=len(self.first) + 1)

    @property
    def before(self) -> tuple[int, ...]:
        """Count the periods before the exposure of each treated unit, smallest first."""
        return tuple(sorted(self.first[label - 1] for label in self.labels if label))

    def exposed_cells(self) -> Floats:
        """Return 1 in cells at or after the exposure of their unit, else 0."""
        starts = np.array([self.values.shape[1], *self.first])[self.labels]
        return (np.arange(self.values.shape[1]) >= starts[:, None]).astype(float)

    def pool(self, group: int, column: int) -> tuple[int, ...]:
        """Return the labels that compare with a group in a period.

        Never exposed ones; with `not_yet` also the groups exposed after the period.
        """
        later = [
            label
            for label, start in enumerate(self.first, 1)
            if self.not_yet and start > column and label != group
        ]
        sizes = self.sizes
        return tuple(label for label in (0, *later) if sizes[label])

    def without(self, row: int) -> "Panel":
        """Return the panel of the other units; a group that it empties is no group any more."""
        labels = np.delete(self.labels, row)
        left = [g for g in range(1, len(self.first) + 1) if (labels == g).any()]
        renumbered = np.zeros(len(self.first) + 1, dtype=np.int64)
        renumbered[left] = np.arange(1, len(left) + 1)
        return replace(
            self,
            units=self.units[:row] + self.units[row + 1 :],
            values=np.delete(self.values, row, axis=0),
            labels=renumbered[labels],
            first=tuple(self.first[g - 1] for g in left),
            strata=np.delete(self.strata, row),
        )

    def with_values(self, values: Floats) -> "Panel":
        """Return the panel with other values in the same cells."""
        return replace(self, values=values)


@dataclass(frozen=True, slots=True)
class Reduced:
    """The panel an analysis uses, the units that left it, and the limits met on the way."""

    panel: Panel
    left_out: tuple[LeftOut, ...]
    limits: tuple[str, ...]


def reduce_panel(
    question: Question,
    *,
    unused: Sequence[int] = (),
    excluded: Mapping[str, str] = NOBODY,
) -> Reduced:
    """Take out the unused columns and the units that cannot be compared.

    A unit leaves when its exposure is at or before the first period, when it has a null in a
    period in use (also in an unused one: the choice rests on it), when it is in `excluded`, when
    nothing is left before its exposure, or, in a comparison with the never exposed, when it is
    exposed beyond the last period. A period without any value is not used at all.
    """
    filled = ~np.isnan(question.values)
    empty = [column for column in range(len(question.periods)) if not filled[:, column].any()]
    listed = [column for column in range(len(question.periods)) if column not in empty]
    used = [column for column in listed if column not in unused]
    not_yet = _compares_not_yet(question, np.asarray(filled[:, listed].all(axis=1)))
    left: list[LeftOut] = []
    rows: list[int] = []
    starts: list[int] = []
    for row, unit in enumerate(question.units):
        start = _first_column(question, unit, used)
        why = _why_out(question, row, start, listed, not_yet=not_yet)
        why = why or excluded.get(unit)
        if why is None:
            rows.append(row)
            starts.append(start)
        else:
            left.append(LeftOut(unit, why))
    limits = _limits(question, not_yet=not_yet, empty=bool(empty))
    return Reduced(_panel(question, rows, starts, used, not_yet=not_yet), tuple(left), limits)


def _limits(question: Question, *, not_yet: bool, empty: bool) -> tuple[str, ...]:
    switched = not_yet and question.comparison == "never"
    return (
        *(("NEVER_EMPTY_NOT_YET_USED",) if switched else ()),
        *(("PERIOD_WITHOUT_VALUES",) if empty else ()),
        *(("DIGITS_UNDERSTATED",) if _finer_than_stated(question) else ()),
    )


def _finer_than_stated(question: Question) -> bool:
    """Say whether a value has more decimals than `digits`: its bounds are then too wide."""
    if question.digits is None:
        return False
    steps = question.values * 10.0**question.digits
    known = steps[np.abs(steps) < MOST_STEPS]
    return bool((np.abs(known - np.rint(known)) > STEP_ERROR).any())


def _compares_not_yet(question: Question, complete: Bools) -> bool:
    """Say whether not yet exposed units compare; always where nobody is never exposed."""
    if question.comparison == "not_yet":
        return True
    units = zip(question.units, complete, strict=True)
    starts = {question.exposed.get(unit) for unit, whole in units if whole}
    return None not in starts and len(starts) > 1


def _first_column(question: Question, unit: str, used: Sequence[int]) -> int:
    """Return the place among the used columns where the exposure begins; their number if never."""
    start = question.exposed.get(unit)
    if start is None:
        return len(used)
    return sum(question.periods[column] < start for column in used)


def _why_out(
    question: Question, row: int, start: int, listed: Sequence[int], *, not_yet: bool
) -> str | None:
    begins = question.exposed.get(question.units[row])
    if begins is not None and listed:
        if begins <= question.periods[listed[0]]:
            return "ALREADY_EXPOSED"
        if begins > question.periods[listed[-1]] and not not_yet:
            return "EXPOSED_LATER"
        if start == 0:
            return "NO_BASE"
    if not listed or np.isnan(question.values[row, listed]).any():
        return "NO_VALUE"
    return None


def _panel(
    question: Question,
    rows: Sequence[int],
    starts: Sequence[int],
    used: Sequence[int],
    *,
    not_yet: bool,
) -> Panel:
    first = tuple(sorted({start for start in starts if start < len(used)}))
    label = {start: number for number, start in enumerate(first, 1)}
    units = tuple(question.units[row] for row in rows)
    strata = question.assignment.strata or {}
    codes = [strata.get(unit, "") for unit in units]
    order = {code: number for number, code in enumerate(sorted(set(codes)))}
    return Panel(
        units,
        tuple(question.periods[column] for column in used),
        question.values[np.ix_(np.array(rows, dtype=int), np.array(used, dtype=int))],
        np.array([label.get(start, 0) for start in starts], dtype=np.int64),
        first,
        np.array([order[code] for code in codes], dtype=np.int64),
        not_yet,
    )
