"""`score_index_scale`, `implied_maximum`, `maximum_conflict`: scores and per cents of one whole."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared.figures.decimals import RoundingMode, unit_of
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
from shared.figures.rules.finding import (
    Finding,
    Guess,
    Json,
    Repair,
    Severity,
    claim_id,
    subject_of,
)
from shared.figures.rules.precision import MODES, PERCENT, repair, satisfiable, true_interval
from shared.figures.rules.wording import number_text, shorten

HALVES = 2
"""Half-points are maxima counted in halves."""
LISTED = 200
MOST_AGREEMENTS = 5
MOST_REPAIRS = 40
SHARE_GUESS = Guess("Индекс сочтён процентом балла от одного максимума.", "score_share")
SHARED_GUESS = Guess("Максимум сочтён общим для классов одного предмета.", "shared_maximum")
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
            "outliers": [claim_id(pair.score.claim) for pair in self.outliers[:LISTED]],
        }


def agreements(pairs: Sequence[Pair], mode: RoundingMode, parts: int = 1) -> list[Agreement]:
    """Return the largest subsets of pairs that one maximum explains under a mode, a few of them.

    A largest overlap of ranges is reached where one of them begins. Maxima are counted in
    1/`parts` points. No pairs at all, or none possible by itself, give no agreement.
    """
    allowed = [maxima(pair, mode, parts) for pair in pairs]
    found = []
    for start in _deepest(allowed)[:MOST_AGREEMENTS]:
        inside = [span.holds(start) for span in allowed]
        agreeing = tuple(pair for pair, is_in in zip(pairs, inside, strict=True) if is_in)
        outliers = tuple(pair for pair, is_in in zip(pairs, inside, strict=True) if not is_in)
        found.append(Agreement(common(agreeing, mode, parts), agreeing, outliers))
    return found


def _deepest(allowed: Sequence[Maxima]) -> list[int]:
    """Return the beginnings of the stretches that the most ranges cover."""
    spans = [span for span in allowed if not span.empty]
    begins = Counter(span.first for span in spans)
    ends = Counter(span.last + 1 for span in spans if span.last is not None)
    depth, depths = 0, {}
    for point in sorted({*begins, *ends}):
        depth += begins[point] - ends[point]
        if begins[point]:
            depths[point] = depth
    most = max(depths.values(), default=0)
    return [point for point, reached in depths.items() if reached == most]


def score_index_scale(pairs: Sequence[Pair], *, proved: bool = True) -> Finding:
    """Check that printed scores and indices can be per cents of one maximum.

    Scores are exact. For each mode the maxima of all pairs are intersected, whole ones first, then
    half-points, which are a hazard; none under any mode is a contradiction, or implausible where
    it is only guessed that the indices are such per cents. All largest consistent subsets are given
    for every mode, and each outlier gets two repairs, of its score and of its index, under the
    modes that explain most pairs. At least two pairs.
    """
    found = {mode: agreements(pairs, mode) for mode in MODES}
    whole = [mode for mode in MODES if _complete(found[mode])]
    halves = [] if whole else [m for m in MODES if _complete(agreements(pairs, m, HALVES))]
    failing = Severity.CONTRADICTION if proved else Severity.IMPLAUSIBLE
    severity = Severity.CONSISTENT if whole else Severity.HAZARD if halves else failing
    best = _most_explaining(found)
    claims = tuple(p.claim for pair in pairs for p in (pair.score, pair.percent))
    told = agreements(pairs, halves[0], HALVES) if halves else found[whole[0] if whole else best[0]]
    return Finding(
        rule="score_index_scale",
        severity=severity,
        text=_scale_text(pairs, told, HALVES if halves else 1),
        subject=subject_of(claims),
        claims=claims,
        declared=[{"score": _text(p.score), "index": _text(p.percent)} for p in pairs[:LISTED]],
        recomputed={mode.value: [a.wire() for a in found[mode]] for mode in MODES},
        tolerance=None,
        repairs=() if whole or halves else _outlier_repairs(found, best),
        assumes=() if proved else (SHARE_GUESS,),
        modes=tuple(whole) if whole and proved else None,
    )


def _complete(found: Sequence[Agreement]) -> bool:
    return any(not agreement.outliers for agreement in found)


def implied_maximum(pair: Pair, given: Printed | None = None, *, proved: bool = True) -> Finding:
    """Find the maxima that a score and its per cent imply, under each mode.

    A contradiction if there is none under any mode, in points or half-points, or if the maximum
    printed next to them gives another per cent under every mode; implausible where it is only
    guessed that the per cent is of that maximum.
    """
    allowed = {mode: maxima(pair, mode) for mode in MODES}
    modes = satisfiable(lambda mode: _possible(pair, mode) and _fits(pair, given, mode))
    claims = tuple(p.claim for p in (pair.score, pair.percent, given) if p is not None)
    said: dict[str, Json] = {"score": _text(pair.score), "percent": _text(pair.percent)}
    if given is not None:
        said["max"] = _text(given)
    failing = Severity.CONTRADICTION if proved else Severity.IMPLAUSIBLE
    return Finding(
        rule="implied_maximum",
        severity=Severity.CONSISTENT if modes else failing,
        text=_implied_text(pair, given, allowed[modes[0]] if modes else None),
        subject=subject_of(claims),
        claims=claims,
        declared=said,
        recomputed={mode.value: span.wire() for mode, span in allowed.items() if not span.empty},
        repairs=() if modes else tuple(_implied_repairs(pair, given)),
        assumes=() if proved else (SHARE_GUESS,),
        modes=tuple(modes) if modes and given is not None and proved else None,
    )


def _possible(pair: Pair, mode: RoundingMode) -> bool:
    return any(not maxima(pair, mode, parts).empty for parts in (1, HALVES))


def maximum_conflict(cells: Sequence[Pair], shared_maximum: str | None = None) -> Finding:
    """Look for one maximum behind several cells of a subject, as its grades are.

    No common candidate under any mode, in points or half-points: a contradiction where the cells
    are registered to share their maximum (`shared_maximum` is that group's code), else implausible,
    `strong` where equal scores have different per cents. At least two cells.
    """
    shared = {mode: common(cells, mode) for mode in MODES}
    modes = satisfiable(lambda mode: not shared[mode].empty)
    halves = [] if modes else satisfiable(lambda mode: not common(cells, mode, HALVES).empty)
    claims = tuple(p.claim for cell in cells for p in (cell.score, cell.percent))
    failing = Severity.CONTRADICTION if shared_maximum else Severity.IMPLAUSIBLE
    severity = Severity.CONSISTENT if modes else Severity.HAZARD if halves else failing
    strong = _equal_scores_differ(cells)
    failed = not modes and not halves
    return Finding(
        rule="maximum_conflict",
        severity=severity,
        text=_conflict_text(cells, shared[modes[0]] if modes else None, strong, shared_maximum),
        subject={**subject_of(claims), "shared_maximum": shared_maximum},
        claims=claims,
        declared=[{"score": _text(c.score), "percent": _text(c.percent)} for c in cells[:LISTED]],
        recomputed={
            "common": {mode.value: shared[mode].wire() for mode in modes},
            "strength": None if modes else ("strong" if strong else "ordinary"),
        },
        repairs=_best_repairs(cells) if failed else (),
        assumes=() if shared_maximum else (SHARED_GUESS,),
        modes=tuple(modes) if modes and shared_maximum else None,
    )


def _best_repairs(pairs: Sequence[Pair]) -> tuple[Repair, ...]:
    found = {mode: agreements(pairs, mode) for mode in MODES}
    return _outlier_repairs(found, _most_explaining(found))


def _most_explaining(found: Mapping[RoundingMode, Sequence[Agreement]]) -> list[RoundingMode]:
    """Return the modes whose largest subset is the largest of all."""
    sizes = {mode: max((len(a.agreeing) for a in found[mode]), default=0) for mode in MODES}
    most = max(sizes.values())
    return [mode for mode in MODES if sizes[mode] == most]


def _outlier_repairs(
    found: Mapping[RoundingMode, Sequence[Agreement]], best: Sequence[RoundingMode]
) -> tuple[Repair, ...]:
    """Return for every outlier of every largest subset the score, then the index, that would do.

    The first mode comes first; others add what it does not offer.
    """
    repairs: dict[Repair, None] = {}
    pairs = [p for a in found[best[0]][:1] for p in (*a.agreeing, *a.outliers)]
    halves = {mode: agreements(pairs, mode, HALVES) for mode in MODES}
    for several, parts in ((found, 1), (halves, HALVES)):
        for mode in best if parts == 1 else _most_explaining(halves):
            for agreement in several[mode]:
                for pair in agreement.outliers[:MOST_AGREEMENTS]:
                    for fix in _pair_repairs(pair, agreement.maximum, mode, parts):
                        repairs[fix] = None
    return tuple(repairs)[:MOST_REPAIRS]


def _pair_repairs(pair: Pair, within: Maxima, mode: RoundingMode, parts: int = 1) -> list[Repair]:
    interval = true_interval(pair.percent, mode, PERCENT)
    unit = unit_of(pair.score.digits) * parts
    counted = None if interval.empty else scores_of(interval, within, unit)
    scores = None if counted is None else counted.times(Fraction(1, parts))
    percents = percents_of(pair.score.exact * parts, within, pair.percent.digits, mode)
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
        repairs.append(Repair.of(given.claim, str(allowed.first), str(allowed.last)))
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
    return number_text(printed.value, printed.digits)


def _span(maximum: Maxima, parts: int = 1) -> str:
    first = number_text(Fraction(maximum.first, parts))
    if maximum.last is None:
        return f"не меньше {first}"
    if maximum.first == maximum.last:
        return first
    return f"{first}…{number_text(Fraction(maximum.last, parts))}"


def _scale_text(pairs: Sequence[Pair], found: Sequence[Agreement], parts: int) -> str:
    if _complete(found):
        maximum = _span(found[0].maximum, parts)
        return f"Все пары «балл — индекс» ({len(pairs)}) согласуются с максимумом {maximum}."
    if not found:
        return "Ни одна пара «балл — индекс» не возможна ни при каком максимуме."
    told = "; ".join(
        f"максимум {_span(a.maximum, parts)} подходит к {len(a.agreeing)} из {len(pairs)} пар, "
        "не подходит к "
        + shorten((f"{_text(p.score)} — {_text(p.percent)} %" for p in a.outliers), ", ")
        for a in found
    )
    return f"Ни при каком правиле округления нет общего максимума: {told}."


def _implied_text(pair: Pair, given: Printed | None, allowed: Maxima | None) -> str:
    said = f"Балл {_text(pair.score)} и {_text(pair.percent)} %"
    if given is not None:
        verdict = "согласуется" if allowed else "не согласуется ни при каком правиле округления"
        return f"{said}: напечатанный максимум {_text(given)} {verdict}."
    if allowed is None:
        return f"{said}: такого максимума нет ни при каком правиле округления."
    if allowed.empty:
        return f"{said}: возможен только максимум в полубаллах."
    return f"{said}: возможный максимум {_span(allowed)}."


def _conflict_text(
    cells: Sequence[Pair], shared: Maxima | None, strong: bool, group: str | None
) -> str:
    listed = shorten((f"{_text(c.score)} — {_text(c.percent)} %" for c in cells), ", ")
    if shared is not None:
        return f"У баллов и процентов ({listed}) есть общий максимум: {_span(shared)}."
    reason = "одинаковым баллам соответствуют разные проценты" if strong else "проценты расходятся"
    known = f" (группа «{group}»)" if group else ""
    return (
        f"У баллов и процентов ({listed}) общего целого максимума{known} нет ни при каком правиле "
        f"округления: {reason}."
    )
