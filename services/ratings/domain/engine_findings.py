"""What a calculation found about its own inputs: columns without a scale, scores a mean refuses."""

from dataclasses import dataclass

import numpy as np

from services.ratings.domain.aggregate import Aggregated
from services.ratings.domain.methodology import Group, Indicator
from services.ratings.domain.normalise import ColumnFault

_COLUMN_DETAILS = {
    ColumnFault.NO_SPREAD: "все значения равны, показатель не различает участников",
    ColumnFault.TARGET_REACHED_BY_ALL: "цель уже достигнута худшим из участников",
    ColumnFault.NEGATIVE_VALUE: "есть отрицательные значения, доля от лучшего не определена",
    ColumnFault.BEST_IS_ZERO: "лучшее значение равно нулю, доля от него не определена",
}


@dataclass(frozen=True, slots=True)
class EngineFinding:
    """One fact about a node: its rule, what people read, and the rows it concerns.

    `units` are row numbers; empty means the whole column. The default used is always a null.
    """

    rule: str
    node: str
    detail: str
    units: tuple[int, ...] = ()


def column_finding(indicator: Indicator, fault: ColumnFault) -> EngineFinding:
    """Say why an indicator was left out for everybody."""
    detail = f"{indicator.title}: {_COLUMN_DETAILS[fault]}; показатель не учтён"
    return EngineFinding(fault.value, indicator.code, detail)


def score_findings(group: Group, made: Aggregated) -> list[EngineFinding]:
    """Say whose score a geometric or harmonic mean refused, and whose left the floats."""
    findings = []
    if made.non_positive is not None and made.non_positive.any():
        detail = f"{group.title}: среднее не определено при значениях ≤ 0; балла нет"
        rows = tuple(int(row) for row in np.flatnonzero(made.non_positive))
        findings.append(EngineFinding("non_positive_under_mean", group.code, detail, rows))
    if made.overflow is not None:
        detail = f"{group.title}: результат слишком велик для вычисления; балла нет"
        rows = tuple(int(row) for row in np.flatnonzero(made.overflow))
        findings.append(EngineFinding("overflow", group.code, detail, rows))
    return findings
