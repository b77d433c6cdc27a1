"""Before a measure: what it could show, and a fair draw of who gets it first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import floor

import numpy as np

from shared.effects.estimation import Estimation, estimate_panel
from shared.effects.least_visible import least_visible
from shared.effects.panel import Floats, Panel

DRAWS = 2_000
COMPARED_SHARES = (0.25, 0.5)
MOST_RHO = 0.999


@dataclass(frozen=True, slots=True)
class Plan:
    """A history of units × periods without the measure, and who would get it for how long.

    `treated` is how many units get it, or which ones.
    """

    units: tuple[str, ...]
    values: Floats
    treated: int | tuple[str, ...]
    after: int
    strata: Mapping[str, str] | None
    alpha: float
    power: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draw within strata that anyone can repeat with the seed."""

    seed: int
    strata: Mapping[str, str] | None
    treated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Power:
    """What can be seen: spread and memory of the residuals, the least effect, the least p.

    Without a spread to judge by (`sd` None or 0) there is no least effect.

    `advice` is other numbers of treated units with the least effect each would show.
    """

    sd: float | None
    rho: float | None
    mde: float | None
    least_p: float
    advice: tuple[tuple[int, float | None], ...]
    proposal: Proposal


def plan_power(plan: Plan, *, seed: int) -> Power:
    """Return what a plan can show, and a drawn proposal."""
    sd, rho = residual_noise(plan.values)
    proposal = propose(plan, seed=seed)
    history = _future(plan, sd or 1.0, min(max(rho or 0.0, -MOST_RHO), MOST_RHO), seed)
    count = len(proposal.treated)
    least_p, mde = _visible(plan, history, proposal.treated, seed)
    others = {floor(len(plan.units) * share) for share in COMPARED_SHARES} - {0, count}
    if not sd:
        return Power(sd, rho, None, least_p, (), proposal)
    advice = tuple(
        (other, _visible(plan, history, _drawn(plan, other, seed), seed)[1])
        for other in sorted(others)
    )
    return Power(sd, rho, mde, least_p, advice, proposal)


def residual_noise(values: Floats) -> tuple[float | None, float | None]:
    """Return the standard deviation of the residuals and their correlation with the last ones.

    Residuals are what unit and period means leave; None where nothing is left to estimate from.
    """
    units, periods = values.shape
    freedom = (units - 1) * (periods - 1)
    if not freedom:
        return None, None
    left = values - values.mean(axis=1, keepdims=True)
    left = left - left.mean(axis=0, keepdims=True)
    total = float((left**2).sum())
    if total <= 1e-18 * max(1.0, float((values**2).sum())):
        return 0.0, None
    sd = float(np.sqrt(total / freedom))
    last, now = left[:, :-1].ravel(), left[:, 1:].ravel()
    norm = float(np.sqrt((last**2).sum() * (now**2).sum()))
    rho = float((last * now).sum()) / norm if periods > 2 and norm > 0 else None  # noqa: PLR2004 -- two periods always mirror each other.
    return sd, rho


def propose(plan: Plan, *, seed: int) -> Proposal:
    """Return the named units, or a seeded draw that shares the places among the strata."""
    if not isinstance(plan.treated, int):
        return Proposal(seed, plan.strata, plan.treated)
    return Proposal(seed, plan.strata, _drawn(plan, plan.treated, seed))


def shares(sizes: Mapping[str, int], places: int) -> dict[str, int]:
    """Share places among strata by their size; the largest remainders get the rest."""
    total = sum(sizes.values())
    exact = {code: places * size / total for code, size in sizes.items()}
    given = {code: floor(share) for code, share in exact.items()}
    rest = sorted(exact, key=lambda code: (given[code] - exact[code], code))
    for code in rest[: places - sum(given.values())]:
        given[code] += 1
    return given


def _drawn(plan: Plan, places: int, seed: int) -> tuple[str, ...]:
    rng = np.random.default_rng(seed)
    strata: dict[str, list[str]] = {}
    for unit in sorted(plan.units):
        strata.setdefault((plan.strata or {}).get(unit, ""), []).append(unit)
    given = shares({code: len(units) for code, units in strata.items()}, places)
    chosen = {
        unit
        for code in sorted(strata)
        for unit in rng.permutation(np.array(strata[code]))[: given[code]].tolist()
    }
    return tuple(unit for unit in plan.units if unit in chosen)


def _future(plan: Plan, sd: float, rho: float, seed: int) -> Floats:
    """Return a panel whose last `after` periods represent those to come.

    The history itself where it is longer than that, else noise of its spread and memory.
    """
    if plan.values.shape[1] > plan.after:
        return plan.values
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(len(plan.units), plan.values.shape[1] + plan.after))
    for period in range(1, noise.shape[1]):
        noise[:, period] = rho * noise[:, period - 1] + np.sqrt(1 - rho**2) * noise[:, period]
    return np.asarray(sd * noise)


def _visible(
    plan: Plan, history: Floats, treated: tuple[str, ...], seed: int
) -> tuple[float, float | None]:
    """Return the least p of the assignment, on values without ties, and the least effect."""
    codes = [(plan.strata or {}).get(unit, "") for unit in plan.units]
    order = {code: number for number, code in enumerate(sorted(set(codes)))}
    named = set(treated)
    panel = Panel(
        plan.units,
        tuple(range(history.shape[1])),
        history,
        np.array([int(unit in named) for unit in plan.units]),
        (history.shape[1] - plan.after,),
        np.array([order[code] for code in codes]),
        not_yet=False,
    )
    found = _estimated(panel, seed)
    untied = np.random.default_rng(seed).normal(size=history.shape)
    least_p = _estimated(panel.with_values(untied), seed).inference.least_p
    found = replace(found, inference=replace(found.inference, least_p=least_p))
    return least_p, least_visible(panel, found, seed=seed, alpha=plan.alpha, power=plan.power)


def _estimated(panel: Panel, seed: int) -> Estimation:
    found = estimate_panel(panel, "difference", digits=None, draws=DRAWS, seed=seed)
    if found is None:
        raise ValueError(panel.labels.tolist())
    return found
