"""`capacity_vs_demand`: seats against the people who need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.figures.decimals import RoundingMode, decimal_text, round_to
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Json, Severity, subject_of
from shared.figures.rules.wording import number_text

BEYOND_REASON = 10
"""Seats more than this many times the need are doubted."""


@dataclass(frozen=True, slots=True)
class Seats:
    """Printed seats of one course; with `runs` > 1 it is open whether they are for each run."""

    printed: Printed
    runs: int = 1


def capacity_vs_demand(need: Printed, seats: Sequence[Seats]) -> Finding:
    """Compare all the seats with the need, in both readings of «per run or in total».

    Enough only per run depends on the reading and is a hazard. A shortage in both readings is a
    fact for managers, consistent with its number; doubtful are seats far beyond the need, whatever
    the reading. One or more courses.
    """
    once = sum((course.printed.exact for course in seats), Fraction(0))
    per_run = sum((course.printed.exact * course.runs for course in seats), Fraction(0))
    if need.exact > 0 and once > BEYOND_REASON * need.exact:
        severity, verdict = Severity.IMPLAUSIBLE, "мест во много раз больше, чем нужно"
    elif once >= need.exact:
        severity, verdict = Severity.CONSISTENT, "мест достаточно"
    elif per_run >= need.exact:
        severity, verdict = Severity.HAZARD, "хватает, только если места даны на каждый поток"
    else:
        shortage = number_text(need.exact - per_run)
        severity, verdict = Severity.CONSISTENT, f"не хватает {shortage}"
    claims = (need.claim, *(course.printed.claim for course in seats))
    return Finding(
        rule="capacity_vs_demand",
        severity=severity,
        text=f"Потребность {number_text(need.value)}, мест {number_text(once)}: {verdict}.",
        subject=subject_of(claims),
        claims=claims,
        declared={
            "need": decimal_text(need.value),
            "seats": [decimal_text(course.printed.value) for course in seats],
        },
        recomputed={"in_total": _answer(once, need), "per_run": _answer(per_run, need)},
    )


def _answer(seats: Fraction, need: Printed) -> dict[str, Json]:
    """Return seats, their share of the need in per cent to one decimal, and the shortage."""
    share = None
    if need.exact > 0:
        rounded = round_to(100 * seats / need.exact, 1, RoundingMode.HALF_UP)
        share = decimal_text(rounded, 1)
    shortage = decimal_text(max(need.exact - seats, Fraction(0)))
    return {"seats": decimal_text(seats), "share": share, "shortage": shortage}
