"""`value_in_domain`: a figure against the limits of its own kind."""

from collections.abc import Sequence
from fractions import Fraction

from shared.figures.decimals import decimal_text
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Guess, Repair, Severity, subject_of
from shared.figures.rules.precision import satisfiable, true_interval, written
from shared.figures.rules.wording import number_text, shorten


def value_in_domain(
    printed: Printed,
    low: Fraction | None,
    high: Fraction | None,
    maximum: Printed | None = None,
    guess: Guess | None = None,
) -> Finding | None:
    """Report a figure outside the closed domain of its unit, or above its printed maximum.

    No true value in the domain prints so under any mode; a figure inside says nothing: None. A
    guessed domain makes it implausible.
    """
    top = maximum.exact if maximum is not None else high
    value = printed.exact
    if (low is None or low <= value) and (top is None or value <= top):
        return None
    if satisfiable(lambda mode: not true_interval(printed, mode, (low, top)).empty):
        return None
    claims = (printed.claim, *([maximum.claim] if maximum is not None else []))
    bounds = (
        None if low is None else decimal_text(low),
        None if top is None else decimal_text(top),
    )
    said = number_text(printed.value, printed.digits)
    return Finding(
        rule="value_in_domain",
        severity=Severity.CONTRADICTION if guess is None else Severity.IMPLAUSIBLE,
        text=_text(said, bounds, maximum),
        subject=subject_of((printed.claim,)),
        claims=claims,
        declared=said,
        recomputed={"from": bounds[0], "to": bounds[1]},
        repairs=_nearest(printed, low, top),
        assumes=() if guess is None else (guess,),
    )


def within_maximum(maximum: Printed, scores: Sequence[Printed]) -> Finding:
    """Say that scores do not exceed their printed maximum."""
    claims = (maximum.claim, *(score.claim for score in scores))
    said = shorten((number_text(score.value, score.digits) for score in scores), ", ")
    most = number_text(maximum.value, maximum.digits)
    return Finding(
        rule="value_in_domain",
        severity=Severity.CONSISTENT,
        text=f"Баллы не больше напечатанного максимума {most}: {said}.",
        subject=subject_of(claims),
        claims=claims,
        declared=said,
        recomputed={"from": None, "to": decimal_text(maximum.exact)},
    )


def _text(said: str, bounds: tuple[str | None, str | None], maximum: Printed | None) -> str:
    least, most = (None if bound is None else bound.replace(".", ",") for bound in bounds)
    if maximum is not None and least is None:
        return f"Напечатано {said}, а напечатанный максимум — {most}."
    if most is None:
        return f"Напечатано {said}, а меньше {least} быть не может."
    if least is None:
        return f"Напечатано {said}, а больше {most} быть не может."
    return f"Напечатано {said}, а возможны значения от {least} до {most}."


def _nearest(printed: Printed, low: Fraction | None, high: Fraction | None) -> tuple[Repair, ...]:
    """Return the end of the domain that the figure overstepped."""
    end = low if low is not None and printed.exact < low else high
    if end is None:
        return ()
    text = written(printed, decimal_text(end))
    return (Repair.of(printed.claim, text, text),)
