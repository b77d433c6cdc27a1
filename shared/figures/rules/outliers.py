"""`ratio_outlier` and `monotone_expectation`: figures that stand out of their neighbours."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from statistics import median

from shared.figures.decimals import decimal_text, unit_of
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Json, Severity, subject_of
from shared.figures.rules.wording import axis_title

NORMAL_MAD = Fraction(6745, 10000)
"""The median absolute deviation of a normal variable with standard deviation 1."""
EXTREME_Z = Fraction(7, 2)
LEAST_PEERS = 4


def ratio_outliers(pairs: Sequence[tuple[Printed, Printed]]) -> list[Finding]:
    """Compare each ratio numerator/denominator with its peers by a robust z, itself left out.

    z = 0.6745·(ratio − median)/MAD of at least four peers; |z| > 3.5 is implausible. Fewer peers,
    peers without spread, and zero denominators give no verdict.
    """
    usable = [(top, bottom) for top, bottom in pairs if bottom.value != 0]
    ratios = [top.exact / bottom.exact for top, bottom in usable]
    findings = []
    for i, (top, bottom) in enumerate(usable):
        z = robust_z(ratios[i], ratios[:i] + ratios[i + 1 :])
        if z is not None:
            findings.append(_ratio_finding(top, bottom, z))
    return findings


def robust_z(value: Fraction, peers: Sequence[Fraction]) -> Fraction | None:
    """Return how far a value is from its peers, or None where they cannot say."""
    if len(peers) < LEAST_PEERS:
        return None
    middle = median(peers)
    spread = median([abs(peer - middle) for peer in peers])
    return None if spread == 0 else NORMAL_MAD * (value - middle) / spread


def monotone_expectation(
    series: Sequence[tuple[str, Printed]], *, axis: str, rising: bool = True
) -> Finding:
    """Check that figures do not fall (or rise) along an ordered axis, as grades are.

    `series` are (step, figure) in the order of the axis. A step against the expectation is
    possible but implausible; its size is told in the printed figures' own units. Two or more.
    """
    sign = 1 if rising else -1
    steps: list[Json] = []
    for (before, first), (after, second) in pairwise(series):
        fall = sign * (first.exact - second.exact)
        if fall > 0:
            unit = unit_of(max(first.digits, second.digits))
            steps.append(
                {
                    "from": before,
                    "to": after,
                    "by": decimal_text(fall),
                    "units": decimal_text(fall / unit),
                }
            )
    claims = tuple(printed.claim for _, printed in series)
    wanted = "не убывать" if rising else "не возрастать"
    listed = ", ".join(f"{step}: {decimal_text(p.value, max(p.digits, 0))}" for step, p in series)
    return Finding(
        rule="monotone_expectation",
        severity=Severity.IMPLAUSIBLE if steps else Severity.CONSISTENT,
        text=f"Ожидается {wanted} по оси «{axis_title(axis)}»: {listed}"
        + (" — нарушено." if steps else "."),
        subject={**subject_of(claims), "axis": axis},
        claims=claims,
        declared=[
            {"step": step, "value": decimal_text(p.value, max(p.digits, 0))} for step, p in series
        ],
        recomputed=steps,
    )


def _ratio_finding(top: Printed, bottom: Printed, z: Fraction) -> Finding:
    extreme = abs(z) > EXTREME_Z
    claims = (top.claim, bottom.claim)
    ratio, score = f"{float(top.exact / bottom.exact):.6g}", f"{float(z):.4g}"
    return Finding(
        rule="ratio_outlier",
        severity=Severity.IMPLAUSIBLE if extreme else Severity.CONSISTENT,
        text=f"Отношение {decimal_text(top.value)}/{decimal_text(bottom.value)} = {ratio}, "
        f"робастное z = {score}" + (": далеко от остальных." if extreme else "."),
        subject=subject_of(claims),
        claims=claims,
        declared={"numerator": decimal_text(top.value), "denominator": decimal_text(bottom.value)},
        recomputed={"ratio": float(ratio), "z": float(score)},
        tolerance={"threshold": float(EXTREME_Z)},
    )
