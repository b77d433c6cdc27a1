"""`ratio_outlier` and `monotone_expectation`: figures far from their neighbours."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import atan, cos, erfc, fsum, pi, sin, sqrt

from shared.figures.decimals import decimal_text, unit_of
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Json, Severity, subject_of
from shared.figures.rules.wording import axis_title, chance_text, number_text, shorten

MOST_FREEDOM = 1000
LEAST_ROWS = 6
RARE = 0.01
"""How often a clean table of normal ratios may be flagged at all."""


def ratio_outliers(pairs: Sequence[tuple[Printed, Printed]], tables: int = 1) -> list[Finding]:
    """Compare each ratio numerator/denominator with all the others, itself left out.

    The deleted residual of a normal sample of n follows Student's distribution with n − 2 degrees
    of freedom. A ratio is implausible where so great a residual would come up in fewer than one of
    a hundred clean documents, all the rows of all the `tables` looked at together. Fewer than six
    rows, others without spread, and zero denominators give no verdict.
    """
    usable = [(top, bottom) for top, bottom in pairs if bottom.value != 0]
    if len(usable) < LEAST_ROWS:
        return []
    ratios = [float(top.exact / bottom.exact) for top, bottom in usable]
    looked = len(usable) * tables
    findings = []
    for place, (top, bottom) in enumerate(usable):
        t = deleted_residual(ratios, place)
        if t is not None:
            tail = min(1.0, looked * two_sided_tail(t, len(usable) - 2))
            findings.append(_ratio_finding(top, bottom, t, tail))
    return findings


def deleted_residual(values: Sequence[float], place: int) -> float | None:
    """Return how far a value is from the others, in standard errors; None without spread."""
    n = len(values) - 1
    total, squares = fsum(values) - values[place], fsum(v * v for v in values) - values[place] ** 2
    middle = total / n
    variance = (squares - n * middle * middle) / (n - 1)
    if variance <= 1e-12 * max(squares / n, 1e-300):
        return None
    return (values[place] - middle) / sqrt(variance * (1 + 1 / n))


def two_sided_tail(t: float, freedom: int) -> float:
    """Return P(|T| > |t|) of Student's distribution with whole degrees of freedom.

    The finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4; great ones by the normal tail.
    """
    if freedom > MOST_FREEDOM:
        return erfc(abs(t) / sqrt(2))
    angle = atan(abs(t) / sqrt(freedom))
    cosine = cos(angle) ** 2
    odd = freedom % 2
    term, added = (cos(angle), 0.0) if odd else (1.0, 0.0)
    for k in range(1 + odd, freedom, 2):
        added += term
        term *= cosine * k / (k + 1)
    inside = sin(angle) * added
    if odd:
        inside = 2 / pi * (angle + inside)
    return max(0.0, 1 - inside)


def monotone_expectation(
    series: Sequence[tuple[str, Printed]], *, axis: str, rising: bool = True
) -> Finding:
    """Check that figures do not fall (or rise) along an ordered axis, as grades are.

    `series` are (step, figure) in the order of the axis. A step against the expectation is
    possible but implausible; its size is reported in the printed figures' own units. Two or more.
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
    listed = shorten((f"{step}: {number_text(p.value, p.digits)}" for step, p in series), ", ")
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


def _ratio_finding(top: Printed, bottom: Printed, t: float, tail: float) -> Finding:
    extreme = tail < RARE
    claims = (top.claim, bottom.claim)
    ratio = float(f"{float(top.exact / bottom.exact):.4g}")
    said = f"{number_text(top.value, top.digits)} к {number_text(bottom.value, bottom.digits)}"
    chance = chance_text(Fraction(max(tail, 1e-9)))
    return Finding(
        rule="ratio_outlier",
        severity=Severity.IMPLAUSIBLE if extreme else Severity.CONSISTENT,
        text=f"Отношение {said} равно {number_text(Fraction(str(ratio)))}"
        + (
            f": далеко от остальных строк таблицы (случайно так бывает в {chance} документов)."
            if extreme
            else ": не выделяется среди остальных строк таблицы."
        ),
        subject=subject_of(claims),
        claims=claims,
        declared={"numerator": decimal_text(top.value), "denominator": decimal_text(bottom.value)},
        recomputed={
            "ratio": ratio,
            "t": float(f"{t:.4g}"),
            "probability": float(f"{tail:.3g}"),
        },
        tolerance={"threshold": RARE},
    )
