"""`cross_column_copy` and `benchmark_equality`: a number that may belong to something else."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared.figures.decimals import decimal_text, unit_of
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Severity, subject_of

TELLING_DIGITS = 3
"""A number with this many significant digits is not repeated under two concepts by chance."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A registered national value with its own source, as printed there."""

    value: Decimal
    digits: int
    source: str


def significant_digits(value: Decimal) -> int:
    """Count the digits that say something: zeros at either end do not (5687 → 4, 100 → 1)."""
    digits = "".join(map(str, value.normalize().as_tuple().digits)).strip("0")
    return len(digits)


def cross_column_copy(first: Printed, second: Printed) -> Finding | None:
    """Report one number printed under two concepts, with the chance of that happening.

    Numbers with fewer than three significant digits, or different ones, say nothing: None.
    The chance is that of k given digits, 1 in 9·10^(k−1).
    """
    digits = significant_digits(first.value)
    if first.value != second.value or digits < TELLING_DIGITS:
        return None
    chance = Fraction(1, 9 * 10 ** (digits - 1))
    claims = (first.claim, second.claim)
    said = decimal_text(first.value, max(first.digits, 0))
    return Finding(
        rule="cross_column_copy",
        severity=Severity.IMPLAUSIBLE,
        text=f"Одно и то же число {said} напечатано для двух понятий: возможно, оно переписано "
        f"из другой графы (случайное совпадение — 1 из {chance.denominator}).",
        subject=subject_of(claims),
        claims=claims,
        declared=[
            {"concept": p.claim.concept.value, "key": dict(p.claim.key), "value": said}
            for p in (first, second)
        ],
        recomputed={"chance": float(chance)},
    )


def benchmark_equality(regional: Printed, national: Benchmark) -> Finding:
    """Report a regional value within one printed unit of the registered national one.

    One unit is that of the coarser of the two. Farther apart, or printed too coarsely to tell,
    is consistent.
    """
    distance = abs(regional.exact - Fraction(national.value))
    unit = unit_of(min(regional.digits, national.digits))
    near = distance <= unit
    said = decimal_text(regional.value, max(regional.digits, 0))
    known = decimal_text(national.value, max(national.digits, 0))
    return Finding(
        rule="benchmark_equality",
        severity=Severity.IMPLAUSIBLE if near else Severity.CONSISTENT,
        text=f"Региональное значение {said} отстоит от общероссийского {known} на "
        f"{decimal_text(distance)}"
        + (
            ": не больше одной напечатанной единицы, возможно, это и есть общероссийское."
            if near
            else "."
        ),
        subject=subject_of((regional.claim,)),
        claims=(regional.claim,),
        declared=said,
        recomputed={"benchmark": known, "source": national.source},
        tolerance={"distance": decimal_text(distance), "unit": decimal_text(unit)},
    )
