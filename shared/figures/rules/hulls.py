"""`aggregate_in_hull`: an aggregate lies between the least and the greatest of its parts."""

from collections.abc import Sequence
from fractions import Fraction

from shared.figures.decimals import RoundingMode, decimal_text
from shared.figures.intervals import Interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Guess, Severity, subject_of
from shared.figures.rules.precision import one_change_repairs, satisfiable, true_interval
from shared.figures.rules.wording import number_text


def aggregate_in_hull(
    aggregate: Printed,
    parts: Sequence[Printed],
    *,
    weights: Sequence[Fraction] | None = None,
    guess: Guess | None = None,
) -> Finding:
    """Check that a mean or share can be that of its parts, whatever their weights.

    With `weights`, the counts of the parts, it must be their weighted mean. A guess makes a
    failure implausible; without one the parts are stated complete. One or more parts.
    """

    def hull(mode: RoundingMode) -> Interval:
        spans = [true_interval(part, mode) for part in parts]
        if weights is not None:
            whole = sum(weights, Fraction(0))
            low = sum((w * s.low for w, s in zip(weights, spans, strict=True)), Fraction(0))
            high = sum((w * s.high for w, s in zip(weights, spans, strict=True)), Fraction(0))
            return Interval(low / whole, high / whole)
        return Interval(min(s.low for s in spans), max(s.high for s in spans))

    modes = satisfiable(lambda mode: not hull(mode).meet(true_interval(aggregate, mode)).empty)
    bounds = hull(RoundingMode.HALF_UP)
    claims = (aggregate.claim, *(part.claim for part in parts))
    least, greatest = min(p.value for p in parts), max(p.value for p in parts)
    failing = Severity.CONTRADICTION if guess is None else Severity.IMPLAUSIBLE
    how = "взвешенное среднее частей" if weights is not None else "части"
    said = number_text(aggregate.value, aggregate.digits)
    return Finding(
        rule="aggregate_in_hull",
        severity=Severity.CONSISTENT if modes else failing,
        text=f"Сводное значение {said}, {how} — от {number_text(least)} до "
        f"{number_text(greatest)}: " + ("возможно." if modes else "так быть не может."),
        subject={**subject_of(claims), **dict(aggregate.claim.key)},
        claims=claims,
        declared=said,
        recomputed={"from": decimal_text(bounds.low), "to": decimal_text(bounds.high)},
        tolerance=bounds.wire(),
        repairs=()
        if modes
        else one_change_repairs([(aggregate, [(Fraction(least), Fraction(greatest))])]),
        assumes=() if guess is None else (guess,),
        modes=tuple(modes) if modes and guess is None else None,
    )
