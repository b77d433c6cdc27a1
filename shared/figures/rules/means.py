"""`parent_equals_mean` and `method_dependence`: a node, its children, and the order of rounding."""

from collections.abc import Sequence
from fractions import Fraction

from shared.figures.claims import Concept
from shared.figures.conventions import Tree, TreeMethod
from shared.figures.decimals import RoundingMode, decimal_text, round_to
from shared.figures.intervals import Domain, Interval, mean
from shared.figures.levels import BandSet, LevelOn, level_of
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Json, Repair, Severity, subject_of
from shared.figures.rules.precision import (
    MODES,
    MOST_REPAIRS,
    PERCENT,
    closed_rest,
    one_change_repairs,
    printable,
    satisfiable,
    total,
    true_interval,
)
from shared.figures.rules.wording import number_text

HUNDRED = Fraction(100)


def parent_follows(parent: Printed, children: Sequence[Printed], tree: Tree) -> Finding:
    """Check a parent against its children by the stated method, children in the tree's order.

    A mean of per cents lies between 0 and 100 as they do. At least one child.
    """
    per_cent = parent.claim.concept is Concept.INDEX or "%" in parent.claim.raw
    domain = PERCENT if per_cent and tree.method is not TreeMethod.SUM else None
    if any(not 0 <= figure.exact <= HUNDRED for figure in (parent, *children)):
        domain = None
    if tree.method is TreeMethod.MEAN:
        return parent_equals_mean(parent, children, domain)
    weights = [tree.weights.get(code, Fraction(1)) for code in tree.children]
    whole = sum(weights, Fraction(0))
    if tree.method is TreeMethod.WEIGHTED and whole > 0:
        return _judge(parent, children, [w / whole for w in weights], domain, "взвешенное среднее")
    return _judge(parent, children, [Fraction(1)] * len(children), domain, "сумма")


def parent_equals_mean(
    parent: Printed, children: Sequence[Printed], domain: Domain | None = PERCENT
) -> Finding:
    """Check that a printed parent can be the arithmetic mean of its printed children.

    Each figure represents its rounding interval within the domain of the unit; the rule holds
    under a mode if the mean of the children's intervals meets the parent's. At least one child.
    """
    share = Fraction(1, len(children))
    return _judge(parent, children, [share] * len(children), domain, "среднее")


def within_children(parent: Printed, children: Sequence[Printed]) -> bool:
    """Tell whether a parent can be some weighted mean of its children, or their sum.

    A sum is taken within the printed precision of all its terms.
    """

    def possible(mode: RoundingMode) -> bool:
        spans = [true_interval(child, mode) for child in children]
        hull = Interval(min(s.low for s in spans), max(s.high for s in spans))
        said = true_interval(parent, mode)
        return not hull.meet(said).empty or not total(spans).meet(said).empty

    return bool(satisfiable(possible))


def _judge(
    parent: Printed,
    children: Sequence[Printed],
    weights: Sequence[Fraction],
    domain: Domain | None,
    how: str,
) -> Finding:
    """Compare a parent with the weighted sum of its children, each within its interval."""

    def follows(mode: RoundingMode) -> Interval:
        spans = [true_interval(child, mode, domain) for child in children]
        return total([span.times(w) for span, w in zip(spans, weights, strict=True)])

    modes = satisfiable(
        lambda mode: not follows(mode).meet(true_interval(parent, mode, domain)).empty
    )
    value = sum((w * child.exact for child, w in zip(children, weights, strict=True)), Fraction(0))
    claims = (parent.claim, *(child.claim for child in children))
    said = number_text(parent.value, parent.digits)
    contradiction = not modes
    return Finding(
        rule="parent_equals_mean",
        severity=Severity.CONTRADICTION if contradiction else Severity.CONSISTENT,
        text=f"Напечатано {said}, {how} по {len(children)} составляющим равно "
        f"{number_text(value)}: "
        + ("ни при каком правиле округления не сходится." if contradiction else "сходится."),
        subject={**subject_of(claims), **dict(parent.claim.key)},
        claims=claims,
        declared=decimal_text(parent.value, max(parent.digits, 0)),
        recomputed={"value": decimal_text(value), "modes": [mode.value for mode in modes]},
        tolerance=follows(RoundingMode.HALF_UP).wire(),
        repairs=_mean_repairs(parent, children, weights, domain) if contradiction else (),
        modes=tuple(modes) if modes else None,
    )


