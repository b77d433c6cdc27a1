"""How far places depend on choices that could have been made otherwise.

Monte Carlo over weights crossed with normalisations and means, and the shares of the variance of
places that weights, normalisation and mean explain. Everything follows from the seed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ratings.domain import sobol
from services.ratings.domain.engine import Result
from services.ratings.domain.grading import bands_at
from services.ratings.domain.uncertainty import (
    AS_IS,
    Choices,
    Drawn,
    draw_scores,
    first_places,
    pick,
    refuses,
    weights_of,
)
from services.ratings.errors import (
    DrawsOutOfRange,
    NoAlternatives,
    NoneWithLowerBetter,
    SpreadOutOfRange,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FACTORS = ("weights", "normalisation", "mean")
QUANTILES = (0.05, 0.5, 0.95)
MAX_CELLS = 10_000_000
"""Places held at once: draws × units."""


@dataclass(frozen=True, slots=True)
class UnitStability:
    """The places of one unit over the draws: None where it has no place.

    Quantiles are of type 7; `ranked` is the share of draws in which the unit has a place. `levels`
    are the shares of each level, lowest first, among the draws on the methodology's own scale in
    which the unit has a level; None without levels or such draws.
    """

    unit: str
    nominal: int | None
    low: float | None
    median: float | None
    high: float | None
    ranked: float
    levels: tuple[tuple[str, float], ...] | None


@dataclass(frozen=True, slots=True)
class FactorShare:
    """What one factor explains of the mean |shift| of places, and of each unit's place."""

    factor: str
    mean_shift: sobol.Index
    units: tuple[sobol.Index, ...]


@dataclass(frozen=True, slots=True)
class Stability:
    """The answer; `mean_shift` is the mean over draws and units of |place − nominal place|."""

    seed: int
    draws: int
    mean_shift: float | None
    units: tuple[UnitStability, ...]
    factors: tuple[FactorShare, ...]


def stability(
    result: Result, choices: Choices, *, draws: int, seed: int, samples: int = 0
) -> Stability:
    """Return the stability of root places under `draws` draws and, if `samples`, Sobol indices.

    Draws are dealt evenly to every pair of a normalisation and a mean. `samples` is Saltelli's N;
    the indices take 5 N calculations. Invalid for a spread outside [0, 1), no alternatives, no
    draws or too many for the number of units, or an alternative no indicator could use.
    """
    _check(result, choices, draws if draws < 1 else max(draws, 5 * samples))
    rng = np.random.default_rng(seed)
    pairs = np.array(choices.pairs)[np.arange(draws) % len(choices.pairs)]
    weights = rng.random((draws, weights_of(result)))
    drawn = draw_scores(result, choices, weights, pairs[:, 0], pairs[:, 1])
    places = first_places(result, drawn.root)
    shares = _level_shares(result, choices, drawn, pairs[:, 0])
    shifts = np.abs(places - nominal_places(result))
    return Stability(
        seed,
        draws,
        _mean_or_none(shifts),
        _units(result, places, shares),
        _factors(result, choices, rng, samples) if samples else (),
    )


def check_size(calculations: int, units: int) -> None:
    """Refuse more calculations of so many units than are held at once, or none at all."""
    most = MAX_CELLS // max(1, units)
    if not 0 < calculations <= most:
        raise DrawsOutOfRange(units, most)


def nominal_places(result: Result) -> Floats:
    """Return the place (`from`) of every unit as calculated, NaN for none."""
    first = result.places.first[:, 0]
    return np.where(first > 0, first, np.nan)


def _check(result: Result, choices: Choices, calculations: int) -> None:
    if not 0 <= choices.spread < 1:
        raise SpreadOutOfRange
    if not choices.pairs:
        raise NoAlternatives
    check_size(calculations, len(result.observed.units))
    if any(refuses(result, rule) for rule in choices.normalisations):
        raise NoneWithLowerBetter


def _mean_or_none(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else None


def _units(
    result: Result, places: Floats, shares: list[tuple[tuple[str, float], ...] | None]
) -> tuple[UnitStability, ...]:
    nominal, quantiles = nominal_places(result), _quantiles(places)
    ranked = (~np.isnan(places)).mean(axis=0)
    return tuple(
        UnitStability(
            unit,
            None if np.isnan(nominal[row]) else int(nominal[row]),
            _known(quantiles[0, row]),
            _known(quantiles[1, row]),
            _known(quantiles[2, row]),
            float(ranked[row]),
            shares[row],
        )
        for row, unit in enumerate(result.observed.units)
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _quantiles(places: Floats) -> Floats:
    """Return the type-7 quantiles (quantiles, units) over the draws with a place."""
    gaps = np.isnan(places).any(axis=0)
    found = np.full((len(QUANTILES), places.shape[1]), np.nan)
    found[:, ~gaps] = np.quantile(places[:, ~gaps], QUANTILES, axis=0)
    for unit in np.flatnonzero(gaps):
        known = places[~np.isnan(places[:, unit]), unit]
        if known.size:
            found[:, unit] = np.quantile(known, QUANTILES)
    return found


def _level_shares(
    result: Result, choices: Choices, drawn: Drawn, normalisations: Ints
) -> list[tuple[tuple[str, float], ...] | None]:
    """Return the shares of the levels of each unit among the draws on the methodology's scale."""
    levels = result.methodology.levels
    own = [n for n, rule in enumerate(choices.normalisations) if rule is AS_IS]
    rows = np.isin(normalisations, own)
    if levels is None or drawn.graded is None or not rows.any():
        return [None] * len(result.observed.units)
    bands = bands_at(drawn.graded[rows], levels, result.methodology.rounding)
    counts = np.stack([(bands == index).sum(axis=0) for index in range(len(levels.ordered))])
    totals = counts.sum(axis=0)
    codes = [band.code for band in levels.ordered]
    return [
        tuple(
            (code, float(count / totals[unit]))
            for code, count in zip(codes, counts[:, unit], strict=True)
        )
        if totals[unit]
        else None
        for unit in range(len(totals))
    ]


def _factors(
    result: Result, choices: Choices, rng: np.random.Generator, samples: int
) -> tuple[FactorShare, ...]:
    """Take the Sobol indices of the three grouped factors."""
    width = weights_of(result)
    groups = (slice(0, width), slice(width, width + 1), slice(width + 1, width + 2))
    base, other = rng.random((samples, width + 2)), rng.random((samples, width + 2))
    mixed = []
    for group in groups:
        point = base.copy()
        point[:, group] = other[:, group]
        mixed.append(point)
    outputs = _outputs(result, choices, np.concatenate([base, other, *mixed]))
    first, second, *rest = np.split(outputs, 2 + len(groups))
    found = sobol.indices(first, second, rest)
    return tuple(
        FactorShare(factor, one[-1], tuple(one[:-1]))
        for factor, one in zip(FACTORS, found, strict=True)
    )


def _outputs(result: Result, choices: Choices, points: Floats) -> Floats:
    """Return the place of each unit and, last, the mean |shift| (points, units + 1)."""
    width = weights_of(result)
    drawn = draw_scores(
        result,
        choices,
        points[:, :width],
        pick(points[:, width], len(choices.normalisations)),
        pick(points[:, width + 1], len(choices.means)),
    )
    places = first_places(result, drawn.root)
    shifts = np.abs(places - nominal_places(result))
    known = ~np.isnan(shifts)
    with np.errstate(invalid="ignore"):
        mean = np.where(known, shifts, 0.0).sum(axis=1) / known.sum(axis=1)
    return np.concatenate([places, mean[:, None]], axis=1)
