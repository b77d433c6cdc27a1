"""`relation`: a registered linear relation between printed figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from shared.figures.claims import Concept
from shared.figures.conventions import Operator
from shared.figures.decimals import RoundingMode, decimal_text, unit_of
from shared.figures.intervals import Interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Repair, Severity, subject_of
from shared.figures.rules.precision import (
    MODES,
    one_change_repairs,
    satisfiable,
    total,
    true_interval,
)
from shared.figures.rules.sums import count_interval
from shared.figures.rules.wording import number_text, shorten

MOST_TIMES = 10
COUNTS = frozenset({Concept.COUNT, Concept.SEATS, Concept.MAX})
ASKED = {
    Operator.EQUAL: "должно быть равно",
    Operator.AT_MOST: "должно быть не больше",
    Operator.AT_LEAST: "должно быть не меньше",
}


@dataclass(frozen=True, slots=True)
class Weighted:
    """A printed figure and its coefficient, negative on the right side."""

    coefficient: Fraction
    printed: Printed
    left: bool


def relation_holds(code: str, operator: Operator, terms: Sequence[Weighted]) -> Finding:
    """Check Σ aᵢ·xᵢ against Σ bⱼ·yⱼ within the printed precision.

    A contradiction where the hull of the difference excludes what is asked under every mode.
    Counts are exact where all counts of the relation are whole. One or more terms.
    """
    exact = all(t.printed.digits == 0 for t in terms if t.printed.claim.concept in COUNTS)

    def difference(mode: RoundingMode) -> Interval:
        return total([_behind(t, mode, exact=exact).times(t.coefficient) for t in terms])

    modes = satisfiable(lambda mode: _asked(operator, difference(mode)))
    claims = tuple(dict.fromkeys(t.printed.claim for t in terms))
    sides = [_side(terms, left=True), _side(terms, left=False)]
    value = sum((t.coefficient * t.printed.exact for t in terms), Fraction(0))
    return Finding(
        rule="relation",
        severity=Severity.CONSISTENT if modes else Severity.CONTRADICTION,
        text=f"{sides[0][1]} {ASKED[operator]} {sides[1][1]}: "
        + ("сходится." if modes else f"не сходится, разность {number_text(value)}."),
        subject={**subject_of(claims), "relation": code},
        claims=claims,
        declared={"left": decimal_text(sides[0][0]), "right": decimal_text(sides[1][0])},
        recomputed={"difference": decimal_text(value), "modes": [m.value for m in modes]},
        tolerance=difference(RoundingMode.HALF_UP).wire(),
        repairs=() if modes else _repairs(operator, terms, exact=exact),
        about=(claims[0].document, code, *sorted({claim.identity for claim in claims})),
        modes=tuple(modes) if modes else None,
    )


def _behind(term: Weighted, mode: RoundingMode, *, exact: bool) -> Interval:
    if term.printed.claim.concept in COUNTS:
        return count_interval(term.printed, mode, exact=exact)
    return true_interval(term.printed, mode)


def _asked(operator: Operator, difference: Interval) -> bool:
    if operator is Operator.EQUAL:
        return difference.holds(Fraction(0))
    if operator is Operator.AT_MOST:
        return difference.low < 0 or (difference.low == 0 and not difference.low_open)
    return difference.high > 0 or (difference.high == 0 and not difference.high_open)


def _side(terms: Sequence[Weighted], *, left: bool) -> tuple[Fraction, str]:
    here = [t for t in terms if t.left is left]
    sign = 1 if left else -1
    value = sum((sign * t.coefficient * t.printed.exact for t in here), Fraction(0))
    named = shorten((_term_text(t, sign) for t in here), " + ")
    return value, named or "0"


def _term_text(term: Weighted, sign: int) -> str:
    number = number_text(term.printed.value, term.printed.digits)
    coefficient = sign * term.coefficient
    return number if coefficient == 1 else f"{number_text(coefficient)}·{number}"


def _repairs(operator: Operator, terms: Sequence[Weighted], *, exact: bool) -> tuple[Repair, ...]:
    """Return for each figure the values that alone would make the sides equal, under any mode."""
    wanted: dict[int, list[tuple[Fraction, Fraction]]] = {}
    for mode in MODES:
        spans = [_behind(t, mode, exact=exact).times(t.coefficient) for t in terms]
        everything = total(spans)
        for place, term in enumerate(terms):
            if term.coefficient == 0:
                continue
            low, high = everything.low - spans[place].low, everything.high - spans[place].high
            needed = Interval(-high, -low).times(1 / term.coefficient)
            unit = unit_of(term.printed.digits)
            first, last = ceil(needed.low / unit) * unit, floor(needed.high / unit) * unit
            grows = (operator is Operator.AT_LEAST) is (term.coefficient > 0)
            if operator is not Operator.EQUAL and grows:
                last = MOST_TIMES * max(abs(last), unit)
            elif operator is not Operator.EQUAL:
                first = min(first, Fraction(0))
            if first <= last:
                wanted.setdefault(place, []).append((first, last))
    return one_change_repairs((terms[place].printed, ends) for place, ends in wanted.items())
