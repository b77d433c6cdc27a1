"""What a methodology may say but had better not: warnings of `…/validate`, none of them refuses."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.ratings.domain.methodology import (
    Group,
    Indicator,
    Mean,
    Method,
    Methodology,
    MissingPolicy,
    Node,
    walk,
)
from shared.figures.decimals import unit_of
from shared.figures.levels import LevelOn

_REACH_ZERO = frozenset(
    {
        Method.BORDA,
        Method.PERCENTILE_RANK,
        Method.DISTANCE_TO_BEST,
        Method.DISTANCE_TO_TARGET,
    }
)


@dataclass(frozen=True, slots=True)
class MethodologyWarning:
    """A doubtful choice: its code, the node it is about (None = the whole), a sentence."""

    code: str
    node: str | None
    detail: str


def warnings_of(methodology: Methodology) -> list[MethodologyWarning]:
    """Return every warning, in the order of the tree.

    ZERO_UNDER_GEOMETRIC: a child of positive weight whose scale gives somebody 0 or less feeds a
    geometric or harmonic mean, or a power mean of negative p, which then has no score.
    ZERO_WEIGHT: a child that never counts. LEVELS_FINER_THAN_STEP: scores are printed finer than
    the bands' step. MISSING_UNDER_GEOMETRIC: missing values count as 0 under such a mean.
    """
    found: list[MethodologyWarning] = []
    for node in walk(methodology.tree):
        if isinstance(node, Group):
            found += _of_group(node, methodology)
    found += _of_levels(methodology)
    return found


def reaches_zero(node: Node) -> bool:
    """Say whether the worst of the peers always gets 0 or less on the node's scale."""
    if isinstance(node, Indicator):
        rule = node.normalise
        if rule.method is Method.MINMAX:
            return rule.low <= 0
        return rule.method in _REACH_ZERO or (rule.method is Method.ZSCORE and rule.mean <= 0)
    heavy = [child for child in node.children if child.weight > 0]
    if node.aggregate.mean is Mean.MINIMUM or len(heavy) == 1:
        return any(reaches_zero(child) for child in heavy)
    return False


def refuses_zero(group: Group) -> bool:
    """Say whether the group's mean has no value once a child is 0."""
    rule = group.aggregate
    negative = rule.mean is Mean.POWER and rule.p < 0
    return negative or rule.mean in (Mean.GEOMETRIC, Mean.HARMONIC)


def _of_group(group: Group, methodology: Methodology) -> Iterator[MethodologyWarning]:
    for child in group.children:
        if child.weight == 0:
            detail = f"«{child.title}» не влияет на «{group.title}»: его вес равен нулю"
            yield MethodologyWarning("ZERO_WEIGHT", child.code, detail)
        elif refuses_zero(group) and reaches_zero(child):
            detail = (
                f"«{child.title}» у худшего участника равен нулю или меньше, "
                f"и «{group.title}» для него не вычисляется"
            )
            yield MethodologyWarning("ZERO_UNDER_GEOMETRIC", child.code, detail)
    if refuses_zero(group) and methodology.missing.policy is MissingPolicy.ZERO:
        detail = f"пропуск считается нулём, и «{group.title}» при нём не вычисляется"
        yield MethodologyWarning("MISSING_UNDER_GEOMETRIC", group.code, detail)


def _of_levels(methodology: Methodology) -> Iterator[MethodologyWarning]:
    levels = methodology.levels
    if levels is None or levels.step is None:
        return
    unit = unit_of(methodology.rounding.digits)
    if levels.on is LevelOn.UNROUNDED or (unit / levels.step).denominator != 1:
        detail = (
            "баллы точнее шага шкалы уровней: значение между двумя уровнями относится к нижнему"
        )
        yield MethodologyWarning("LEVELS_FINER_THAN_STEP", levels.node, detail)
