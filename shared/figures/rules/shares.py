"""`share_of_whole`, `share_granularity`: a per cent against the counts it is of."""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from shared.figures.decimals import RoundingMode, decimal_text
from shared.figures.intervals import Interval
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Guess, Repair, Severity, subject_of
from shared.figures.rules.precision import (
    MODES,
    one_change_repairs,
    printable,
    satisfiable,
    true_interval,
)
from shared.figures.rules.sums import count_interval
from shared.figures.rules.wording import number_text


@dataclass(frozen=True, slots=True)
class Ratio:
    """The printed counts of a part and of its whole."""

    part: Printed
    whole: Printed


def share_of_whole(
    share: Printed, ratio: Ratio, *, proved: bool = True, guess: Guess | None = None
) -> Finding | None:
    """Check a printed share, in per cent, against the printed counts of its part and whole.

    Counts printed as whole numbers are exact, others represent their rounding interval. A whole
    that may be 0 says nothing: None.
    """
    part, whole = ratio.part, ratio.whole
    if _counts(ratio, RoundingMode.HALF_UP)[1].low <= 0:
        return None
    value = 100 * part.exact / whole.exact
    exact = part.digits == whole.digits == 0
    modes = satisfiable(
        lambda mode: (
            true_interval(share, mode).holds(value)
            if exact
            else not true_interval(share, mode).meet(_per_cents(ratio, mode)).empty
        )
    )
    failing = Severity.CONTRADICTION if proved else Severity.IMPLAUSIBLE
    return Finding(
        rule="share_of_whole",
        severity=Severity.CONSISTENT if modes else failing,
        text=f"Доля {_text(share)} %, а {_text(part)} из {_text(whole)} — это "
        f"{_rounded(value, share.digits)} %.",
        subject=subject_of((share.claim,)),
        claims=(share.claim, part.claim, whole.claim),
        declared=_text(share),
        recomputed={"value": decimal_text(value), "modes": [m.value for m in modes]},
        repairs=() if modes else _ratio_repairs(share, ratio),
        assumes=() if guess is None else (guess,),
        modes=tuple(modes) if modes and proved else None,
    )


def share_granularity(
    figure: Printed, of: Printed, *, hundred: int, proved: bool, guess: Guess | None = None
) -> Finding | None:
    """Look for a whole m with `hundred`·m/n printed as the figure (GRIM).

    `hundred` is 100 for shares in per cent, 1 for means of whole numbers. Silent (None) where n is
    so great that every printed value has its m, or is no whole count.
    """
    n = of.exact
    if n.denominator != 1 or n <= 0 or n >= hundred * Fraction(10) ** max(figure.digits, 0):
        return None
    modes = satisfiable(lambda mode: _whole_behind(figure, mode, n, hundred) is not None)
    failing = Severity.CONTRADICTION if proved else Severity.IMPLAUSIBLE
    said = f"{_text(figure)} %" if hundred > 1 else _text(figure)
    kind = "долей от" if hundred > 1 else "средним целых чисел при численности"
    return Finding(
        rule="share_granularity",
        severity=Severity.CONSISTENT if modes else failing,
        text=f"{said} {'может' if modes else 'не может'} быть {kind} {_text(of)}"
        + ("." if modes else " ни при каком округлении."),
        subject=subject_of((figure.claim,)),
        claims=(figure.claim, of.claim),
        declared=_text(figure),
        recomputed={"of": decimal_text(n), "modes": [m.value for m in modes]},
        repairs=() if modes else _granularity_repairs(figure, n, hundred),
        assumes=() if guess is None else (guess,),
        modes=tuple(modes) if modes and proved else None,
    )


def _whole_behind(figure: Printed, mode: RoundingMode, n: Fraction, hundred: int) -> int | None:
    interval = true_interval(figure, mode).times(n / hundred)
    inside = interval.integers()
    return inside.start if inside.start < inside.stop else None


def _granularity_repairs(figure: Printed, n: Fraction, hundred: int) -> tuple[Repair, ...]:
    """Return the possible values next to the printed one, rounded down and up."""
    scaled = figure.exact * n / hundred
    unit = Fraction(1, 10 ** max(figure.digits, 0))
    near = [Fraction(hundred * m) / n for m in (floor(scaled), ceil(scaled))]
    ends = [(floor(value / unit) * unit, ceil(value / unit) * unit) for value in near]
    return tuple(repair for pair in ends for repair in one_change_repairs([(figure, [pair])]))


def _ratio_repairs(share: Printed, ratio: Ratio) -> tuple[Repair, ...]:
    """Return the share, the part and the whole that alone would do, under any mode."""
    shares = [printable(_per_cents(ratio, mode), share.digits, mode) for mode in MODES]
    parts: list[tuple[Fraction, Fraction]] = []
    wholes: list[tuple[Fraction, Fraction]] = []
    for mode in MODES:
        part, whole = _counts(ratio, mode)
        said = true_interval(share, mode, (Fraction(0), None))
        parts += _ends(said.times(whole.low / 100))
        if not said.empty and said.low > 0:
            span = Interval(100 * part.low / said.high, 100 * part.high / said.low)
            wholes += _ends(replace(span, low_open=said.high_open, high_open=said.low_open))
    wanted = [(share, [b for b in shares if b is not None]), (ratio.part, parts)]
    return one_change_repairs(
        (printed, bounds) for printed, bounds in [*wanted, (ratio.whole, wholes)] if bounds
    )


def _ends(interval: Interval) -> list[tuple[Fraction, Fraction]]:
    inside = interval.integers()
    held = inside.start < inside.stop
    return [(Fraction(inside.start), Fraction(inside.stop - 1))] if held else []


def _counts(ratio: Ratio, mode: RoundingMode) -> tuple[Interval, Interval]:
    exact = ratio.part.digits == ratio.whole.digits == 0
    return count_interval(ratio.part, mode, exact=exact), count_interval(
        ratio.whole, mode, exact=exact
    )


def _per_cents(ratio: Ratio, mode: RoundingMode) -> Interval:
    part, whole = _counts(ratio, mode)
    return Interval(100 * part.low / whole.high, 100 * part.high / whole.low)


def _rounded(value: Fraction, digits: int) -> str:
    places = max(digits, 0) + 1
    unit = Fraction(1, 10**places)
    return number_text(Fraction(round(value / unit)) * unit)


def _text(printed: Printed) -> str:
    return number_text(printed.value, printed.digits)
