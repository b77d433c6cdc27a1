"""`cross_column_copy` and `benchmark_equality`: a number that may belong to something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared.figures.decimals import decimal_text, unit_of
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Guess, Severity, subject_of
from shared.figures.rules.wording import chance_text, number_text

TELLING_DIGITS = 3
"""A number with fewer significant digits is repeated under two concepts by chance."""
LIKELY = Fraction(1, 20)
COPY_GUESS = Guess("Разные графы не обязаны печатать одно и то же число.", "not")


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


def cross_column_copy(figures: Sequence[Printed], compared: int) -> Finding | None:
    """Report one number printed under several concepts, with the chance of that happening.

    The chance that two given numbers of k significant digits are equal is 1 in 9·10^(k−1);
    `compared` pairs were looked at. Numbers that chance alone would repeat somewhere in such a
    document in one case of twenty or more say nothing: None. Two or more equal figures.
    """
    first = figures[0]
    chance = Fraction(1, 9 * 10 ** (significant_digits(first.value) - 1))
    if chance * max(compared, 1) > LIKELY:
        return None
    claims = tuple(figure.claim for figure in figures)
    said = number_text(first.value, first.digits)
    return Finding(
        rule="cross_column_copy",
        severity=Severity.IMPLAUSIBLE,
        text=f"Одно и то же число {said} напечатано для разных понятий: возможно, оно переписано "
        f"из другой графы (вероятность случайного совпадения — {chance_text(chance)}).",
        subject=subject_of(claims),
        claims=claims,
        declared=[
            {"concept": p.claim.concept.value, "key": dict(p.claim.key), "value": said}
            for p in figures
        ],
        recomputed={"chance": float(chance)},
        assumes=(COPY_GUESS,),
    )


def benchmark_equality(regional: Printed, national: Benchmark) -> Finding:
    """Report a regional value within one printed unit of the registered national one.

    One unit is that of the coarser of the two. Farther apart, or printed too coarsely to tell,
    is consistent.
    """
    distance = abs(regional.exact - Fraction(national.value))
    unit = unit_of(min(regional.digits, national.digits))
    near = distance <= unit
    said = number_text(regional.value, regional.digits)
    known = number_text(national.value, national.digits)
    return Finding(
        rule="benchmark_equality",
        severity=Severity.IMPLAUSIBLE if near else Severity.CONSISTENT,
        text=f"Региональное значение {said} отстоит от общероссийского {known} на "
        f"{number_text(distance)}"
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
