"""Assignments of the exposures to the units: every distinct one, or a seeded sample.

The labels of the units are permuted within strata. An additive statistic (the sum over units of a
score that depends on the unit and its label) is calculated without building the assignments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, pairwise
from math import comb, prod

import numpy as np

from shared.effects.panel import Floats, Ints

MAX_ENUMERATED = 100_000
CHUNK_CELLS = 4_000_000
"""Positions of a chunk of sampled assignments held in memory at once."""
LARGE_STRATUM = 1_000


@dataclass(frozen=True, slots=True)
class Stratum:
    """Units of one stratum: the label most of them have, and how many have each of the others."""

    members: Ints
    usual: int
    others: tuple[tuple[int, int], ...]

    @property
    def arrangements(self) -> int:
        """Count the distinct arrangements of the labels in the stratum."""
        free, product = len(self.members), 1
        for _, size in self.others:
            product *= comb(free, size)
            free -= size
        return product


@dataclass(frozen=True, slots=True)
class Assignments:
    """The assignments that are compared; the observed one is among them, counted once."""

    labels: Ints
    strata: tuple[Stratum, ...]
    exact: bool
    count: int
    seed: int

    @property
    def compared(self) -> int:
        """Return how many the p-value is a share of: all, or one more than was drawn."""
        return self.count if self.exact else self.count + 1

    def scores(self, tables: Floats) -> Floats:
        """Return the statistics of every assignment, assignments × statistics.

        `tables` is statistics × units × labels. The observed assignment comes first in a sample.
        """
        if self.exact:
            return self._enumerated(tables)
        observed = tables[:, np.arange(len(self.labels)), self.labels].sum(axis=1)
        return np.concatenate([observed[None], *self._sampled(tables)])

    def label_rows(self, limit: int) -> Ints:
        """Return assignments × units labels of all, or of at most `limit` equally likely ones."""
        if self.exact and self.count <= limit:
            return self._rows(int(self.labels.max(initial=0)) + 1)
        rng = np.random.default_rng(self.seed)
        rows = np.empty((limit, len(self.labels)), dtype=np.int64)
        for stratum in self.strata:
            own = self.labels[stratum.members]
            rows[:, stratum.members] = rng.permuted(np.tile(own, (limit, 1)), axis=1)
        return rows

    def _rows(self, labels: int) -> Ints:
        """Return every assignment, by letting each unit be a statistic that names its label."""
        units = len(self.labels)
        tables = np.zeros((units, units, labels))
        tables[np.arange(units), np.arange(units)] = np.arange(labels)
        return np.rint(self._enumerated(tables)).astype(np.int64)

    def _enumerated(self, tables: Floats) -> Floats:
        total = np.zeros((1, len(tables)))
        for stratum in self.strata:
            places = arrangements(len(stratum.members), tuple(n for _, n in stratum.others))
            part = _sums(tables[:, stratum.members], stratum, places)
            total = (total[:, None] + part[None]).reshape(-1, len(tables))
        return total

    def _sampled(self, tables: Floats) -> Iterator[Floats]:
        rng = np.random.default_rng(self.seed)
        size = max(1, CHUNK_CELLS // max(1, len(self.labels)))
        for start in range(0, self.count, size):
            draws = min(size, self.count - start)
            total = np.zeros((draws, len(tables)))
            for stratum in self.strata:
                taken = _drawn(rng, draws, len(stratum.members), stratum.others)
                total += _sums(tables[:, stratum.members], stratum, taken)
            yield total


def assign(labels: Ints, strata: Ints, *, draws: int, seed: int) -> Assignments:
    """Return every assignment where there are at most 100 000, else `draws` sampled ones."""
    parts = tuple(_stratum(labels, strata, code) for code in np.unique(strata))
    total = prod(part.arrangements for part in parts)
    exact = total <= MAX_ENUMERATED
    return Assignments(labels, parts, exact, total if exact else draws, seed)


def _stratum(labels: Ints, strata: Ints, code: int) -> Stratum:
    members = np.flatnonzero(strata == code)
    found, counts = np.unique(labels[members], return_counts=True)
    usual = int(found[counts.argmax()])
    others = tuple((int(x), int(n)) for x, n in zip(found, counts, strict=True) if x != usual)
    return Stratum(members, usual, others)


def _sums(tables: Floats, stratum: Stratum, places: tuple[Ints, ...]) -> Floats:
    """Sum the scores of a stratum for every row of places of its rarer labels."""
    usual = tables[:, :, stratum.usual]
    total = np.repeat(usual.sum(axis=1)[None], len(places[0]) if places else 1, axis=0)
    for (label, _), where in zip(stratum.others, places, strict=True):
        for number, gain in enumerate(tables[:, :, label] - usual):
            total[:, number] += gain[where].sum(axis=1)
    return total


def _drawn(
    rng: np.random.Generator, draws: int, units: int, others: tuple[tuple[int, int], ...]
) -> tuple[Ints, ...]:
    """Draw distinct places for the rarer labels of a stratum."""
    sizes = [size for _, size in others]
    if not sizes:
        return (np.empty((draws, 0), dtype=np.int64),)[:0]
    if units > LARGE_STRATUM:
        # Only as many places as are wanted are shuffled.
        total = sum(sizes)
        order = np.stack([rng.choice(units, total, replace=False) for _ in range(draws)])
    else:
        order = rng.permuted(np.tile(np.arange(units), (draws, 1)), axis=1)
    ends = np.cumsum([0, *sizes])
    return tuple(order[:, low:high] for low, high in pairwise(ends))


@lru_cache(maxsize=8)
def arrangements(units: int, sizes: tuple[int, ...]) -> tuple[Ints, ...]:
    """Return the places of each size in turn, for every distinct arrangement among `units`."""
    free = np.arange(units)[None]
    chosen: list[Ints] = []
    for number, size in enumerate(sizes):
        inside = _combinations(free.shape[1], size)
        rows, picks = len(free), len(inside)
        chosen = [np.repeat(part, picks, axis=0) for part in chosen]
        chosen.append(free[:, inside].reshape(rows * picks, size))
        if number + 1 < len(sizes):
            outside = _complements(inside, free.shape[1])
            free = free[:, outside].reshape(rows * picks, -1)
    return tuple(chosen)


def _combinations(units: int, size: int) -> Ints:
    flat = np.fromiter(chain.from_iterable(combinations(range(units), size)), dtype=np.int64)
    return flat.reshape(-1, size)


def _complements(inside: Ints, units: int) -> Ints:
    """Return the places that are not chosen, ascending."""
    free = np.ones((len(inside), units), dtype=bool)
    free[np.arange(len(inside))[:, None], inside] = False
    return np.nonzero(free)[1].reshape(len(inside), -1)
