"""The same question asked otherwise: on logits, without neighbours, by a wild bootstrap."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np

from shared.effects.design import set_up
from shared.effects.estimation import Estimation, estimate_panel
from shared.effects.inference import p_value, tie_width
from shared.effects.panel import Floats, Panel, Question
from shared.effects.studies import published_estimate

FLOOR, CEILING = 5.0, 95.0
EXACT_VALUE_CLIP = 0.05
"""Half a printed unit of tenths: how near to 0 and 100 exact values may come on logits."""
LEAST_TREATED = 5
MOST_ENUMERATED = 12
WEBB = np.sqrt([0.5, 1.0, 1.5])
CHUNK = 2_000_000
MOST_SIGNS = 50_000_000
LEAST_DRAWS = 999


@dataclass(frozen=True, slots=True)
class Line:
    """An estimate by another way, with its p-value."""

    kind: Literal["logit", "neighbours", "wild_bootstrap", "synthetic_control"]
    estimate: float | None
    p: float | None


def at_its_limits(values: Floats) -> bool:
    """Say whether a third of the units reach 95 or more, or 5 or less, of 0…100."""
    if not values.size or values.min() < 0.0 or values.max() > 100.0:  # noqa: PLR2004 -- per cent.
        return False
    reached = ((values >= CEILING) | (values <= FLOOR)).any(axis=1)
    return bool(reached.sum() * 3 >= len(values))


def logit_line(
    panel: Panel, found: Estimation, *, digits: int | None, draws: int, seed: int
) -> Line | None:
    """Estimate on logits of shares clipped half a printed unit from their limits."""
    if not at_its_limits(panel.values):
        return None
    clip = EXACT_VALUE_CLIP if digits is None else 0.5 * 10.0**-digits
    shares = np.clip(panel.values, clip, 100.0 - clip) / 100.0
    logits = panel.with_values(np.log(shares / (1.0 - shares)))
    other = estimate_panel(logits, found.estimator, digits=None, draws=draws, seed=seed)
    return None if other is None else Line("logit", other.estimate, other.inference.p)


def neighbours_line(question: Question, panel: Panel, found: Estimation) -> Line | None:
    """Estimate without the neighbours of the exposed units; None where the panel has none.

    The line has no numbers where nobody would be left to compare with.
    """
    near = [
        unit
        for unit, label in zip(panel.units, panel.labels, strict=True)
        if label == 0 and unit in question.neighbours
    ]
    if not near:
        return None
    setup = set_up(question.without(*near))
    other = None
    if setup.insufficient is None:
        other = estimate_panel(
            setup.panel, found.estimator, digits=None, draws=question.draws, seed=question.seed
        )
    if other is None:
        return Line("neighbours", None, None)
    shown = published_estimate(setup.panel, other.estimator, other.estimate)
    return Line("neighbours", shown, other.inference.p)


def bootstrap_line(panel: Panel, found: Estimation, *, draws: int, seed: int) -> Line | None:
    """Return the wild cluster bootstrap of the studentised score, the null imposed.

    Clusters are units. All 2^G sign changes for at most 12 units, Webb's six points beyond. None
    with fewer than five exposed units or where the weights depend on the data.
    """
    if found.coefficients is None or int(panel.treated.sum()) < LEAST_TREATED:
        return None
    rows = panel.values - panel.values.mean(axis=1, keepdims=True)
    left = rows - rows.mean(axis=0, keepdims=True)
    scores = (found.coefficients[panel.labels] * left).sum(axis=1)
    if float(np.sqrt((scores**2).sum())) <= tie_width(float(np.abs(panel.values).max())):
        return Line("wild_bootstrap", found.estimate, 1.0)
    return Line("wild_bootstrap", found.estimate, score_bootstrap(scores, draws=draws, seed=seed))


def score_bootstrap(scores: Floats, *, draws: int, seed: int) -> float:
    """Return the p-value of the studentised sum of the scores of clusters, with drawn signs.

    Scores that are all zero give 1.
    """
    norm = float(np.sqrt((scores**2).sum()))
    if norm == 0:
        return 1.0
    observed = float(scores.sum()) / norm
    drawn = [
        (signs @ scores) / np.sqrt((signs**2) @ scores**2)
        for signs in _signs(len(scores), draws, seed)
    ]
    statistics = np.concatenate(drawn)
    if len(scores) > MOST_ENUMERATED:
        statistics = np.concatenate([[observed], statistics])
    return p_value(statistics, observed, tie_width(1.0))


def _signs(units: int, draws: int, seed: int) -> Iterator[Floats]:
    if units <= MOST_ENUMERATED:
        yield np.array(list(product((1.0, -1.0), repeat=units)))
        return
    rng = np.random.default_rng(seed)
    points = np.concatenate([WEBB, -WEBB])
    draws = min(draws, max(LEAST_DRAWS, MOST_SIGNS // units))
    size = max(1, CHUNK // units)
    for start in range(0, draws, size):
        yield rng.choice(points, (min(size, draws - start), units))
