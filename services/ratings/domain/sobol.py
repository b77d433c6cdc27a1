"""Sensitivity indices of grouped factors by sampling (Saltelli et al. 2010)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Index:
    """First-order and total index of one factor; None where the output is constant or null."""

    first: float | None
    total: float | None


def indices(base: Floats, other: Floats, mixed: Sequence[Floats]) -> list[list[Index]]:
    """Return, for each factor, the indices of each output.

    `base` f(A), `other` f(B) and each of `mixed` are (samples, outputs); `mixed` holds, a factor,
    f of A with that factor's coordinates taken from B. First order: E[f(B)·(f(AB) − f(A))] / V
    (Saltelli 2010); total: E[(f(A) − f(AB))²] / 2V (Jansen 1999); V over A and B together.
    """
    both = np.concatenate([base, other])
    known = ~np.isnan(np.concatenate([both, *mixed])).any(axis=0)
    constant = (both == both[:1]).all(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = both.mean(axis=0)
        variance = ((both - centre) ** 2).mean(axis=0)
        usable = known & ~constant & (variance > 0)
        return [
            _of_factor(base - centre, other - centre, one - centre, variance, usable)
            for one in mixed
        ]


def _of_factor(
    base: Floats, other: Floats, mixed: Floats, variance: Floats, usable: NDArray[np.bool_]
) -> list[Index]:
    first = (other * (mixed - base)).mean(axis=0) / variance
    total = ((base - mixed) ** 2).mean(axis=0) / (2.0 * variance)
    return [
        Index(float(one), float(all_of)) if good else Index(None, None)
        for one, all_of, good in zip(first, total, usable, strict=True)
    ]
