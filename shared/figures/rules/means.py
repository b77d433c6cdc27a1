"""`parent_equals_mean` and `method_dependence`: a node, its children, and the order of rounding."""

from collections.abc import Sequence
from fractions import Fraction

from shared.figures.decimals import RoundingMode, decimal_text, round_to
from shared.figures.intervals import Domain, Interval, mean
from shared.figures.levels import BandSet, LevelOn, level_of
from shared.figures.reading import Printed
from shared.figures.rules.finding import Finding, Json, Repair, Severity, subject_of
from shared.figures.rules.precision import (
    PERCENT,
    printable,
    repair,
    satisfiable,
    total,
    true_interval,
)


def parent_equals_mean(
    parent: Printed, children: Sequence[Printed], domain: Domain | None = PERCENT
) -> Finding:
    """Check that a printed parent can be the arithmetic mean of its printed children.

    Each figure stands for its rounding interval within the domain of the unit; the rule holds
    under a mode if the mean of the children's intervals meets the parent's. At least one child.
    """

    def means(mode: RoundingMode) -> Interval:
        return mean(true_interval(child, mode, domain) for child in children)

    modes = satisfiable(
        lambda mode: not means(mode).meet(true_interval(parent, mode, domain)).empty
    )
    average = sum((child.exact for child in children), Fraction(0)) / len(children)
    claims = (parent.claim, *(child.claim for child in children))
    said = decimal_text(parent.value, max(parent.digits, 0))
    follows = f"среднее по {len(children)} составляющим равно {decimal_text(average)}"
    contradiction = not modes
    return Finding(
        rule="parent_equals_mean",
        severity=Severity.CONTRADICTION if contradiction else Severity.CONSISTENT,
        text=f"Напечатано {said}, {follows}: "
        + ("ни при каком правиле округления не сходится." if contradiction else "сходится."),
        subject={**subject_of(claims), **dict(parent.claim.key)},
        claims=claims,
        declared=said,
        recomputed={"value": decimal_text(average), "modes": [mode.value for mode in modes]},
        tolerance=means(RoundingMode.HALF_UP).wire(),
        repairs=tuple(_mean_repairs(parent, children, domain)) if contradiction else (),
    )


def method_dependence(
    blocks: Sequence[tuple[Printed, Sequence[Printed]]], bands: BandSet | None = None
) -> Finding:
    """Compare the mean of all leaves with the mean of the printed blocks above them.

    The first is the answer of the methodology computed once, the second of one computed from what
    was printed. Different published answers (half_up to the blocks' digits), or different levels
    of a registered set, are a hazard. The leaves' printed precision gives the feasible total and
    the levels it allows. Two or more blocks, each with its leaves.
    """
    leaves = [leaf for _, children in blocks for leaf in children]
    digits = max(block.digits for block, _ in blocks)
    by_leaves = sum((leaf.exact for leaf in leaves), Fraction(0)) / len(leaves)
    by_blocks = sum((block.exact for block, _ in blocks), Fraction(0)) / len(blocks)
    feasible = mean(true_interval(leaf, RoundingMode.HALF_UP, PERCENT) for leaf in leaves)
    leaf_answer = _answer(by_leaves, digits, bands, feasible)
    block_answer = _answer(by_blocks, digits, bands, None)
    same = all(leaf_answer[name] == block_answer[name] for name in ("published", "level"))
    claims = (*(block.claim for block, _ in blocks), *(leaf.claim for leaf in leaves))
    return Finding(
        rule="method_dependence",
        severity=Severity.CONSISTENT if same else Severity.HAZARD,
        text=_method_text(leaf_answer, block_answer, _titles(bands), same),
        subject=subject_of(claims),
        claims=claims,
        declared=None,
        recomputed={"by_leaves": leaf_answer, "by_printed_blocks": block_answer},
        tolerance=feasible.wire(),
    )


def _mean_repairs(
    parent: Printed, children: Sequence[Printed], domain: Domain | None
) -> list[Repair]:
    """Return the parent's repair, then for each child the one that alone would do (half_up)."""
    mode, count = RoundingMode.HALF_UP, len(children)
    spans = [true_interval(child, mode, domain) for child in children]
    repairs = repair(parent, printable(mean(spans), parent.digits, mode, domain))
    whole = true_interval(parent, mode, domain).times(Fraction(count))
    for i, child in enumerate(children):
        others = total(spans[:i] + spans[i + 1 :])
        wanted = whole.plus(others.times(Fraction(-1)))
        repairs += repair(child, printable(_inside(wanted, domain), child.digits, mode, domain))
    return repairs


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
    """Return the levels' names by code; a level without one is told by its code."""
    ordered = [] if bands is None else bands.ordered
    return {band.code: band.title or band.code for band in ordered}


def _method_text(
    leaves: dict[str, Json], blocks: dict[str, Json], titles: dict[str, str], same: bool
) -> str:
    both = (
        f"По составляющим {leaves['value']} → {leaves['published']}, "
        f"по напечатанным блокам {blocks['value']} → {blocks['published']}"
    )
    if leaves["level"] is not None and blocks["level"] is not None:
        named = [titles[str(answer["level"])] for answer in (leaves, blocks)]
        both += f" (уровни «{named[0]}» и «{named[1]}»)"
    verdict = "ответ один." if same else "ответ зависит от порядка округления."
    possible = leaves["possible"]
    if isinstance(possible, list) and len(possible) > 1:
        levels = ", ".join(f"«{titles[str(code)]}»" for code in possible)
        verdict += f" По напечатанной точности возможны уровни {levels}."
    return f"{both}: {verdict}"
