"""Panels for tests, and estimates by plain loops to judge the package by."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from statistics import fmean

import numpy as np

from shared.effects.panel import AssignmentRule, Comparison, EstimatorChoice, Floats, Question

Starts = tuple[int | None, ...]


def question(
    values: Sequence[Sequence[float | None]],
    starts: Sequence[int | None],
    *,
    rule: AssignmentRule | None = None,
    digits: int | None = None,
    comparison: Comparison = "never",
    estimator: EstimatorChoice = "auto",
    draws: int = 999,
    first: int = 1,
) -> Question:
    """Ask about units u0, u1, … in the periods first, first + 1, …"""
    table = np.array([[np.nan if v is None else v for v in row] for row in values], dtype=float)
    return Question(
        tuple(f"u{row}" for row in range(len(values))),
        tuple(range(first, first + table.shape[1])),
        table,
        digits,
        {f"u{row}": start for row, start in enumerate(starts)},
        rule or AssignmentRule("chosen"),
        comparison,
        estimator,
        draws,
        7,
    )


def noise(rng: np.random.Generator, units: int, periods: int, rho: float = 0.5) -> Floats:
    """Draw units with their own level and errors that hang on the last ones."""
    errors = rng.normal(size=(units, periods))
    for period in range(1, periods):
        errors[:, period] = rho * errors[:, period - 1] + np.sqrt(1 - rho**2) * errors[:, period]
    return 50 + 5 * rng.normal(size=(units, 1)) + 3 * errors


def loop_estimate(
    values: Sequence[Sequence[float]], starts: Starts, kind: str, *, not_yet: bool
) -> float:
    """Estimate with periods 1, 2, …: the mean of ATT(g, t), t ≥ g, over treated units."""
    parts = []
    for unit, start in enumerate(starts):
        if start is None or start > len(values[0]):
            continue
        for period in range(start, len(values[0]) + 1):
            base = range(1, start) if kind == "difference" else (start - 1,)
            pool = [
                other
                for other, begins in enumerate(starts)
                if begins is None or (not_yet and begins > period)
            ]
            if pool:
                changes = [_change(values[other], period, base) for other in pool]
                parts.append(_change(values[unit], period, base) - fmean(changes))
    return fmean(parts)


def _change(row: Sequence[float], period: int, base: Sequence[int]) -> float:
    return row[period - 1] - fmean(row[b - 1] for b in base)


def arrangements(starts: Starts, strata: Sequence[str]) -> Iterator[Starts]:
    """Yield every distinct vector of first exposed periods that strata allow."""
    codes = sorted(set(strata))
    places = [[i for i, own in enumerate(strata) if own == code] for code in codes]
    yield from _fill(dict.fromkeys(range(len(starts))), starts, places)


@cache
def _distinct(own: Starts) -> frozenset[Starts]:
    return frozenset(permutations(own))


def _fill(
    filled: Mapping[int, int | None], starts: Starts, places: list[list[int]]
) -> Iterator[Starts]:
    if not places:
        yield tuple(filled[i] for i in range(len(starts)))
        return
    own = [starts[i] for i in places[0]]
    for order in _distinct(tuple(own)):
        yield from _fill({**filled, **dict(zip(places[0], order, strict=True))}, starts, places[1:])
