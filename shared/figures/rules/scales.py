"""`score_index_scale`, `implied_maximum`, `maximum_conflict`: scores and per cents of one whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.figures.decimals import RoundingMode, decimal_text, unit_of
from shared.figures.intervals import Interval, rounding_interval
from shared.figures.reading import Printed
from shared.figures.rules.candidates import (
    Maxima,
    Pair,
    candidates,
    common,
    maxima,
    percents_of,
    scores_of,
)
from shared.figures.rules.finding import Finding, Json, Repair, Severity, claim_id, subject_of
from shared.figures.rules.precision import MODES, PERCENT, repair, satisfiable, true_interval

MOST_STEPS = 100
"""How far from a printed per cent a possible one is looked for, in its own units."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A largest set of pairs with a common maximum, and the pairs it leaves out."""

    maximum: Maxima
    agreeing: tuple[Pair, ...]
    outliers: tuple[Pair, ...]

    def wire(self) -> dict[str, Json]:
        """Return `{"maximum", "size", "outliers": [claim ids of the scores]}`."""
        return {
            "maximum": self.maximum.wire(),
            "size": len(self.agreeing),
            "outliers": [claim_id(pair.score.claim) for pair in self.outliers],
        }


def agreements(pairs: Sequence[Pair], mode: RoundingMode) -> list[Agreement]:
    """Return every largest subset of pairs that one whole maximum explains under a mode.

    A largest overlap of ranges is reached where one of them begins, so only those maxima are
    tried. No pairs at all, or none possible by itself, give no agreement.
    """
    allowed = [maxima(pair, mode) for pair in pairs]
    starts = sorted({span.first for span in allowed if not span.empty})
    members = {
        tuple(i for i, span in enumerate(allowed) if span.holds(start)): start for start in starts
    }
    size = max(map(len, members), default=0)
    return [
        Agreement(
            common((pairs[i] for i in inside), mode),
            tuple(pairs[i] for i in inside),
            tuple(pair for i, pair in enumerate(pairs) if i not in inside),
        )
        for inside in members
        if len(inside) == size
    ]


def score_index_scale(pairs: Sequence[Pair]) -> Finding:
    """Check that printed scores and indices can be per cents of one whole maximum.

    Scores are exact. For each mode the maxima of all pairs are intersected; empty under every
    mode is a contradiction. Then all largest consistent subsets are told for every mode, and each
    outlier gets two repairs, of its score and of its index, under the mode that explains most
    pairs (the first such of half_up, half_even, ceil, floor). At least two pairs.
    """
    found = {mode: agreements(pairs, mode) for mode in MODES}
    whole = [mode for mode in MODES if any(not a.outliers for a in found[mode])]
    best = _most_explaining(found)
    claims = tuple(p.claim for pair in pairs for p in (pair.score, pair.percent))
    return Finding(
        rule="score_index_scale",
        severity=Severity.CONSISTENT if whole else Severity.CONTRADICTION,
        text=_scale_text(pairs, found[whole[0] if whole else best], bool(whole)),
        subject=subject_of(claims),
        claims=claims,
        declared=[{"score": _text(p.score), "index": _text(p.percent)} for p in pairs],
        recomputed={mode.value: [a.wire() for a in found[mode]] for mode in MODES},
        tolerance=None,
        repairs=() if whole else _outlier_repairs(found[best], best),
    )


def implied_maximum(pair: Pair, given: Printed | None = None) -> Finding:
    """Find the whole maxima that a score and its per cent imply, under each mode.

    A contradiction if there is none under any mode, or if the maximum printed beside them gives
    another per cent under every mode.
    """
    allowed = {mode: maxima(pair, mode) for mode in MODES}
    modes = satisfiable(lambda mode: not allowed[mode].empty and _fits(pair, given, mode))
    claims = tuple(p.claim for p in (pair.score, pair.percent, given) if p is not None)
    said: dict[str, Json] = {"score": _text(pair.score), "percent": _text(pair.percent)}
    if given is not None:
        said["max"] = _text(given)
    return Finding(
        rule="implied_maximum",
        severity=Severity.CONSISTENT if modes else Severity.CONTRADICTION,
        text=_implied_text(pair, given, allowed[modes[0]] if modes else None),
        subject=subject_of(claims),
        claims=claims,
        declared=said,
        recomputed={mode.value: span.wire() for mode, span in allowed.items() if not span.empty},
        repairs=() if modes else tuple(_implied_repairs(pair, given)),
    )


def maximum_conflict(cells: Sequence[Pair], shared_maximum: str | None = None) -> Finding:
    """Look for one maximum behind several cells of a subject, as its grades are.

    No common candidate under any mode: a contradiction where the cells are registered to share
    their maximum (`shared_maximum` is that group's code), else implausible, `strong` where equal
    scores have different per cents. At least two cells.
    """
    shared = {mode: common(cells, mode) for mode in MODES}
    modes = satisfiable(lambda mode: not shared[mode].empty)
    claims = tuple(p.claim for cell in cells for p in (cell.score, cell.percent))
    severity = Severity.CONTRADICTION if shared_maximum else Severity.IMPLAUSIBLE
    strong = _equal_scores_differ(cells)
    proved = not modes and shared_maximum is not None
    return Finding(
        rule="maximum_conflict",
        severity=Severity.CONSISTENT if modes else severity,
        text=_conflict_text(cells, shared[modes[0]] if modes else None, strong, shared_maximum),
        subject={**subject_of(claims), "shared_maximum": shared_maximum},
        claims=claims,
        declared=[{"score": _text(c.score), "percent": _text(c.percent)} for c in cells],
        recomputed={
            "common": {mode.value: shared[mode].wire() for mode in modes},
            "strength": None if modes else ("strong" if strong else "ordinary"),
        },
        repairs=_best_repairs(cells) if proved else (),
    )


