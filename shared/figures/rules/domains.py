"""`value_in_domain`: a figure against the limits of its own kind."""

from fractions import Fraction

from shared.figures.decimals import decimal_text
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Guess, Repair, Severity, subject_of
from shared.figures.rules.precision import satisfiable, true_interval
from shared.figures.rules.wording import number_text


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
    ends = ["…" if bound is None else bound.replace(".", ",") for bound in bounds]
    return Finding(
        rule="value_in_domain",
        severity=Severity.CONTRADICTION if guess is None else Severity.IMPLAUSIBLE,
        text=f"{said} вне возможного: от {ends[0]} до {ends[1]}.",
        subject=subject_of((printed.claim,)),
        claims=claims,
        declared=said,
        recomputed={"from": bounds[0], "to": bounds[1]},
        repairs=_nearest(printed, low, top),
        assumes=() if guess is None else (guess,),
    )


def _nearest(printed: Printed, low: Fraction | None, high: Fraction | None) -> tuple[Repair, ...]:
    """Return the end of the domain that the figure overstepped."""
    end = low if low is not None and printed.exact < low else high
    if end is None:
        return ()
    text = printed.cell.format(decimal_text(end))
    return (Repair.of(printed.claim, text, text),)