def method_dependence(
    blocks: Sequence[tuple[Printed, Sequence[Printed]]],
    bands: BandSet | None = None,
    printed_total: Printed | None = None,
) -> Finding:
    """Compare the mean of all leaves with the mean of the printed blocks above them.

    The first is the answer of the methodology computed once, the second of one computed from what
    was printed. Different published answers (half_up to the blocks' digits), or different levels
    of a registered set, are a hazard, unless the printed total shows which one was taken. The
    leaves' printed precision gives the feasible total and the levels it allows. Two or more
    blocks, each with its leaves.
    """
    leaves = [leaf for _, children in blocks for leaf in children]
    digits = max(block.digits for block, _ in blocks)
    by_leaves = sum((leaf.exact for leaf in leaves), Fraction(0)) / len(leaves)
    by_blocks = sum((block.exact for block, _ in blocks), Fraction(0)) / len(blocks)
    feasible = mean(true_interval(leaf, RoundingMode.HALF_UP, PERCENT) for leaf in leaves)
    leaf_answer = _answer(by_leaves, digits, bands, feasible)
    block_answer = _answer(by_blocks, digits, bands, None)
    same = all(leaf_answer[name] == block_answer[name] for name in ("published", "level"))
    chosen = None if same else _choice(printed_total, by_leaves, by_blocks)
    totals = () if printed_total is None else (printed_total.claim,)
    claims = (*totals, *(block.claim for block, _ in blocks), *(leaf.claim for leaf in leaves))
    told = _method_text(leaf_answer, block_answer, _titles(bands), same)
    return Finding(
        rule="method_dependence",
        severity=Severity.CONSISTENT if same or chosen else Severity.HAZARD,
        text=told if chosen is None else f"{told} Напечатанный итог получен {chosen}.",
        subject=subject_of(claims),
        claims=claims,
        declared=None,
        recomputed={"by_leaves": leaf_answer, "by_printed_blocks": block_answer},
        tolerance=feasible.wire(),
    )


def _choice(printed: Printed | None, by_leaves: Fraction, by_blocks: Fraction) -> str | None:
    """Say by which order of rounding the printed total was made; None where both or none fit."""
    if printed is None:
        return None
    fits = [
        any(true_interval(printed, mode).holds(value) for mode in MODES)
        for value in (by_leaves, by_blocks)
    ]
    if fits == [True, False]:
        return "по составляющим"
    return "по напечатанным блокам" if fits == [False, True] else None


def _mean_repairs(
    parent: Printed,
    children: Sequence[Printed],
    weights: Sequence[Fraction],
    domain: Domain | None,
) -> tuple[Repair, ...]:
    """Return the parent's repair, then for each child the one that alone would do, in any mode."""
    wanted: dict[int, list[tuple[Fraction, Fraction]]] = {}
    for mode in MODES:
        spans = [
            true_interval(child, mode, domain).times(w)
            for child, w in zip(children, weights, strict=True)
        ]
        everything, whole = total(spans), true_interval(parent, mode, domain)
        few = len(spans) <= MOST_REPAIRS
        _want(wanted, 0, parent, everything, mode, domain)
        for place, (child, weight) in enumerate(zip(children, weights, strict=True)):
            if weight > 0:
                rest = (
                    total([*spans[:place], *spans[place + 1 :]])
                    if few
                    else closed_rest(everything, spans[place])
                )
                needed = whole.plus(rest.times(Fraction(-1))).times(1 / weight)
                _want(wanted, place + 1, child, needed, mode, domain)
    figures = (parent, *children)
    return one_change_repairs((figures[place], ends) for place, ends in sorted(wanted.items()))


def _want(
    wanted: dict[int, list[tuple[Fraction, Fraction]]],
    place: int,
    figure: Printed,
    needed: Interval,
    mode: RoundingMode,
    domain: Domain | None,
) -> None:
    bounds = printable(_inside(needed, domain), figure.digits, mode, domain)
    if bounds is not None:
        wanted.setdefault(place, []).append(bounds)


def _inside(wanted: Interval, domain: Domain | None) -> Interval:
    if domain is None:
        return wanted
    low = wanted.low if domain[0] is None else domain[0]
    high = wanted.high if domain[1] is None else domain[1]
    return wanted.meet(Interval(low, high))


def _answer(
    value: Fraction, digits: int, bands: BandSet | None, feasible: Interval | None
) -> dict[str, Json]:
    """Return one answer: exact, published, its level and the levels its precision allows."""
    published = round_to(value, digits, RoundingMode.HALF_UP)
    answer: dict[str, Json] = {
        "value": decimal_text(value),
        "published": decimal_text(published, max(digits, 0)),
        "level": None,
        "possible": [],
    }
    if bands is not None:
        on_published = BandSet(
            bands.node, LevelOn.PUBLISHED, bands.low, bands.high, bands.step, bands.bands
        )
        level = level_of(
            on_published, value, rounding=(RoundingMode.HALF_UP, digits), feasible=feasible
        )
        answer |= {
            "level": None if level is None else level.code,
            "possible": [] if level is None else list(level.possible),
            "undecidable": level is not None and level.undecidable,
        }
    return answer


def _titles(bands: BandSet | None) -> dict[str, str]:
    """Return the levels' names by code; a level without one is known by its code."""
    ordered = [] if bands is None else bands.ordered
    return {band.code: band.title or band.code for band in ordered}


def _said(answer: dict[str, Json]) -> str:
    """Say an exact answer and what is published of it."""
    return f"{answer['value']} → {answer['published']}".replace(".", ",")


def _method_text(
    leaves: dict[str, Json], blocks: dict[str, Json], titles: dict[str, str], same: bool
) -> str:
    both = f"По составляющим {_said(leaves)}, по напечатанным блокам {_said(blocks)}"
    if leaves["level"] is not None and blocks["level"] is not None:
        named = [titles[str(answer["level"])] for answer in (leaves, blocks)]
        both += f" (уровни «{named[0]}» и «{named[1]}»)"
    verdict = "ответ один." if same else "ответ зависит от порядка округления."
    possible = leaves["possible"]
    if isinstance(possible, list) and len(possible) > 1:
        levels = ", ".join(f"«{titles[str(code)]}»" for code in possible)
        verdict += f" По напечатанной точности возможны уровни {levels}."
    return f"{both}: {verdict}"