def _best_repairs(pairs: Sequence[Pair]) -> tuple[Repair, ...]:
    found = {mode: agreements(pairs, mode) for mode in MODES}
    best = _most_explaining(found)
    return _outlier_repairs(found[best], best)


def _most_explaining(found: Mapping[RoundingMode, Sequence[Agreement]]) -> RoundingMode:
    """Return the first mode whose largest subset is the largest of all."""
    return max(MODES, key=lambda mode: max((len(a.agreeing) for a in found[mode]), default=0))


def _outlier_repairs(found: Sequence[Agreement], mode: RoundingMode) -> tuple[Repair, ...]:
    """Return for every outlier of every largest subset the score, then the index, that would do."""
    repairs: dict[Repair, None] = {}
    for agreement in found:
        for pair in agreement.outliers:
            for fix in _pair_repairs(pair, agreement.maximum, mode):
                repairs[fix] = None
    return tuple(repairs)


def _pair_repairs(pair: Pair, within: Maxima, mode: RoundingMode) -> list[Repair]:
    interval = true_interval(pair.percent, mode, PERCENT)
    scores = None if interval.empty else scores_of(interval, within, unit_of(pair.score.digits))
    percents = percents_of(pair.score.exact, within, pair.percent.digits, mode)
    return [*_repair(pair.score, scores), *_repair(pair.percent, percents)]


def _implied_repairs(pair: Pair, given: Printed | None) -> list[Repair]:
    return _given_repairs(pair, given) if given is not None else _nearest_percents(pair)


def _nearest_percents(pair: Pair) -> list[Repair]:
    """Return the nearest per cents, up and down, that some whole maximum gives (half_up)."""
    unit = unit_of(pair.percent.digits)
    repairs: list[Repair] = []
    for step in (-unit, unit):
        for distance in range(1, MOST_STEPS):
            value = pair.percent.exact + step * distance
            interval = rounding_interval(value, pair.percent.digits, RoundingMode.HALF_UP)
            if not candidates(pair.score.exact, interval).empty:
                repairs += repair(pair.percent, (value, value))
                break
    return repairs


def _given_repairs(pair: Pair, given: Printed) -> list[Repair]:
    """Return the score, the per cent and the maximum that would each settle it (half_up)."""
    mode = RoundingMode.HALF_UP
    repairs: list[Repair] = []
    if given.exact.denominator == 1 and given.exact > 0:
        exactly = Maxima(int(given.exact), int(given.exact))
        repairs += _pair_repairs(pair, exactly, mode)
    allowed = maxima(pair, mode)
    if not allowed.empty and allowed.last is not None:
        repairs.append(Repair(given.claim, str(allowed.first), str(allowed.last)))
    return repairs


def _repair(printed: Printed, ends: Interval | None) -> list[Repair]:
    return repair(printed, None if ends is None else (ends.low, ends.high))


def _fits(pair: Pair, given: Printed | None, mode: RoundingMode) -> bool:
    if given is None:
        return True
    if given.exact <= 0:
        return False
    return true_interval(pair.percent, mode, PERCENT).holds(100 * pair.score.exact / given.exact)


def _equal_scores_differ(cells: Sequence[Pair]) -> bool:
    said: dict[object, object] = {}
    return any(said.setdefault(c.score.value, c.percent.value) != c.percent.value for c in cells)


def _text(printed: Printed) -> str:
    return decimal_text(printed.value, max(printed.digits, 0))


def _span(maximum: Maxima) -> str:
    if maximum.last is None:
        return f"не меньше {maximum.first}"
    if maximum.first == maximum.last:
        return str(maximum.first)
    return f"{maximum.first}…{maximum.last}"


def _scale_text(pairs: Sequence[Pair], found: Sequence[Agreement], whole: bool) -> str:
    if whole:
        maximum = _span(found[0].maximum)
        return f"Все пары «балл — индекс» ({len(pairs)}) согласуются с максимумом {maximum}."
    told = "; ".join(
        f"максимум {_span(a.maximum)} объясняет {len(a.agreeing)} из {len(pairs)}, не объясняет "
        + ", ".join(f"{_text(p.score)}/{_text(p.percent)}" for p in a.outliers)
        for a in found
    )
    return f"Ни при каком правиле округления нет общего целого максимума: {told}."


def _implied_text(pair: Pair, given: Printed | None, allowed: Maxima | None) -> str:
    said = f"Балл {_text(pair.score)} и {_text(pair.percent)} %"
    if given is not None:
        verdict = "согласуется" if allowed else "не согласуется ни при каком правиле округления"
        return f"{said}: напечатанный максимум {_text(given)} {verdict}."
    if allowed is None:
        return f"{said}: такого целого максимума нет ни при каком правиле округления."
    return f"{said}: возможный максимум {_span(allowed)}."


def _conflict_text(
    cells: Sequence[Pair], shared: Maxima | None, strong: bool, group: str | None
) -> str:
    listed = ", ".join(f"{_text(c.score)} — {_text(c.percent)} %" for c in cells)
    if shared is not None:
        return f"У баллов и процентов ({listed}) есть общий максимум: {_span(shared)}."
    reason = "одинаковым баллам соответствуют разные проценты" if strong else "проценты расходятся"
    known = f" (группа «{group}»)" if group else ""
    return (
        f"У баллов и процентов ({listed}) общего максимума{known} нет ни при каком правиле "
        f"округления: {reason}."
    )
