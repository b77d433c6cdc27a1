"""Making the score of a node of the scores of its children.

A child is an array of floats over the units, NaN for a null. A weight is a number, or an array
that broadcasts against the children (a column of draws over a row of units). Weights are relative
and rescaled over the children a unit has. The rules are those of `docs/rules/ratings.md`, Engine.
Terms are added child by child, so a unit's score does not depend on its place in the table.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain.methodology import Aggregate, Mean

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Children = Sequence[Floats]
Weights = Sequence[float] | Sequence[Floats] | Floats

_HEADROOM = 2.0**24
_SMALL_POWER = 1e-3


@dataclass(frozen=True, slots=True)
class Aggregated:
    """Scores and coverage in the children's shape, and whose scores were refused.

    `non_positive` marks units with a value ≤ 0 under a mean that takes none, `overflow` those
    whose result left the floats; None where the rule, or the result, knows no such thing.
    """

    score: Floats
    coverage: Floats
    non_positive: Mask | None = None
    overflow: Mask | None = None


def aggregate(
    children: Children, weights: Weights, rule: Aggregate, min_coverage: float = 0.0
) -> Aggregated:
    """Return the node's scores, with null where the rule or the coverage refuses one.

    Coverage is the unweighted share of the children with a value; strictly below `min_coverage`
    the score is null. A unit without a value of positive weight is always null. A present child of
    positive weight that a geometric or harmonic mean cannot take (≤ 0), or a power mean (< 0, or
    0 under p < 0), makes the score null; so does a result beyond the floats.
    """
    coverage = _coverage(children)
    heavy = [index for index, weight in enumerate(weights) if np.max(weight) > 0]
    weighty = [children[index] for index in heavy]
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        score = _MEANS[rule.mean](weighty, [np.asarray(weights[i]) for i in heavy], rule.p)
    refused = _refused(weighty, rule)
    if refused is not None:
        score[np.broadcast_to(refused, score.shape)] = np.nan
    overflow = np.isinf(score) if np.isinf(score).any() else None
    if overflow is not None:
        score[overflow] = np.nan
    if min_coverage > 0:
        score[np.broadcast_to(coverage < min_coverage, score.shape)] = np.nan
    told = refused if rule.mean is not Mean.POWER else None
    return Aggregated(score, coverage, told, overflow)


def _coverage(children: Children) -> Floats:
    present = np.zeros(np.broadcast_shapes(*(child.shape for child in children)))
    for child in children:
        present += ~np.isnan(child)
    return np.asarray(present / len(children))


def _refused(children: Children, rule: Aggregate) -> Mask | None:
    """Mark units with a value the mean cannot take; None if the mean takes any."""
    if rule.mean in (Mean.GEOMETRIC, Mean.HARMONIC) or (rule.mean is Mean.POWER and rule.p < 0):
        return reduce(np.logical_or, (child <= 0 for child in children))
    if rule.mean is Mean.POWER:
        return reduce(np.logical_or, (child < 0 for child in children))
    return None


def _arithmetic(children: Children, weights: Children, p: float) -> Floats:
    """Return Σ w·x / Σ w over the children present."""
    del p
    score = _weighted_mean(children, weights)
    if np.isinf(score).any():
        score = _weighted_mean([child / _HEADROOM for child in children], weights) * _HEADROOM
    return score


def _geometric(children: Children, weights: Children, p: float) -> Floats:
    """Return exp(Σ w·ln x / Σ w) over the children present."""
    del p
    return np.asarray(np.exp(_weighted_mean([np.log(child) for child in children], weights)))


def _harmonic(children: Children, weights: Children, p: float) -> Floats:
    """Return Σ w / Σ (w/x) over the children present."""
    del p
    return 1.0 / _weighted_mean([1.0 / child for child in children], weights)


def _power(children: Children, weights: Children, p: float) -> Floats:
    """Return (Σ w·xᵖ / Σ w)^(1/p), relative to the value that dominates so that no power overflows.

    Close to p = 0 the sum is taken of xᵖ − 1, which keeps the digits that 1/p would magnify.
    """
    dominant = reduce(np.fmax if p > 0 else np.fmin, children)
    relative = [child / dominant for child in children]
    if abs(p) < _SMALL_POWER:
        growth = _weighted_mean([np.expm1(p * np.log(part)) for part in relative], weights)
        score = dominant * np.exp(np.log1p(growth) / p)
    else:
        score = dominant * _weighted_mean([part**p for part in relative], weights) ** (1.0 / p)
    return np.where(dominant == 0, 0.0, score)


def _sum(children: Children, weights: Children, p: float) -> Floats:
    """Return Σ w·x over the children present, weights as they are."""
    del p
    total, mass = _weighted_sums(children, weights)
    return np.where(mass > 0, total, np.nan)


def _minimum(children: Children, weights: Children, p: float) -> Floats:
    """Return the least of the children present."""
    del p
    shape = np.broadcast_shapes(*(child.shape for child in (*children, *weights)))
    return np.array(np.broadcast_to(reduce(np.fmin, children), shape))


def _weighted_mean(children: Children, weights: Children) -> Floats:
    """Weights are first scaled by a power of two to at most 1, which changes no digit."""
    exponent = -int(np.frexp(max(weight.max() for weight in weights))[1])
    total, mass = _weighted_sums(children, [np.ldexp(weight, exponent) for weight in weights])
    return np.asarray(total / np.where(mass > 0, mass, np.nan))


def _weighted_sums(children: Children, weights: Children) -> tuple[Floats, Floats]:
    """Return Σ w·x and Σ w over the children present."""
    shape = np.broadcast_shapes(*(child.shape for child in (*children, *weights)))
    total, mass = np.zeros(shape), np.zeros(shape)
    for child, weight in zip(children, weights, strict=True):
        absent = np.isnan(child)
        if absent.any():
            total += np.where(absent, 0.0, child * weight)
            mass += np.where(absent, 0.0, weight)
        else:
            total += child * weight
            mass += weight
    return total, mass


_MEANS: dict[Mean, Callable[[Children, Children, float], Floats]] = {
    Mean.ARITHMETIC: _arithmetic,
    Mean.GEOMETRIC: _geometric,
    Mean.HARMONIC: _harmonic,
    Mean.POWER: _power,
    Mean.SUM: _sum,
    Mean.MINIMUM: _minimum,
}
