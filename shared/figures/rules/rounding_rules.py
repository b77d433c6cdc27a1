"""`one_rounding_rule`: whether one rounding rule can have printed the whole document."""

from collections.abc import Sequence
from itertools import combinations

from shared.figures.decimals import RoundingMode
from shared.figures.rules.finding import Finding, Severity, subject_of

TITLES = {
    RoundingMode.HALF_UP: "половина вверх",
    RoundingMode.HALF_EVEN: "половина к чётному",
    RoundingMode.CEIL: "вверх",
    RoundingMode.FLOOR: "вниз",
}


def one_rounding_rule(findings: Sequence[Finding]) -> Finding | None:
    """Report the fewest relations that no one rounding rule satisfies together.

    Each holds by itself under some rule; that all of a document were printed under one is no fact,
    so the answer is a hazard. One rule that satisfies them all says nothing: None.
    """
    by_modes: dict[frozenset[RoundingMode], Finding] = {}
    for finding in findings:
        if finding.modes:
            by_modes.setdefault(frozenset(finding.modes), finding)
    if not by_modes or frozenset.intersection(*by_modes):
        return None
    sizes = range(2, len(RoundingMode) + 1)
    sets = (group for size in sizes for group in combinations(by_modes, size))
    smallest = next((group for group in sets if not frozenset.intersection(*group)), None)
    if smallest is None:
        return None
    chosen = [by_modes[modes] for modes in smallest]
    claims = tuple(dict.fromkeys(claim for finding in chosen for claim in finding.claims))
    told = "; ".join(_told(modes) for modes in smallest)
    return Finding(
        rule="one_rounding_rule",
        severity=Severity.HAZARD,
        text=f"Ни одно правило округления не подходит сразу ко всем таблицам: {told}.",
        subject=subject_of(claims),
        claims=claims,
        declared=None,
        recomputed=[
            {"finding": finding.id, "modes": sorted(mode.value for mode in finding.modes or ())}
            for finding in chosen
        ],
        about=(claims[0].document,),
        related=tuple(finding.id for finding in chosen),
    )


def _told(modes: frozenset[RoundingMode]) -> str:
    return "одна требует «" + " или ".join(TITLES[m] for m in RoundingMode if m in modes) + "»"
